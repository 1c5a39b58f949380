"""The search over everything: places, themes and who works there; what may have been meant, of what is seen."""

import pytest

from actors.directory.models import Actor, Space
from actors.roles.models import Responsibility
from meetings.models import Meeting
from portal.core.search import reindex_all
from portal.reference import spellings
from portal.reference.models import Territory, Theme
from tests import factories
from tests.region import load_region

pytestmark = pytest.mark.django_db
REGION, DRIOUCH, TOWN, NADOR = "02", "02.167", "02.167.01.09", "02.381"
Answer, Part = Responsibility.Answer, Responsibility.Part


@pytest.fixture(scope="module")
def region(once_for_the_module):
    load_region(Territory, Theme)


@pytest.fixture
def health(region, db):
    return Theme.objects.get(code="health")


@pytest.fixture(autouse=True)
def read_anew(region):
    spellings.memory.forget()


@pytest.fixture
def at_work(health):
    """Who does what for health in Driouch and around, and who does something else, or elsewhere."""
    services = factories.ActorFactory(name_ar="مصلحة تجريبية أ", name_fr="Service d’essai A")
    region = factories.ActorFactory(name_ar="مصلحة تجريبية ب", name_fr="Service d’essai B")
    town = factories.ActorFactory(name_ar="جماعة تجريبية ج", name_fr="Commune d’essai C", seat_id=TOWN)
    active = factories.ActorFactory(name_ar="جمعية تجريبية د", name_fr="Association d’essai D")
    seated = factories.ActorFactory(name_ar="جمعية تجريبية ه", name_fr="Association d’essai E", seat_id=TOWN)
    for actor in (active, seated):
        actor.themes.add(health)
    active.areas.add(DRIOUCH)
    for actor, territory, part in (
        (services, DRIOUCH, Part.SUPPORTS),
        (region, REGION, Part.LEADS),
        (town, TOWN, Part.CONSULTED),
        (factories.ActorFactory(), NADOR, Part.LEADS),
    ):
        factories.ResponsibilityFactory(actor=actor, theme=health, territory_id=territory, part=part)
    reindex_all()


def _found(client, query: str, language: str = "fr"):
    return client.get(f"/{language}/search/", {"q": query}).context["found"]


def _group(client, query: str, title: str):
    return next((group for group in _found(client, query).groups if group.title == title), None)


@pytest.mark.parametrize(
    "query",
    ["Santé Driouch", "driouch sante", "la santé à Driouch", "Santé, province de Driouch", "الصحة الدريوش",
     "الصحة بالدريوش", "الصحة في إقليم الدريوش", "للصحة بالدريوش"],
)  # fmt: skip
def test_a_theme_and_a_place_answer_with_who_works_on_it_there_and_why(as_user, visitor, at_work, query):
    group = _group(as_user(visitor), query, "Qui fait quoi\u00a0: Santé – Driouch")

    assert {hit.title: hit.notes for hit in group.hits} == {
        "Service d’essai B": ["Chef de file\u00a0: Santé – Région de l’Oriental"],
        "Service d’essai A": ["Partenaire\u00a0: Santé – Driouch"],
        "Association d’essai D": ["Thématiques\u00a0: Santé", "Territoires d’intervention\u00a0: Driouch"],
        "Association d’essai E": ["Thématiques\u00a0: Santé", "Siège\u00a0: Driouch"],
    }
    assert [hit.title for hit in group.hits][:2] == ["Service d’essai B", "Service d’essai A"]


def test_the_list_behind_it_has_the_same_institutions(as_user, visitor, at_work):
    client = as_user(visitor)
    group = _group(client, "Santé Driouch", "Qui fait quoi\u00a0: Santé – Driouch")

    rows = client.get(group.link).context["listing"].queryset
    assert {str(row) for row in rows} == {hit.title for hit in group.hits}


def test_other_words_narrow_who_works_there(as_user, visitor, at_work):
    client = as_user(visitor)
    title = "Qui fait quoi\u00a0: Santé – Driouch"

    group = _group(client, "Santé Driouch association", title)

    assert {hit.title for hit in group.hits} == {"Association d’essai D", "Association d’essai E"}
    assert {str(row) for row in client.get(group.link).context["listing"].queryset} == {hit.title for hit in group.hits}
    assert _group(client, "Santé Driouch coopérative", title) is None


def test_a_role_that_waits_or_is_contested_is_no_reason_for_a_visitor(as_user, visitor, member, at_work, health):
    named = {"theme": health, "territory_id": DRIOUCH}
    waiting = factories.ResponsibilityFactory(**named, answer=Answer.WAITING).actor
    contesting = factories.ResponsibilityFactory(**named, answer=Answer.CONTESTED, reservation="une autre").actor
    reindex_all()

    def titles(person) -> set[str]:
        return {
            hit.title for hit in _group(as_user(person), "Santé Driouch", "Qui fait quoi\u00a0: Santé – Driouch").hits
        }

    assert str(waiting.name_fr) not in titles(visitor)
    assert waiting.name_fr in titles(member)
    assert contesting.name_fr not in titles(member)


def test_what_is_shown_as_working_there_is_not_shown_once_more(as_user, visitor, at_work):
    found = _found(as_user(visitor), "Santé Driouch")
    addresses = [hit.url for group in found.groups for hit in group.hits]

    assert len(addresses) == len(set(addresses))


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("Driouch", ["Driouch", "Driouch"]),
        ("الدريوش", ["Driouch", "Driouch"]),
        ("Santé", ["Santé"]),
        ("Santé Driouch", ["Driouch", "Santé"]),
        ("vivre-ensemble", ["Vivre-ensemble et diversité"]),
        ("éduca", ["Éducation et culture"]),
        ("Beni Enzar", ["Béni Ensar"]),
        ("فكيك", ["Figuig", "Figuig"]),
    ],
)
def test_places_and_themes_are_results(as_user, visitor, health, query, titles):
    client = as_user(visitor)
    group = _group(client, query, "Territoires et thématiques")

    assert [hit.title for hit in group.hits] == titles
    assert {client.get(hit.url).status_code for hit in group.hits} == {200}


@pytest.mark.parametrize("query", ["Santé Tokyo", "xyz", "Santé Driouch xyz"])
def test_a_place_or_theme_beside_a_word_that_nothing_has_is_no_result(as_user, visitor, at_work, query):
    assert _found(as_user(visitor), query).groups == []


@pytest.mark.parametrize("query", ["vivre", "التعايش", "coexist", "vivre Driouch"])
def test_part_of_the_name_of_a_theme_answers_with_who_works_on_it_too(as_user, visitor, region, query):
    theme = Theme.objects.get(code="coexistence_diversity")
    working = factories.ResponsibilityFactory(theme=theme, territory_id=DRIOUCH, part=Part.LEADS).actor
    reindex_all()
    client = as_user(visitor)

    whole = _found(client, query.replace("vivre", "Vivre-ensemble et diversité"))
    assert str(working.name_fr) in {hit.title for group in whole.groups for hit in group.hits}
    assert [(group.title, group.hits) for group in _found(client, query).groups][-1] == (
        whole.groups[-1].title,
        whole.groups[-1].hits,
    )


def test_two_letters_name_no_theme(as_user, visitor, at_work):
    assert not any("Qui fait quoi" in group.title for group in _found(as_user(visitor), "sa").groups)


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("recommandations", "/fr/recommendations/"),
        ("توصية", "/fr/recommendations/"),
        ("meetings", "/fr/meetings/"),
        ("qui fait quoi", "/fr/actors/matrix/"),
        ("خريطة", "/fr/actors/coverage/"),
    ],
)
def test_a_page_of_the_portal_is_found_by_what_it_is_called(as_user, visitor, region, query, address):
    assert [hit.url for hit in _group(as_user(visitor), query, "Pages").hits] == [address]


def test_a_name_that_is_a_place_comes_before_who_works_there(as_user, visitor, health):
    factories.ActorFactory(name_fr="Commune de Driouch", name_ar="جماعة الدريوش", seat_id=TOWN)
    factories.ActorFactory(name_fr="Association d’essai", seat_id=TOWN)
    reindex_all()

    _places, actors, work = _found(as_user(visitor), "commune de Driouch").groups

    assert (actors.title, [hit.title for hit in actors.hits]) == ("Acteurs", ["Commune de Driouch"])
    assert (work.title, [hit.title for hit in work.hits]) == ("Qui fait quoi\u00a0: Driouch", ["Association d’essai"])


def test_an_institution_called_as_was_typed_comes_before_those_with_the_words_elsewhere(as_user, visitor, region):
    for number in range(13):
        factories.ActorFactory(
            name_ar=f"أ {number}", name_fr=f"A {number}", description_fr="Partenaire de la Fondation Zéro"
        )
    factories.ActorFactory(name_ar="ي", name_fr="Fondation Zéro")
    reindex_all()

    assert _group(as_user(visitor), "Fondation Zéro", "Acteurs").hits[0].title == "Fondation Zéro"


# A letter that went wrong.


@pytest.fixture
def names(space):
    factories.ActorFactory(
        name_ar="جمعية ثسغناس للثقافة والتنمية", name_fr="Association Thissaghnasse", acronym="ASTICUDE"
    )
    factories.ActorFactory(name_ar="المندوبية التجريبية بالناظور", name_fr="Délégation d’essai de Nador")
    meeting = factories.MeetingFactory(space=space, title_ar="لقاء المستشفيات", audience="public", state="held")
    factories.RecommendationFactory(meeting=meeting, text_fr="Prévoir un interprétariat", state="adopted")
    reindex_all()


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("ثسغناش", "ثسغناس"),
        ("ثسغنس", "ثسغناس"),
        ("ثسغنااس", "ثسغناس"),
        ("ثغسناس", "ثسغناس"),
        ("جمعية ثسغناص", "جمعية ثسغناس"),
        ("astcude", "ASTICUDE"),
        ("ASTICUED", "ASTICUDE"),
        ("asticude thissagnasse", "asticude Thissaghnasse"),
        ("الناطور", "الناظور"),
        ("delegaton", "Délégation"),
        ("recomandation", "recommandation"),
        ("interpretariats", "interprétariat"),
        ("المستسفيات", "المستشفيات"),
    ],
)
def test_a_slip_of_one_letter_is_asked_about(as_user, visitor, names, query, meant):
    client = as_user(visitor)
    found = _found(client, query)

    assert (found.groups, found.nearest) == ([], meant)
    assert _found(client, meant).groups


@pytest.mark.parametrize(
    "query",
    ["ثسغش", "ناس", "asicde", "zzzz", "جمعية", "asticude", "thissagnase asticud xx", "ثسغناش للصحافة"],
)
def test_what_is_farther_away_or_is_found_is_not_asked_about(as_user, visitor, names, query):
    assert _found(as_user(visitor), query).nearest == ""


def test_the_question_is_a_link_that_searches_for_it(as_user, visitor, names):
    client = as_user(visitor)
    page = client.get("/ar/search/", {"q": "ثسغناش"}).content.decode()

    assert "هل تقصدون: " in page
    assert f'<a href="?q={"%D8%AB%D8%B3%D8%BA%D9%86%D8%A7%D8%B3"}"><bdi>ثسغناس</bdi></a>؟' in page
    assert "Vouliez-vous dire\u00a0: " in client.get("/fr/search/", {"q": "ثسغناش"}).content.decode()


def test_a_place_or_theme_nobody_is_named_after_is_asked_about_too(as_user, visitor, health):
    client = as_user(visitor)

    assert _found(client, "الدرويش").nearest == "الدريوش"
    assert _found(client, "Santé Driuch").nearest == "Santé Driouch"
    assert _found(client, "logemant").nearest == "Logement"


@pytest.mark.parametrize(
    ("path", "query", "meant"),
    [
        ("actors/", "astcude", "ASTICUDE"),
        ("spaces/", "التجريبى1", "التجريبي"),
        ("meetings/", "المستسفيات", "المستشفيات"),
        ("recommendations/", "interpretariaat", "interprétariat"),
        ("actors/duplicates/compare/", "astcude", "ASTICUDE"),
        ("actors/upkeep/", "astcude", "ASTICUDE"),
    ],
)
def test_every_list_that_is_searched_asks(as_user, administrator, names, path, query, meant):
    client = as_user(administrator)
    page = client.get(f"/ar/{path}", {"q": query}).content.decode()

    assert f"<bdi>{meant}</bdi></a>؟" in page
    assert "هل تقصدون" not in client.get(f"/ar/{path}", {"q": meant}).content.decode()


def test_no_name_is_offered_that_the_reader_may_not_see(as_user, visitor, outsider, administrator, space):
    factories.ActorFactory(name_fr="Xylophone", state=Actor.State.DRAFT)
    factories.SpaceFactory(name_ar="فضاء القيثارة", audience=Space.Audience.SPACE)
    factories.MeetingFactory(space=space, title_ar="لقاء الطنبور", audience="members", state=Meeting.State.DRAFT)
    factories.RecommendationFactory(meeting__space=space, text_fr="Une mandoline", state="draft")
    factories.ActorFactory(description_fr="Un hautbois", state=Actor.State.DRAFT)
    reindex_all()

    for query in ("Xylophine", "القيتارة", "الطنبورة", "mandolline", "hautbios"):
        for person in (visitor, outsider):
            assert _found(as_user(person), query).nearest == "", query
        assert _found(as_user(administrator), query).nearest, query


def test_a_list_asks_the_same_and_only_where_a_search_alone_finds_nothing(as_user, visitor, names):
    client = as_user(visitor)

    page = client.get("/fr/actors/", {"q": "astcude"}).content.decode()
    assert '<a href="?q=ASTICUDE"><bdi>ASTICUDE</bdi></a>' in page
    assert "Vouliez-vous" not in client.get("/fr/actors/", {"q": "asticude"}).content.decode()
    assert "Vouliez-vous" not in client.get("/fr/actors/", {"q": "astcude", "kind": "commune"}).content.decode()
    assert "المستشفيات</bdi>" in client.get("/ar/meetings/", {"q": "المستسفيات"}).content.decode()


def test_who_works_there_is_found_anew_once_a_role_changes_and_by_each_as_they_see_it(
    as_user, visitor, member, at_work
):
    def names(person):
        found = _group(as_user(person), "Santé Driouch", "Qui fait quoi\u00a0: Santé – Driouch")
        return {hit.title for hit in found.hits} if found else set()

    before = names(visitor)
    assert names(visitor) == before
    role = factories.ResponsibilityFactory(
        actor=factories.ActorFactory(name_fr="Tout neuf"), theme=Theme.objects.get(code="health"),
        territory_id=DRIOUCH, answer="waiting", answered_on=None,
    )  # fmt: skip
    assert ("Tout neuf" in names(member), names(visitor) == before) == (True, True)
    role.answer = "confirmed"
    role.save()
    assert "Tout neuf" in names(visitor)


def test_of_two_places_of_one_name_each_has_its_own(as_user, visitor, health):
    near = factories.ActorFactory(name_fr="Service de la province")
    factories.ResponsibilityFactory(actor=near, theme=health, territory_id="02.167.01.03")
    reindex_all()
    client = as_user(visitor)
    asked = ("santé province de driouch", "santé commune de driouch", "santé province de driouch")

    def names(query):
        groups = _found(client, query).groups
        return [hit.title for group in groups if "Qui fait quoi" in str(group.title) for hit in group.hits]

    assert [names(query) for query in asked] == [[near.name_fr], [], [near.name_fr]]


def test_who_is_no_administrator_any_more_finds_no_draft(as_user, administrator, health):
    draft = factories.ActorFactory(name_fr="Brouillon", state="draft", seat_id=TOWN)
    draft.themes.add(health)
    factories.ResponsibilityFactory(theme=health, territory_id=DRIOUCH)
    reindex_all()
    found = []
    for is_administrator in (True, False, True):
        administrator.is_administrator = is_administrator
        administrator.save()
        page = as_user(administrator).get("/fr/search/", {"q": "Santé Driouch"}).content.decode()
        found.append("Brouillon" in page)
    assert found == [True, False, True]


# What it costs.


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    ("query", "queries"),
    [("Essai", 4), ("Santé Driouch", 11), ("Driouch", 11), ("Introuvable", 5), ("Santé Introuvable", 8)],
)
def test_the_page_asks_the_database_as_often_for_one_as_for_three(
    as_user, visitor, health, times, query, queries, django_assert_num_queries
):
    for _number in range(times):
        actor = factories.ActorFactory(seat_id=TOWN)
        actor.themes.add(health)
        factories.ResponsibilityFactory(actor=actor, theme=health, territory_id=DRIOUCH)
    reindex_all()
    client = as_user(visitor)
    client.get("/fr/search/?q=Sante")  # a process reads the names of places and themes once a minute

    with django_assert_num_queries(queries):
        client.get("/fr/search/", {"q": query})


def test_an_empty_search_asks_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/fr/search/")
