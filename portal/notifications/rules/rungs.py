"""The rungs of every source, and from when on each is owed."""

import logging
from collections.abc import Iterator
from datetime import date, datetime, time

from django.db.models import Model

from portal.core.dates import start_of
from portal.notifications.rules.registry import Rung, RungSide, sources
from portal.reference.calendar import DaysOff, working_day_on_or_after, working_day_on_or_before

log = logging.getLogger(__name__)

OPENS = time(9)


def rungs_of_all(now: datetime, subject: Model | None = None) -> Iterator[Rung]:
    """What every source yields (about `subject` alone, if given); one that breaks is logged and keeps no other back."""
    for name, source in sources().items():
        try:
            yield from list(source(now, subject))
        except Exception:
            log.exception("The reminder source %s failed.", name)


class Calendar:
    """Working days, found once each for a pass."""

    def __init__(self) -> None:
        self._off = DaysOff()
        self._days: dict[tuple[date, RungSide], datetime] = {}

    def due_at(self, rung: Rung) -> datetime:
        """The instant from which the rung is owed."""
        key = (rung.due, rung.side)
        if key not in self._days:
            move = working_day_on_or_before if rung.side == RungSide.BEFORE else working_day_on_or_after
            self._days[key] = start_of(move(rung.due, self._off), OPENS)
        return self._days[key]


def owed_from(rung: Rung) -> bool:
    """Whether the record was there on the rung's day as written: a rest day may move a rung to before the entry."""
    return start_of(rung.due, OPENS) >= rung.entered_at
