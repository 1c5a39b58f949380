"""Who sees which recommendation: what the row repeats of its meeting, beside the rule as it is told, asked slowly."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from actors.directory.models import Actor, Space, SpaceMember
from actors.directory.models.membership import parts_by_actor
from meetings.actions.meetings import (
    announce_meeting,
    cancel_meeting,
    edit_meeting,
    hold_meeting,
    postpone_meeting,
    reannounce_meeting,
)
from meetings.models import Attendance, Meeting
from portal.accounts.models import User
from portal.core import history
from portal.core.copies import copies_of, repeat
from recommendations.actions.drafting import draft_recommendation
from recommendations.models import Assignment, Recommendation, sees_inside
from tests import factories, people

State, Audience = Recommendation.State, Meeting.Audience
WHO = ("visitor", "outsider", "member", "officer", "manager", "validator", "secretariat", "administrator")
BEGUN = datetime(2026, 9, 1, 9, tzinfo=UTC)
LATER = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def world(db):
    return people.make_everything() | {"visitor": AnonymousUser()}


def reader(world, who):
    """As a request finds them: nothing of their rights is remembered."""
    return world[who] if who == "visitor" else User.objects.get(pk=world[who].pk)


def truth(user) -> set[int]:
    """Row by row, by the rights of DESIGN §6 and the meeting as it stands."""
    meetings = set(Meeting.objects.visible_to(user).values_list("pk", flat=True))
    prepared = set(Meeting.objects.steered_by(user).values_list("pk", flat=True))
    own = set(parts_by_actor(user))
    found = set()
    for row in Recommendation.objects.prefetch_related("assignments"):
        dropped_draft = row.state == State.DROPPED and row.adopted_at is None
        agreed = row.state != State.DRAFT and not dropped_draft
        assigned = any(one.actor_id in own and one.answer in ("waiting", "accepted") for one in row.assignments.all())
        if user.is_authenticated and user.is_administrator:
            found.add(row.pk)
        elif not sees_inside(user):
            if row.meeting_id in meetings and row.state not in (State.DRAFT, State.DROPPED):
                found.add(row.pk)
        elif (row.meeting_id in meetings or assigned) if agreed else row.meeting_id in prepared:
            found.add(row.pk)
    return found


def assert_everybody_sees_what_is_theirs(world):
    for who in WHO:
        user = reader(world, who)
        assert set(Recommendation.objects.visible_to(user).values_list("pk", flat=True)) == truth(user), who


def assert_copies_are_true():
    for row in Recommendation.objects.select_related("meeting"):
        assert {column: getattr(row, column) for column in copies_of(Recommendation)} == {
            column: getattr(row.meeting, of) for column, of in copies_of(Recommendation).items()
        }


def fill(world, *, states=State):
    """Recommendations in every state, of meetings in every state, for every audience: of the space, of an institution
    without one, of strangers; with somebody of the commune invited, present, assigned or nowhere."""
    elsewhere = Actor.objects.get(slug="elsewhere")
    called = (
        {"organiser": world["association"], "space": world["space"]},
        {"organiser": world["commune"], "space": None},
        {"organiser": factories.ActorFactory(), "space": None},
        {"organiser": elsewhere, "space": factories.SpaceFactory(audience=Space.Audience.SPACE)},
    )
    for number, (state, audience, by) in enumerate(product(Meeting.State, Audience, called)):
        meeting = factories.MeetingFactory(state=state, audience=audience, starts_at=BEGUN, **by)
        if number % 3 == 0:
            factories.InvitationFactory(meeting=meeting, actor=world["service"])
        if number % 3 == 1:
            Attendance.objects.create(meeting=meeting, actor=world["service"], status=Attendance.Status.PRESENT)
        if number % 5 == 0:
            factories.InvitationFactory(meeting=meeting, actor=world["commune"], sent_at=None)
        kinds = [(state, None if state == State.DRAFT else BEGUN) for state in states] + [(State.DROPPED, None)]
        rows = Recommendation.objects.bulk_create(
            Recommendation(
                meeting=meeting, space=meeting.space, reference=f"{meeting.reference}-R{place}", text_ar="توصية",
                state=state, adopted_at=adopted_at, drop_reason="سبب",
            )
            for place, (state, adopted_at) in enumerate(kinds)
        )  # fmt: skip
        repeat(Recommendation, "meeting", meeting.pk)
        of_two = rows[number % len(rows)], rows[(number + 1) % len(rows)]
        for row, answer in zip(of_two, (Assignment.Answer.WAITING, Assignment.Answer.RETURNED), strict=True):
            reason = "خارج الاختصاص" if answer == Assignment.Answer.RETURNED else ""
            factories.AssignmentFactory(recommendation=row, actor=world["service"], answer=answer, return_reason=reason)


def test_the_row_says_what_the_rule_says_for_every_reader_audience_and_state(world):
    fill(world)
    assert_everybody_sees_what_is_theirs(world)
    assert_copies_are_true()
    seen = {who: Recommendation.objects.visible_to(reader(world, who)).count() for who in WHO}
    assert 0 < seen["visitor"] < seen["outsider"] < seen["member"] < seen["administrator"], seen


def test_every_act_that_moves_a_meeting_moves_what_its_recommendations_say(world):
    secretariat = world["secretariat"]
    meeting = factories.MeetingFactory(
        organiser=world["association"], space=world["space"], state=Meeting.State.DRAFT, audience="public",
        starts_at=LATER,
    )  # fmt: skip
    factories.AgendaItemFactory(meeting=meeting)
    factories.InvitationFactory(meeting=meeting, actor=world["commune"], sent_at=None)
    for state in State:
        factories.RecommendationFactory(meeting=meeting, state=state, drop_reason="سبب")
    other = factories.SpaceFactory()
    factories.SpaceMemberFactory(space=other, actor=world["association"], part=SpaceMember.Part.SECRETARIAT)

    def acts():
        yield announce_meeting(meeting, by=secretariat)
        for audience in Audience:
            yield edit_meeting(Meeting.objects.get(), by=secretariat, audience=audience)
        yield edit_meeting(Meeting.objects.get(), by=secretariat, starts_at=LATER + timedelta(days=1),
                           ends_at=LATER + timedelta(days=1, hours=2))  # fmt: skip
        yield postpone_meeting(Meeting.objects.get(), reason="عطلة", by=secretariat)
        again = {"starts_at": LATER + timedelta(days=9), "ends_at": LATER + timedelta(days=9, hours=1)}
        yield reannounce_meeting(Meeting.objects.get(), by=secretariat, **again)
        yield hold_meeting(Meeting.objects.get(), by=secretariat, now=LATER + timedelta(days=9, hours=2))
        row = Meeting.objects.get()
        row.space, row.organiser = other, world["commune"]
        yield history.save(row, by=world["administrator"])
        row = Meeting.objects.get()
        row.space = None
        yield history.save(row, by=world["administrator"])

    for _done in acts():
        assert_copies_are_true()
        assert_everybody_sees_what_is_theirs(world)


def test_cancelled_it_is_seen_as_its_meeting_is(world):
    meeting = factories.MeetingFactory(organiser=world["association"], space=world["space"], starts_at=LATER)
    factories.RecommendationFactory(meeting=meeting)
    cancel_meeting(meeting, reason="عطلة", by=world["secretariat"])
    assert_copies_are_true()
    assert_everybody_sees_what_is_theirs(world)


def test_a_part_in_the_space_that_ends_or_begins_counts_from_its_day(world):
    fill(world, states=(State.ADOPTED, State.DRAFT))
    SpaceMember.objects.filter(actor=world["service"]).update(ends_on=BEGUN.date())
    assert_everybody_sees_what_is_theirs(world)
    factories.SpaceMemberFactory(space=world["space"], actor=Actor.objects.get(slug="elsewhere"))
    assert_everybody_sees_what_is_theirs(world)


def test_who_read_the_row_before_does_not_write_back_what_its_meeting_said_then(world):
    meeting = factories.MeetingFactory(organiser=world["association"], space=world["space"], audience="public",
                                       state=Meeting.State.HELD, starts_at=BEGUN)  # fmt: skip
    read_early = Recommendation.objects.get(pk=factories.RecommendationFactory(meeting=meeting).pk)
    meeting.audience = "participants"
    history.save(meeting, by=world["secretariat"])
    read_early.priority = Recommendation.Priority.HIGH
    history.save(read_early, by=world["secretariat"])
    assert_copies_are_true()
    assert Recommendation.objects.get().meeting_audience == "participants"


def test_one_drafted_from_a_meeting_read_early_says_what_the_meeting_says_now(world):
    meeting = factories.MeetingFactory(organiser=world["association"], space=world["space"], audience="public",
                                       state=Meeting.State.HELD, starts_at=BEGUN)  # fmt: skip
    read_early = Meeting.objects.get()
    meeting.audience = "participants"
    history.save(meeting, by=world["secretariat"])
    drafted = draft_recommendation(read_early, by=world["secretariat"], text_ar="توصية")
    assert_copies_are_true()
    assert Recommendation.objects.get(pk=drafted.pk).meeting_audience == "participants"


def test_one_taken_out_and_written_again_says_what_its_meeting_says_now(world):
    row = factories.RecommendationFactory()
    meeting = row.meeting
    old = Recommendation.objects.get(pk=row.pk)
    history.delete(row, by=world["administrator"])
    meeting.audience = "participants"
    history.save(meeting, by=world["administrator"])
    history.restore(old, by=world["administrator"])
    assert_copies_are_true()


def test_the_question_reads_no_meeting(world):
    fill(world, states=(State.ADOPTED,))
    for who in WHO[:-1]:
        user = reader(world, who)
        sees_inside(user)
        with CaptureQueriesContext(connection) as asked:
            list(Recommendation.objects.visible_to(user).in_order()[:25])
        assert '"meetings_meeting"' not in asked[-1]["sql"], who


def test_an_audience_moved_writes_the_rows_at_once(world, django_assert_num_queries):
    meeting = factories.MeetingFactory(organiser=world["association"], space=world["space"])
    for _number in range(30):
        factories.RecommendationFactory(meeting=meeting)
    meeting.audience = "public"
    with django_assert_num_queries(4):
        history.save(meeting, by=world["administrator"])
    assert not Recommendation.objects.filter(~Q(meeting_audience="public")).exists()
