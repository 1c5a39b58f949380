"""Over the wire: a real SMTP server on this machine takes the mail apart again."""

import smtplib
import socket
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from portal.core.breaker import Breaker
from portal.notifications import work as delivery
from portal.notifications.actions import notify, resend
from portal.notifications.models import Notification
from portal.notifications.rules.recipients import Recipient

pytestmark = pytest.mark.django_db


class Postbox:
    """Answers the recipient and the text as it is told; `BREAKS` in place of an answer ends the line, once the mail is
    taken where it `takes_first`."""

    BREAKS = ""

    def __init__(self):
        self.to_recipient = self.answer = "250 OK"
        self.taken, self.takes_first = [], False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd calls it so
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient or broken(server)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.answer.startswith("250") or self.takes_first:
            self.taken.append(envelope)
        return self.answer or broken(server)


def broken(server):
    server.transport.abort()
    return "451 nobody reads this"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(settings):
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "portal.core.smtp.MailServer",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5},
        }
    }
    yield box
    controller.stop()


def test_an_arabic_mail_arrives_whole(server, meeting):
    [row] = notify(Recipient("office@example.org", "ar"), kind="meetings.coming", about=meeting)
    assert delivery.deliver(row.pk)
    [envelope] = server.taken
    assert envelope.rcpt_tos == ["office@example.org"]
    arrived = message_from_bytes(envelope.content, policy=default)
    assert arrived["Subject"] == row.subject
    assert "الجمعة 4 دجنبر 2026" in arrived["Subject"]
    assert arrived["From"] == "تنسيق <tansiq@example.org>"
    assert arrived["Message-ID"] == f"<notification.{row.pk}@127.0.0.1>"
    assert arrived["Content-Language"] == "ar"
    row.refresh_from_db()
    assert row.state == "sent"
    text = arrived.get_body(("plain",)).get_content()
    assert text.replace("\r\n", "\n").strip() == row.body.strip()
    html = arrived.get_body(("html",)).get_content()
    assert '<html lang="ar" dir="rtl">' in html
    assert "<bdi>اجتماع تجريبي</bdi>" in html


def test_a_server_that_says_no_leaves_its_words_with_the_row(server, meeting):
    server.answer = "451 try again later"
    [row] = notify(Recipient("office@example.org", "ar"), kind="meetings.coming", about=meeting)
    assert not delivery.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == "failed"
    assert row.error.startswith(smtplib.SMTPDataError.__name__)
    assert "451" in row.error
    server.answer = "250 OK"
    Notification.objects.update(next_attempt_at=row.created_at)
    assert delivery.deliver(row.pk)
    assert len(server.taken) == 1


REFUSED, LATER = "given_up", "failed"


@pytest.mark.parametrize(
    ("to_recipient", "answer", "state"),
    [
        ("550 no such mailbox", "250 OK", REFUSED),
        ("553 not here", "250 OK", REFUSED),
        ("250 OK", "554 not wanted", REFUSED),
        ("450 mailbox busy", "250 OK", LATER),
        ("421 closing", "250 OK", LATER),
        ("250 OK", "452 no room now", LATER),
        (Postbox.BREAKS, "250 OK", LATER),
    ],
)
def test_a_refused_address_is_given_up_at_once_and_a_busy_one_tried_again(server, meeting, to_recipient, answer, state):
    server.to_recipient, server.answer = to_recipient, answer
    [row] = notify(Recipient("office@example.org", "ar"), kind="meetings.coming", about=meeting)
    assert not delivery.deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.leased_until) == (state, 1, None)
    assert (to_recipient if to_recipient[:3] != "250" else answer)[:3] in row.error
    Notification.objects.update(next_attempt_at=row.created_at)
    server.to_recipient = server.answer = "250 OK"
    assert bool(delivery.deliver(row.pk)) == (state == LATER)
    assert len(server.taken) == (state == LATER)


def test_a_server_that_is_away_or_takes_the_call_and_says_nothing_is_tried_again(settings, meeting, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ports = [free_port(), silent.getsockname()[1]]
        for port in ports:
            settings.MAILERS = {
                "default": {
                    "BACKEND": "portal.core.smtp.MailServer",
                    "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 0.2},
                }
            }
            [row] = notify(Recipient("office@example.org", "ar"), kind="meetings.coming", about=meeting)
            assert not delivery.deliver(row.pk)
            row.refresh_from_db()
            assert (row.state, row.attempts) == (LATER, 1)
            assert delivery.post.is_away
            [next_row] = notify(Recipient("other@example.org", "ar"), kind="meetings.coming", about=meeting)
            assert delivery.deliver(next_row.pk) is None, "a server that is away is not asked by every mail"
            next_row.delete()
            monkeypatch.setattr(delivery, "post", Breaker(30))
    assert list(Notification.objects.values_list("state", flat=True)) == [LATER] * len(ports)


def test_what_is_refused_of_the_portal_itself_is_not_the_recipients_fault():
    for error in (
        smtplib.SMTPSenderRefused(550, b"not you", "tansiq@example.org"),
        smtplib.SMTPAuthenticationError(535, b"wrong password"),
        smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no"), "b@example.org": (450, b"busy")}),
    ):
        assert not delivery.is_refused(error)


@pytest.mark.parametrize("takes_first", [True, False])
def test_a_line_that_breaks_after_the_mail_was_handed_over_leaves_it_to_a_person(
    server, meeting, administrator, as_user, takes_first
):
    server.answer, server.takes_first = Postbox.BREAKS, takes_first
    [row] = notify(Recipient("office@example.org", "ar"), kind="meetings.coming", about=meeting)
    assert not delivery.deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.leased_until) == ("unknown", 1, None)
    assert not delivery.post.is_away, "the server is there"
    server.answer = "250 OK"
    for days in (0, 1, 400):
        now = timezone.now() + timedelta(days=days)
        assert delivery.waiting(now) == []
        assert delivery.deliver(row.pk, now) is None
    assert len(server.taken) == takes_first
    shown = as_user(administrator).get("/fr/me/notifications/deliveries/?state=unknown").text
    assert "Remise incertaine" in shown
    resend(row, by=administrator)
    assert delivery.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == "sent"
    identity = {message_from_bytes(envelope.content, policy=default)["Message-ID"] for envelope in server.taken}
    assert identity == {f"<notification.{row.pk}@127.0.0.1>"}
    assert len(server.taken) == 1 + takes_first


def test_a_line_that_breaks_after_the_answer_is_a_mail_that_was_sent(server, meeting, monkeypatch):
    async def breaks(box, server, session, envelope):
        return broken(server)

    monkeypatch.setattr(Postbox, "handle_QUIT", breaks, raising=False)
    [row] = notify(Recipient("office@example.org", "ar"), kind="meetings.coming", about=meeting)
    assert delivery.deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, len(server.taken)) == ("sent", 1)


class WorkerDies(BaseException):
    """Nothing catches it, as nothing catches a kill."""


def test_a_worker_that_dies_while_it_hands_over_leaves_the_mail_to_a_person(server, meeting, monkeypatch):
    [row] = notify(Recipient("office@example.org", "ar"), kind="meetings.coming", about=meeting)

    def dies(*args, **options):
        raise WorkerDies

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", dies)
    with pytest.raises(WorkerDies):
        delivery.deliver(row.pk)
    monkeypatch.undo()
    row.refresh_from_db()
    assert (row.state, row.is_being_sent) == ("unknown", True)
    later = timezone.now() + delivery.LEASE * 2
    assert delivery.deliver(row.pk, later) is None
    assert server.taken == []
