"""Who does what, where: the grid as arithmetic, its page for each reader, its cells, its findings, its files."""

import io
from datetime import date
from itertools import count
from types import SimpleNamespace

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from actors.directory.models import Actor, Printout
from actors.directory.work import render
from actors.roles.models import Responsibility
from actors.roles.reading.grid import MatrixColumn, Role, grid
from portal.reference.models import Territory, Theme
from tests import factories
from tests.costs import cost

Answer, Part = Responsibility.Answer, Responsibility.Part
REGION = MatrixColumn("02", "L’Oriental", "region")
NADOR = MatrixColumn("02.381", "Nador", "province", frozenset({"02.381.01.03", "02.381.01.05"}))
DRIOUCH = MatrixColumn("02.167", "Driouch", "province", frozenset({"02.167.01.01"}))
HEALTH = SimpleNamespace(pk=1, name="Santé")
numbers = count(1)

KINDS = {0: "region", 1: "province", 3: "urban_commune"}


def role(territory, part=Part.LEADS, answer=Answer.CONFIRMED, actor=None, kind="association", theme=1):
    number = next(numbers)
    place = KINDS[territory.count(".")]
    return Role(number, theme, territory, place, part, answer, actor or number, f"Acteur {number}", "A", kind)


def cells(*roles, columns=(NADOR, DRIOUCH), **asked):
    [row] = grid(roles, [HEALTH], REGION, columns, finds=asked.pop("finds", True), **asked)
    return row.whole, *row.cells


# The grid as arithmetic.


def test_a_role_covers_what_lies_in_its_territory_and_stands_inside_a_wider_one():
    region, province, commune = role("02"), role("02.381"), role("02.381.01.03", Part.SUPPORTS)
    whole, nador, driouch = cells(region, province, commune)
    assert (whole.here, whole.inside) == ([region], [province, commune])
    assert (nador.here, nador.above, nador.inside) == ([province], [region], [commune])
    assert (driouch.here, driouch.above, driouch.inside) == ([], [region], [])
    assert nador.communes_inside == 1


def test_a_code_is_not_taken_for_a_longer_one_that_begins_like_it():
    near = MatrixColumn("02.38", "", "province")
    _whole, cell = cells(role("02.381"), columns=[near])
    assert cell.is_empty


@pytest.mark.parametrize(
    ("roles", "gap"),
    [
        ([], True),
        ([("02.381", Part.SUPPORTS, Answer.CONFIRMED)], True),
        ([("02.381", Part.LEADS, Answer.CONFIRMED)], False),
        ([("02.381", Part.LEADS, Answer.WAITING)], False),
        ([("02.381", Part.LEADS, Answer.CONTESTED)], True),
        ([("02", Part.LEADS, Answer.CONFIRMED)], False),
        ([("02.167", Part.LEADS, Answer.CONFIRMED)], True),
        ([("02.381.01.03", Part.LEADS, Answer.CONFIRMED)], True),
        ([("02.381.01.03", Part.LEADS, Answer.CONFIRMED), ("02.381.01.05", Part.LEADS, Answer.WAITING)], False),
    ],
)
def test_a_gap_is_where_nobody_leads_there_above_or_in_every_commune(roles, gap):
    _whole, nador, _driouch = cells(*(role(*values) for values in roles))
    assert nador.is_gap is gap


@pytest.mark.parametrize(
    ("places", "whole", "nador", "driouch"),
    [
        (["02.381", "02.381"], False, True, False),
        (["02", "02.381"], False, True, False),
        (["02", "02"], True, False, False),
        (["02", "02", "02.381"], True, True, False),
        (["02.381", "02.167"], False, False, False),
        (["02.381", "02.381.01.03"], False, False, False),
    ],
)
def test_an_overlap_stands_where_the_narrowest_of_several_leads_is_named(places, whole, nador, driouch):
    found = [cell.is_overlap for cell in cells(*(role(place) for place in places))]
    assert found == [whole, nador, driouch]


def test_several_roles_of_one_institution_and_contested_ones_are_no_overlap():
    _whole, nador, _driouch = cells(role("02", actor=900), role("02.381", actor=900))
    assert not nador.is_overlap
    _whole, nador, _driouch = cells(role("02.381"), role("02.381", answer=Answer.CONTESTED))
    assert not nador.is_overlap


def test_filters_narrow_what_is_shown_and_hide_no_finding():
    lead, support = role("02.381", kind="commune"), role("02.381", Part.SUPPORTS)
    _whole, nador, driouch = cells(lead, support, part=Part.SUPPORTS)
    assert (nador.here, nador.is_gap, driouch.is_gap) == ([support], False, True)
    _whole, nador, _driouch = cells(lead, support, kind="commune")
    assert nador.here == [lead]


def test_visitors_are_told_of_no_finding():
    found = cells(role("02.381"), role("02.381"), finds=False)
    assert [(cell.is_gap, cell.is_overlap, cell.leads) for cell in found] == [(False, False, [])] * 3


def test_many_institutions_in_a_cell_fold():
    _whole, few, _driouch = cells(*(role("02.381") for _n in range(5)))
    assert (len(few.first), few.more) == (5, 0)
    _whole, many, _driouch = cells(*(role("02.381") for _n in range(9)))
    assert (len(many.first), many.more) == (4, 5)


def test_a_thousand_roles_sixteen_themes_and_124_communes_are_laid_out_in_one_pass():
    themes = [SimpleNamespace(pk=number, name=f"{number}") for number in range(16)]
    communes = [MatrixColumn(f"02.{number % 8 + 100}.01.{number:02d}", "", "rural_commune") for number in range(124)]
    places = ["02", *(f"02.{number}" for number in range(100, 108)), *(place.code for place in communes)]
    roles = [role(places[number % len(places)], theme=number % 16) for number in range(1000)]
    rows = grid(roles, themes, REGION, communes, finds=True)
    assert (len(rows), {len(row.cells) for row in rows}) == (16, {124})
    assert sum(len(row.whole.here) + len(row.whole.inside) for row in rows) == 1000
    few, all_of_them = (
        cost(lambda some=some: grid(some, themes, REGION, communes, finds=True)) for some in (roles[:250], roles)
    )
    assert all_of_them < 8 * few


# The page.


@pytest.fixture
def world(places, commune, service, association):
    """Health: led in Nador by one who confirmed and one who waits, contested in Driouch; schools: led by nobody."""
    health = factories.ThemeFactory(code="health", name_fr="Santé", position=1)
    schools = factories.ThemeFactory(code="schools", name_fr="Éducation", position=2)
    make = factories.ResponsibilityFactory
    make(actor=commune, theme=health, territory=places["02.381"])
    make(actor=service, theme=health, territory=places["02.381"], answer="waiting", answered_on=None)
    make(actor=association, theme=health, territory=places["02.167"], answer="contested", reservation="سبب سري")
    make(actor=association, theme=schools, territory=places["02"], part=Part.INFORMED)
    make(actor=association, theme=schools, territory=places["02.381.01.03"], part=Part.SUPPORTS)
    return SimpleNamespace(health=health, schools=schools)


MEMBERS_WORDS = ("à coordonner", "oordonner", "ntervention commune", "réserves", "en attente", "circle-dashed")


def test_members_see_gaps_and_overlaps_counted_and_marked(as_user, world, member):
    answer = as_user(member).get("/fr/actors/matrix/")
    found, page = answer.context["matrix"], answer.content.decode()
    assert [(cell.theme.code, cell.place.code) for cell in found.gaps] == [
        ("health", "02.167"),
        ("schools", "02.167"),
        ("schools", "02.381"),
    ]
    assert [(cell.theme.code, cell.place.code) for cell in found.overlaps] == [("health", "02.381")]
    assert page.count('<td class="" data-finding="gap">') == 3
    assert page.count('data-finding="overlap"') > 0
    assert "à coordonner" in page
    assert "dans 1 commune" in page
    assert "réserves de l’institution" in page


def test_a_visitor_sees_confirmed_roles_and_no_word_of_the_rest(as_user, world, visitor):
    answer = as_user(visitor).get("/fr/actors/matrix/")
    page = answer.content.decode()
    assert "Commune d’essai A" in page
    assert "Service d’essai B" not in page
    assert [word for word in MEMBERS_WORDS if word in page] == []
    assert "data-finding" not in page


def test_a_visitor_is_not_shown_the_empty_rows_nor_links_of_empty_cells(as_user, world, visitor):
    factories.ThemeFactory(code="empty", name_fr="Thème vide", position=3)
    page = as_user(visitor).get("/fr/actors/matrix/").content.decode()
    assert page.count("Thème vide") == 1  # in the filter
    assert "/fr/actors/matrix/health/02.381/" in page
    assert "/fr/actors/matrix/health/02.167/" not in page


def test_one_signed_in_without_an_institution_reads_as_a_visitor(as_user, world):
    page = as_user(factories.UserFactory(language="fr")).get("/fr/actors/matrix/?show=gaps").content.decode()
    assert [word for word in MEMBERS_WORDS if word in page] == []
    assert "Service d’essai B" not in page


@pytest.mark.parametrize(("state", "seen"), [("published", True), ("draft", False), ("archived", False)])
def test_roles_of_sheets_that_are_not_published_do_not_count(as_user, world, administrator, commune, state, seen):
    Actor.objects.get(pk=commune.pk)
    commune.state = state
    commune.save()
    found = as_user(administrator).get("/fr/actors/matrix/").context["matrix"]
    assert (commune.pk in {role.actor for role in found.every_row[0].cells[1].here}) is seen


def test_inside_a_province_its_communes_are_the_columns(as_user, world, member):
    answer = as_user(member).get("/fr/actors/matrix/?province=02.381")
    found = answer.context["matrix"]
    assert [place.code for place in found.columns] == ["02.381.01.03"]
    health, schools = found.rows
    assert len(health.whole.here) == 2
    assert [scope for scope, _roles in health.cells[0].covering] == ["à l’échelle de la province"]
    assert health.cells[0].finding == ""
    assert schools.cells[0].here[0].part == Part.SUPPORTS
    assert schools.cells[0].finding == "gap"
    assert "à l’échelle de la province" in answer.content.decode()


def test_findings_are_filtered_in_the_grid(as_user, world, member):
    client = as_user(member)
    codes = {
        show: [row.theme.code for row in client.get(f"/fr/actors/matrix/?show={show}").context["matrix"].rows]
        for show in ("gaps", "overlaps", "nonsense")
    }
    assert codes == {"gaps": ["health", "schools"], "overlaps": ["health"], "nonsense": ["health", "schools"]}


def test_the_day_asked_for_decides(as_user, world, member, commune):
    for lead in commune.responsibilities.all():
        lead.starts_on, lead.ends_on = date(2026, 3, 1), date(2026, 9, 30)
        lead.save()
    client = as_user(member)

    def overlaps(query):
        return len(client.get(f"/fr/actors/matrix/?{query}").context["matrix"].overlaps)

    assert [overlaps(f"on={day}") for day in ("28/02/2026", "01/03/2026", "2026-09-30", "01/10/2026")] == [0, 1, 1, 0]
    assert "28 février 2026" in client.get("/fr/actors/matrix/?on=28/02/2026").content.decode()


def test_visitors_are_shown_the_roles_of_today_whatever_day_they_ask_for(as_user, places, visitor, outsider, commune):
    theme = factories.ThemeFactory(code="health")
    role = {"actor": commune, "theme": theme, "territory": places["02.381"]}
    factories.ResponsibilityFactory(**role, ends_on=date(2025, 1, 1))
    factories.ResponsibilityFactory(**role, starts_on=date(2099, 1, 1))
    account_only = factories.UserFactory()
    for day in ("01/06/2024", "01/06/2099"):
        for person, shown in ((visitor, False), (account_only, False), (outsider, True)):
            client = as_user(person)
            grid = client.get(f"/fr/actors/matrix/?on={day}")
            cell = client.get(f"/fr/actors/matrix/health/02.381/?on={day}").content.decode()
            assert (not grid.context["matrix"].is_empty, commune.name_fr in cell) == (shown, shown)
            assert ('name="on"' in grid.content.decode()) is shown


@pytest.mark.parametrize("query", ["province=99", "theme=zzz", f"theme={'9' * 40}", "on=31/02/2026", "kind=x"])
def test_what_cannot_be_understood_is_not_asked(as_user, world, member, query):
    answer = as_user(member).get(f"/fr/actors/matrix/?{query}")
    assert answer.status_code == 200
    assert len(answer.context["matrix"].every_row) == 2


def test_without_territories_or_roles_the_page_says_what_comes(as_user, db, member, visitor, administrator):
    Territory.objects.all().delete()
    assert "Aucun territoire" in as_user(visitor).get("/fr/actors/matrix/").content.decode()
    factories.TerritoryFactory()
    assert "en préparation" in as_user(visitor).get("/fr/actors/matrix/").content.decode()
    Theme.objects.all().delete()
    assert as_user(administrator).get("/fr/actors/matrix/").status_code == 200


@pytest.mark.parametrize(("who", "enters"), [("member", False), ("manager", True), ("administrator", True)])
def test_who_may_enter_roles_begins_in_the_cell(request, as_user, world, who, enters):
    page = as_user(request.getfixturevalue(who)).get("/fr/actors/matrix/?province=02.381").content.decode()
    address = f"/fr/actors/roles/add/?theme={world.schools.pk}&amp;territory=02.381.01.03&amp;back="
    assert (address in page) is enters


@pytest.mark.parametrize("rows", [1, 40])
@pytest.mark.parametrize(("person", "queries"), [("visitor", 4), ("member", 8), ("administrator", 7)])
def test_the_matrix_asks_the_same_however_many_roles(
    request, as_user, world, places, rows, person, queries, django_assert_num_queries
):
    client = as_user(request.getfixturevalue(person))
    for number in range(rows):
        place = list(places.values())[number % len(places)]
        factories.ResponsibilityFactory(theme=world.health, territory=place)
    for address in ("/fr/actors/matrix/", "/fr/actors/matrix/?province=02.381"):
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


def test_what_others_drew_is_shown_to_who_sees_the_same_and_drawn_anew_once_a_role_changes(
    as_user, world, member, outsider, visitor, service, places
):
    """Each person opens the page twice, one after another, in one process."""
    alone = factories.UserFactory(language="fr")

    def shown(words):
        people = [member, visitor, outsider, alone, member, alone, visitor, outsider]
        return [words in as_user(person).get("/fr/actors/matrix/").content.decode() for person in people]

    waits = factories.ResponsibilityFactory(
        actor=factories.ActorFactory(name_fr="Tout neuf", acronym=""), theme=world.health, territory=places["02.381"],
        answer=Answer.WAITING, answered_on=None,
    )  # fmt: skip
    assert shown("Tout neuf") == [True, False, True, False, True, False, False, True]
    waits.answer = Answer.CONFIRMED
    waits.save()
    assert shown("Tout neuf") == [True] * 8
    waits.actor.name_fr = "Nouveau nom"
    waits.actor.save()
    assert shown("Nouveau nom") == [True] * 8


def test_what_was_drawn_for_who_may_enter_roles_is_not_shown_to_others(request, as_user, world):
    for person in ("manager", "member", "manager"):
        page = as_user(request.getfixturevalue(person)).get("/fr/actors/matrix/").content.decode()
        assert ("/fr/actors/roles/add/?theme=" in page) is (person == "manager")


# One cell.


@pytest.mark.parametrize(("person", "queries"), [("visitor", 3), ("member", 9), ("administrator", 9)])
@pytest.mark.parametrize("rows", [1, 20])
def test_a_cell_asks_the_same_however_many_roles(
    request, as_user, world, places, rows, person, queries, django_assert_num_queries
):
    client = as_user(request.getfixturevalue(person))
    for _n in range(rows):
        factories.ResponsibilityFactory(theme=world.health, territory=places["02.381"])
    with django_assert_num_queries(queries):
        assert client.get("/fr/actors/matrix/health/02.381/").status_code == 200


def test_a_cell_says_the_basis_the_dates_and_the_answers(as_user, world, member, commune):
    for lead in commune.responsibilities.all():
        lead.basis, lead.basis_reference, lead.starts_on = "convention", "12/2026", date(2026, 3, 1)
        lead.save()
    page = as_user(member).get("/fr/actors/matrix/health/02.381/").content.decode()
    for words in ("convention", "12/2026", "depuis le 1er mars 2026", "confirmé par l’institution", "en attente"):
        assert words in page
    assert "Intervention commune" in page


def test_a_cell_is_a_panel_for_htmx_and_keeps_secrets_from_visitors(as_user, world, member, visitor):
    address = "/fr/actors/matrix/health/02.167/"
    panel = as_user(member).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in panel
    assert "Domaine à coordonner" in panel
    assert "سبب سري" in panel
    page = as_user(visitor).get(address).content.decode()
    assert "سبب سري" not in page
    assert [word for word in MEMBERS_WORDS if word in page] == []
    assert "Rien n’est publié ici" in page


@pytest.mark.parametrize("address", ["none/02", "health/99", "health/02.381.99"])
def test_a_cell_that_does_not_exist_is_not_there(as_user, world, administrator, address):
    assert as_user(administrator).get(f"/fr/actors/matrix/{address}/").status_code == 404


# Findings as a list, and files.


def test_findings_are_listed_for_members_alone(as_user, world, member, visitor):
    assert as_user(visitor).get("/fr/actors/matrix/findings/").status_code == 302
    assert as_user(factories.UserFactory()).get("/fr/actors/matrix/findings/").status_code == 403
    page = as_user(member).get("/fr/actors/matrix/findings/?show=overlaps")
    [cell] = page.context["listing"]["page"]
    assert (cell.theme.code, [role.name for role in cell.leads]) == (
        "health",
        ["Commune d’essai A", "Service d’essai B"],
    )


def test_where_nothing_needs_coordination_one_is_led_back_to_the_table(as_user, member):
    page = as_user(member).get("/fr/actors/matrix/findings/").content.decode()
    assert 'href="/fr/actors/matrix/">Revenir au tableau' in page


def _sheet(answer):
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(answer.getvalue())).active]


def test_findings_are_exported_as_listed(as_user, world, member):
    rows = _sheet(as_user(member).get("/fr/actors/matrix/findings/?export=xlsx"))
    assert rows[0][:4] == ["Constat", "Thématique", "Province ou commune", "Code HCP"]
    assert sorted((row[0], row[1], row[3]) for row in rows[1:]) == [
        ("domaine à coordonner", "Santé", "02.167"),
        ("domaine à coordonner", "Éducation", "02.167"),
        ("domaine à coordonner", "Éducation", "02.381"),
        ("intervention commune", "Santé", "02.381"),
    ]
    text = as_user(member).get("/fr/actors/matrix/findings/?export=csv&show=overlaps").getvalue().decode("utf-8-sig")
    assert text.splitlines()[1] == ("intervention commune;Santé;Nador;02.381;Commune d’essai A, Service d’essai B;")


def test_the_grid_is_exported_with_what_the_reader_sees(as_user, world, member, visitor):
    rows = _sheet(as_user(member).get("/fr/actors/matrix/?export=xlsx"))
    assert rows[0] == ["Thématique", "L’Oriental", "Driouch", "Nador"]
    assert rows[1][3] == (
        "chef de file\u00a0: Commune d’essai A, Service d’essai B (en attente de l’institution) | intervention commune"
    )
    public = as_user(visitor).get("/fr/actors/matrix/?export=csv").getvalue().decode("utf-8-sig")
    assert "Commune d’essai A" in public
    assert [word for word in (*MEMBERS_WORDS, "Service d’essai B") if word in public] == []


def _printed(client, **data):
    answer = client.post("/fr/actors/matrix/print/?province=02.381", data)
    assert answer.status_code == 302
    return Printout.objects.latest("pk")


def test_a_pdf_is_ordered_for_members_or_for_everybody(as_user, world, member, visitor):
    assert "/accounts/login/" in as_user(visitor).post("/fr/actors/matrix/print/")["Location"]
    client = as_user(member)
    inner, public = _printed(client, audience="members"), _printed(client, audience="public")
    assert (inner.kind, inner.language, inner.requested_by) == ("roles.matrix", "fr", member)
    assert inner.data["finds"]
    assert "en attente" in str(inner.data)
    assert not public.data["finds"]
    assert [word for word in (*MEMBERS_WORDS, "Service d’essai B") if word in str(public.data)] == []
    assert _printed(as_user(factories.UserFactory()), audience="members").data["finds"] is False


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_pdf_is_a3_in_landscape_tagged_and_repeats_its_heads(as_user, world, places, administrator, language):
    from pypdf import PdfReader

    for number in range(40):
        theme = factories.ThemeFactory(name_fr=f"Thématique {number}", position=10 + number)
        for _n in range(4):
            factories.ResponsibilityFactory(theme=theme, territory=places["02.381"])
    as_user(administrator).post(f"/{language}/actors/matrix/print/", {"audience": "members"})
    reader = PdfReader(io.BytesIO(render(Printout.objects.get())))
    box = reader.pages[0].mediabox
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == (420, 297)
    assert bool(reader.trailer["/Root"]["/MarkInfo"]["/Marked"])
    assert reader.trailer["/Root"]["/Lang"] == language
    assert len(reader.pages) > 2
    if language == "fr":
        assert all("Thématique\n" in page.extract_text() for page in reader.pages)


def test_the_page_of_the_printout_leads_back_to_the_grid(as_user, world, member):
    printout = _printed(as_user(member))
    page = as_user(member).get(reverse("directory:printout", args=[printout.pk])).content.decode()
    assert "/fr/actors/matrix/?province=02.381" in page
