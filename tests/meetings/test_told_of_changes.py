"""An institution that a change did not reach is shown to the secretariat with its telephone, until it is told."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from meetings.actions import meetings as acts
from meetings.actions.participation import answer_invitation, remind_invitation
from meetings.models import Invitation, Meeting
from meetings.reading.invitations import unreached
from meetings.reading.seen import Seen, meetings_seen_by
from portal.notifications.models import Notification
from tests import factories
from tests.desk import on_desk

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
STARTS = datetime(2026, 12, 4, 10, tzinfo=UTC)
ENDS, A_DAY = STARTS + timedelta(hours=2), timedelta(days=1)
INVITATION, LAST = (
    "The invitation did not arrive, please telephone",
    "The last message did not arrive, please telephone",
)
UNSURE = "Not known whether the last message arrived, please telephone"
PHONE = "05 36 00 33 44"
State = Notification.State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving, translation.override("en"):
        yield moving


@pytest.fixture
def invitation(space, association, service, secretariat, clock):
    """Of an institution with a mailbox and a telephone, which has it and has confirmed."""
    factories.ContactFactory(actor=service, email="bureau@example.org", phone="+212536003344")
    meeting = factories.MeetingFactory(
        space=space,
        organiser=association,
        state=Meeting.State.DRAFT,
        starts_at=STARTS,
        ends_at=STARTS + timedelta(hours=2),
    )
    invitation = factories.InvitationFactory(meeting=meeting, actor=service, sent_at=None)
    acts.announce_meeting(meeting, by=secretariat)
    Notification.objects.update(state=State.SENT)
    answer_invitation(invitation, answer=Invitation.Answer.CONFIRMED, by=secretariat, by_phone=True)
    clock.shift(timedelta(hours=1))
    invitation.refresh_from_db()
    return invitation


def change(invitation, how, by):
    meeting = Meeting.objects.get(pk=invitation.meeting_id)
    match how:
        case "room":
            acts.edit_meeting(meeting, by=by, place_ar="قاعة أخرى")
        case "date":
            acts.edit_meeting(meeting, by=by, starts_at=STARTS + A_DAY, ends_at=ENDS + A_DAY)
        case "cancelled":
            acts.cancel_meeting(meeting, reason="لأسباب تنظيمية", by=by)
        case "postponed":
            acts.postpone_meeting(meeting, reason="لأسباب تنظيمية", by=by)


def last_mail(invitation):
    return Notification.objects.filter(email="bureau@example.org").latest("pk")


def end(mail, state):
    Notification.objects.filter(pk=mail.pk).update(state=state)


def page(invitation, client):
    return client.get(reverse("meetings:participation", args=[invitation.meeting.reference])).text


@pytest.mark.parametrize("how", ["room", "date", "cancelled", "postponed"])
@pytest.mark.parametrize(("state", "sentence"), [(State.GIVEN_UP, LAST), (State.UNKNOWN, UNSURE)])
def test_a_change_that_did_not_arrive_is_to_be_telephoned(how, state, sentence, invitation, secretariat, as_user):
    change(invitation, how, secretariat)
    client = as_user(secretariat)
    assert "please telephone" not in page(invitation, client)
    assert on_desk(secretariat, "undelivered") == []
    end(last_mail(invitation), state)
    told = page(invitation, client)
    assert (sentence in told, PHONE in told) == (True, True)
    assert on_desk(secretariat, "undelivered") == [str(invitation.pk)]
    assert PHONE in client.get("/en/").text


def test_the_address_that_was_written_to_in_vain_is_shown_as_it_is(invitation, service, secretariat, as_user):
    service.contacts.update(phone="", email="info@province212.ma")
    change(invitation, "room", secretariat)
    end(Notification.objects.latest("pk"), State.GIVEN_UP)
    assert "info@province212.ma" in as_user(secretariat).get("/en/").text


def test_an_answer_noted_on_the_telephone_settles_it(invitation, secretariat, as_user, clock):
    change(invitation, "room", secretariat)
    end(last_mail(invitation), State.GIVEN_UP)
    clock.shift(timedelta(hours=1))
    answer_invitation(invitation, answer=Invitation.Answer.CONFIRMED, by=secretariat, by_phone=True, note="هاتف")
    assert LAST not in page(invitation, as_user(secretariat))
    assert on_desk(secretariat, "undelivered") == []


def test_a_meeting_that_is_off_stands_on_the_desk_for_a_week(invitation, secretariat, clock):
    change(invitation, "cancelled", secretariat)
    end(last_mail(invitation), State.GIVEN_UP)
    clock.shift(timedelta(days=8))
    assert on_desk(secretariat, "undelivered") == []


def test_an_address_that_was_corrected_can_be_written_to_again(invitation, service, secretariat, as_user, clock):
    change(invitation, "date", secretariat)
    end(last_mail(invitation), State.GIVEN_UP)
    client, remind = as_user(secretariat), reverse("meetings:remind_invitation", args=[invitation.pk])
    assert remind not in page(invitation, client)
    service.contacts.update(email="autre@example.org")
    assert remind in page(invitation, client)

    clock.shift(timedelta(hours=1))
    remind_invitation(Invitation.objects.get(), by=secretariat, now=timezone.now())
    Notification.objects.filter(email="autre@example.org").update(state=State.SENT)
    assert "please telephone" not in page(invitation, client)
    assert on_desk(secretariat, "undelivered") == []


def test_an_institution_without_an_address_waits_on_the_desk_to_be_telephoned(
    invitation, commune, secretariat, as_user
):
    factories.ContactFactory(actor=commune, email="", phone="+212536009988")
    mute = factories.InvitationFactory(meeting=invitation.meeting, actor=commune)
    assert on_desk(secretariat, "undelivered") == [str(mute.pk)]
    told = as_user(secretariat).get("/en/").text
    assert ("No address for mail, please telephone" in told, "05 36 00 99 88" in told) == (True, True)
    answer_invitation(mute, answer=Invitation.Answer.CONFIRMED, by=secretariat, by_phone=True)
    assert on_desk(secretariat, "undelivered") == []


def test_who_answers_for_two_institutions_is_told_once(invitation, commune, secretariat):
    factories.ContactFactory(actor=commune, email="bureau@example.org")
    factories.InvitationFactory(meeting=invitation.meeting, actor=commune)
    change(invitation, "room", secretariat)
    assert Notification.objects.filter(kind="meetings.changed").count() == 1


@pytest.mark.parametrize("email", ["BUREAU@example.org", "second@example.org"])
def test_a_mailbox_that_took_nothing_is_no_new_address(email, invitation, commune, service, secretariat, as_user):
    """Neither in other letters, nor because the mail it refused was sent for another institution."""
    service.contacts.update(email="first@example.org")
    factories.ContactFactory(actor=commune, email="second@example.org")
    factories.InvitationFactory(meeting=invitation.meeting, actor=commune, answer="confirmed")
    change(invitation, "date", secretariat)
    Notification.objects.filter(email="first@example.org").update(email="bureau@example.org")
    Notification.objects.update(state=State.GIVEN_UP)
    service.contacts.update(email=email)
    remind = reverse("meetings:remind_invitation", args=[invitation.pk])
    assert remind not in page(invitation, as_user(secretariat))
    service.contacts.update(email="new@example.org")
    assert remind in page(invitation, as_user(secretariat))


@pytest.mark.parametrize("answer", Invitation.Answer.values)
@pytest.mark.parametrize("mailbox", ["none", "lost later", "refuses", "takes"])
@pytest.mark.parametrize("when", ["ahead", "begun", "over", "cancelled", "postponed", "held"])
def test_desk_and_meeting_name_the_same_institutions_to_telephone(
    when, mailbox, answer, invitation, service, secretariat, clock
):
    meeting = Meeting.objects.get(pk=invitation.meeting_id)
    Notification.objects.update(state=State.GIVEN_UP if mailbox == "refuses" else State.SENT)
    if mailbox == "none":
        Notification.objects.all().delete()
    if mailbox in {"none", "lost later"}:
        service.contacts.update(email="")
    Invitation.objects.update(answer=answer, answered_at=None if answer == "none" else timezone.now())
    if when in {"cancelled", "postponed"}:
        change(invitation, when, secretariat)
    if when in {"begun", "held"}:
        clock.move_to(STARTS + timedelta(minutes=10))
    if when == "over":
        clock.move_to(ENDS + timedelta(minutes=10))
    if when == "held":
        acts.hold_meeting(meeting, by=secretariat)
    meeting = meetings_seen_by(secretariat).get(pk=meeting.pk)
    on_page = [str(invitation.pk) for _actor in unreached(Seen(secretariat, meeting))]
    assert on_desk(secretariat, "undelivered") == on_page
    expected = mailbox in {"none", "lost later", "refuses"} and answer == "none" and when in {"ahead", "begun"}
    if when not in {"cancelled", "postponed"}:
        assert bool(on_page) is expected


def test_of_a_meeting_that_is_off_who_has_no_address_is_telephoned(invitation, service, secretariat, clock):
    service.contacts.update(email="")
    change(invitation, "cancelled", secretariat)
    assert on_desk(secretariat, "undelivered") == [str(invitation.pk)]
    clock.shift(timedelta(days=8))
    assert on_desk(secretariat, "undelivered") == []


def test_what_can_no_longer_be_answered_leads_to_the_answers(invitation, service, secretariat, clock, as_user):
    Invitation.objects.update(answer="none", answered_at=None)
    service.contacts.update(email="")
    answers = reverse("meetings:answer_invitation", args=[invitation.pk])
    assert answers in as_user(secretariat).get("/en/").text
    clock.move_to(STARTS + timedelta(minutes=10))
    assert on_desk(secretariat, "undelivered") == [str(invitation.pk)]
    assert answers not in as_user(secretariat).get("/en/").text
