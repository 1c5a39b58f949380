"""The coverage: its numbers are those of the lists behind it, for each reader, in a page that stays light."""

import csv
import gzip
import io
import re
import shutil
from datetime import timedelta

import brotli
import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from pypdf import PdfReader

from actors.directory import work as printouts
from actors.directory.models import Actor, Printout
from actors.directory.models.actor import SHOWN
from actors.directory.reading.coverage.steps import colour_of, steps_of
from portal.core import remembered
from portal.core.dates import today
from portal.reference.loaders import load_territories
from portal.reference.models import Territory, TerritoryShape
from recommendations.models import Recommendation
from tests import factories
from tests.answers import content_of
from tests.meetings.paper import words
from tests.region import load_region

pytestmark = pytest.mark.django_db
NADOR, ENSAR, BERKANE, SAIDIA = "02.381", "02.381.01.03", "02.113", "02.113.01.25"
ADDRESS = "/fr/actors/coverage/"


@pytest.fixture
def region(db):
    load_region(Territory, TerritoryShape)


@pytest.fixture
def theme(db):
    return factories.ThemeFactory(code="health", name_ar="الصحة", name_fr="Santé")


@pytest.fixture
def institutions(region, theme):
    """Seats, areas, both, wider ones, an old sheet, a draft: each counts where the directory finds it."""
    seats = [ENSAR, ENSAR, NADOR, SAIDIA, "02", None, None, None, ENSAR, BERKANE]
    areas = [[], [NADOR], [], ["02"], ["02"], [ENSAR, SAIDIA], [BERKANE, SAIDIA], [], [ENSAR], ["02.381.01.07"]]
    rows = [factories.ActorFactory(seat_id=seat) for seat in seats]
    for number, (row, codes) in enumerate(zip(rows, areas, strict=True)):
        row.areas.set(codes)
        if number % 2:
            row.themes.add(theme)
    Actor.objects.filter(pk=rows[0].pk).update(confirmed_on=today() - SHOWN - timedelta(days=1))
    Actor.objects.filter(pk=rows[5].pk).update(state="draft")
    Actor.objects.filter(pk=rows[8].pk).update(state="archived", merged_into=rows[1])
    return rows


def _shown(client, address: str = ADDRESS, **question) -> dict[str, tuple[int, str]]:
    """Number and link of each territory of the page, by name."""
    found = client.get(address, question).context["coverage"]
    pieces = [found.region, *(row.whole for row in found.provinces), *found.pieces]
    return {piece.territory.code: (piece.number, piece.link) for piece in pieces}


@pytest.mark.parametrize("who", ["visitor", "member", "administrator"])
@pytest.mark.parametrize("of_theme", [False, True])
def test_each_number_is_that_of_the_list_one_comes_to(request, as_user, institutions, theme, who, of_theme):
    client = as_user(AnonymousUser() if who == "visitor" else request.getfixturevalue(who))
    shown = _shown(client, **({"theme": theme.pk} if of_theme else {}))

    assert len(shown) == 133
    for code in ("02", NADOR, ENSAR, "02.381.01.07", BERKANE, SAIDIA, "02.113.01.01", "02.167", "02.167.01.03"):
        number, link = shown[code]
        assert client.get(link).context["listing"].count == number, code
    assert len({number for number, _link in shown.values()}) >= 3


def test_readers_count_what_they_see(as_user, institutions, member, administrator):
    numbers = [_shown(as_user(person))[ENSAR][0] for person in (None, member, administrator)]

    assert numbers == [3, 4, 5]


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_numbers_are_counted_anew_once_a_sheet_or_a_role_changes(request, as_user, institutions, who, theme):
    client = as_user(AnonymousUser() if who == "visitor" else request.getfixturevalue(who))
    before = _shown(client)[SAIDIA][0]
    row = factories.ActorFactory()
    row.areas.add("02.113")
    after_area = _shown(client)[SAIDIA][0]
    factories.ResponsibilityFactory(territory_id=SAIDIA, theme=theme, answer="confirmed")
    after_role = _shown(client)[SAIDIA][0]
    row.state = "archived"
    row.save()

    assert [after_area, after_role, _shown(client)[SAIDIA][0]] == [before + 1, before + 2, before + 1]


@pytest.fixture
def recommended(region, space, association):
    """Open recommendations for the region, a province and a commune, and one that is done."""
    meeting = factories.MeetingFactory(space=space, organiser=association, audience="public", state="held")
    places = ["02", NADOR, ENSAR, ENSAR, None]
    rows = [
        factories.RecommendationFactory(meeting=meeting, reference=f"TST-R{number}", territory_id=place)
        for number, place in enumerate(places)
    ]
    Recommendation.objects.filter(pk=rows[3].pk).update(state="done")
    return rows


def test_members_have_open_recommendations_counted_and_come_to_as_many(as_user, recommended, member):
    client = as_user(member)
    shown = _shown(client, by="recommendations")

    assert [shown[code][0] for code in ("02", NADOR, ENSAR, BERKANE, SAIDIA)] == [3, 3, 3, 1, 1]
    for code in ("02", NADOR, ENSAR, SAIDIA):
        assert client.get(shown[code][1]).context["listing"].count == shown[code][0], code


def test_a_theme_narrows_recommendations_too(as_user, recommended, theme, member):
    recommended[1].themes.add(theme)
    client = as_user(member)
    number, link = _shown(client, by="recommendations", theme=theme.pk)[ENSAR]

    assert number == client.get(link).context["listing"].count == 1


def test_a_visitor_asking_for_recommendations_is_shown_institutions_and_no_choice(client, recommended, institutions):
    answer = client.get(ADDRESS, {"by": "recommendations"})

    assert "Open recommendations" not in answer.content.decode()
    assert 'name="by"' not in answer.content.decode()
    assert answer.context["form"].measure.key == "actors"


@pytest.mark.parametrize(
    "question", [{"by": "x"}, {"by": "theme"}, {"theme": "x"}, {"province": "02.999"}, {"sort": "x"}]
)
def test_what_the_address_asks_in_vain_is_not_asked(client, institutions, question):
    assert _shown(client, **question) == _shown(client)


def test_the_page_says_every_number_in_the_map_and_in_the_table(client, institutions):
    page = client.get(ADDRESS).content.decode()
    drawing, table = page[page.index("<svg viewBox=") :].split('id="numbers"')

    assert len(re.findall(r"<a [^>]*><title>[^<]+ – \d+ institutions?</title><path", drawing)) == 124
    assert "Béni Ensar – 3 institutions" in drawing
    assert re.search(r"Béni Ensar</a></th><td><i[^>]*></i><bdi>3</bdi>", table)
    assert page.index('href="#numbers"') < page.index("<svg viewBox=")
    assert ' style="' not in page


def test_links_of_the_map_come_province_after_province(client, institutions):
    page = client.get(ADDRESS).content.decode()
    drawing = page[page.index("<svg viewBox=") : page.index('class="coverage-borders"')]
    codes = re.findall(r"territory=([\d.]+)", drawing)

    assert codes == sorted(codes)
    assert len(set(codes)) == 124


def test_one_province_is_drawn_larger_with_its_numbers_and_the_rest_is_left_out(client, institutions):
    answer = client.get(ADDRESS, {"province": NADOR})
    page = answer.content.decode()

    assert page.count("<title>") == 23 + page.count("<title>", 0, page.index("</head>"))
    assert answer.context["coverage"].box.width < 600
    assert [text for text, *_place in answer.context["coverage"].labels][:2] != []
    assert "Saidia" not in page


def test_the_order_is_by_name_or_by_number(client, institutions):
    def names(**question):
        return [piece.name for piece in client.get(ADDRESS, {"province": NADOR, **question}).context["coverage"].pieces]

    assert names()[:3] == ["Afsou", "Al Aaroui", "Al Barkanyene"]
    assert names(sort="number")[:2] == ["Zaio", "Afsou"]
    assert sorted(names(sort="number")) == sorted(names())


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_whole_map_goes_over_the_wire_in_thirty_kilobytes(client, institutions, language):
    page = client.get(f"/{language}/actors/coverage/").content.decode()
    drawing = re.search(r"<svg viewBox=.*?</svg>", page, re.DOTALL)[0].encode()

    assert drawing.count(b"<a ") == 124
    assert len(gzip.compress(drawing, 6)) < 20 * 1024
    assert len(brotli.compress(drawing)) < 20 * 1024
    assert len(gzip.compress(page.encode(), 6)) < 30 * 1024


@pytest.mark.parametrize("many", [30, pytest.param(300, marks=pytest.mark.volume)])
@pytest.mark.parametrize(("who", "question", "queries"), [
    ("visitor", {}, 5),
    ("member", {}, 9),
    ("member", {"by": "recommendations"}, 9),
    ("administrator", {"theme": "1"}, 8),
])  # fmt: skip
def test_the_page_takes_as_many_queries_for_three_institutions_as_for_many(
    request, as_user, region, recommended, django_assert_num_queries, who, question, queries, many
):
    client = as_user(AnonymousUser() if who == "visitor" else request.getfixturevalue(who))
    for number in (3, many):
        for row in factories.ActorFactory.create_batch(number, seat_id=ENSAR):
            row.areas.add(NADOR)
        remembered.forget()
        with django_assert_num_queries(queries):
            client.get(ADDRESS, question)


def test_a_region_without_outlines_has_the_table_alone(client, db):
    load_territories("03")
    factories.ActorFactory(seat_id="03.561")

    answer = client.get(ADDRESS)
    page = answer.content.decode()

    assert "<svg viewBox=" not in page
    assert 'id="numbers"' in page
    assert next(row.whole.number for row in answer.context["coverage"].provinces if row.whole.name == "Taza") == 1


def test_without_territories_the_page_says_what_to_do(client, db):
    Territory.objects.all().delete()

    assert "load the reference data" in client.get("/en/actors/coverage/").content.decode()


def test_the_table_is_exported_as_it_is_shown(client, institutions):
    answer = client.get(ADDRESS, {"export": "csv", "province": NADOR, "sort": "number"})
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")), delimiter=";"))

    assert len(rows) == 24
    assert rows[1] == ["02.381.01.07", "Nador", "Zaio", "4"]
    assert [ENSAR, "Nador", "Béni Ensar", "3"] in rows
    assert client.get(ADDRESS, {"export": "xlsx"}).getvalue().startswith(b"PK")


def _paper(client, address: str, settings, tmp_path) -> PdfReader:
    settings.MEDIA_ROOT = tmp_path
    answer = client.post(address)
    printout = Printout.objects.get()
    assert answer.headers["Location"] == reverse("directory:printout", args=[printout.pk])
    assert printouts.produce(printout.pk)
    return PdfReader(io.BytesIO(content_of(client.get(reverse("directory:download_printout", args=[printout.pk])))))


@pytest.mark.parametrize(("language", "name"), [("ar", "بني أنصار"), ("fr", "Béni Ensar")])
def test_the_region_on_paper_is_a_map_and_a_table_of_each_province(
    as_user, institutions, member, settings, tmp_path, language, name
):
    pdf = _paper(as_user(member), f"/{language}/actors/coverage/print/", settings, tmp_path)
    text = "\n".join(page.extract_text() for page in pdf.pages)

    assert len(pdf.pages) == 3
    assert name in text
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == language


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_numbers_on_paper_stand_beneath_their_heading(as_user, institutions, member, settings, tmp_path):
    _paper(as_user(member), "/fr/actors/coverage/print/", settings, tmp_path)
    found = words(Printout.objects.get().file.path)
    told = {"Institutions", "0", "1", "2"}
    ends = [right for page, _left, top, right, word in found if page == 2 and 50 < top < 540 and word in told]
    assert len(ends) > 40
    assert len({round(end) for end in ends}) == 4


def test_one_province_on_paper_is_one_page(as_user, institutions, member, settings, tmp_path):
    pdf = _paper(as_user(member), f"/fr/actors/coverage/print/?province={NADOR}", settings, tmp_path)

    assert len(pdf.pages) == 1
    assert "Zeghanghane" in pdf.pages[0].extract_text()


def test_recommendations_on_paper_say_that_they_are_for_members(as_user, recommended, member, settings, tmp_path):
    _paper(as_user(member), "/en/actors/coverage/print/?by=recommendations", settings, tmp_path)

    assert Printout.objects.get().data["audience"] == "For members of the portal"


def test_a_visitor_cannot_order_a_pdf(client, institutions):
    assert client.post(f"{ADDRESS}print/").status_code == 302
    assert not Printout.objects.exists()
    assert "coverage/print/" not in client.get(ADDRESS).content.decode()


@pytest.mark.parametrize(
    ("numbers", "legend"),
    [
        ([], []),
        ([0, 0], [(0, "0")]),
        ([0, 7], [(0, "0"), (4, "7")]),
        ([3, 5], [(2, "3"), (4, "5")]),
        ([1, 2, 3], [(2, "1"), (3, "2"), (4, "3")]),
        ([0, 1, 2, 3, 4, 4], [(0, "0"), (1, "1"), (2, "2"), (3, "3"), (4, "4")]),
        (range(1, 11), [(1, "1–3"), (2, "4–5"), (3, "6–8"), (4, "9–10")]),
    ],
)
def test_numbers_are_put_into_five_colours_at_most(numbers, legend):
    steps = steps_of(numbers)

    assert [(step.colour, step.text) for step in steps] == legend
    assert all(
        step.low <= number <= step.high
        for number in numbers
        for step in steps
        if step.colour == colour_of(number, steps)
    )


def test_a_members_link_shows_a_visitor_the_institutions(client, institutions, recommended):
    for question in ({"by": "recommendations"}, {"theme": "x"}, {"province": "99"}):
        answer = client.get(ADDRESS, question)
        assert (answer.status_code, answer.context["form"].measure.key) == (200, "actors")
