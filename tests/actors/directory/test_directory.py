"""The list of the directory: what is found, how fresh sheets are and who is told, in which order, on which page."""

from datetime import date, timedelta

import pytest

from actors.directory.models import Actor
from actors.directory.rules.choices import territory_choices
from portal.accounts.models import User
from portal.core.dates import today
from portal.core.search import reindex
from portal.reference.models import Territory
from tests import factories
from tests.core.test_text import PAIRS
from tests.region import load_region


def _days_ago(days: int) -> date:
    return today() - timedelta(days=days)


@pytest.fixture
def ages(db):
    """Sheets by the day they were last confirmed; `listed` has its day from a list that was brought in."""

    def confirmed(name: str, days: int) -> Actor:
        person = factories.UserFactory()
        actor = factories.ActorFactory(name_fr=name, confirmed_on=_days_ago(days), confirmed_by=person)
        factories.MembershipFactory(actor=actor, user=person)
        return actor

    return {
        "fresh": confirmed("B fraîche", 30),
        "stale": confirmed("C ancienne", 400),
        "hidden": confirmed("D très ancienne", 600),
        "listed": factories.ActorFactory(name_fr="A venue d’une liste", confirmed_on=_days_ago(20)),
        "never": factories.ActorFactory(name_fr="E jamais"),
    }


def _found(client, query: str) -> list[Actor]:
    return list(client.get(f"/fr/actors/?{query}").context["listing"].page)


def test_every_pair_of_the_search_holds_on_the_list_itself(as_user, administrator):
    load_region()
    client = as_user(administrator)
    wrong = []
    for pair in PAIRS:
        Actor.objects.all().delete()
        factories.ActorFactory(name_ar=pair["text"], name_fr="", name_en="")
        reindex(Actor.objects.all())
        found = bool(client.get("/ar/actors/", {"q": pair["query"]}).context["listing"].count)
        if found is not (pair["should_match"] == "yes"):
            wrong.append(pair)
    assert wrong == []


def test_members_narrow_the_list_by_freshness(as_user, member, ages):
    client = as_user(member)
    mine = {actor.pk: name for name, actor in ages.items()}

    def found(value: str) -> set[str]:
        return {mine[actor.pk] for actor in _found(client, f"fresh={value}") if actor.pk in mine}

    assert found("fresh") == {"fresh", "listed"}
    assert found("stale") == {"stale", "hidden"}
    assert found("hidden") == {"hidden"}
    assert found("never") == {"listed", "never"}


def test_visitors_see_old_sheets_dimmed_and_are_told_nothing_of_how_old_they_are(as_user, visitor, ages):
    client = as_user(visitor)
    answer = client.get("/fr/actors/?fresh=stale&sort=fresh")
    page = answer.content.decode().partition("<main")[2]
    assert answer.context["listing"].count == 4
    assert answer.context["listing"].sort == "name"
    assert ages["hidden"] not in answer.context["listing"].page
    assert page.count('class="dimmed"') == 1
    for sign in ('name="fresh"', "?sort=fresh", 'class="fresh"', "confirmer"):
        assert sign not in page
    assert "D très ancienne" not in client.get("/fr/actors/?export=csv").getvalue().decode()


def test_old_sheets_are_dimmed_with_a_word_for_everyone_signed_in(as_user, outsider, administrator, ages):
    for person in (outsider, administrator):
        page = as_user(person).get("/en/actors/?sort=-fresh").content.decode()
        assert page.count('class="dimmed"') == 2
        assert page.count("To be confirmed again") == 1
        assert page.count("Hidden from visitors") == 1


def test_the_list_is_ordered_by_freshness_and_by_kind(as_user, administrator, ages):
    client = as_user(administrator)
    named = {actor.pk: name for name, actor in ages.items()}
    assert [named[a.pk] for a in _found(client, "sort=fresh")] == ["never", "hidden", "stale", "fresh", "listed"]
    assert [named[a.pk] for a in _found(client, "sort=-fresh")] == ["listed", "fresh", "stale", "hidden", "never"]
    first = factories.ActorFactory(kind=Actor.Kind.AUTHORITY, name_fr="Z")
    last = factories.ActorFactory(kind=Actor.Kind.UNIVERSITY, name_fr="A")
    kinds = _found(client, "sort=kind")
    assert kinds.index(first) < kinds.index(ages["listed"]) < kinds.index(last)
    assert _found(client, "sort=-kind")[0] == last


def test_the_list_is_ordered_in_the_readers_language(as_user, visitor, db):
    factories.ActorFactory(slug="one", name_ar="ب", name_fr="Alpha")
    factories.ActorFactory(slug="two", name_ar="أ", name_fr="Beta")
    factories.ActorFactory(slug="three", name_ar="ت", name_fr="")
    factories.ActorFactory(slug="four", name_ar="", name_fr="Delta")

    def order(language: str) -> list[str]:
        return [actor.slug for actor in as_user(visitor).get(f"/{language}/actors/").context["listing"].page]

    assert order("fr") == ["one", "two", "four", "three"]
    assert order("ar") == ["four", "two", "one", "three"]


def test_the_last_page_and_pages_past_it_hold_what_is_left(as_user, administrator, db):
    for number in range(30):
        factories.ActorFactory(name_fr=f"Institution {number:02d}")
    client = as_user(administrator)
    everything = [actor.name_fr for page in (1, 2) for actor in _found(client, f"page={page}")]
    assert everything == sorted(everything)
    assert len(everything) == 30
    for asked in ("page=99", "page=999999999999", "page=last"):
        assert [actor.name_fr for actor in _found(client, asked)] == everything[5:]


def test_the_directory_opens_at_a_letter(as_user, administrator, db):
    for name in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        factories.ActorFactory(name_fr=f"{name}ssociation")
    client = as_user(administrator)
    assert _found(client, "page=at-C")[0].name_fr == "Cssociation"
    assert 'href="?page=at-C"' in client.get("/fr/actors/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("person", "queries"), [("visitor", 5), ("member", 11), ("administrator", 10)])
def test_the_list_asks_the_same_with_every_filter_on(
    request, as_user, places, space, rows, person, queries, django_assert_num_queries
):
    theme = factories.ThemeFactory()
    for _number in range(rows):
        actor = factories.ActorFactory(seat=places["02.381.01.03"], confirmed_on=today())
        actor.themes.add(theme)
        factories.ContactFactory(actor=actor, audience="public")
        factories.SpaceMemberFactory(actor=actor, space=space)
    reindex(Actor.objects.all())
    client = as_user(request.getfixturevalue(person))
    query = f"kind=association&territory=02.381&theme={theme.pk}&space={space.pk}&fresh=fresh&state=published&q=essai"
    client.get("/fr/actors/?q=essai")  # a process reads the other spellings of places once a minute
    with django_assert_num_queries(queries):
        assert client.get(f"/fr/actors/?{query}&sort=seat").context["listing"].count == rows


def test_administrators_find_their_tools_on_the_list_and_nobody_else(as_user, administrator, member, commune):
    mine, theirs = (as_user(person).get("/en/actors/").content.decode() for person in (administrator, member))
    for address in ("/en/actors/add/", "/en/actors/batch/"):
        assert address in mine
        assert address not in theirs


def test_a_merged_sheet_is_in_nobodys_list(as_user, administrator, commune):
    factories.ActorFactory(slug="double", state=Actor.State.ARCHIVED, merged_into=commune)
    assert _found(as_user(administrator), "q=") == [commune]
    assert User.objects.count() == 1


def test_a_place_that_is_renamed_is_called_so_in_every_filter_at_once_and_in_each_language(client, db):
    load_region(Territory)
    place = Territory.objects.communes().order_by("code").first()
    for language, named in (("ar", place.name_ar), ("fr", place.name_fr), ("ar", place.name_ar)):
        assert f'<option value="{place.code}">{named}</option>' in client.get(f"/{language}/actors/").text
    Territory.objects.filter(pk=place.pk).update(name_ar="اسم جديد")
    for address in ("/ar/actors/", "/ar/spaces/"):
        assert f'<option value="{place.code}">اسم جديد</option>' in client.get(address).text


def test_what_one_form_adds_to_the_places_no_other_is_offered(db):
    load_region(Territory)
    choices = territory_choices()
    next(group for _name, group in choices if isinstance(group, list)).append(("x", "x"))
    assert "'x'" not in repr(territory_choices())
