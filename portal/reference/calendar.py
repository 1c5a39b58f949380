"""Rest days: Saturday, Sunday and the public holidays an administrator keeps."""

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


def working_day_on_or_before(day: date) -> date:
    """`day` itself, or the last working day before it."""
    return _nearest(day, -ONE_DAY)


def working_day_on_or_after(day: date) -> date:
    """`day` itself, or the first working day after it."""
    return _nearest(day, ONE_DAY)


def _nearest(day: date, step: timedelta) -> date:
    end = day + step * WINDOW
    holidays = Holiday.objects.days_off(min(day, end), max(day, end))
    while day.weekday() >= SATURDAY or day in holidays:
        day += step
        if day == end:
            return _nearest(day, step)
    return day
