"""The desk says what a slow and obvious reading of every row says: of each kind the same rows, in the same order."""

from datetime import UTC, date, datetime, timedelta
from itertools import cycle, product

import pytest
import time_machine

from actors.directory.models import Membership
from actors.directory.models.membership import parts_by_actor
from actors.directory.reading.standing_in import reader_of
from meetings.models import Invitation, Meeting, Minutes
from meetings.permissions import is_secretariat, steers, takes_part
from portal.core.asking import forget
from portal.core.dates import today
from portal.core.waiting import SHOWN
from portal.home.desk import list_of, sections_of
from recommendations.models import Assignment, Recommendation
from recommendations.permissions import can_confirm
from recommendations.reading.desk import own_figures
from tests import factories
from tests.desk import Desk

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
PERSONS = ("secretariat", "officer", "manager", "member", "outsider", "administrator", "everybody", "newcomer")
State, Answer, Part = Recommendation.State, Assignment.Answer, Assignment.Part
RECOMMENDATIONS = ("overdue", "due-soon", "silent", "ongoing", "to-confirm", "to-assign", "others")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def everybody(commune, association):
    person = factories.UserFactory(is_administrator=True)
    for actor in (commune, association):
        factories.MembershipFactory(user=person, actor=actor, part=Membership.Part.MANAGER)
    return person


@pytest.fixture
def newcomer():
    return factories.UserFactory()


@pytest.fixture
def world(everybody, commune, service, association, space, outsider):
    """Recommendations in every state, of a space, of another, and of none; led by each, by nobody, returned by some;
    and one thing of every kind."""
    Desk(everybody, commune, space, association).add()
    other = factories.SpaceMemberFactory(actor=service, part="chair").space
    factories.SpaceMemberFactory(space=other, actor=association, part="member")
    stranger = outsider.memberships.get().actor
    meetings = [
        factories.MeetingFactory(
            space=where, organiser=organiser, state=Meeting.State.HELD, audience=audience, starts_at=NOW - timedelta(9)
        )
        for (where, organiser), audience in product(
            ((space, association), (other, service), (None, commune), (None, stranger)), ("public", "participants")
        )
    ]
    factories.InvitationFactory(meeting=meetings[-1], actor=association, answer="confirmed")
    leads = cycle((None, commune, association, service, stranger))
    supports = cycle((None, association, commune))
    answers = cycle((Answer.ACCEPTED, Answer.WAITING, Answer.ACCEPTED, Answer.RETURNED))
    days = cycle((None, -3, 4, 200))
    for state, meeting, _turn in product(State, meetings, range(3)):
        day = next(days)
        row = factories.RecommendationFactory(
            meeting=meeting, state=state, drop_reason="سبب", progress=50,
            due_on=None if day is None else date(2026, 11, 23) + timedelta(days=day),
            last_news_at=NOW - timedelta(days=next(days) or 90),
        )  # fmt: skip
        for part, actor in ((Part.LEAD, next(leads)), (Part.SUPPORT, next(supports))):
            if actor is not None and not row.assignments.filter(actor=actor).exists():
                answer = next(answers)
                reason = "سبب" if answer == Answer.RETURNED else ""
                factories.AssignmentFactory(
                    recommendation=row, actor=actor, part=part, answer=answer, return_reason=reason
                )
    forget()


def kind_of(person, row, own):
    """Where this recommendation stands on the person's desk; None where it does not."""
    assigned = list(row.assignments.all())
    standing = [one for one in assigned if one.answer != Answer.RETURNED]
    mine = [one for one in standing if one.actor_id in own]
    if row.state == State.DONE:
        return "to-confirm" if can_confirm(person, row) else "others" if mine else None
    return next(iter(kinds_of_open(person, row, standing, mine)), None) if row.is_open else None


def kinds_of_open(person, row, standing, mine):
    if any(one.answer == Answer.ACCEPTED for one in mine):
        yield (
            "overdue" if row.is_overdue else "due-soon" if row.is_due_soon else "silent" if row.is_silent else "ongoing"
        )
    if steers(person, row.meeting) and not mine and all(one.part != Part.LEAD for one in standing):
        yield "to-assign"


def in_order(rows, day, at):
    late, last = date.max, datetime.max.replace(tzinfo=UTC)
    return sorted(rows, key=lambda row: (day(row) or late, at(row) or last, row.pk))


def truth_of(person):
    """The keys of what waits, by kind."""
    own = set(parts_by_actor(person))
    found = {kind: [] for kind in RECOMMENDATIONS}
    rows = Recommendation.objects.select_related("meeting").prefetch_related("assignments")
    for row in in_order(rows, lambda row: row.due_on, lambda row: row.last_news_at):
        if kind := kind_of(person, row, own):
            found[kind].append(row.reference)
    asked = [one for one in Assignment.objects.select_related("recommendation") if one.actor_id in own]
    asked = [one for one in asked if one.answer == Answer.WAITING and one.recommendation.is_open]
    found["assigned"] = [
        str(one.pk) for one in in_order(asked, lambda row: row.recommendation.due_on, lambda row: row.assigned_at)
    ]
    invited = [one for one in Invitation.objects.select_related("meeting") if one.actor_id in own and one.is_sent]
    invited = [one for one in invited if one.answer == "none" and one.meeting.awaits_answers]
    found["invitations"] = [
        str(one.pk) for one in in_order(invited, lambda row: None, lambda row: row.meeting.starts_at)
    ]
    found["minutes"] = [
        one.meeting.reference
        for one in in_order(Minutes.objects.all(), lambda row: row.remarks_until, lambda row: None)
        if one.takes_remarks() and not is_secretariat(person, one.meeting) and is_silent(person, one)
    ]
    return {kind: keys for kind, keys in found.items() if keys}


def is_silent(person, minutes):
    """An institution of the person's that was invited has said nothing."""
    said = {one.actor_id for one in minutes.reviews.all() if one.circulation == minutes.circulation}
    invited = {one.actor_id for one in minutes.meeting.invitations.all() if one.is_sent}
    return bool((invited - said) & set(parts_by_actor(person))) and takes_part(person, minutes.meeting)


@pytest.mark.parametrize("who", PERSONS)
def test_the_desk_is_what_every_row_says(who, world, request):
    person = request.getfixturevalue(who)
    truth = truth_of(person)

    for _asked in ("written", "kept"):
        sections = {waiting.kind.key: waiting for waiting in sections_of(reader_of(person))}
        assert {
            kind: [line.key for line, _told in waiting.lines] for kind, waiting in sections.items() if kind in truth
        } == {kind: keys[:SHOWN] for kind, keys in truth.items()}
        assert {kind: waiting.total for kind, waiting in sections.items() if kind in truth} == {
            kind: len(keys) for kind, keys in truth.items()
        }
        assert not (set(RECOMMENDATIONS) - set(truth)) & set(sections)
    for kind, keys in truth.items():
        numbers = range(1, len(keys) // 25 + 2)
        assert [line.key for number in numbers for line, _told in list_of(person, kind, str(number))[1]] == keys


@pytest.mark.parametrize("who", PERSONS)
def test_the_figures_are_what_every_row_says(who, world, request):
    person = request.getfixturevalue(who)
    own, reader = set(parts_by_actor(person)), reader_of(person)
    seen = Recommendation.objects.visible_to(person).adopted()
    roles = person._roles_by_space if own else {}
    spaces = [None] if person.is_administrator else sorted(roles)
    expected = []
    for space in spaces:
        rows = [row for row in seen if space is None or row.space_id == space]
        if rows:
            expected.append((len(rows), sum(row.is_overdue for row in rows)))
    led = [row.progress for row in Recommendation.objects.adopted() if row.lead_actor and row.lead_actor.pk in own]

    standing = own_figures(reader).standing

    assert sorted((sum(number for _l, number, _t in one.parts), one.overdue) for one in standing) == sorted(expected)
    assert own_figures(reader).completion == (round(sum(led) / len(led)) if led else None)


def test_what_stands_in_a_space_is_counted_again_once_something_changes(world, secretariat, django_assert_num_queries):
    before = own_figures(reader_of(secretariat)).standing
    with django_assert_num_queries(1):
        assert own_figures(reader_of(secretariat)).standing == before

    row = Recommendation.objects.filter(space__in=secretariat._roles_by_space, state=State.ADOPTED, due_on=None).first()
    row.due_on = date(2026, 11, 1)
    row.save()

    assert sum(one.overdue for one in own_figures(reader_of(secretariat)).standing) == 1 + sum(
        one.overdue for one in before
    )


def test_of_two_people_alike_each_is_told_their_own(world, officer, service):
    """The second is asked in words that were written for the first."""
    colleague = factories.MembershipFactory(actor=service, part=officer.memberships.get().part).user
    factories.RecommendationFactory()
    first, second = (reader_of(person) for person in (officer, colleague))

    found = [{one.kind.key: one.total for one in sections_of(reader)} for reader in (first, second)]

    for person, totals in zip((officer, colleague), found, strict=True):
        truth = truth_of(person)
        assert {kind: totals[kind] for kind in truth} == {kind: len(keys) for kind, keys in truth.items()}
    assert found[0] != found[1]


def test_moments_in_a_question_that_is_kept_move_with_the_clock(world, officer, commune):
    """An hour later an invitation is over, though the question was written before."""
    meeting = factories.MeetingFactory(starts_at=NOW + timedelta(minutes=30), ends_at=NOW + timedelta(hours=2))
    invitation = factories.InvitationFactory(meeting=meeting, actor=commune)

    def invited():
        sections = {one.kind.key: one for one in sections_of(reader_of(officer))}
        return [line.key for line, _told in sections["invitations"].lines]

    assert str(invitation.pk) in invited()
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert str(invitation.pk) not in invited()
    assert today() == date(2026, 11, 23)


def test_the_lead_stands_on_the_row_after_whatever_happens_to_assignments(officer, commune, association):
    row = factories.RecommendationFactory()

    def lead():
        row.refresh_from_db()
        return row.lead_key

    assert lead() is None
    factories.AssignmentFactory(recommendation=row, actor=association, part=Part.SUPPORT)
    assert lead() is None
    one = factories.AssignmentFactory(recommendation=row, actor=commune, answer=Answer.WAITING)
    assert lead() == commune.pk
    row.lead_key, row.progress = None, 25
    row.save()
    assert lead() == commune.pk
    one.answer, one.return_reason = Answer.RETURNED, "سبب"
    one.save()
    assert lead() is None
    other = factories.AssignmentFactory(recommendation=row, actor=officer.memberships.get().actor, answer="accepted")
    assert lead() == other.actor_id
    other.delete()
    assert lead() is None
