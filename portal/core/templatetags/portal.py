"""Dates, lengths and sizes in templates; a builtin library, nothing to load."""

from datetime import date, datetime

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from portal.core import dates
from portal.core.phones import phone_text

register = template.Library()


def _or_empty(function):
    def filtered(value):
        return "" if value in (None, "") else function(value)

    filtered.__doc__ = function.__doc__
    return filtered


register.filter("long_day", _or_empty(dates.long_day))
register.filter("day", _or_empty(dates.day_text))
register.filter("month", _or_empty(dates.month_text))
register.filter("clock", _or_empty(dates.clock_text))
register.filter("day_and_time", _or_empty(dates.day_and_time))
register.filter("countdown", _or_empty(dates.countdown_text))
register.filter("in_days", _or_empty(dates.in_days_text))
register.filter("ago", _or_empty(dates.ago_text))
register.filter("duration", _or_empty(dates.duration_text))
register.filter("phone", _or_empty(phone_text))


@register.filter
def iso(value: date | datetime | None) -> str:
    """The machine-readable form, for `<time datetime>`."""
    return value.isoformat() if value else ""


@register.filter
def file_size(size: int) -> str:
    """A size as people say it: 1,2 MB."""
    for unit, limit in ((_("kB"), 1024), (_("MB"), 1024**2)):
        if size < limit * 1024:
            return f"{number_format(max(size / limit, 0.1), 1)}\u00a0{unit}"
    return f"{number_format(size / 1024**3, 1)}\u00a0{_('GB')}"
