"""One pass of the clock in a process of its own, begun at the word of the test that started it."""

import sys
from datetime import UTC, datetime

import django

django.setup()

from portal.notifications.reminders import due_reminders, send_due  # noqa: E402

now = datetime(2026, 11, 27, 9, tzinfo=UTC)
sys.stdout.write(f"{len(due_reminders(now))}\n")
sys.stdout.flush()
sys.stdin.readline()
for line in send_due(now):
    sys.stdout.write(f"{line}\n")
