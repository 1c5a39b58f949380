"""Rest days: what the clock does not disturb."""

from datetime import date, timedelta

import pytest

from portal.reference.calendar import DaysOff, is_rest_day, working_day_on_or_after, working_day_on_or_before
from portal.reference.loaders import load_holidays
from portal.reference.models import Holiday

pytestmark = pytest.mark.django_db
WEDNESDAY, FRIDAY, SATURDAY = date(2026, 11, 18), date(2026, 11, 27), date(2026, 11, 28)
SUNDAY, MONDAY = date(2026, 11, 29), date(2026, 11, 30)


@pytest.fixture
def holidays():
    load_holidays(date(2026, 11, 23))


def test_saturday_sunday_and_holidays_are_rest_days(holidays):
    days = (WEDNESDAY, FRIDAY, SATURDAY, SUNDAY, MONDAY)

    assert [day for day in days if is_rest_day(day)] == [WEDNESDAY, SATURDAY, SUNDAY]


def test_the_nearest_working_day_is_the_day_itself_when_it_is_one(holidays):
    assert working_day_on_or_before(FRIDAY) == working_day_on_or_after(FRIDAY) == FRIDAY


def test_a_weekend_leads_back_to_friday_and_on_to_monday(holidays):
    assert working_day_on_or_before(SUNDAY) == FRIDAY
    assert working_day_on_or_after(SATURDAY) == MONDAY


def test_a_holiday_that_meets_a_weekend_is_passed_over(holidays):
    assert working_day_on_or_before(date(2027, 5, 17)) == date(2027, 5, 14)
    assert working_day_on_or_after(date(2027, 5, 15)) == date(2027, 5, 18)


def test_a_holiday_that_an_administrator_took_off_is_a_working_day(holidays):
    Holiday.objects.filter(day=WEDNESDAY).update(is_day_off=False)

    assert not is_rest_day(WEDNESDAY)


def test_a_day_given_by_decree_is_a_rest_day():
    Holiday.objects.create(day=FRIDAY, name_ar="عطلة استثنائية", name_fr="Congé exceptionnel")

    assert is_rest_day(FRIDAY)
    assert working_day_on_or_before(SUNDAY) == date(2026, 11, 26)


def test_a_month_of_holidays_has_an_end():
    for number in range(1, 31):
        Holiday.objects.create(day=date(2026, 11, number), name_ar="عطلة", name_fr="Congé")

    assert working_day_on_or_after(date(2026, 11, 1)) == date(2026, 12, 1)
    assert working_day_on_or_before(date(2026, 11, 30)) == date(2026, 10, 30)


def test_the_nearest_working_day_is_one_query(holidays, django_assert_num_queries):
    with django_assert_num_queries(1):
        working_day_on_or_before(SUNDAY)


def test_many_working_days_are_found_with_a_query_for_each_year(holidays, django_assert_num_queries):
    days = [date(2026, 12, 1) + timedelta(days=number) for number in range(200)]
    alone = [(working_day_on_or_before(day), working_day_on_or_after(day)) for day in days]
    off = DaysOff()

    with django_assert_num_queries(2):
        assert [(working_day_on_or_before(day, off), working_day_on_or_after(day, off)) for day in days] == alone


def test_estimates_wait_for_confirmation(holidays):
    waiting = Holiday.objects.to_confirm().count()
    Holiday.objects.filter(day=date(2027, 6, 6)).update(is_confirmed=True)

    assert Holiday.objects.to_confirm().count() == waiting - 1
