"""A pass of the clock by hand: one line for each rung that is due, sent or skipped and why."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from portal.core.dates import CASABLANCA, start_of
from portal.notifications.reminders import send_due
from portal.notifications.rules.rungs import OPENS


class Command(BaseCommand):
    help = "Send the reminders that are due and say, for each, whether it was sent, or skipped and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--now",
            help="The instant to act at, for example 2026-11-30T09:00 (Moroccan time unless it says otherwise).",
        )
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be done.")

    def handle(self, *args: Any, **options: Any) -> None:
        now = instant(options["now"]) if options["now"] is not None else timezone.now()
        lines = send_due(now, dry_run=options["dry_run"])
        for line in lines:
            self.stdout.write(str(line))
        if not lines:
            self.stdout.write("nothing is due")


def instant(text: str) -> datetime:
    """An instant as typed; without an offset it is Morocco's time, without an hour nine in the morning."""
    try:
        if day := parse_date(text):
            return start_of(day, OPENS)
        value = parse_datetime(text)
    except ValueError:
        value = None
    if value is None:
        raise CommandError(f"--now is {text!r}: write a day and time that exist, for example 2026-11-30T09:00.")
    return value if timezone.is_aware(value) else value.replace(tzinfo=CASABLANCA)
