"""The pages of the directory: what they show to whom, in how many queries, and what they export."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actors.directory.models import Actor, ReminderRule
from actors.directory.signals import RUNGS, create_default_rungs
from portal.core.search import reindex
from recommendations.models import Recommendation
from tests import factories


def _fill(number, places):
    for _n in range(number):
        actor = factories.ActorFactory(seat=places["02.381.01.03"])
        actor.themes.add(factories.ThemeFactory())
        actor.areas.add(places["02.381"])
        factories.ContactFactory(actor=actor, audience="public")
    reindex(Actor.objects.all())


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("person", "queries"), [("visitor", 5), ("member", 11), ("administrator", 10)])
def test_the_directory_asks_the_same_however_long(
    request, as_user, places, rows, person, queries, django_assert_num_queries
):
    _fill(rows, places)
    client = as_user(request.getfixturevalue(person))
    with django_assert_num_queries(queries):
        assert client.get("/fr/actors/?territory=02.381").context["listing"].count == rows


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("person", "queries"), [("visitor", 5), ("member", 10), ("administrator", 8)])
def test_a_space_asks_the_same_however_many_members(
    request, as_user, space, rows, person, queries, django_assert_num_queries
):
    client = as_user(request.getfixturevalue(person))
    for _n in range(rows):
        factories.SpaceMemberFactory(space=space)
        meeting = factories.MeetingFactory(space=space, audience="public", state="held")
        factories.RecommendationFactory(meeting=meeting)
    with django_assert_num_queries(queries):
        assert client.get("/fr/spaces/space/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("person", "queries"), [("visitor", 3), ("member", 8)])
def test_the_list_of_spaces_asks_the_same_however_long(
    db, request, as_user, rows, person, queries, django_assert_num_queries
):
    client = as_user(request.getfixturevalue(person))
    for _n in range(rows):
        factories.SpaceFactory()
    with django_assert_num_queries(queries):
        assert client.get("/fr/spaces/").status_code == 200


def test_filters_live_in_the_address_and_can_be_taken_off(as_user, places, space, commune, visitor):
    regional = factories.ActorFactory(kind=Actor.Kind.PUBLIC_BODY)
    regional.areas.add(places["02"])
    midar = factories.ActorFactory(seat=places["02.167.01.01"])
    theme = factories.ThemeFactory()
    midar.themes.add(theme)
    client = as_user(visitor)

    def found(query):
        return set(client.get(f"/fr/actors/?{query}").context["listing"].page)

    assert found("territory=02.167") == {midar, regional}
    assert found("territory=02.381") == {regional}
    assert found(f"theme={theme.pk}") == {midar}
    assert commune in found(f"space={space.pk}")
    assert midar not in found(f"space={space.pk}")
    assert found("kind=public_body") == {regional}
    chips = client.get("/fr/actors/?territory=02.167&kind=public_body").context["listing"].chips
    assert [chip.query for chip in chips] == ["territory=02.167", "kind=public_body"]


def test_search_finds_every_script_and_the_acronym(as_user, visitor, association, commune):
    reindex(Actor.objects.all())
    for query, slug in (("ASC", "association"), ("essai A", "commune-a"), ("الجماعة التجريبية", "commune-a")):
        assert slug in {
            actor.slug for actor in as_user(visitor).get("/ar/actors/", {"q": query}).context["listing"].page
        }
    page = as_user(visitor).get("/ar/actors/?q=zzz")
    assert page.context["listing"].count == 0
    assert 'href="?"' in page.content.decode()


def test_only_administrators_filter_by_state(as_user, administrator, visitor):
    draft = factories.ActorFactory(state=Actor.State.DRAFT)
    factories.ActorFactory()
    assert list(as_user(administrator).get("/ar/actors/?state=draft").context["listing"].page) == [draft]
    assert draft not in as_user(visitor).get("/ar/actors/?state=draft").context["listing"].page


def test_a_space_counts_blocked_as_in_progress_for_visitors(as_user, visitor, administrator, space):
    meeting = factories.MeetingFactory(space=space, audience="public", state="held")
    factories.RecommendationFactory(meeting=meeting, state=Recommendation.State.BLOCKED)
    tones = {
        who: [tone for _l, _n, tone in as_user(p).get("/en/spaces/space/").context["strip"]]
        for who, p in {"visitor": visitor, "administrator": administrator}.items()
    }
    assert tones == {"visitor": ["attention"], "administrator": ["danger"]}


def test_a_space_shows_the_next_meeting_before_the_last(as_user, visitor, space):
    now = timezone.now()
    for days in (-10, 5, 20):
        factories.MeetingFactory(space=space, audience="public", starts_at=now + timedelta(days=days))
    meetings = as_user(visitor).get("/ar/spaces/space/").context["meetings"]
    assert [(row.starts_at - now).days for row in (*meetings.coming, *meetings.past)] == [5, 20, -10]


def test_the_rungs_of_reminders_are_there_once_and_stay_as_administrators_leave_them(db):
    from django.apps import apps

    def rungs():
        return sorted(ReminderRule.objects.values_list("kind", "offset_days", "repeat_days"))

    ReminderRule.objects.all().delete()
    create_default_rungs(using="default", apps=apps)
    assert rungs() == sorted(RUNGS)
    ReminderRule.objects.exclude(kind="meeting").delete()
    create_default_rungs(using="default", apps=apps)
    assert {kind for kind, _offset, _repeat in rungs()} == {"meeting"}
