"""A meeting is called, numbered, announced, moved, put off, called off, held and closed."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from meetings.actions import meetings as actions
from meetings.actions import participation
from meetings.actions.minutes import circulate_minutes, record_minutes
from meetings.models import Invitation, Meeting, Minutes
from meetings.permissions import can_add_meeting, is_secretariat, steers, takes_part
from portal.core.dates import today
from portal.core.errors import Refused
from portal.notifications.models import Notification
from portal.notifications.rules.messages import render
from tests import factories

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
STARTS = datetime(2026, 12, 4, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def new(organiser, by, space=None, starts_at=STARTS, **fields):
    values = {"title_ar": "لقاء", "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)} | fields
    return actions.add_meeting(organiser, space=space, by=by, **values)


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.DRAFT, starts_at=STARTS)


def kinds():
    return sorted(Notification.objects.values_list("kind", "user__email"))


def test_meetings_are_numbered_by_space_and_year(association, space, secretariat):
    references = [new(association, secretariat, space).reference, new(association, secretariat, space).reference]
    next_year = new(association, secretariat, space, starts_at=datetime(2027, 1, 8, 10, tzinfo=UTC))
    assert [*references, next_year.reference] == ["TST-2026-01", "TST-2026-02", "TST-2027-01"]


def test_the_year_of_a_reference_is_the_year_in_morocco(association, space, secretariat):
    with time_machine.travel(datetime(2024, 12, 1, tzinfo=UTC)):
        late = new(association, secretariat, space, starts_at=datetime(2024, 12, 31, 23, 30, tzinfo=UTC))
    assert late.reference == "TST-2025-01"


def test_without_a_space_the_organisers_acronym_or_number_stands_in_the_reference(administrator):
    latin = factories.ActorFactory(acronym="As-Cu 2")
    arabic = factories.ActorFactory(acronym="جثت")
    assert new(latin, administrator).reference == "ASCU2-2026-01"
    assert new(arabic, administrator).reference == f"A{arabic.pk}-2026-01"


def test_a_number_taken_at_the_same_moment_is_skipped(association, space, secretariat, monkeypatch):
    new(association, secretariat, space)
    answers = iter([1, 1, 2])
    monkeypatch.setattr(actions, "_next_number", lambda stem: next(answers))
    assert new(association, secretariat, space).reference == "TST-2026-02"
    assert Meeting.objects.count() == 2


@pytest.mark.parametrize("audience", ["members", "space"])
def test_the_reference_of_a_meeting_does_not_name_a_space_that_not_everybody_sees(
    association, secretariat, space, audience
):
    space.audience = audience
    space.save()
    assert new(association, secretariat, space).reference == "ASC-2026-01"


def test_a_reference_stays_free_of_gaps_left_by_other_formats(association, space, secretariat):
    factories.MeetingFactory(reference="TST-2026-X")
    factories.MeetingFactory(reference="TST-2026-107")
    assert new(association, secretariat, space).reference == "TST-2026-108"


def test_a_meeting_that_ends_before_it_starts_is_refused_at_the_field(association, space, secretariat):
    with pytest.raises(Refused) as refusal:
        new(association, secretariat, space, ends_at=STARTS - timedelta(hours=1))
    assert refusal.value.field == "ends_at"
    assert Meeting.objects.count() == 0


def test_a_new_meeting_is_found_by_its_words_and_has_a_history(association, space, secretariat):
    meeting = new(association, secretariat, space, title_fr="Réunion de rentrée")
    meeting.refresh_from_db()
    assert "rentree" in meeting.search_text
    assert meeting.history.get().history_user == secretariat


def test_who_steers_a_meeting(meeting, visitor, member, manager, officer, outsider, secretariat, administrator):
    people = [visitor, outsider, officer, manager, member, secretariat, administrator]
    assert [steers(person, meeting) for person in people] == [False, False, False, False, False, True, True]
    assert [is_secretariat(person, meeting) for person in people] == [False, False, False, False, False, True, False]
    assert [takes_part(person, meeting) for person in people] == [False, False, True, True, True, True, False]


def test_where_there_is_no_space_the_organisers_managers_steer(commune, officer, manager, secretariat):
    meeting = factories.MeetingFactory(organiser=commune, space=None)
    assert [steers(person, meeting) for person in (officer, manager, secretariat)] == [False, True, False]


def test_who_may_call_meetings(visitor, member, officer, manager, secretariat, administrator):
    people = (visitor, member, officer, manager, secretariat, administrator)
    assert [can_add_meeting(person) for person in people] == [False, False, False, True, True, True]


def test_announcing_sends_every_invitation_once(meeting, commune, officer, service, member, secretariat):
    for actor in (commune, service):
        factories.InvitationFactory(meeting=meeting, actor=actor, sent_at=None)
    assert actions.announce_meeting(meeting, by=secretariat) == []
    meeting.refresh_from_db()
    assert (meeting.state, meeting.sequence) == (Meeting.State.ANNOUNCED, 1)
    assert kinds() == [("meetings.invited", member.email), ("meetings.invited", officer.email)]
    assert set(Invitation.objects.values_list("sent_at", flat=True)) == {NOW}


def test_announcing_says_which_institutions_no_mail_reaches(meeting, secretariat):
    mute = factories.InvitationFactory(meeting=meeting, sent_at=None).actor
    assert actions.announce_meeting(meeting, by=secretariat) == [mute]


def test_two_people_announcing_at_once_send_the_invitations_once(meeting, commune, officer, secretariat, administrator):
    factories.InvitationFactory(meeting=meeting, actor=commune, sent_at=None)
    other = Meeting.objects.get(pk=meeting.pk)
    actions.announce_meeting(meeting, by=secretariat)
    with pytest.raises(Refused):
        actions.announce_meeting(other, by=administrator)
    assert kinds() == [("meetings.invited", officer.email)]
    assert Meeting.objects.get().sequence == 1


def test_a_meeting_that_is_over_is_not_announced(meeting, secretariat):
    with time_machine.travel(STARTS + timedelta(days=1)), pytest.raises(Refused) as refusal:
        actions.announce_meeting(meeting, by=secretariat)
    assert refusal.value.field == "starts_at"
    meeting.refresh_from_db()
    assert meeting.state == Meeting.State.DRAFT


@pytest.fixture
def announced(meeting, commune, officer, service, member, secretariat):
    for actor in (commune, service):
        factories.InvitationFactory(meeting=meeting, actor=actor, sent_at=None)
    actions.announce_meeting(meeting, by=secretariat)
    Invitation.objects.filter(actor=service).update(answer=Invitation.Answer.DECLINED)
    Notification.objects.all().delete()
    return meeting


def to(meeting, starts_at, by, **changes):
    return actions.edit_meeting(meeting, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3), by=by, **changes)


def answers(*names):
    rows = Invitation.objects.order_by("actor__slug").values_list("actor__slug", *(names or ("answer",)))
    return {slug: rest[0] if len(rest) == 1 else tuple(rest) for slug, *rest in rows}


@pytest.mark.parametrize("later", [timedelta(days=7), timedelta(hours=2)], ids=["day", "hour"])
def test_a_meeting_moved_to_another_day_or_hour_asks_all_the_invited_anew(
    announced, officer, member, secretariat, later
):
    moved = to(announced, STARTS + later, secretariat)
    assert kinds() == [("meetings.moved", member.email), ("meetings.moved", officer.email)]
    assert (moved.sequence, moved.times_moved, moved.moved_at) == (2, 1, NOW)
    assert answers("answer", "earlier_answer", "earlier_date") == {
        "commune-a": ("none", "none", None),
        "service-b": ("none", "declined", STARTS),
    }


#: what the mail says of each part that changed
CHANGES = {
    "place": "The place has changed.",
    "link": "The link to join has changed.",
    "hours": "The hours have changed.",
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"place_ar": "وجدة"}, "place"),
        ({"link": "https://example.org/salle"}, "link"),
        ({"times_known": False}, "hours"),
        ({"ends_at": STARTS + timedelta(hours=4)}, "hours"),
    ],
    ids=["place", "link", "hours not known", "end"],
)
def test_a_changed_place_link_or_end_tells_all_the_invited_and_keeps_the_answers(
    announced, officer, member, secretariat, change, said
):
    before = answers("answer", "earlier_answer")
    changed = actions.edit_meeting(announced, by=secretariat, **change)
    assert (changed.sequence, changed.times_moved) == (2, 0)
    assert kinds() == [("meetings.changed", member.email), ("meetings.changed", officer.email)]
    row = Notification.objects.first()
    row.language = "en"
    assert [part for part, sentence in CHANGES.items() if sentence in render(row).text] == [said]
    assert answers("answer", "earlier_answer") == before


def test_hours_that_become_known_on_the_same_day_keep_the_answers(announced, secretariat):
    actions.edit_meeting(announced, times_known=False, by=secretariat)
    Notification.objects.all().delete()
    to(announced, STARTS + timedelta(hours=1), secretariat, times_known=True)
    assert {kind for kind, _ in kinds()} == {"meetings.changed"}
    assert answers() == {"commune-a": "none", "service-b": "declined"}


def test_an_answer_given_for_the_old_date_is_answered_anew(announced, service, member, secretariat):
    to(announced, STARTS + timedelta(days=7), secretariat)
    invitation = Invitation.objects.select_related("meeting").get(actor=service)
    participation.answer_invitation(invitation, answer="confirmed", by=member)
    assert answers("answer", "earlier_answer", "earlier_date")["service-b"] == ("confirmed", "none", None)


def test_of_two_moves_the_last_answer_and_its_date_are_kept(announced, secretariat):
    to(announced, STARTS + timedelta(days=7), secretariat)
    to(announced, STARTS + timedelta(days=8), secretariat)
    assert answers("answer", "earlier_answer", "earlier_date")["service-b"] == ("none", "declined", STARTS)


def test_a_move_undone_brings_back_the_answers_given_for_that_date(announced, commune, officer, member, secretariat):
    Invitation.objects.filter(actor=commune).update(answer="confirmed")
    to(announced, STARTS + timedelta(days=7), secretariat)
    participation.answer_invitation(
        Invitation.objects.select_related("meeting").get(actor=commune), answer="declined", by=officer
    )
    Notification.objects.all().delete()
    to(announced, STARTS, secretariat)
    assert answers("answer", "earlier_answer") == {"commune-a": ("none", "declined"), "service-b": ("declined", "none")}
    stands = {row.user.email: row.context["stands"] for row in Notification.objects.filter(kind="meetings.moved")}
    assert stands == {officer.email: False, member.email: True}


def test_moved_to_an_hour_already_begun_nobody_is_asked_anew_and_answers_count(announced, officer, member, secretariat):
    to(announced, STARTS + timedelta(days=7), secretariat)
    Notification.objects.all().delete()
    with time_machine.travel(STARTS + timedelta(days=3, hours=1)):
        to(announced, STARTS + timedelta(days=3), secretariat)
        assert kinds() == [("meetings.changed", member.email), ("meetings.changed", officer.email)]
        mail = render(Notification.objects.get(user=member))
    assert "ويبقى جواب مؤسستكم كما هو." in mail.text
    assert answers() == {"commune-a": "none", "service-b": "declined"}


def test_announced_again_at_an_hour_already_begun_nobody_is_asked_anew(announced, officer, member, secretariat):
    actions.postpone_meeting(announced, reason="تعذر", by=secretariat)
    Notification.objects.all().delete()
    begun = STARTS + timedelta(days=3)
    with time_machine.travel(begun + timedelta(hours=1)):
        actions.reannounce_meeting(announced, starts_at=begun, ends_at=begun + timedelta(hours=3), by=secretariat)
        assert kinds() == [("meetings.changed", member.email), ("meetings.changed", officer.email)]
    assert answers() == {"commune-a": "none", "service-b": "declined"}


def test_a_meeting_cancelled_after_a_move_tells_also_those_that_declined_the_old_date(
    announced, officer, member, secretariat
):
    to(announced, STARTS + timedelta(days=7), secretariat)
    Notification.objects.all().delete()
    announced.refresh_from_db()
    actions.cancel_meeting(announced, reason="ظرف طارئ", by=secretariat)
    assert kinds() == [("meetings.cancelled", member.email), ("meetings.cancelled", officer.email)]


def test_a_meeting_that_is_over_is_corrected_in_silence(announced, secretariat):
    with time_machine.travel(STARTS + timedelta(days=1)):
        to(announced, STARTS - timedelta(days=1), secretariat)
    assert (answers(), kinds()) == ({"commune-a": "none", "service-b": "declined"}, [])


def test_changing_the_title_tells_nobody(announced, secretariat):
    changed = actions.edit_meeting(announced, title_fr="Autre titre", by=secretariat)
    assert (changed.sequence, changed.title_fr, kinds()) == (1, "Autre titre", [])
    changed.refresh_from_db()
    assert "titre" in changed.search_text


def test_a_meeting_in_preparation_moves_without_telling_anybody(meeting, secretariat):
    moved = actions.edit_meeting(meeting, place_ar="وجدة", by=secretariat)
    assert (moved.sequence, kinds()) == (1, [])


def test_an_edit_never_undoes_a_state_somebody_else_set(announced, secretariat, administrator):
    stale = Meeting.objects.get(pk=announced.pk)
    actions.cancel_meeting(announced, reason="ظرف طارئ", by=administrator)
    with pytest.raises(Refused):
        actions.edit_meeting(stale, title_fr="Autre", by=secretariat)
    assert Meeting.objects.get().state == Meeting.State.CANCELLED


def test_cancelling_tells_the_invited_why(announced, officer, secretariat):
    actions.cancel_meeting(announced, reason=" ظرف طارئ ", by=secretariat)
    announced.refresh_from_db()
    assert (announced.state, announced.state_reason, announced.sequence) == (Meeting.State.CANCELLED, "ظرف طارئ", 2)
    assert kinds() == [("meetings.cancelled", officer.email)]


@pytest.mark.parametrize("action", [actions.cancel_meeting, actions.postpone_meeting])
def test_calling_off_needs_a_reason(announced, secretariat, action):
    with pytest.raises(Refused) as refusal:
        action(announced, reason="  ", by=secretariat)
    assert refusal.value.field == "reason"


def test_a_draft_is_cancelled_in_silence(meeting, commune, officer, secretariat):
    factories.InvitationFactory(meeting=meeting, actor=commune, sent_at=None)
    actions.cancel_meeting(meeting, reason="لا حاجة", by=secretariat)
    assert kinds() == []


def test_a_postponed_meeting_is_announced_again_and_answers_start_anew(
    announced, commune, officer, member, secretariat
):
    Invitation.objects.filter(actor=commune).update(answer=Invitation.Answer.CONFIRMED, answered_at=NOW)
    actions.postpone_meeting(announced, reason="تعذر توفير القاعة", by=secretariat)
    Notification.objects.all().delete()
    later = STARTS + timedelta(days=14)
    actions.reannounce_meeting(announced, starts_at=later, ends_at=later + timedelta(hours=2), by=secretariat)
    announced.refresh_from_db()
    assert (announced.state, announced.starts_at, announced.state_reason) == (Meeting.State.ANNOUNCED, later, "")
    assert announced.sequence == 3
    assert answers("answer", "earlier_answer", "earlier_date") == {
        "commune-a": ("none", "confirmed", STARTS),
        "service-b": ("none", "declined", STARTS),
    }
    assert kinds() == [("meetings.moved", member.email), ("meetings.moved", officer.email)]


def test_who_declined_is_told_of_the_postponement_too(announced, officer, member, secretariat):
    actions.postpone_meeting(announced, reason="تعذر توفير القاعة", by=secretariat)
    assert kinds() == [("meetings.postponed", member.email), ("meetings.postponed", officer.email)]
    assert answers("answer", "earlier_answer")["service-b"] == ("none", "declined")


def test_a_meeting_announced_again_for_the_same_date_has_its_answers_back(announced, secretariat):
    actions.postpone_meeting(announced, reason="تعذر", by=secretariat)
    actions.reannounce_meeting(announced, starts_at=STARTS, ends_at=STARTS + timedelta(hours=2), by=secretariat)
    assert answers("answer", "earlier_answer")["service-b"] == ("declined", "none")


def test_a_new_date_must_be_in_order(announced, secretariat):
    actions.postpone_meeting(announced, reason="تعذر", by=secretariat)
    with pytest.raises(Refused) as refusal:
        actions.reannounce_meeting(announced, starts_at=STARTS, ends_at=STARTS, by=secretariat)
    assert refusal.value.field == "ends_at"


def test_a_postponed_meeting_that_took_place_meanwhile_is_noted_and_nobody_is_told(announced, secretariat):
    actions.postpone_meeting(announced, reason="تعذر", by=secretariat)
    Notification.objects.all().delete()
    past = NOW - timedelta(days=3)
    actions.reannounce_meeting(announced, starts_at=past, ends_at=past + timedelta(hours=2), by=secretariat)
    announced.refresh_from_db()
    assert (announced.state, kinds()) == (Meeting.State.ANNOUNCED, [])


def test_two_people_give_a_postponed_meeting_a_date_at_once_one_does(announced, secretariat, administrator):
    actions.postpone_meeting(announced, reason="تعذر", by=secretariat)
    stale = Meeting.objects.get(pk=announced.pk)
    later = STARTS + timedelta(days=14)
    actions.reannounce_meeting(announced, starts_at=later, ends_at=later + timedelta(hours=2), by=secretariat)
    Notification.objects.all().delete()
    with pytest.raises(Refused):
        actions.reannounce_meeting(stale, starts_at=STARTS, ends_at=STARTS + timedelta(hours=2), by=administrator)
    assert (Meeting.objects.get().starts_at, kinds()) == (later, [])


def test_a_meeting_is_held_from_its_hour_on(announced, secretariat):
    for hours in (24, 2, 0.01):
        with (
            time_machine.travel(STARTS - timedelta(hours=hours)),
            pytest.raises(Refused, match="10:00"),
        ):
            actions.hold_meeting(announced, by=secretariat)
    with time_machine.travel(STARTS):
        actions.hold_meeting(announced, by=secretariat)
    announced.refresh_from_db()
    assert announced.state == Meeting.State.HELD


def test_a_meeting_without_an_hour_is_held_from_its_day_in_morocco_on(announced, secretariat):
    Meeting.objects.update(times_known=False)
    before = datetime(2026, 12, 3, 22, 30, tzinfo=UTC)
    with time_machine.travel(before), pytest.raises(Refused, match="ابتداءً من ذلك اليوم"):
        actions.hold_meeting(announced, by=secretariat)
    with time_machine.travel(before + timedelta(hours=1, minutes=31)):
        actions.hold_meeting(announced, by=secretariat)
    assert Meeting.objects.get().state == Meeting.State.HELD


def test_what_took_place_without_being_announced_is_recorded_and_nobody_is_told(meeting, commune, secretariat):
    factories.InvitationFactory(meeting=meeting, actor=commune, sent_at=None)
    for now in (STARTS - timedelta(days=1), meeting.ends_at - timedelta(minutes=1)):
        with time_machine.travel(now), pytest.raises(Refused, match="قيد الإعداد"):
            actions.hold_meeting(meeting, by=secretariat)
    with time_machine.travel(meeting.ends_at + timedelta(days=30)):
        with pytest.raises(Refused, match="تسجيل انعقاده"):
            actions.announce_meeting(meeting, by=secretariat)
        actions.hold_meeting(meeting, by=secretariat)
        meeting.refresh_from_db()
        participation.record_attendance(meeting, rows=[participation.Presence(commune, "present")], by=secretariat)
        record_minutes(meeting, html="<p>نص</p>", seen_revision=0, by=secretariat)
        assert Notification.objects.count() == 0
        circulate_minutes(meeting.minutes, until=today() + timedelta(days=7), by=secretariat)
    assert (meeting.state, Notification.objects.exclude(kind="meetings.minutes_circulated").count()) == ("held", 0)


def test_what_was_held_does_not_come_to_lie_ahead(announced, secretariat):
    with time_machine.travel(STARTS):
        actions.hold_meeting(announced, by=secretariat)
        later = STARTS + timedelta(days=1)
        with pytest.raises(Refused, match="لاحقاً"):
            actions.edit_meeting(announced, starts_at=later, ends_at=later + timedelta(hours=1), by=secretariat)
        earlier = STARTS - timedelta(days=1)
        actions.edit_meeting(announced, starts_at=earlier, ends_at=STARTS, by=secretariat)


def test_a_file_is_closed_once_the_minutes_are_adopted(announced, secretariat):
    with time_machine.travel(STARTS):
        actions.hold_meeting(announced, by=secretariat)
    minutes = factories.MinutesFactory(meeting=announced)
    with pytest.raises(Refused):
        actions.close_meeting(announced, by=secretariat)
    Minutes.objects.filter(pk=minutes.pk).update(state=Minutes.State.ADOPTED)
    actions.close_meeting(announced, by=secretariat)
    announced.refresh_from_db()
    assert announced.state == Meeting.State.CLOSED
    with pytest.raises(Refused):
        actions.edit_meeting(announced, title_fr="Autre", by=secretariat)
