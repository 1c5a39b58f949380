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
