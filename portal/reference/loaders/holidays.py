"""Public holidays from the package `holidays`, under our own names: estimates where the moon decides, never the last
word."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import holidays
from django.utils.text import slugify
from holidays.constants import HOLIDAY_NAME_DELIMITER

from portal.core.dates import today
from portal.reference.loaders.rows import REMOVED, write
from portal.reference.loaders.territories import DATA
from portal.reference.models import Holiday

ESTIMATED = ("(تقديري)", "(estimé)", "(estimated)")
YEARS_BACK, YEARS_AHEAD = 1, 2


def load_holidays(day: date | None = None) -> Counter[str]:
    """The year before `day` (default: today) to the second after it; returns the tally.

    A row that was confirmed or corrected stays as it is, wherever it was moved. A loaded row that the package no
    longer has goes, unless somebody looked after it.
    """
    year = (day or today()).year
    years = range(year - YEARS_BACK, year + YEARS_AHEAD + 1)
    rows = list(feasts(years))
    loaded = {row.source_key: row for row in Holiday.objects.exclude(source_key="")}
    by_hand = {(row.day, row.name_ar): row for row in Holiday.objects.filter(source_key="")}
    tally: Counter[str] = Counter()
    for values in rows:
        row = loaded.get(values["source_key"]) or by_hand.get((values["day"], values["name_ar"]))
        tally[write(row, Holiday, values, keep=row is not None and row.is_confirmed)] += 1
    keys = {values["source_key"] for values in rows}
    gone = Holiday.objects.exclude(source_key="").exclude(source_key__in=keys)
    for row in gone.filter(is_edited=False, is_confirmed=False, day__year__range=(years[0], years[-1])):
        row.delete()
        tally[REMOVED] += 1
    return tally


def feasts(years: range) -> Iterator[dict[str, Any]]:
    """One row for each feast of each day, named in three languages; the key says which feast, not on which day."""
    names, ours = _names(years), json.loads((DATA / "holidays.json").read_text(encoding="utf-8"))
    seen: Counter[str] = Counter()
    for day, joined in sorted(_calendar("ar", years).items()):
        for feast in joined.split(HOLIDAY_NAME_DELIMITER):
            name_ar = _plain(feast)
            name_fr, name_en = names[name_ar]
            slug = slugify(name_en)
            which = f"{day.year}/{slug}"
            seen[which] += 1
            yield {
                "day": day,
                **ours.get(slug, {"name_ar": name_ar, "name_fr": name_fr, "name_en": name_en}),
                "is_estimated": feast.endswith(ESTIMATED),
                "source_key": f"{which}/{seen[which]}",
            }


def _names(years: range) -> dict[str, tuple[str, str]]:
    """The French and English names by the Arabic one, learnt from days with one feast.

    Where two fall on one day the package sorts the names by the alphabet of each language, so that their order
    says nothing. The years around help out for a feast that is always joined in the years asked for.
    """
    around = range(years[0] - 5, years[-1] + 6)
    french, english = _calendar("fr", around), _calendar("en_US", around)
    return {
        _plain(name): (_plain(french[day]), _plain(english[day]))
        for day, name in _calendar("ar", around).items()
        if HOLIDAY_NAME_DELIMITER not in name
    }


def _calendar(language: str, years: range) -> holidays.HolidayBase:
    return holidays.country_holidays("MA", years=years, language=language)


def _plain(name: str) -> str:
    for mark in ESTIMATED:
        name = name.removesuffix(mark)
    return name.strip().replace("'", "’").replace(" و ", " و")
