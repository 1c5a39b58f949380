"""The engine of the reminders: when a rung is owed, to whom, and that it goes out once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.notifications.models import LedgerEntry, Notification, ReminderRun
from portal.notifications.reading.last_run import last_run
from portal.notifications.reminders import due_reminders, send_due
from portal.notifications.rules.recipients import Recipient
from portal.notifications.tasks import send_reminders
from portal.reference.models import Holiday
from tests import factories
from tests.notifications.conftest import EVENT, at

pytestmark = pytest.mark.django_db


def told(lines):
    return [(line.rung, line.outcome, line.reason) for line in lines]


def test_a_rung_is_owed_from_nine_in_the_morning_on_its_day(clock, rung):
    clock.append(rung(-7))
    assert due_reminders(at(27, 8, 59)) == []
    assert len(due_reminders(at(27, 9))) == 1


def test_a_pass_claims_the_rung_with_its_notification(clock, rung, meeting, administrator):
    clock.append(rung(-7))
    [line] = send_due(at(27))
    assert str(line) == f"meetings.coming-7 TST-2026-01 2026-12-04 user:{administrator.pk} sent"
    [entry] = LedgerEntry.objects.about(meeting)
    assert (entry.rung, entry.occurrence, entry.outcome, entry.due_at) == (
        "meetings.coming-7",
        "2026-12-04",
        "sent",
        at(27),
    )
    assert entry.notification == Notification.objects.get()
    assert entry.notification.user == administrator
    assert entry.notification.kind == "meetings.coming"
    assert entry.notification.expires_at == datetime(2026, 12, 4, 10, tzinfo=UTC)


def test_a_second_pass_sends_nothing_twice(clock, rung):
    clock.append(rung(-7))
    send_due(at(27))
    assert send_due(at(27, 9, 10)) == []
    assert Notification.objects.count() == 1


def test_a_missed_day_catches_up(clock, rung):
    clock.append(rung(-7))
    assert told(send_due(at(1, 15, month=12))) == [("meetings.coming-7", "sent", "")]


def test_of_several_rungs_only_the_latest_goes_out(clock, rung):
    clock.extend([rung(-7), rung(-1), rung(-5)])
    assert sorted(told(send_due(at(3, month=12)))) == [
        ("meetings.coming-1", "sent", ""),
        ("meetings.coming-5", "skipped", "superseded"),
        ("meetings.coming-7", "skipped", "superseded"),
    ]
    assert LedgerEntry.objects.count() == 3
    assert Notification.objects.count() == 1
    assert send_due(at(3, 10, month=12)) == []


def test_a_rung_older_than_one_already_sent_is_superseded_too(clock, rung):
    clock.append(rung(-1))
    send_due(at(3, month=12))
    clock.append(rung(-3))
    assert told(send_due(at(3, 10, month=12))) == [("meetings.coming-3", "skipped", "superseded")]


def test_two_people_are_judged_apart(clock, rung, reader):
    other = Recipient("office@example.org", "fr")
    clock.extend([rung(-7), rung(-1, to=[reader, other])])
    lines = send_due(at(3, month=12))
    assert sorted((line.rung, line.recipient, line.outcome) for line in lines) == sorted([
        ("meetings.coming-7", reader.key, "skipped"),
        ("meetings.coming-1", reader.key, "sent"),
        ("meetings.coming-1", "mail:office@example.org", "sent"),
    ])  # fmt: skip


def test_nothing_before_an_event_goes_out_once_it_has_come(clock, rung):
    clock.append(rung(-1))
    assert told(send_due(datetime(2026, 12, 4, 10, tzinfo=UTC))) == [("meetings.coming-1", "skipped", "too late")]
    assert Notification.objects.count() == 0


def test_nothing_is_owed_from_before_the_record_was_entered(clock, rung):
    clock.append(rung(-7, entered_at=at(27, 9, 1)))
    assert send_due(at(30)) == []
    assert LedgerEntry.objects.count() == 0


def test_a_moved_date_is_armed_again(clock, rung):
    clock.append(rung(-7))
    send_due(at(27))
    clock[:] = [rung(-7, hangs_on=EVENT + timedelta(days=7))]
    assert send_due(at(3, month=12)) == []
    [line] = send_due(at(4, month=12))
    assert (line.occurrence, line.outcome) == ("2026-12-11", "sent")


def test_a_rung_that_is_withdrawn_is_not_sent(clock, rung):
    clock.append(rung(-7))
    clock.clear()
    assert send_due(at(27)) == []


def test_a_rung_before_a_date_moves_to_the_working_day_before(clock, rung):
    clock.append(rung(-6))
    assert due_reminders(at(26, 12)) == []
    assert [owed.due_at for owed in due_reminders(at(27))] == [at(27)]


def test_a_rung_after_a_date_moves_to_the_next_working_day(clock, rung):
    clock.append(rung(+1))
    assert due_reminders(at(6, 12, month=12)) == []
    assert [owed.due_at for owed in due_reminders(at(7, month=12))] == [at(7, month=12)]


def test_a_public_holiday_is_a_rest_day(clock, rung):
    Holiday.objects.create(day=date(2026, 11, 18), name_ar="عيد الاستقلال", name_fr="Fête de l’Indépendance")
    clock.append(rung(-7, hangs_on=date(2026, 11, 25)))
    assert [owed.due_at for owed in due_reminders(at(17))] == [at(17)]


def test_on_a_rest_day_nothing_goes_out_and_nothing_is_claimed(clock, rung):
    clock.append(rung(-7))
    assert told(send_due(at(28))) == [("meetings.coming-7", "skipped", "rest day")]
    assert LedgerEntry.objects.count() == 0
    assert told(send_due(at(30))) == [("meetings.coming-7", "sent", "")]


def test_a_meeting_entered_at_the_weekend_for_monday_is_not_forgotten(clock, rung):
    """The day before is a Sunday, which moves the rung to before the entry."""
    monday = date(2026, 11, 30)
    clock.append(rung(-1, hangs_on=monday, entered_at=at(28, 18), expires_at=at(30, 14)))
    assert told(send_due(at(30))) == [("meetings.coming-1", "sent", "")]


def test_who_may_not_see_the_thing_is_not_told(clock, rung, outsider, meeting):
    meeting.audience = meeting.Audience.PARTICIPANTS
    meeting.save()
    clock.append(rung(-7, to=[Recipient.of(outsider)]))
    assert told(send_due(at(27))) == [("meetings.coming-7", "skipped", "not visible")]
    assert Notification.objects.count() == 0


def test_a_dry_run_writes_nothing(clock, rung):
    clock.append(rung(-7))
    assert told(send_due(at(27), dry_run=True)) == [("meetings.coming-7", "sent", "")]
    assert (LedgerEntry.objects.count(), Notification.objects.count(), ReminderRun.objects.count()) == (0, 0, 0)


def test_a_reminder_that_cannot_be_made_keeps_no_other_back(clock, rung, meeting):
    other = factories.MeetingFactory()
    clock.extend([rung(-7, kind="meetings.unwritten"), rung(-7, subject=other)])
    assert [(line.subject, line.outcome, line.reason) for line in send_due(at(27))] == [
        ("TST-2026-01", "failed", "TemplateDoesNotExist"),
        (other.reference, "sent", ""),
    ]
    assert LedgerEntry.objects.about(meeting).count() == 0


def test_a_claim_another_process_made_first_is_left_to_it(clock, rung, meeting, administrator, monkeypatch):
    """The other process claims between this one's reading and its writing."""
    clock.append(rung(-7))
    first = due_reminders(at(27))
    send_due(at(27))
    monkeypatch.setattr("portal.notifications.reminders.due_reminders", lambda now: first)
    assert told(send_due(at(27))) == [("meetings.coming-7", "skipped", "taken by another pass")]
    assert Notification.objects.count() == 1


def test_the_clock_does_not_ask_row_by_row(clock, rung, django_assert_num_queries):
    meetings = [factories.MeetingFactory() for _ in range(30)]
    clock.extend(rung(-7, subject=one) for one in meetings[:3])
    due_reminders(at(27))
    with django_assert_num_queries(3):  # rest days, ledger, who sees what
        assert len(due_reminders(at(27))) == 3
    clock.extend(rung(-7, subject=one) for one in meetings[3:])
    with django_assert_num_queries(3):
        assert len(due_reminders(at(27))) == 30


@pytest.mark.parametrize("number", [3, 30])
def test_a_pass_writes_thirty_with_as_many_questions_as_three(clock, rung, django_assert_num_queries, number):
    clock.extend(rung(-7, subject=factories.MeetingFactory()) for _ in range(number))
    due_reminders(at(27))
    with django_assert_num_queries(9):
        assert [line.outcome for line in send_due(at(27))] == ["sent"] * number
    assert (LedgerEntry.objects.count(), Notification.objects.count()) == (number, number)
    assert all(entry.notification.about == entry.subject for entry in LedgerEntry.objects.all())


def test_one_that_cannot_be_made_keeps_no_other_back(clock, rung):
    clock.extend([rung(-7), rung(-7, subject=factories.MeetingFactory(), kind="meetings.no_such_mail")])
    assert sorted(line.outcome for line in send_due(at(27))) == ["failed", "sent"]
    assert (LedgerEntry.objects.count(), Notification.objects.count()) == (1, 1)


def test_a_pass_leaves_a_row_when_it_did_something_or_is_the_first_of_the_day(clock, rung):
    send_due(at(26))
    send_due(at(26, 9, 10))
    assert [(run.started_at, run.sent, run.skipped) for run in ReminderRun.objects.all()] == [(at(26), 0, 0)]
    clock.extend([rung(-7), rung(-8)])
    send_due(at(27))
    send_due(at(27, 9, 10))
    assert [(run.started_at, run.sent, run.skipped) for run in ReminderRun.objects.all()] == [
        (at(27), 1, 1),
        (at(26), 0, 0),
    ]


def test_a_clock_that_stood_still_is_announced(clock):
    assert last_run(at(26, 10)).is_missed
    send_due(at(26))
    assert not last_run(at(26, 18)).is_missed
    assert not last_run(at(27, 9, 20)).is_missed
    assert last_run(at(27, 9, 40)).is_missed
    send_due(at(27, 9, 45))
    assert not last_run(at(29, 12)).is_missed
    assert not last_run(at(30, 9, 20)).is_missed
    assert last_run(at(30, 9, 40)).expected_at == at(30)


@pytest.mark.parametrize(("moment", "count"), [(at(27, 8, 59), 0), (at(28, 12), 0), (at(30, 9), 1)])
def test_the_worker_sends_from_nine_on_working_days_only(moment, count, clock, rung, time_machine):
    time_machine.move_to(moment, tick=False)
    clock.append(rung(-8))
    send_reminders()
    assert Notification.objects.count() == count
