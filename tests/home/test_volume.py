"""`load_volume`: as many rows as asked, of every kind and state, with their history."""

from datetime import date

import pytest
from django.db.models import Count

from actors.directory.models import Actor, Membership, Space
from meetings.models import Attendance, Meeting, Minutes
from portal.core.search import reindex
from portal.home.loads.volume import RECORDED, Sizes, load_volume
from recommendations.models import Assignment, FollowUp, Recommendation
from tests.region import load_region

pytestmark = pytest.mark.django_db

SIZES = Sizes(actors=120, meetings=120, recommendations=600, followups=1200)
DAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def volume(once_for_the_module):
    load_region()
    load_volume(SIZES, day=DAY)


def test_there_is_as_much_as_asked_for_and_of_every_kind(volume):
    assert Actor.objects.count() == SIZES.actors
    assert Meeting.objects.count() == SIZES.meetings
    assert Recommendation.objects.count() == SIZES.recommendations
    assert FollowUp.objects.filter(clearance="cleared").count() == SIZES.followups
    for model, column, choices in (
        (Actor, "kind", Actor.Kind), (Actor, "state", Actor.State), (Space, "audience", Space.Audience),
        (Meeting, "state", Meeting.State), (Meeting, "audience", Meeting.Audience), (Minutes, "state", Minutes.State),
        (Attendance, "status", Attendance.Status), (Recommendation, "state", Recommendation.State),
        (Assignment, "answer", Assignment.Answer), (FollowUp, "kind", FollowUp.Kind),
        (FollowUp, "clearance", FollowUp.Clearance), (Membership, "part", Membership.Part),
    ):  # fmt: skip
        assert set(model.objects.values_list(column, flat=True)) >= set(choices.values) - {"reopening"}, (model, column)


def test_two_institutions_lead_as_many_open_ones_as_their_officers_are_called_after(volume):
    for many in (5, 50):
        own = Membership.objects.get(user__email=f"officer-{many}@volume.test").actor_id
        assert Recommendation.objects.open().led_by([own]).count() == many


def test_every_row_has_its_history_and_is_found(volume):
    for model in RECORDED:
        assert model.history.count() == model.objects.count(), model
    links = Recommendation.history.model._meta.get_field("historicalrecommendation_themes").related_model
    assert links.objects.count() == Recommendation.themes.through.objects.count()
    assert [reindex(model.objects.all()) for model in (Actor, Space, Meeting, Recommendation)] == [0, 0, 0, 0]


def test_one_meeting_is_large(volume):
    large = Meeting.objects.annotate(many=Count("items")).order_by("-many")[0]
    assert (large.items.count(), large.invitations.count()) == (20, 60)
    assert large.minutes.state == Minutes.State.ADOPTED
    ordinary = Meeting.objects.annotate(many=Count("recommendations")).exclude(space=large.space)
    assert large.recommendations.count() == max(meeting.many for meeting in ordinary)
