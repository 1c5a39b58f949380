"""Rest days: Saturday, Sunday and the public holidays an administrator keeps."""

from collections.abc import Container
from datetime import date, timedelta

from portal.reference.models import Holiday

SATURDAY = 5
ONE_DAY = timedelta(days=1)
#: how many days one question to the database looks at: longer than any row of rest days
WINDOW = 14


def is_rest_day(day: date) -> bool:
    """True on a Saturday, a Sunday or a public holiday."""
    return day.weekday() >= SATURDAY or bool(Holiday.objects.days_off(day, day))


def rest_days(first: date, last: date) -> dict[date, list[Holiday]]:
    """The rest days between `first` and `last`, both included, each with its feasts; a plain weekend has none."""
    feasts = Holiday.objects.filter(is_day_off=True, day__range=(first, last))
    found: dict[date, list[Holiday]] = {}
    for feast in feasts:
        found.setdefault(feast.day, []).append(feast)
    days = (first + ONE_DAY * number for number in range((last - first).days + 1))
    return {day: found.get(day, []) for day in days if day.weekday() >= SATURDAY or day in found}


class DaysOff:
    """The days that feasts take off, asked for a year at a time, for whoever asks about many days."""

    def __init__(self) -> None:
        self._by_year: dict[int, set[date]] = {}

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        if day.year not in self._by_year:
            first = date(day.year, 1, 1)
            self._by_year[day.year] = Holiday.objects.days_off(first, first.replace(month=12, day=31))
        return day in self._by_year[day.year]


def working_day_on_or_before(day: date, days_off: Container[date] | None = None) -> date:
    """`day` itself, or the last working day before it."""
    return _nearest(day, -ONE_DAY, days_off)


def working_day_on_or_after(day: date, days_off: Container[date] | None = None) -> date:
    """`day` itself, or the first working day after it."""
    return _nearest(day, ONE_DAY, days_off)


def _nearest(day: date, step: timedelta, days_off: Container[date] | None) -> date:
    end = day + step * WINDOW
    holidays = Holiday.objects.days_off(min(day, end), max(day, end)) if days_off is None else days_off
    while day.weekday() >= SATURDAY or day in holidays:
        day += step
        if day == end:
            return _nearest(day, step, days_off)
    return day
