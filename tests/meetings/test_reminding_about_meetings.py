"""What the clock owes about meetings, by the default rungs."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from actors.directory.models import FocalPoint, ReminderRule
from meetings.models import Invitation, Meeting, Minutes, MinutesReview
from meetings.rules.recipients import steering_recipients
from portal.notifications.models import LedgerEntry, Notification
from portal.notifications.reminders import due_reminders, send_due
from tests import factories

pytestmark = pytest.mark.django_db


def at(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture
def meeting(space, association):
    """On Friday 4 December at ten."""
    return factories.MeetingFactory(space=space, organiser=association, reference="TST-2026-01")


@pytest.fixture
def invite(meeting):
    def send(actor, answer=Invitation.Answer.CONFIRMED, **fields):
        return factories.InvitationFactory(meeting=meeting, actor=actor, answer=answer, **fields)

    return send


@pytest.fixture
def office(commune):
    """The commune's role mailbox, its focal point."""
    point = factories.FocalPointFactory(contact=factories.ContactFactory(actor=commune, email="office@example.org"))
    return f"contact:{point.contact.pk}"


def told(lines):
    return sorted((line.rung, line.recipient, line.outcome, line.reason) for line in lines)


def test_the_invited_are_reminded_seven_days_and_one_day_before(invite, commune, office):
    invite(commune)
    assert told(send_due(at(11, 26))) == []
    assert told(send_due(at(11, 27))) == [("meetings.coming-7", office, "sent", "")]
    assert told(send_due(at(12, 2))) == []
    assert told(send_due(at(12, 3))) == [("meetings.coming-1", office, "sent", "")]
    assert [row.email for row in Notification.objects.all()] == ["office@example.org"] * 2


def test_who_declined_is_left_alone(invite, commune, office):
    invite(commune, Invitation.Answer.DECLINED)
    assert send_due(at(12, 3)) == []


def test_an_invitation_that_was_not_sent_reminds_nobody(invite, commune, office):
    invite(commune, sent_at=None)
    assert send_due(at(12, 3)) == []


def test_who_has_not_answered_is_asked_for_the_answer(invite, commune, office):
    """Five days before is a Sunday: the Friday, with the reminder of seven days, which it supersedes."""
    invite(commune, Invitation.Answer.NONE)
    lines = told(send_due(at(11, 27)))
    assert [(rung, outcome) for rung, _who, outcome, _why in lines] == [
        ("meetings.answer_missing-5", "sent"),
        ("meetings.coming-7", "skipped"),
    ]
    assert Notification.objects.get().kind == "meetings.answer_missing"


def test_the_invited_are_asked_who_answers_for_them_at_sending_time(invite, commune, office):
    invite(commune)
    FocalPoint.objects.update(ends_on=date(2026, 11, 26))
    newcomer = factories.FocalPointFactory(contact=factories.ContactFactory(actor=commune, email="new@example.org"))
    assert [line.recipient for line in send_due(at(11, 27))] == [f"contact:{newcomer.contact.pk}"]


def test_a_meeting_that_is_moved_is_reminded_of_again(invite, commune, office, meeting):
    invite(commune)
    send_due(at(11, 27))
    meeting.starts_at += timedelta(days=7)
    meeting.ends_at += timedelta(days=7)
    meeting.save()
    assert send_due(at(12, 3)) == []
    assert [(line.occurrence, line.outcome) for line in send_due(at(12, 4))] == [("2026-12-11", "sent")]


@pytest.mark.parametrize("state", [Meeting.State.CANCELLED, Meeting.State.POSTPONED, Meeting.State.DRAFT])
def test_a_meeting_that_is_not_announced_reminds_nobody(state, invite, commune, office, meeting):
    invite(commune)
    meeting.state = state
    meeting.save()
    assert send_due(at(11, 27)) == []


def test_nothing_is_said_to_be_coming_once_it_has_begun(invite, commune, office):
    invite(commune)
    assert [(line.outcome, line.reason) for line in send_due(at(12, 4, 10))] == [("skipped", "too late")] * 2
    assert Notification.objects.count() == 0


def test_who_is_invited_late_is_not_reminded_of_what_was_before(invite, commune, office):
    invite(commune, sent_at=at(11, 30, 12))
    assert send_due(at(12, 1)) == []
    assert [line.rung for line in send_due(at(12, 3))] == ["meetings.coming-1"]


def test_missing_minutes_remind_the_secretariat_after_three_and_seven_days(meeting, secretariat):
    assert told(send_due(at(12, 4, 18))) == []
    key = f"user:{secretariat.pk}"
    assert told(send_due(at(12, 7))) == [("meetings.minutes_missing+3", key, "sent", "")]
    assert told(send_due(at(12, 11))) == [("meetings.minutes_missing+7", key, "sent", "")]


def test_minutes_that_are_begun_remind_nobody(meeting, secretariat):
    section = factories.MinutesSectionFactory(minutes=Minutes.objects.create(meeting=meeting), text="")
    assert len(due_reminders(at(12, 7))) == 1
    section.text = "حضر اللقاء"
    section.save()
    assert due_reminders(at(12, 7)) == []


def test_closing_remarks_remind_the_silent_only(meeting, commune, service, office, member):
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.HELD, starts_at=at(11, 2), ends_at=at(11, 2, 12))
    meeting.refresh_from_db()
    for actor in (commune, service):
        factories.InvitationFactory(meeting=meeting, actor=actor)
    minutes = factories.MinutesFactory(
        meeting=meeting, state=Minutes.State.CIRCULATED, circulated_at=at(11, 10), remarks_until=date(2026, 11, 27)
    )
    factories.MinutesSectionFactory(minutes=minutes, text="حضر اللقاء")
    MinutesReview.objects.create(
        minutes=minutes, version=1, circulation=minutes.circulation, actor=service, answer="approves"
    )
    assert send_due(at(11, 24)) == []
    assert told(send_due(at(11, 25))) == [("meetings.remarks_closing-2", office, "sent", "")]
    assert Notification.objects.get().path == ""


def test_a_space_may_have_rungs_of_its_own(invite, commune, office, space):
    ReminderRule.objects.create(kind="meeting", offset_days=-3, space=space)
    invite(commune)
    assert send_due(at(11, 27)) == []
    assert [line.rung for line in send_due(at(12, 1))] == ["meetings.coming-3"]


def test_a_meeting_without_a_space_is_steered_by_its_organisers_managers(meeting, secretariat):
    meeting.space = None
    assert [recipient.user for recipient in steering_recipients(meeting)] == [secretariat]


@pytest.mark.parametrize("count", [1, 3])
def test_the_clock_costs_the_same_for_one_meeting_and_for_three(
    count, space, association, commune, office, django_assert_num_queries
):
    for _ in range(count):
        meeting = factories.MeetingFactory(space=space, organiser=association)
        factories.InvitationFactory(meeting=meeting, actor=commune, answer="confirmed")
    due_reminders(at(11, 27))
    with django_assert_num_queries(17):
        assert len(due_reminders(at(11, 27))) == count


def command(*arguments):
    out = StringIO()
    call_command("send_reminders", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_says_one_line_for_each_rung(invite, commune, office, meeting):
    invite(commune)
    expected = f"meetings.coming-7 TST-2026-01 2026-12-04 {office} sent"
    assert command("--now", "2026-11-27T09:00", "--dry-run") == [expected]
    assert LedgerEntry.objects.count() == 0
    assert command("--now", "2026-11-27T09:00") == [expected]
    assert command("--now", "2026-11-27T09:10") == ["nothing is due"]


def test_the_command_reads_a_naive_time_as_moroccos(invite, commune, office):
    invite(commune)
    assert command("--now", "2026-11-27T08:59") == ["nothing is due"]
    assert command("--now", "2026-11-27T08:59+02:00") == ["nothing is due"]
    assert command("--now", "2026-11-27", "--dry-run") == command("--now", "2026-11-27T09:00Z", "--dry-run") != []


@pytest.mark.parametrize("now", ["soon", "2026-13-40T09:00", "2026-11-30T25:00", "30/11/2026"])
def test_the_command_refuses_a_time_that_does_not_exist(now, db):
    with pytest.raises(CommandError, match="write a day and time that exist"):
        command("--now", now)
