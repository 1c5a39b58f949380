"""The postman: one mail for one row, tried again, dropped when it must not leave any more."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError, transaction
from django.db.models import QuerySet

from portal.accounts.models import User
from portal.accounts.signals import account_mail
from portal.core.breaker import Breaker
from portal.notifications import work as delivery
from portal.notifications.actions import notify, resend
from portal.notifications.models import Notification
from portal.notifications.rules.recipients import Recipient
from portal.notifications.tasks import deliver_next, deliver_waiting
from tests import factories
from tests.messenger import SameThread

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def notification(meeting, administrator):
    [row] = notify(Recipient.of(administrator), kind="meetings.coming", about=meeting, now=NOW)
    return row


@pytest.fixture
def broken_server(monkeypatch):
    def refuse(self, messages):
        raise ConnectionRefusedError("no server")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def test_a_mail_leaves_in_text_and_html(notification, administrator):
    assert delivery.deliver(notification.pk, NOW)
    [sent] = mail.outbox
    assert sent.to == [administrator.email]
    assert sent.subject == notification.subject
    notification.refresh_from_db()
    assert (notification.state, notification.attempts, notification.error) == ("sent", 1, "")
    assert notification.body == sent.body
    assert notification.leased_until is None
    [(html, kind)] = sent.alternatives
    assert kind == "text/html"
    assert '<html lang="ar" dir="rtl">' in html
    assert "http://127.0.0.1:8000/ar/meetings/TST-2026-01/" in html
    assert "http://127.0.0.1:8000/ar/meetings/TST-2026-01/" in sent.body


def test_the_message_id_is_the_same_each_time(notification):
    delivery.deliver(notification.pk, NOW)
    resend(notification, by=notification.user)
    delivery.deliver(notification.pk)
    assert [message.extra_headers["Message-ID"] for message in mail.outbox] == [
        f"<notification.{notification.pk}@127.0.0.1>"
    ] * 2


def test_a_mail_that_was_sent_is_not_sent_again(notification):
    delivery.deliver(notification.pk, NOW)
    assert not delivery.deliver(notification.pk, NOW)
    assert len(mail.outbox) == 1


def test_a_row_another_worker_has_is_left_alone_until_its_lease_ends(notification):
    Notification.objects.update(leased_until=NOW + delivery.LEASE)
    assert not delivery.deliver(notification.pk, NOW)
    assert delivery.deliver(notification.pk, NOW + delivery.LEASE + timedelta(seconds=1))
    assert len(mail.outbox) == 1


def test_a_failure_is_tried_again_later_and_later_and_then_given_up(notification, broken_server):
    now, waits = NOW, []
    for attempt in range(1, 7):
        assert not delivery.deliver(notification.pk, now)
        notification.refresh_from_db()
        assert notification.attempts == attempt
        assert notification.error == "ConnectionRefusedError: no server"
        assert not delivery.deliver(notification.pk, now)
        if notification.state == "failed":
            waits.append(int((notification.next_attempt_at - now).total_seconds() // 60))
            now = notification.next_attempt_at
    assert waits == [1, 5, 15, 60, 240]
    assert notification.state == "given_up"
    assert delivery.waiting(now + timedelta(days=9)) == []


def test_what_was_given_up_can_be_sent_again(notification, broken_server, administrator, monkeypatch):
    for _ in range(6):
        Notification.objects.update(next_attempt_at=NOW)
        delivery.deliver(notification.pk, NOW)
    monkeypatch.undo()
    resend(notification, by=administrator)
    assert delivery.deliver(notification.pk)
    notification.refresh_from_db()
    assert (notification.state, notification.attempts, notification.error) == ("sent", 1, "")


def test_what_the_recipient_may_no_longer_see_is_dropped(meeting, outsider):
    [row] = notify(Recipient.of(outsider), kind="meetings.coming", about=meeting, now=NOW)
    meeting.audience = meeting.Audience.PARTICIPANTS
    meeting.save()
    assert not delivery.deliver(row.pk, NOW)
    row.refresh_from_db()
    assert (row.state, row.error) == ("dropped", "no longer visible to the recipient")
    assert mail.outbox == []
    assert list(Notification.objects.of(outsider).on_the_bell()) == []


def test_a_closed_account_gets_no_mail(notification, administrator):
    administrator.is_active = False
    administrator.save()
    assert not delivery.deliver(notification.pk, NOW)
    notification.refresh_from_db()
    assert (notification.state, notification.error) == ("dropped", "the account is closed")


def test_a_mail_that_comes_too_late_is_dropped(meeting, administrator):
    [row] = notify(Recipient.of(administrator), kind="meetings.coming", about=meeting, now=NOW, expires_at=NOW)
    assert not delivery.deliver(row.pk, NOW)
    row.refresh_from_db()
    assert (row.state, row.error) == ("dropped", "too late")


def test_a_thing_that_is_gone_drops_its_mail(notification, meeting):
    meeting.delete()
    assert not delivery.deliver(notification.pk, NOW)
    notification.refresh_from_db()
    assert (notification.state, notification.error) == ("dropped", "the thing it is about is gone")


def test_a_commit_asks_for_the_delivery(meeting, administrator, django_capture_on_commit_callbacks, monkeypatch):
    called = []
    monkeypatch.setattr("portal.core.work.wake", called.append)
    with django_capture_on_commit_callbacks(execute=True):
        [row] = notify(Recipient.of(administrator), kind="meetings.coming", about=meeting)
        assert called == []
    assert called == ["portal.notifications.tasks.deliver_next"]
    deliver_next()
    row.refresh_from_db()
    assert row.state == "sent"


def test_what_is_rolled_back_is_not_delivered(meeting, administrator, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        notify(Recipient.of(administrator), kind="meetings.coming", about=meeting)
        transaction.set_rollback(True)
    assert callbacks == []
    assert Notification.objects.count() == 0


def test_a_broker_that_is_down_leaves_the_row_to_the_clock(
    meeting, administrator, django_capture_on_commit_callbacks, monkeypatch
):
    def refuse(app, task, **options):
        raise ConnectionError("no broker")

    monkeypatch.setattr("portal.core.work.broker", Breaker(10))
    monkeypatch.setattr("portal.core.work.messenger", SameThread)
    monkeypatch.setattr("celery.Celery.send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        [row] = notify(Recipient.of(administrator), kind="meetings.coming", about=meeting)
    deliver_waiting()
    row.refresh_from_db()
    assert row.state == "sent"
    assert len(mail.outbox) == 1


def test_the_clock_delivers_what_waits_and_only_that(meeting, administrator):
    for state in Notification.State.values:
        [row] = notify(Recipient.of(administrator), kind="meetings.coming", about=meeting)
        Notification.objects.filter(pk=row.pk).update(state=state)
    deliver_waiting()
    assert len(mail.outbox) == 2
    assert sorted(Notification.objects.values_list("state", flat=True)) == [
        "dropped",
        "given_up",
        "sent",
        "sent",
        "sent",
        "unknown",
    ]


def test_what_came_of_a_mail_is_written_down_when_the_database_is_back(notification, monkeypatch):
    monkeypatch.setattr("portal.core.work.PAUSES", (0, 0))
    away = [OperationalError("away"), OperationalError("away")]
    update = QuerySet.update

    def updates(rows, **values):
        if values.get("state") == "sent" and away:
            raise away.pop()
        return update(rows, **values)

    monkeypatch.setattr(QuerySet, "update", updates)
    assert delivery.deliver(notification.pk, NOW)
    notification.refresh_from_db()
    assert (notification.state, len(mail.outbox), away) == ("sent", 1, [])


def test_whoever_caused_many_mails_holds_nobody_elses_first(meeting, administrator):
    inviting, asking, forgetful = factories.UserFactory.create_batch(3)
    offices = [Recipient(f"office{number}@example.org", "fr") for number in range(5)]
    notify(offices, kind="meetings.coming", about=meeting, by=inviting)
    notify(Recipient.of(administrator), kind="meetings.coming", about=meeting, by=asking)
    account_mail.send(User, user=forgetful, kind="accounts.password_changed", life=timedelta(days=1))
    notify(Recipient.of(administrator), kind="meetings.coming", about=meeting)
    for _mail in range(5):
        deliver_next()
    deliver_waiting()
    firsts = ["office0@example.org", administrator.email, forgetful.email, administrator.email]
    rest = [f"office{number}@example.org" for number in (1, 2, 3, 4)]
    assert [message.to[0] for message in mail.outbox] == firsts + rest


def test_a_mailbox_that_is_told_much_holds_no_other_mailbox(meeting):
    for office in ("a@example.org", "a@example.org", "a@example.org", "b@example.org"):
        notify(Recipient(office, "fr"), kind="meetings.coming", about=meeting)
    for _mail in range(2):
        deliver_next()
    notify(Recipient("c@example.org", "fr"), kind="meetings.coming", about=meeting)
    for _mail in range(3):
        deliver_next()
    assert [message.to[0][0] for message in mail.outbox] == ["a", "b", "c", "a", "a"]


def test_whose_turn_it_is_the_database_says_however_much_waits(meeting, django_assert_num_queries):
    for number in range(9):
        [row] = notify(Recipient(f"office{number}@example.org", "fr"), kind="meetings.coming", about=meeting, now=NOW)
        if number % 3 == 0:
            Notification.objects.filter(pk=row.pk).update(state="sent")
    with django_assert_num_queries(1) as asked:
        assert len(delivery.waiting(NOW, limit=2)) == 2
    assert asked[0]["sql"].endswith("LIMIT 2")
