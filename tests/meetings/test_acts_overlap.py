"""Two people act on one meeting while the act of the other is not kept yet: no error, and nobody is told wrong."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from meetings.actions import agenda, meetings, minutes, participation
from meetings.forms.participation import AnswerForm
from meetings.models import AgendaItem, Invitation, Meeting, Minutes
from portal.core import history
from portal.core.dates import today
from portal.core.stamps import with_stamp
from portal.notifications.models import Notification
from tests import factories
from tests.overlapping import overlapping

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory knows one writer"),
    pytest.mark.django_db(transaction=True),
]

REMOVED = "This has been removed meanwhile: there is nothing left to change."


def read(row):
    """The row as somebody reads it anew."""
    return lambda: type(row).objects.get(pk=row.pk)


@pytest.fixture
def held(space, association, commune):
    meeting = factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.HELD)
    factories.InvitationFactory(meeting=meeting, actor=commune)
    return meeting


def test_a_text_is_not_lost_with_its_item(held, secretariat):
    item = factories.AgendaItemFactory(meeting=held)
    write = (
        read(item),
        lambda item: minutes.record_minutes(item.meeting, html="<p>نص</p>", seen_revision=0, item=item, by=secretariat),
    )
    remove = read(item), lambda item: agenda.remove_item(item, by=secretariat)
    refused = "Minutes were written under this item: it stays on the programme."
    assert overlapping(write, remove) == ["done", refused]
    held.minutes.sections.all().delete()
    held.minutes.delete()
    assert overlapping(remove, write) == ["done", REMOVED]
    assert not AgendaItem.objects.exists()


def test_minutes_adopted_while_they_are_taken_back_are_not(held, secretariat):
    section = minutes.record_minutes(held, html="<p>نص</p>", seen_revision=0, by=secretariat)
    minutes.circulate_minutes(section.minutes, until=today() + timedelta(days=9), by=secretariat)
    told = overlapping(
        (read(section.minutes), lambda text: minutes.reopen_minutes(text, by=secretariat)),
        (read(section.minutes), lambda text: minutes.adopt_minutes(text, in_session=True, by=secretariat)),
    )
    assert told == ["done", "This cannot be done while the state is “draft minutes”."]
    assert Minutes.objects.get().state == "draft"


def test_an_invitation_is_withdrawn_or_sent_and_never_both(space, association, commune, secretariat):
    factories.ContactFactory(actor=commune)
    meeting = factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.DRAFT)
    invitation = factories.InvitationFactory(meeting=meeting, actor=commune, sent_at=None)
    announce = read(meeting), lambda meeting: meetings.announce_meeting(meeting, by=secretariat)
    withdraw = read(invitation), lambda invitation: participation.withdraw_invitation(invitation, by=secretariat)
    assert overlapping(announce, withdraw) == ["done", "This invitation has been sent: it stays on the list."]
    Meeting.objects.update(state=Meeting.State.DRAFT)
    Invitation.objects.update(sent_at=None)
    Notification.objects.all().delete()
    assert overlapping(withdraw, announce) == ["done", "done"]
    assert (Invitation.objects.count(), Notification.objects.count()) == (0, 0)


def test_two_who_remind_an_institution_at_once_remind_it_once(space, association, commune, secretariat):
    factories.ContactFactory(actor=commune)
    meeting = factories.MeetingFactory(space=space, organiser=association)
    invitation = factories.InvitationFactory(meeting=meeting, actor=commune)
    remind = read(invitation), lambda invitation: participation.remind_invitation(invitation, by=secretariat)
    assert overlapping(remind, remind) == ["done", "This institution was reminded today already."]
    assert Notification.objects.count() == 1


def test_an_answer_changed_while_the_meeting_moves_is_asked_anew(space, association, commune, officer, secretariat):
    meeting = factories.MeetingFactory(space=space, organiser=association)
    invitation = Invitation(meeting=meeting, actor=commune, answer="confirmed", sent_at=timezone.now())
    history.save(invitation, by=officer)
    asked_for, day = meeting.starts_at.isoformat(), timedelta(days=1)

    def answer(invitation):
        data = {"answer": "declined", "asked_for": asked_for, "seen": str(invitation.stamp)}
        form = AnswerForm(data, invitation=invitation, contacts=commune.contacts.all())
        assert form.is_valid()
        form.by = officer
        own = form.own(invitation)
        return lambda: participation.answer_invitation(invitation, **own, by=officer)

    move = (
        read(meeting),
        lambda meeting: meetings.edit_meeting(
            meeting, starts_at=meeting.starts_at + day, ends_at=meeting.ends_at + day, by=secretariat
        ),
    )
    assert overlapping((with_stamp(Invitation.objects.all()).get, answer), move) == ["done", "done"]
    invitation = Invitation.objects.get()
    assert (invitation.answer, invitation.earlier_answer) == ("none", "declined")
