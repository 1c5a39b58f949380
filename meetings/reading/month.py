"""A month of meetings: its weeks from Monday on as a desk shows them, and its days one after the other as a telephone
does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings.models import Meeting
from portal.core.dates import as_day, clock_text, month_text, short_day, start_of, today
from portal.core.text import elided
from portal.reference.calendar import SATURDAY
from portal.reference.models import Council, Holiday, SessionOpening
from portal.reference.sessions import Opening, Sessions

if TYPE_CHECKING:
    from portal.accounts.models import User

FIRST_YEAR, LAST_YEAR = 2000, 2100
NAMED = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
ONE_DAY, A_MOMENT = timedelta(days=1), timedelta(microseconds=1)
#: as many meetings as a month shows, and a day before the others fold
MOST, SHOWN = 400, 3
FIELDS_OF_ENTRIES = (
    *("reference", "starts_at", "ends_at", "times_known", "state", "space__audience"),
    *(f"{stem}_{language}" for stem in ("title", "place") for language in ("ar", "fr", "en")),
)


def asked_month(text: str, now: datetime | None = None) -> date:
    """The first day of the month that `2026-11` names; of this month where it names none."""
    found = NAMED.fullmatch(text)
    if found and FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return date(int(found[1]), int(found[2]), 1)
    return today(now).replace(day=1)


def key_of(first: date) -> str:
    return f"{first:%Y-%m}"


class MonthEntry(NamedTuple):
    """A meeting on one of its days, in the reader's language."""

    url: str
    title: str
    #: when it begins, on its first day, where that is known
    clock: str
    #: "" of a space, "other", "off", "draft"
    tone: str
    #: the state where it is not to be counted on, and which of several days it is
    said: str
    place: str


class Feast(NamedTuple):
    name: str
    #: hangs on the moon, and nobody has confirmed it yet
    is_estimated: bool


@dataclass
class Day:
    """A day, and all that a calendar says of it."""

    date: date
    is_outside: bool
    is_today: bool
    entries: list[MonthEntry] = field(default_factory=list)
    holidays: list[Feast] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The first of a month says which, where it is not marked."""
        return short_day(self.date) if self.date.day == 1 and not self.is_today else str(self.date.day)

    @property
    def is_rest(self) -> bool:
        return self.date.weekday() >= SATURDAY or bool(self.holidays)

    @property
    def says_something(self) -> bool:
        return bool(self.entries or self.holidays or self.sessions)

    @property
    def first_entries(self) -> list[MonthEntry]:
        """One more is not worth folding away."""
        return self.entries if len(self.entries) <= SHOWN + 1 else self.entries[:SHOWN]

    @property
    def more_entries(self) -> list[MonthEntry]:
        return self.entries[len(self.first_entries) :]

    @property
    def more_text(self) -> str:
        number = len(self.more_entries)
        return ngettext("%(count)d more meeting", "%(count)d more meetings", number) % {"count": number}


class Month:
    """The month that begins on `first`, with those of the `rows` that its reader sees."""

    def __init__(self, first: date, rows: "QuerySet[Meeting]", reader: "User", now: datetime | None = None) -> None:
        self.first, self.reader, self.today = first, reader, today(now)
        self._rows = rows
        self.begins = first - ONE_DAY * first.weekday()
        self.last = _month_after(first) - ONE_DAY
        self.ends = self.last + ONE_DAY * (6 - self.last.weekday())

    @property
    def key(self) -> str:
        return key_of(self.first)

    @property
    def is_now(self) -> bool:
        return self.today.replace(day=1) == self.first

    @property
    def turns(self) -> dict[str, str]:
        """The months beside it, and this one where another is shown; '' where there is none."""
        before, after = self.first - ONE_DAY, _month_after(self.first)
        return {
            "previous": key_of(before) if before.year >= FIRST_YEAR else "",
            "next": key_of(after) if after.year <= LAST_YEAR else "",
            "now": key_of(self.today),
        }

    @property
    def previous(self) -> date:
        return self.first - ONE_DAY

    @property
    def next(self) -> date:
        return _month_after(self.first)

    @cached_property
    def _meetings(self) -> list[Meeting]:
        """Those that take place on one of the days shown; one more than are shown says that there are others."""
        rows = self._rows.filter(starts_at__lt=start_of(self.ends + ONE_DAY), ends_at__gt=start_of(self.begins))
        return list(rows.order_by("starts_at", "pk")[: MOST + 1])

    @property
    def is_cut(self) -> bool:
        return len(self._meetings) > MOST

    @property
    def count(self) -> int:
        return sum(begins <= self.last and ends >= self.first for begins, ends in map(_days_of, self._meetings))

    @property
    def count_text(self) -> str:
        said = ngettext("%(count)d meeting in %(month)s", "%(count)d meetings in %(month)s", self.count)
        return elided(said % {"count": self.count, "month": month_text(self.first)})

    @cached_property
    def _by_day(self) -> dict[date, Day]:
        number = (self.ends - self.begins).days + 1
        dates = [self.begins + ONE_DAY * ahead for ahead in range(number)]
        days = {one: Day(one, not self.first <= one <= self.last, one == self.today) for one in dates}
        for meeting in self._meetings[:MOST]:
            begins, ends = _days_of(meeting)
            for one in _between(max(begins, self.begins), min(ends, self.ends)):
                days[one].entries.append(_entry(meeting, self.reader, one, begins, ends))
        for holiday in Holiday.objects.filter(is_day_off=True, day__range=(self.begins, self.ends)):
            unsure = holiday.is_estimated and not holiday.is_confirmed
            days[holiday.day].holidays.append(Feast(str(holiday.name), unsure))
        openings = SessionOpening.objects.filter(opens_on__range=(self.begins, self.ends))
        for opening in openings.select_related("session", "territory"):
            days[opening.opens_on].sessions.append(_opening_text(opening))
        return days

    @property
    def weeks(self) -> list[list[Day]]:
        days = list(self._by_day.values())
        return [days[at : at + 7] for at in range(0, len(days), 7)]

    @cached_property
    def days(self) -> list[Day]:
        """Those of the month with something to say."""
        return [day for day in self._by_day.values() if not day.is_outside and day.says_something]

    @property
    def days_ahead(self) -> list[Day]:
        """From today on; all of them in another month."""
        return [day for day in self.days if not self.is_now or day.date >= self.today]

    @property
    def days_before(self) -> list[Day]:
        return [day for day in self.days if self.is_now and day.date < self.today]

    @property
    def before_text(self) -> str:
        number = sum(len(day.entries) for day in self.days_before)
        return ngettext("Before today: %(count)d meeting", "Before today: %(count)d meetings", number) % {
            "count": number
        }

    @property
    def has_estimates(self) -> bool:
        return any(feast.is_estimated for day in self._by_day.values() for feast in day.holidays)

    @cached_property
    def nearest(self) -> tuple[Meeting | None, Meeting | None]:
        """The last meeting before a month that has none, and the first one after it."""
        before = self._rows.filter(ends_at__lte=start_of(self.first)).order_by("-starts_at", "-pk").first()
        after = self._rows.filter(starts_at__gte=start_of(_month_after(self.first))).order_by("starts_at", "pk").first()
        return before, after

    @cached_property
    def sessions_ahead(self) -> list[tuple[str, str]]:
        """The next ordinary session of each kind of council: its month, and whose it is; the soonest first."""
        sessions = Sessions()
        found: list[Opening] = [one for council in Council for one in sessions.coming(council, self.today, 1)]
        return [(month_text(one.first), str(Council(one.council).heading)) for one in sorted(found, key=_first_of)]


def _first_of(opening: Opening) -> date:
    return opening.first


def _month_after(first: date) -> date:
    return (first.replace(day=28) + ONE_DAY * 4).replace(day=1)


def _days_of(meeting: Meeting) -> tuple[date, date]:
    """Its first and its last day; one that ends at midnight takes nothing of the day that begins."""
    begins = meeting.begins_on
    return begins, max(begins, as_day(meeting.ends_at - A_MOMENT))


def _between(first: date, last: date) -> Iterator[date]:
    yield from (first + ONE_DAY * ahead for ahead in range((last - first).days + 1))


def _entry(meeting: Meeting, reader: "User", day: date, begins: date, ends: date) -> MonthEntry:
    state, said = Meeting.State(meeting.state), []
    if meeting.is_off or state == Meeting.State.DRAFT:
        said.append(str(state.label))
    if ends != begins:
        words = {"day": (day - begins).days + 1, "days": (ends - begins).days + 1}
        said.append(_("day %(day)d of %(days)d") % words)
    clock = clock_text(meeting.starts_at) if meeting.times_known and day == begins else ""
    url, title, place = meeting.get_absolute_url(), str(meeting.title), str(meeting.place)
    return MonthEntry(url, title, clock, _tone(meeting, state, reader), " · ".join(said), place)


def _tone(meeting: Meeting, state: Meeting.State, reader: "User") -> str:
    if meeting.is_off:
        return "off"
    if state == Meeting.State.DRAFT:
        return "draft"
    return "" if meeting.space_for(reader) else "other"


def _opening_text(opening: SessionOpening) -> str:
    council = str(opening.territory.council_name)
    return elided(_("%(council)s: session opens") % {"council": capfirst(council)})
