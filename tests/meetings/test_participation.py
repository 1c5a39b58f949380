"""Institutions are invited, answer, are reminded; who came is written down."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from actors.directory.models import Contact
from meetings.actions import participation as actions
from meetings.actions.participation import Presence
from meetings.models import Attendance, Invitation, Meeting
from meetings.permissions import can_answer_invitation
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


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(space=space, organiser=association, starts_at=STARTS)


@pytest.fixture
def invitation(meeting, commune, officer):
    return factories.InvitationFactory(meeting=meeting, actor=commune)


def sent():
    return sorted(Notification.objects.values_list("kind", "user__email"))


def test_inviting_to_an_announced_meeting_sends_at_once(meeting, commune, officer, secretariat):
    new, unreached = actions.invite(meeting, actors=[commune, commune], by=secretariat)
    assert ([row.actor for row in new], unreached) == ([commune], [])
    assert Invitation.objects.get().sent_at == NOW
    assert sent() == [("meetings.invited", officer.email)]


def test_inviting_to_a_meeting_in_preparation_waits_for_the_announcement(
    space, association, commune, officer, secretariat
):
    draft = factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.DRAFT)
    actions.invite(draft, actors=[commune], by=secretariat)
    assert (Invitation.objects.get().sent_at, sent()) == (None, [])


def test_nobody_is_invited_twice(invitation, meeting, commune, service, member, secretariat):
    new, _ = actions.invite(meeting, actors=[commune, service], by=secretariat)
    assert [row.actor for row in new] == [service]
    with pytest.raises(Refused) as refusal:
        actions.invite(meeting, actors=[commune], by=secretariat)
    assert refusal.value.field == "actors"
    assert Invitation.objects.count() == 2


@pytest.mark.parametrize("state", [Meeting.State.HELD, Meeting.State.CLOSED, Meeting.State.CANCELLED])
def test_nobody_is_invited_to_a_meeting_that_is_over_or_off(meeting, commune, secretariat, state):
    meeting.state = state
    meeting.save()
    with pytest.raises(Refused):
        actions.invite(meeting, actors=[commune], by=secretariat)
    assert Invitation.objects.count() == 0


def test_nobody_is_invited_after_the_end(meeting, commune, secretariat):
    with time_machine.travel(STARTS + timedelta(days=1)), pytest.raises(Refused):
        actions.invite(meeting, actors=[commune], by=secretariat)


def test_an_invitation_is_withdrawn_only_before_it_is_sent(invitation, secretariat):
    with pytest.raises(Refused):
        actions.withdraw_invitation(invitation, by=secretariat)
    waiting = factories.InvitationFactory(meeting=invitation.meeting, sent_at=None)
    actions.withdraw_invitation(waiting, by=secretariat)
    assert list(Invitation.objects.all()) == [invitation]


def test_the_institution_confirms_and_the_secretariat_is_told(invitation, officer, secretariat):
    actions.answer_invitation(invitation, answer="confirmed", representative=" رئيس المكتب ", by=officer)
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.representative, invitation.answered_by) == (
        "confirmed",
        "رئيس المكتب",
        officer,
    )
    assert (invitation.answered_at, invitation.by_phone) == (NOW, False)
    assert sent() == [("meetings.answered", secretariat.email)]


def test_the_mandate_of_the_representative_reaches_the_secretariat(as_user, invitation, officer, secretariat, meeting):
    fields = {"representative": "رئيس المكتب", "mandate": "الالتزام باسم الجماعة"}
    actions.answer_invitation(invitation, answer="confirmed", by=officer, **fields)
    assert "الالتزام باسم الجماعة" in render(Notification.objects.get()).text
    address = f"/en/meetings/{meeting.reference}/participation/"
    assert all("الالتزام باسم الجماعة" in as_user(who).get(address).text for who in (secretariat, officer))
    Invitation.objects.update(answer="none", earlier_answer="confirmed", earlier_date=NOW)
    assert "الالتزام باسم الجماعة" not in as_user(secretariat).get(address).text


def test_an_answer_may_change_until_the_meeting_begins(invitation, officer):
    contact = factories.ContactFactory(actor=invitation.actor)
    actions.answer_invitation(invitation, answer="confirmed", represented_by=contact, by=officer)
    with time_machine.travel(STARTS - timedelta(minutes=1)):
        actions.answer_invitation(invitation, answer="declined", represented_by=contact, note="اجتماع آخر", by=officer)
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.represented_by, invitation.note) == ("declined", None, "اجتماع آخر")
    assert [row.answer for row in invitation.history.all()] == ["declined", "confirmed", "none"]


def test_a_representative_is_of_the_invited_institution(invitation, officer):
    stranger = factories.ContactFactory()
    with pytest.raises(Refused) as refusal:
        actions.answer_invitation(invitation, answer="confirmed", represented_by=stranger, by=officer)
    assert refusal.value.field == "represented_by"
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("state", ["cancelled", "postponed", "held", "closed", "draft"])
def test_an_answer_is_refused_when_none_is_asked(invitation, officer, state):
    Meeting.objects.update(state=state)
    with pytest.raises(Refused):
        actions.answer_invitation(invitation, answer="confirmed", by=officer)
    invitation.refresh_from_db()
    assert invitation.answer == "none"


def test_an_answer_after_the_meeting_began_is_refused(invitation, officer):
    with time_machine.travel(STARTS), pytest.raises(Refused) as refusal:
        actions.answer_invitation(invitation, answer="confirmed", by=officer)
    assert "2026" in str(refusal.value)
    invitation.refresh_from_db()
    assert (invitation.answer, sent()) == ("none", [])


def test_an_answer_by_telephone_is_noted_without_telling_the_secretariat(invitation, secretariat):
    actions.answer_invitation(invitation, answer="declined", by_phone=True, by=secretariat)
    invitation.refresh_from_db()
    assert (invitation.by_phone, sent()) == (True, [])


def test_everybody_who_works_for_the_invited_institution_may_answer(
    invitation, visitor, outsider, member, secretariat, officer, manager, validator
):
    people = (visitor, outsider, member, secretariat, officer, manager, validator)
    assert [can_answer_invitation(person, invitation) for person in people] == [
        False,
        False,
        False,
        False,
        True,
        True,
        True,
    ]


def test_a_reminder_by_hand_goes_once_a_day(invitation, officer, secretariat):
    actions.remind_invitation(invitation, by=secretariat)
    with pytest.raises(Refused):
        actions.remind_invitation(invitation, by=secretariat)
    assert sent() == [("meetings.answer_missing", officer.email)]
    with time_machine.travel(NOW + timedelta(days=1)):
        actions.remind_invitation(invitation, by=secretariat)
    assert len(sent()) == 2


def test_who_has_answered_is_not_reminded(invitation, officer, secretariat):
    actions.answer_invitation(invitation, answer="declined", by=officer)
    with pytest.raises(Refused):
        actions.remind_invitation(invitation, by=secretariat)


def test_where_no_mail_reaches_the_secretariat_is_told_to_telephone(meeting, secretariat):
    mute = factories.InvitationFactory(meeting=meeting)
    with pytest.raises(Refused):
        actions.remind_invitation(mute, by=secretariat)
    assert sent() == []


def test_attendance_is_taken_from_the_day_of_the_meeting_on(meeting, commune, secretariat):
    rows = [Presence(commune, "present")]
    with time_machine.travel(STARTS - timedelta(days=1)), pytest.raises(Refused):
        actions.record_attendance(meeting, rows=rows, by=secretariat)
    with time_machine.travel(STARTS - timedelta(hours=1)):
        assert actions.record_attendance(meeting, rows=rows, by=secretariat) == 1
    assert Attendance.objects.get().status == "present"


@pytest.mark.parametrize("state", ["draft", "postponed", "cancelled", "closed"])
def test_attendance_is_not_taken_of_a_meeting_that_is_off_or_closed(meeting, commune, secretariat, state):
    meeting.state = state
    meeting.save()
    with time_machine.travel(STARTS), pytest.raises(Refused):
        actions.record_attendance(meeting, rows=[Presence(commune, "present")], by=secretariat)


def test_the_table_is_saved_line_by_line_and_only_what_changed(meeting, commune, service, association, secretariat):
    with time_machine.travel(STARTS):
        first = [Presence(commune, "present"), Presence(service, "represented", commune), Presence(association, "")]
        assert actions.record_attendance(meeting, rows=first, by=secretariat) == 2
        second = [
            Presence(commune, "late"),
            Presence(service, "represented", commune),
            Presence(association, "excused"),
        ]
        assert actions.record_attendance(meeting, rows=second, by=secretariat) == 2
        third = [Presence(commune, ""), Presence(service, "absent", commune), Presence(association, "excused")]
        assert actions.record_attendance(meeting, rows=third, by=secretariat) == 2
    rows = {row.actor: (row.status, row.represented_by) for row in Attendance.objects.all()}
    assert rows == {service: ("absent", None), association: ("excused", None)}
    assert Attendance.history.filter(actor=commune).count() == 3


def test_a_represented_institution_names_another_one_that_is_there(meeting, commune, service, secretariat):
    with time_machine.travel(STARTS):
        for by_whom in (None, service):
            rows = [Presence(commune, "present"), Presence(service, "represented", by_whom)]
            with pytest.raises(Refused) as refusal:
                actions.record_attendance(meeting, rows=rows, by=secretariat)
            assert refusal.value.field == f"represented_by_{service.pk}"
        rows = [Presence(commune, "absent"), Presence(service, "represented", commune)]
        with pytest.raises(Refused):
            actions.record_attendance(meeting, rows=rows, by=secretariat)
    assert Attendance.objects.count() == 0


def test_an_institution_that_came_uninvited_is_added_once(meeting, outsider, secretariat):
    actor = factories.ActorFactory()
    with time_machine.travel(STARTS):
        actions.add_attendee(meeting, actor=actor, by=secretariat)
        with pytest.raises(Refused) as refusal:
            actions.add_attendee(meeting, actor=actor, by=secretariat)
    assert refusal.value.field == "actor"
    assert Attendance.objects.get().status == "present"


def test_an_institution_designates_who_represents_it_as_the_mail_says(as_user, invitation, officer):
    client, address = as_user(officer), f"/en/meetings/invitations/{invitation.pk}/answer/"
    assert client.get(f"{address}?answer=delegated").context["form"]["answer"].value() == "delegated"
    refused = client.send(address, {"answer": "delegated"})
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"representative"})
    assert client.send(address, {"answer": "delegated", "representative": "رئيس المكتب"}).status_code == 302
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.representative) == ("confirmed", "رئيس المكتب")
    shown = client.get(address).context["form"]
    assert shown["answer"].value() == "delegated"
    assert "autofocus" not in shown.fields["represented_by"].widget.attrs


def test_the_own_institution_answers_and_is_not_reminded_from_the_table(as_user, meeting, secretariat, association):
    factories.InvitationFactory(meeting=meeting, actor=association)
    shown = as_user(secretariat).get(f"/en/meetings/{meeting.reference}/participation/").text
    assert ("Answer the invitation" in shown, "Send a reminder" in shown) == (True, False)
