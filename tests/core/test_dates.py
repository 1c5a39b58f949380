"""Dates as Morocco writes and types them, in each language."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import translation

from portal.core import dates
from portal.core.forms import DateField, DateTimeField

FRIDAY = date(2025, 9, 26)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ar", "الجمعة 26 شتنبر 2025"), ("fr", "vendredi 26 septembre 2025"), ("en", "Friday 26 September 2025")],
)
def test_a_day_is_written_with_its_weekday_and_moroccan_month(language, expected):
    with translation.override(language):
        assert dates.long_day(FRIDAY) == expected
        assert Template("{{ day|long_day }}").render(Context({"day": FRIDAY})) == expected


def test_the_twelve_arabic_months_are_the_moroccan_ones():
    with translation.override("ar"):
        months = [dates.month_text(date(2026, month, 1)).split()[0] for month in range(1, 13)]
    assert months == [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "ماي",
        "يونيو",
        "يوليوز",
        "غشت",
        "شتنبر",
        "أكتوبر",
        "نونبر",
        "دجنبر",
    ]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("typed", ["08/02/2027", "2027-02-08", "٠٨/٠٢/٢٠٢٧", "۰۸/۰۲/۲۰۲۷", " 8/2/2027 ", "08.02.2027"])
def test_a_typed_day_is_day_month_year_in_every_language_and_digit(language, typed):
    with translation.override(language):
        assert DateField().clean(typed) == date(2027, 2, 8)


def test_a_typed_time_is_moroccan_time_then_and_now():
    field = DateTimeField()
    with translation.override("ar"):
        assert field.clean(["26/09/2025", "٠٩:٣٠"]) == datetime(2025, 9, 26, 8, 30, tzinfo=UTC)
        assert field.clean(["01/12/2026", "09:30"]) == datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["9h30", "09 h 30", "9H30", "9.30", "٩:٣٠", "9h 30"])
def test_a_time_is_typed_as_it_is_written_in_a_letter(typed):
    assert DateTimeField().clean(["01/12/2026", typed]) == datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    assert DateTimeField().clean(["01/12/2026", "9h"]) == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    for wrong in ("9", "25h", "9h75", "9.3"):
        with pytest.raises(ValidationError):
            DateTimeField().clean(["01/12/2026", wrong])


def test_an_instant_is_shown_at_the_hour_morocco_kept_that_day():
    with translation.override("ar"):
        assert dates.day_and_time(datetime(2025, 9, 26, 8, 30, tzinfo=UTC)) == "الجمعة 26 شتنبر 2025 على الساعة 09:30"


ARABIC_LATE = {
    0: "أجلها اليوم",
    1: "متأخرة بيوم واحد",
    2: "متأخرة بيومين",
    3: "متأخرة بـ3 أيام",
    10: "متأخرة بـ10 أيام",
    11: "متأخرة بـ11 يوماً",
    99: "متأخرة بـ99 يوماً",
    100: "متأخرة بـ100 يوم",
    101: "متأخرة بـ101 يوم",
    102: "متأخرة بـ102 يوم",
    103: "متأخرة بـ103 أيام",
    111: "متأخرة بـ111 يوماً",
    200: "متأخرة بـ200 يوم",
}
ARABIC_LEFT = {
    1: "بقي يوم واحد",
    2: "بقي يومان",
    3: "بقيت 3 أيام",
    11: "بقي 11 يوماً",
    100: "بقي 100 يوم",
    103: "بقيت 103 أيام",
}


@time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False)
@pytest.mark.parametrize(("days", "expected"), ARABIC_LATE.items())
def test_lateness_follows_the_six_arabic_forms(days, expected):
    day = date.fromordinal(date(2026, 11, 23).toordinal() - days)
    with translation.override("ar"):
        assert dates.late_text(day) == expected


@time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False)
@pytest.mark.parametrize(("days", "expected"), ARABIC_LEFT.items())
def test_what_is_left_follows_the_six_arabic_forms(days, expected):
    day = date.fromordinal(date(2026, 11, 23).toordinal() + days)
    with translation.override("ar"):
        assert dates.countdown_text(day) == expected


@pytest.mark.parametrize(
    ("language", "minutes", "expected"),
    [
        ("ar", 210, "3 ساعات و30 دقيقة"),
        ("ar", 30, "30 دقيقة"),
        ("ar", 60, "ساعة واحدة"),
        ("fr", 210, "3\u00a0h\u00a030"),
        ("fr", 30, "30\u00a0min"),
        ("fr", 180, "3\u00a0h"),
    ],
)
def test_lengths_of_time(language, minutes, expected):
    with translation.override(language):
        assert dates.duration_text(minutes) == expected


def test_the_machine_knows_that_morocco_left_summer_time():
    assert datetime(2026, 12, 1, 12, tzinfo=UTC).astimezone(dates.CASABLANCA).hour == 12
    assert datetime(2025, 12, 1, 12, tzinfo=UTC).astimezone(dates.CASABLANCA).hour == 13


def test_french_writes_the_first_of_a_month_with_its_ending_and_no_other_day():
    with translation.override("fr"):
        assert dates.long_day(date(2026, 12, 1)) == "mardi 1er décembre 2026"
        assert dates.day_text(date(2026, 12, 1)) == "1er décembre 2026"
        assert dates.day_text(date(2026, 12, 11)) == "11 décembre 2026"
    with translation.override("ar"):
        assert dates.long_day(date(2026, 12, 1)) == "الثلاثاء 1 دجنبر 2026"


@pytest.mark.parametrize(
    ("at", "apart"),
    [
        (datetime(2026, 12, 4, 10, tzinfo=UTC), ""),
        (datetime(2025, 9, 26, 9, tzinfo=UTC), "+1"),
        (datetime(2026, 3, 1, 10, tzinfo=UTC), ""),
    ],
)
def test_the_clock_is_named_as_morocco_kept_it_that_day(at, apart):
    """One hour ahead until 20 September 2026, but for the weeks around Ramadan; Greenwich time since."""
    said = {}
    for language in ("ar", "fr", "en"):
        with translation.override(language):
            said[language] = dates.zone_text(at)
    assert said == {
        "ar": f"بتوقيت المغرب (غرينيتش{apart})",
        "fr": f"heure du Maroc (GMT{apart})",
        "en": f"Morocco time (GMT{apart})",
    }
