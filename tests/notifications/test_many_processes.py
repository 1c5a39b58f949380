"""Two clocks at once, and a real worker: on a database other processes can open."""

import signal
import subprocess
import time
from collections import Counter
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from portal.notifications import reminders
from portal.notifications.models import LedgerEntry, Notification
from tests import factories

HERE = Path(__file__).parent
SECONDS = 60

WORLD = """
from datetime import UTC, datetime
from actors.directory.models import Actor, Contact, FocalPoint
from meetings.models import Invitation, Meeting
from portal.accounts.models import User
host = Actor.objects.create(slug="host", kind="association", name_ar="جمعية تجريبية", state="published")
meeting = Meeting.objects.create(
    reference="TST-2026-01", organiser=host, title_ar="اجتماع تجريبي", title_fr="Réunion d’essai", state="announced",
    audience="public", starts_at=datetime(2026, 12, 4, 10, tzinfo=UTC), ends_at=datetime(2026, 12, 4, 12, tzinfo=UTC),
    created_at=datetime(2026, 9, 1, 9, tzinfo=UTC),
)
sent_at = datetime(2026, 10, 1, 9, tzinfo=UTC)
for n in range(20):
    actor = Actor.objects.create(slug=f"actor-{n}", kind="commune", name_ar=f"جماعة تجريبية {n}", state="published")
    Contact.objects.create(actor=actor, role_ar="مكتب الضبط", email=f"office{n}@example.org")
    Invitation.objects.create(meeting=meeting, actor=actor, sent_at=sent_at, answer="confirmed")
"""


def test_two_clocks_at_once_make_each_mail_once_on_sqlite(portal_elsewhere):
    portal_elsewhere.run(WORLD)
    passes = [
        portal_elsewhere.start(HERE / "two_passes.py", stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)
    ]
    owed = [one.stdout.readline().strip() for one in passes]
    for one in passes:
        one.stdin.write("go\n")
        one.stdin.flush()
    outcomes = Counter(
        line.rsplit(" ", 1)[-1] for one in passes for line in one.communicate(timeout=SECONDS)[0].splitlines()
    )
    assert [one.returncode for one in passes] == [0, 0]
    assert owed == ["20", "20"]
    assert outcomes["sent"] == 20
    [held] = portal_elsewhere.ask(
        f"SELECT (SELECT count(*) FROM {LedgerEntry._meta.db_table}), count(*), count(DISTINCT email)"
        f" FROM {Notification._meta.db_table}"
    )
    assert held == (20, 20, 20)


@pytest.mark.django_db(transaction=True)
def test_two_passes_that_saw_the_same_make_each_mail_once():
    """On PostgreSQL in two threads at once; on SQLite in memory, which has one connection, one after the other."""
    meeting = factories.MeetingFactory(audience="public")
    for _ in range(10):
        factories.InvitationFactory(meeting=meeting, actor=factories.ContactFactory().actor, answer="confirmed")
    now, lines = datetime(2026, 11, 27, 9, tzinfo=UTC), []
    owed = [reminders.due_reminders(now) for _ in range(2)]
    at_once = connection.vendor == "postgresql"
    barrier = Barrier(2 if at_once else 1)

    def one_pass(seen):
        for one in seen:
            barrier.wait(timeout=SECONDS)
            lines.extend(reminders._sent([[one]], now, dry_run=False))
        if at_once:
            connections.close_all()

    passes = [Thread(target=one_pass, args=(seen,)) for seen in owed] if at_once else []
    for one in passes:
        one.start()
    for one in passes:
        one.join(timeout=SECONDS)
    for seen in [] if at_once else owed:
        one_pass(seen)
    assert Counter(line.outcome for line in lines) == {"sent": 10, "skipped": 10}
    assert (LedgerEntry.objects.count(), Notification.objects.count()) == (10, 10)


def test_a_worker_delivers_a_mail_it_was_called_for(portal_elsewhere):
    portal_elsewhere.run(WORLD)
    worker = portal_elsewhere.start(
        "-m", "celery", "-A", "portal", "worker", "--pool=solo", "--loglevel=ERROR", start_new_session=True
    )
    try:
        portal_elsewhere.run(
            """
from meetings.models import Meeting
from portal.notifications.actions import notify
from portal.notifications.rules.recipients import Recipient
notify(Recipient("office@example.org", "ar"), kind="meetings.coming", about=Meeting.objects.get())
"""
        )
        deadline = time.monotonic() + SECONDS
        mails = portal_elsewhere.folder / "mail"
        while not (files := list(mails.glob("*.log"))) and time.monotonic() < deadline:
            time.sleep(0.2)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=SECONDS)
    [mail] = files
    arrived = message_from_bytes(mail.read_bytes(), policy=default)
    assert arrived["To"] == "office@example.org"
    assert "اجتماع تجريبي" in arrived["Subject"]
    assert portal_elsewhere.ask(f"SELECT state FROM {Notification._meta.db_table}") == [("sent",)]
