"""When the clock last sent reminders, as the pages of administrators say it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from portal.core.dates import start_of, today
from portal.notifications.models import ReminderRun
from portal.notifications.rules.rungs import OPENS
from portal.reference.calendar import working_day_on_or_before

#: how long after the opening of a working day a missing pass is announced
GRACE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class LastRun:
    """The clock's last pass, and whether one was missed since."""

    run: ReminderRun | None
    expected_at: datetime
    is_missed: bool


def last_run(now: datetime | None = None) -> LastRun:
    """The last pass there was, and whether the clock stood still on the last working day."""
    now = now or timezone.now()
    expected = _expected_pass(now)
    run = ReminderRun.objects.filter(started_at__lte=now).first()
    return LastRun(run, expected, run is None or run.started_at < expected)


def _expected_pass(now: datetime) -> datetime:
    """The latest opening of a working day that is more than GRACE ago."""
    opened = now - GRACE - timedelta(hours=OPENS.hour, minutes=OPENS.minute)
    return start_of(working_day_on_or_before(today(opened)), OPENS)
