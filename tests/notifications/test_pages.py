"""The pages of the postman: the bell, the deliveries, the mails of the demonstration."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from portal.core.text import with_whole_references
from portal.notifications import work as delivery
from portal.notifications.actions import notify
from portal.notifications.models import Notification, ReminderRun
from portal.notifications.reading.story import story_of
from portal.notifications.reminders import send_due
from portal.notifications.rules.recipients import Recipient
from tests import factories
from tests.notifications.conftest import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(meeting, member):
    def tell(count=1):
        return [notify(Recipient.of(member), kind="meetings.coming", about=meeting)[0] for _ in range(count)]

    return tell


def test_the_bell_lists_what_i_was_told_and_nobody_else(told, member, officer, as_user):
    [row] = told()
    mine = as_user(member).get(reverse("notifications:notifications"))
    assert with_whole_references(row.subject) in mine.content.decode()
    theirs = as_user(officer).get(reverse("notifications:notifications"))
    assert row.subject not in theirs.content.decode()


def test_the_bell_is_for_the_signed_in(as_user, visitor):
    assert as_user(visitor).get(reverse("notifications:notifications")).status_code == 302


def test_unread_ones_come_first(told, member, as_user):
    rows = told(3)
    Notification.objects.filter(pk=rows[2].pk).update(read_at=at(23))
    shown = as_user(member).get(reverse("notifications:notifications")).context["page"]
    assert [row.pk for row in shown] == [rows[1].pk, rows[0].pk, rows[2].pk]


def test_opening_one_marks_it_read_and_leads_to_the_thing_in_my_language(told, member, as_user):
    [row] = told()
    answer = as_user(member).get(f"/fr/me/notifications/{row.pk}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/fr/meetings/TST-2026-01/")
    row.refresh_from_db()
    assert row.read_at is not None


def test_nobody_opens_or_reads_another_ones(told, officer, as_user):
    [row] = told()
    assert as_user(officer).get(reverse("notifications:open_notification", args=[row.pk])).status_code == 404
    as_user(officer).post(reverse("notifications:read_notifications"), {"pk": row.pk})
    row.refresh_from_db()
    assert row.read_at is None


def test_all_are_marked_as_read_at_once_or_one_by_one(told, member, as_user):
    rows = told(3)
    client = as_user(member)
    client.post(reverse("notifications:read_notifications"), {"pk": rows[0].pk})
    assert Notification.objects.of(member).unread().count() == 2
    client.post(reverse("notifications:read_notifications"), {"pk": "nothing"})
    assert Notification.objects.of(member).unread().count() == 2
    client.post(reverse("notifications:read_notifications"))
    assert Notification.objects.of(member).unread().count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_bell_costs_the_same_for_one_and_for_three(count, told, member, as_user, django_assert_num_queries):
    told(count)
    client = as_user(member)
    with django_assert_num_queries(6):  # session, user, count, rows, unread twice (page and bell)
        client.get(reverse("notifications:notifications"))


def test_deliveries_are_for_administrators(member, administrator, as_user):
    assert as_user(member).get(reverse("notifications:deliveries")).status_code == 403
    assert as_user(administrator).get(reverse("notifications:deliveries")).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_deliveries_cost_the_same_for_one_and_for_three(count, told, administrator, as_user, django_assert_num_queries):
    told(count)
    client = as_user(administrator)
    with django_assert_num_queries(7):  # session, user, rest days, last run, bell, count, rows
        client.get(reverse("notifications:deliveries"))


def test_deliveries_are_found_by_state_and_address(told, administrator, as_user):
    told(2)
    Notification.objects.filter(pk=Notification.objects.first().pk).update(state="given_up", email="lost@example.org")
    client = as_user(administrator)
    for query in ({"state": "given_up"}, {"q": "lost@"}):
        assert [
            row.email for row in client.get(reverse("notifications:deliveries"), query).context["listing"].page
        ] == ["lost@example.org"]


def test_an_administrator_sends_a_mail_again(
    told, administrator, member, as_user, monkeypatch, django_capture_on_commit_callbacks
):
    [row] = told()
    Notification.objects.update(state="given_up", attempts=6, error="no server")
    called = []
    monkeypatch.setattr("portal.core.work.wake", called.append)
    address = reverse("notifications:resend_notification", args=[row.pk])
    assert as_user(member).post(address).status_code == 403
    assert as_user(administrator).get(address).status_code == 405
    assert called == []
    with django_capture_on_commit_callbacks(execute=True):
        assert as_user(administrator).post(address).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == ("waiting", 0, "")
    assert called == ["portal.notifications.tasks.deliver_next"]


def test_a_mail_under_way_is_not_sent_again(told, administrator, as_user):
    [row] = told()
    Notification.objects.update(leased_until=datetime(2100, 1, 1, tzinfo=UTC), attempts=1)
    as_user(administrator).post(reverse("notifications:resend_notification", args=[row.pk]))
    row.refresh_from_db()
    assert row.attempts == 1


def test_the_last_run_and_a_missed_one_are_announced(administrator, as_user, time_machine):
    time_machine.move_to(at(26, 12), tick=False)
    ReminderRun.objects.create(started_at=at(26), finished_at=at(26), sent=3, skipped=1)
    client = as_user(administrator)
    context = client.get(reverse("notifications:deliveries")).context["last_run"]
    assert (context.run.sent, context.is_missed) == (3, False)
    time_machine.move_to(at(27, 10), tick=False)
    context = as_user(administrator).get(reverse("notifications:deliveries")).context["last_run"]
    assert (context.expected_at, context.is_missed) == (at(27), True)


@pytest.fixture
def mail_files(settings, tmp_path):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(tmp_path)},
        }
    }
    return tmp_path


def test_the_mails_of_the_demonstration_can_be_read(mail_files, told, administrator, member, as_user):
    [row] = told()
    delivery.deliver(row.pk)
    client = as_user(administrator)
    [mail] = client.get(reverse("notifications:mailbox")).context["mails"]
    assert (mail.subject, mail.to) == (row.subject, member.email)
    read = client.get(reverse("notifications:read_mail", args=[mail.name]))
    row.refresh_from_db()
    assert read.context["mail"].text.strip() == row.body.strip()
    assert as_user(member).get(reverse("notifications:mailbox")).status_code == 403
    assert client.get(reverse("notifications:read_mail", args=["..secret.1"])).status_code == 404


def test_there_is_no_mailbox_where_mail_really_leaves(administrator, as_user):
    assert as_user(administrator).get(reverse("notifications:mailbox")).status_code == 404


def test_there_is_no_mailbox_outside_a_demonstration(mail_files, settings, administrator, as_user):
    settings.IS_DEMO = False
    assert as_user(administrator).get(reverse("notifications:mailbox")).status_code == 404


def test_the_story_of_a_thing_tells_what_was_sent_and_what_comes(clock, rung, meeting, administrator):
    clock.extend([rung(-10), rung(-9), rung(-7), rung(-1, to=[Recipient("office@example.org", "ar")])])
    send_due(at(25))
    story = story_of(meeting, at(25, 12))
    assert [(step.is_sent, step.recipient) for step in story.past] == [
        (True, str(administrator)),
        (False, str(administrator)),
    ]
    assert [(step.due_at, step.recipients) for step in story.coming] == [
        (at(27), [str(administrator)]),
        (at(3, month=12), ["office@example.org"]),
    ]
    assert story.past[0].reason == ""
    assert story.past[1].reason != ""
    assert story_of(factories.MeetingFactory(), at(25)).past == []


def test_the_admin_shows_the_ledger_and_lets_nobody_change_it(clock, rung, administrator, as_user):
    clock.append(rung(-7))
    send_due(at(27))
    client = as_user(administrator)
    for name in ("notification", "ledgerentry", "reminderrun"):
        assert client.get(reverse(f"admin:notifications_{name}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:notifications_{name}_add")).status_code == 403
