"""Days, instants and lengths of time as Morocco writes them; always in the active language.

Months and weekdays come from Babel's `ar_MA`, `fr` and `en_GB`: Django's own Arabic has the wrong months.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

CASABLANCA = ZoneInfo("Africa/Casablanca")
LOCALES = {"ar": "ar_MA", "fr": "fr", "en": "en_GB"}


def today(now: datetime | None = None) -> date:
    """The day it is in Morocco (at `now`, an aware instant; default: this moment)."""
    return timezone.localdate(now, CASABLANCA)


def start_of(day: date, hour: time = time.min) -> datetime:
    """The instant, in UTC, at which `day` begins (or reaches `hour`) in Morocco."""
    return datetime.combine(day, hour, tzinfo=CASABLANCA).astimezone(UTC)


def as_day(value: date | datetime) -> date:
    """The day in Morocco of an instant; a day stays what it is."""
    return value.astimezone(CASABLANCA).date() if isinstance(value, datetime) else value


def _format(value: date | datetime, pattern: str) -> str:
    """A day in the active language; French writes the first of a month 1er."""
    language = (get_language() or "ar")[:2]
    if language == "fr" and as_day(value).day == 1:
        pattern = pattern.replace("d ", "d'er' ")
    return _written(as_day(value), pattern, LOCALES.get(language, "ar_MA"))


@lru_cache(maxsize=4096)
def _written(day: date, pattern: str, locale: str) -> str:
    """A day as Babel writes it; a list names the same days over and over."""
    return format_date(day, pattern, locale=locale)


def long_day(value: date | datetime) -> str:
    """«الجمعة 26 شتنبر 2025», “vendredi 26 septembre 2025”, “mercredi 1er octobre 2025”."""
    return _format(value, "EEEE d MMMM y")


def day_text(value: date | datetime) -> str:
    """«26 شتنبر 2025», “26 septembre 2025”, “1er octobre 2025”."""
    return _format(value, "d MMMM y")


def weekday_text(value: date | datetime) -> str:
    """«الجمعة», “vendredi”."""
    return _format(value, "EEEE")


def short_day(value: date | datetime) -> str:
    """«26 شتنبر», “1er octobre”: where the year is known."""
    return _format(value, "d MMMM")


def month_text(value: date | datetime) -> str:
    """«نونبر 2026», “novembre 2026”."""
    return _format(value, "MMMM y")


def month_name(month: int) -> str:
    """«نونبر», “novembre”; `month` from 1 to 12."""
    return _format(date(2026, month, 1), "LLLL")


def clock_text(value: datetime) -> str:
    """The time of day in Morocco, 24 hours: 10:00."""
    return value.astimezone(CASABLANCA).strftime("%H:%M")


def day_and_time(value: datetime) -> str:
    """«الجمعة 27 نونبر 2026 على الساعة 10:00»."""
    return _("%(day)s at %(time)s") % {"day": long_day(value), "time": clock_text(value)}


def is_another_hour(before: datetime, now: datetime) -> bool:
    """The hour alone differs, not the day."""
    return before != now and as_day(before) == as_day(now)


def zone_text(value: datetime) -> str:
    """Whose clock it is, and how far from Greenwich on its day: «بتوقيت المغرب (غرينيتش)», “heure du Maroc (GMT+1)”."""
    offset = value.astimezone(CASABLANCA).utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    apart = f"{'-' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''}" if minutes else ""
    return _("Morocco time (GMT%(apart)s)") % {"apart": apart}


def from_to(begins: datetime, ends: datetime, *, timed: bool = True) -> str:
    """«الجمعة 27 نونبر 2026، من الساعة 10:00 إلى الساعة 12:30»; the days alone where not `timed`."""
    if as_day(begins) != as_day(ends):
        say = day_and_time if timed else long_day
        return _("from %(begins)s to %(ends)s") % {"begins": say(begins), "ends": say(ends)}
    if not timed:
        return long_day(begins)
    hours = {"begins": clock_text(begins), "ends": clock_text(ends)}
    return _("%(day)s, from %(begins)s to %(ends)s") % ({"day": long_day(begins)} | hours)


def countdown_text(day: date | datetime) -> str:
    """How long until a due date, or how late: «بقي 11 يوماً», «متأخرة بـ3 أيام»."""
    days = (as_day(day) - today()).days
    if days > 0:
        return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
    return _("due today") if days == 0 else late_text(day)


def late_text(day: date | datetime) -> str:
    """How late something is: «أجلها اليوم», «متأخرة بيومين»."""
    days = (today() - as_day(day)).days
    if days == 0:
        return _("it is due today")
    return ngettext("%(count)d day late", "%(count)d days late", days) % {"count": days}


def in_days_text(day: date | datetime) -> str:
    """How far a day is from today: «بعد 4 أيام», «اليوم», «قبل يومين»."""
    days = (as_day(day) - today()).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}
    return ngettext("%(count)d day ago", "%(count)d days ago", -days) % {"count": -days}


def ago_text(value: date | datetime) -> str:
    """Since when something is so: «منذ 4 أيام»; today reads «اليوم»."""
    days = (today() - as_day(value)).days
    if days <= 0:
        return _("today")
    return ngettext("for %(count)d day", "for %(count)d days", days) % {"count": days}


def duration_text(minutes: int) -> str:
    """A length in hours and minutes: «3 ساعات و30 دقيقة», “3 h 30”, “30 min”."""
    hours, rest = divmod(minutes, 60)
    if hours and rest and (get_language() or "").startswith("fr"):
        return f"{hours}\u00a0h\u00a0{rest:02d}"
    hours_text = ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    rest_text = ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest}
    if not hours:
        return rest_text
    if not rest:
        return hours_text
    return _("%(hours)s and %(minutes)s") % {"hours": hours_text, "minutes": rest_text}
