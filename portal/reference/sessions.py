"""What the ordinary sessions of councils are called, and when they open, as far as one knows."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from portal.core.dates import month_text
from portal.core.text import elided
from portal.reference.models import Council, CouncilSession, SessionOpening, Territory
from portal.reference.spellings import places


class Opening(NamedTuple):
    """The days between which a session opens: the same day twice where the council's own is known."""

    council: str
    first: date
    last: date


class Sessions:
    """The sessions and the days that are known, read once, when the first is asked for."""

    def __init__(self) -> None:
        self._read = False

    def opening(self, council: str, day: date, territory_id: str | None = None) -> Opening:
        """The session of the month `day` is in; of the council of a territory where one is named.

        A month in which no session is held any more keeps the first week.
        """
        self._load()
        row = self._sessions.get((council, day.month), CouncilSession())
        if known := self._known.get((council, day.month, day.year, territory_id)):
            return Opening(council, known, known)
        return Opening(council, day.replace(day=row.opens_from), day.replace(day=row.opens_by))

    def coming(self, council: str, day: date, count: int, territory_id: str | None = None) -> list[Opening]:
        """The next `count` sessions that have not opened by `day`."""
        self._load()
        found = []
        for first in _months_from(day, years=count + 1):
            session = self._sessions.get((council, first.month))
            if session and session.is_active and (opening := self.opening(council, first, territory_id)).last >= day:
                found.append(opening)
        return found[:count]

    def _load(self) -> None:
        if self._read:
            return
        self._read = True
        self._sessions = {(row.council, row.month): row for row in CouncilSession.objects.all()}
        self._known: dict[tuple[str, int, int, str | None], date] = {
            (row.session.council, row.session.month, row.year, row.territory_id): row.opens_on
            for row in SessionOpening.objects.select_related("session")
        }


def _months_from(day: date, years: int) -> Iterator[date]:
    for month in range(day.month - 1, day.month - 1 + 12 * years):
        yield date(day.year + month // 12, month % 12 + 1, 1)


def session_name(council: str, day: date, seat: Territory | None = None) -> str:
    """The session of a kind of council in the month of a day, as in the midst of a sentence.

    Of one council where its territory is known; the region has only one.
    """
    if seat is None and council == Council.REGION:
        seat = next((row for row in places() if row.level == council), None)
    if seat is None:
        return elided(Council(council).session % {"month": month_text(day)})
    said = _("%(month)s session of the %(council)s")
    return elided(said % {"month": month_text(day), "council": seat.council_name})


def session_key(council: str, day: date) -> str:
    """The session of a kind of council in the month of a day: `commune:2027-02`."""
    return f"{council}:{day:%Y-%m}"


def parse_session(key: str) -> tuple[Council, date]:
    """The kind of council and the first day of the month of such a key; raises ValueError."""
    council, _colon, month = key.partition(":")
    return Council(council), date.fromisoformat(f"{month}-01")
