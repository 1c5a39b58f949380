"""Days and hours as people type them, brought to the one form that the fields read."""

import re
import unicodedata
from datetime import date
from functools import lru_cache

from babel.dates import format_date

from portal.core.dates import LOCALES
from portal.core.text import fold_digits, normalise

#: “12h”, “12 h 30”, «12:30», “12.30”, «12س30», “0930”; a number alone is no hour, and seconds are left to the field
HOUR = re.compile(
    r"(\d{1,2})\s*(?:(?:[:.,٫]|h(?:eures?)?|س)\s*(\d{2})|h(?:eures?)?|س)\s*(?:mi?n)?|(\d{2})(\d{2})", re.IGNORECASE
)
#: what stands between a day, its month and its year
BETWEEN = re.compile(r"[\s/.،,\u2010-\u2013-]+")
FIRST = re.compile(r"1(?:er|st)", re.IGNORECASE)


def bare(text: str) -> str:
    """Without the marks nobody sees, in European digits."""
    return fold_digits("".join(sign for sign in text if unicodedata.category(sign) != "Cf")).strip()


def hour_typed(text: str) -> str:
    """«12h», «١٢:٣٠» and “12.30” as 12:00 and 12:30; what is no time of day stays as it was typed."""
    text = bare(text)
    found = HOUR.fullmatch(text)
    if found is None:
        return text
    hour, minute = found[1] or found[3], found[2] or found[4] or "00"
    return f"{hour}:{minute}"


def day_typed(text: str) -> str:
    """“8 février 2027”, «8 / 2 / 2027» and “2027.02.08” as 08/02/2027; what is no day stays as it was typed."""
    text = bare(text)
    parts = [part for part in BETWEEN.split(text) if part]
    if len(parts) == 4 and not parts[0][0].isdigit():  # the day of the week
        parts = parts[1:]
    if len(parts) != 3:
        return text
    day, month, year = parts if len(parts[0]) < 4 else reversed(parts)
    day, month = FIRST.sub("1", day), str(_months().get(normalise(month), month))
    if not (day.isdecimal() and month.isdecimal() and year.isdecimal()) or len(year) == 3:
        return text
    return f"{day:0>2}/{month:0>2}/{year}"


@lru_cache
def _months() -> dict[str, int]:
    """What the twelve are called, whole and short, in every language."""
    return {
        normalise(format_date(date(2026, month, 1), pattern, locale=locale)): month
        for locale in LOCALES.values()
        for pattern in ("LLLL", "LLL", "MMMM", "MMM")
        for month in range(1, 13)
    }
