"""Days as people write them in a sheet: day first, months in Arabic, French or English, serial numbers."""

import re
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from babel import Locale

from actors.imports.table.letters import squeezed
from portal.core.text import normalise

#: the series of month names in use: Moroccan, Egyptian, Levantine, Algerian, French, English
LOCALES = ("ar_MA", "ar", "ar_SY", "ar_DZ", "fr", "en")
SHORT = {"janv": 1, "févr": 2, "fév": 2, "avr": 4, "juil": 7, "sept": 9, "déc": 12, "ماي": 5, "غشت": 8, "افريل": 4}
YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?")
DAY_FIRST = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?")
NO_DAY = re.compile(r"(?:\d{1,2}\s*[-/.]\s*)?\d{4}|\d{4}\s*[-/.]\s*\d{1,2}")
#: the days spreadsheets count from 30 December 1899, here from 1954 on; smaller and larger numbers are no days
SERIAL = re.compile(r"([2-9]\d{4})(?:[.,]\d+)?")
EPOCH = date(1899, 12, 30)
OLDEST = 1950


class NoDay(Exception):
    """The cell is no day; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_day(text: str, *, today: date) -> date | None:
    """The day, None for an empty cell. Raises NoDay with the code of the reason; a day after `today` is none."""
    written = squeezed(text).replace("\u00a0", " ")
    if not written:
        return None
    day = _numbers(written) or _words(written)
    if day is None:
        raise NoDay("date_no_day" if NO_DAY.fullmatch(written) else "date_not_understood")
    if day.year < OLDEST:
        raise NoDay("date_not_understood")
    if day > today:
        raise NoDay("date_in_future")
    return day


def _numbers(written: str) -> date | None:
    if found := YEAR_FIRST.fullmatch(written):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := DAY_FIRST.fullmatch(written):
        day, month, year = int(found[1]), int(found[2]), int(found[3])
        if month > 12 >= day:
            raise NoDay("date_month_first")
        return _date(year, month, day)
    if found := SERIAL.fullmatch(written):
        return EPOCH + timedelta(days=int(found[1]))
    return None


def _words(written: str) -> date | None:
    """«12 مارس 2026», “jeudi 12 mars 2026”, “March 12, 2026”: one month's name, one day, one year."""
    months = set()
    words = normalise(written).split()
    for pair in pairwise([*words, ""]):
        if month := _months().get(" ".join(pair)) or _months().get(pair[0]):
            months.add(month)
    found = [re.fullmatch(r"(\d{1,4})(?:er|st|nd|rd|th)?", word) for word in words]
    numbers = [int(one[1]) for one in found if one]
    years = [number for number in numbers if number >= 1000]
    days = [number for number in numbers if number < 1000]
    if len(months) != 1 or len(years) != 1:
        return None
    if not days:
        raise NoDay("date_no_day")
    return _date(years[0], months.pop(), days[0]) if len(days) == 1 else None


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NoDay("date_impossible") from error


@cache
def _months() -> dict[str, int]:
    """Every name of a month, as searched text is written, with its number."""
    named = {normalise(name): number for name, number in SHORT.items()}
    for code in LOCALES:
        formats = Locale.parse(code).months["format"]
        for width in ("abbreviated", "wide"):
            named.update({normalise(name): number for number, name in formats[width].items()})
    return named
