"""Who confirms what was reported, who does not, and what else a space may say."""

import pytest

from actors.directory.models import Membership, SpaceMember
from meetings.models import Meeting
from portal.core.errors import Forbidden, Refused
from portal.notifications.models import Notification
from recommendations import actions
from recommendations.models import FollowUp, Recommendation
from recommendations.permissions import can_confirm
from tests import factories

State = Recommendation.State


def declared(meeting, lead, **fields):
    recommendation = factories.RecommendationFactory(meeting=meeting, state=State.DONE, progress=100, **fields)
    factories.AssignmentFactory(recommendation=recommendation, actor=lead)
    return recommendation


@pytest.fixture
def done(meeting, commune):
    return declared(meeting, commune)


@pytest.fixture
def own(meeting, association):
    """Declared done by the secretariat’s own institution."""
    return declared(meeting, association)


def told(kind):
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def test_the_secretariat_confirms_and_the_lead_is_told(done, secretariat, association, officer):
    actions.confirm_recommendation(done, account="اطلعنا على المقرر", by=secretariat)

    done.refresh_from_db()
    entry = done.follow_ups.get()
    assert (done.state, entry.kind, entry.on_behalf_of, entry.new_state) == (
        State.CONFIRMED,
        "confirmation",
        association,
        "confirmed",
    )
    assert done.history.first().history_user == secretariat
    assert told("recommendations.confirmed") == ["officer@example.org"]


def test_a_reservation_needs_a_reason_and_opens_the_work_again(done, secretariat, officer, commune):
    with pytest.raises(Refused) as refused:
        actions.contest_recommendation(done, reason="", by=secretariat)
    assert refused.value.field == "reason"

    actions.contest_recommendation(done, reason="الوثيقة غير مؤرخة", by=secretariat)
    done.refresh_from_db()
    assert (done.state, done.progress, done.is_open) == (State.CONTESTED, 100, True)
    assert told("recommendations.contested") == ["officer@example.org"]
    with pytest.raises(Refused, match="already been expressed"):
        actions.contest_recommendation(done, reason="مرة أخرى", by=secretariat)

    actions.report_progress(done, actor=commune, new_state="in_progress", progress=75, by=officer)
    done.refresh_from_db()
    assert (done.state, done.progress) == (State.IN_PROGRESS, 75)


def test_nobody_confirms_what_their_own_institution_reported(own, secretariat):
    with pytest.raises(Forbidden, match="Your own institution reported this"):
        actions.confirm_recommendation(own, by=secretariat)


def test_another_member_confirms_what_the_secretariat_reported(own, member, service):
    actions.confirm_recommendation(own, by=member)

    own.refresh_from_db()
    assert (own.state, own.follow_ups.get().on_behalf_of) == (State.CONFIRMED, service)


def test_an_observer_does_not_confirm_it(own, space):
    observer = factories.MembershipFactory(part=Membership.Part.MANAGER)
    factories.SpaceMemberFactory(space=space, actor=observer.actor, part=SpaceMember.Part.OBSERVER)

    assert not can_confirm(observer.user, own)


@pytest.mark.parametrize("person", ["officer", "member", "outsider"])
def test_a_member_does_not_confirm_what_others_reported(done, person, request):
    with pytest.raises(Forbidden):
        actions.confirm_recommendation(done, by=request.getfixturevalue(person))


def test_without_a_space_the_organisers_managers_confirm(association, commune, secretariat, member, officer):
    meeting = factories.MeetingFactory(organiser=association, state=Meeting.State.HELD)
    done = declared(meeting, commune)

    assert [can_confirm(person, done) for person in (secretariat, member, officer)] == [True, False, False]


def test_without_a_space_another_invited_institution_confirms_for_the_organiser(
    association, service, secretariat, member, officer
):
    meeting = factories.MeetingFactory(organiser=association, state=Meeting.State.HELD)
    factories.InvitationFactory(meeting=meeting, actor=service)
    done = declared(meeting, association)

    assert [can_confirm(person, done) for person in (secretariat, member, officer)] == [False, True, False]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [(State.IN_PROGRESS, "has not been declared done"), (State.CONFIRMED, "already been confirmed")],
)
def test_there_is_a_time_to_confirm(done, secretariat, state, sentence):
    done.state = state
    with pytest.raises(Refused, match=sentence):
        actions.confirm_recommendation(done, by=secretariat)


def test_of_a_confirmation_and_a_reservation_at_once_one_stands(done, secretariat, administrator):
    mine, theirs = Recommendation.objects.get(pk=done.pk), Recommendation.objects.get(pk=done.pk)
    actions.confirm_recommendation(mine, by=secretariat)
    with pytest.raises(Refused, match="Somebody else has just changed this"):
        actions.contest_recommendation(theirs, reason="تحفظ", by=administrator)
    assert [entry.kind for entry in FollowUp.objects.all()] == ["confirmation"]


def test_the_query_and_the_question_agree(done, own, meeting, association, commune, service, request):
    """`to_confirm_by` says of every person and recommendation what `can_confirm` says."""
    loose = factories.MeetingFactory(organiser=association, state=Meeting.State.HELD)
    factories.InvitationFactory(meeting=loose, actor=service)
    rows = [done, own, declared(meeting, service), declared(loose, association), declared(loose, service)]
    rows.append(factories.RecommendationFactory(meeting=meeting, state=State.DONE))
    for name in ("secretariat", "member", "officer", "outsider", "administrator", "visitor"):
        person = request.getfixturevalue(name)
        asked = {row.pk for row in rows if can_confirm(person, Recommendation.objects.get(pk=row.pk))}
        assert set(Recommendation.objects.to_confirm_by(person).values_list("pk", flat=True)) == asked, name


def test_dropping_needs_a_reason_that_is_kept(led, secretariat):
    with pytest.raises(Refused) as refused:
        actions.drop_recommendation(led, reason="", by=secretariat)
    assert refused.value.field == "reason"

    actions.drop_recommendation(led, reason="تجاوزها قرار جديد", by=secretariat)
    led.refresh_from_db()
    assert (led.state, led.drop_reason, led.follow_ups.get().kind) == (State.DROPPED, "تجاوزها قرار جديد", "drop")


@pytest.mark.usefixtures("officer", "member")
def test_whoever_was_asked_is_told_that_it_is_dropped_and_that_it_is_reopened(supported, secretariat):
    asked = ["member@example.org", "officer@example.org"]
    actions.drop_recommendation(supported, reason="تجاوزها قرار جديد", by=secretariat)
    assert told("recommendations.dropped") == asked
    actions.reopen_recommendation(supported, reason="عدنا إليها", by=secretariat)
    assert told("recommendations.reopened") == asked
    assert set(Notification.objects.values_list("context__reason", flat=True)) == {"تجاوزها قرار جديد", "عدنا إليها"}


@pytest.mark.usefixtures("officer")
def test_the_institution_that_did_it_is_told_that_it_is_reopened(done, secretariat):
    actions.confirm_recommendation(done, by=secretariat)
    actions.reopen_recommendation(done, reason="توقف العمل باللائحة", by=secretariat)
    assert told("recommendations.reopened") == ["officer@example.org"]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.DROPPED, "already been dropped"),
        (State.DONE, "was declared done"),
        (State.CONFIRMED, "cannot be dropped"),
    ],
)
def test_there_is_a_time_to_drop(done, secretariat, state, sentence):
    done.state = state
    with pytest.raises(Refused, match=sentence):
        actions.drop_recommendation(done, reason="سبب", by=secretariat)


def test_a_member_drops_nothing(led, member):
    with pytest.raises(Forbidden):
        actions.drop_recommendation(led, reason="سبب", by=member)


def test_a_dropped_draft_is_known_only_to_who_prepared_it(draft, secretariat, member, administrator):
    actions.drop_recommendation(draft, reason="مكررة", by=secretariat)

    seen = [
        Recommendation.objects.visible_to(person).filter(pk=draft.pk).exists()
        for person in (secretariat, member, administrator)
    ]
    assert seen == [True, False, True]
    assert not draft.follow_ups.exists()

    actions.reopen_recommendation(draft, reason="ليست مكررة", by=secretariat)
    draft.refresh_from_db()
    assert (draft.state, draft.drop_reason) == (State.DRAFT, "")


def test_what_was_confirmed_is_reopened_with_a_reason(done, secretariat, member):
    actions.confirm_recommendation(done, by=secretariat)
    with pytest.raises(Refused) as refused:
        actions.reopen_recommendation(done, reason="", by=secretariat)
    assert refused.value.field == "reason"
    with pytest.raises(Forbidden):
        actions.reopen_recommendation(done, reason="سبب", by=member)

    actions.reopen_recommendation(done, reason="توقف العمل باللائحة", by=secretariat)
    done.refresh_from_db()
    assert (done.state, done.progress, done.done_at) == (State.IN_PROGRESS, 75, None)
    with pytest.raises(Refused, match="not closed"):
        actions.reopen_recommendation(done, reason="سبب", by=secretariat)


def test_an_adopted_one_that_was_dropped_comes_back_as_adopted(led, secretariat):
    actions.drop_recommendation(led, reason="سبب", by=secretariat)
    actions.reopen_recommendation(led, reason="عدنا إليها", by=secretariat)
    led.refresh_from_db()
    assert (led.state, led.drop_reason) == (State.ADOPTED, "")
