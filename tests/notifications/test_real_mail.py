"""Over the wire: a real SMTP server on this machine takes the mail apart again."""

import smtplib
import socket
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller

from portal.notifications import work as delivery
from portal.notifications.actions import notify
from portal.notifications.models import Notification
from portal.notifications.rules.recipients import Recipient

pytestmark = pytest.mark.django_db


class Postbox:
    def __init__(self, answer="250 OK"):
        self.answer = answer
        self.taken = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd calls it so
        if self.answer.startswith("250"):
            self.taken.append(envelope)
        return self.answer


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
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
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
