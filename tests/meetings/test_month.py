"""The meetings month by month: which days, which meetings, for whom, in which words."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import override

from meetings.models import Meeting
from meetings.reading import month as months
from portal.core.search import reindex
from portal.reference.models import CouncilSession, Holiday, SessionOpening, Territory
from tests import factories

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BEGINS = datetime(2026, 11, 27, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travelling, override("en"):
        yield travelling


@pytest.fixture
def shown(as_user, request):
    clients = {}

    def of(who="visitor", language="en", **asked):
        client = clients.get(who) or clients.setdefault(who, as_user(request.getfixturevalue(who)))
        with override(language):
            return client.get(reverse("meetings:month"), asked)

    return of


def meeting(**fields):
    fields = {"audience": "public", "starts_at": BEGINS} | fields
    return factories.MeetingFactory(**fields)


def on(answer, day: date):
    return next(one for week in answer.context["month"].weeks for one in week if one.date == day)


def titles(answer, day: date = date(2026, 11, 27)) -> list[str]:
    return [entry.title for entry in on(answer, day).entries]


# Which days.


@pytest.mark.parametrize(
    ("language", "first_weekday", "name", "count"),
    [
        ("ar", "الاثنين", "نونبر 2026", "لقاءان في نونبر 2026"),
        ("fr", "Lundi", "Novembre 2026", "2 réunions en novembre 2026"),
        ("en", "Monday", "November 2026", "2 meetings in November 2026"),
    ],
)
def test_a_month_begins_its_weeks_on_monday_and_is_named_as_in_morocco(shown, language, first_weekday, name, count):
    meeting(), meeting()
    answer = shown(language=language)
    weeks = answer.context["month"].weeks
    assert (weeks[0][0].date, weeks[-1][-1].date, {len(week) for week in weeks}) == (
        date(2026, 10, 26), date(2026, 12, 6), {7},
    )  # fmt: skip
    assert f'<th scope="col">{first_weekday}</th>' in answer.text
    assert (f"<h2>{name}</h2>" in answer.text, count in answer.text) == (True, True)
    assert [day.date for week in weeks for day in week if day.is_today] == [date(2026, 11, 23)]


@pytest.mark.parametrize(
    "asked",
    ["2026-13", "2026-00", "0000-01", "0001-01", "1999-12", "2101-01", "10000000000-01", "-1-01", "2026-1", "2026",
     "", "x", "٢٠٢٦-١٢", "2026-12\n", "2026-12-01"],
)  # fmt: skip
def test_a_month_that_is_none_is_this_one(shown, asked):
    answer = shown(month=asked)
    assert (answer.status_code, answer.context["month"].first) == (200, date(2026, 11, 1))


@pytest.mark.parametrize("asked", ["9" * 5000, "\0"])
def test_what_no_address_holds_is_refused_like_everywhere(shown, asked):
    assert shown(month=asked).status_code in {400, 414}


@pytest.mark.parametrize(
    ("asked", "around"),
    [("2000-01", ("", "2000-02")), ("2100-12", ("2100-11", "")), ("2026-12", ("2026-11", "2027-01"))],
)
def test_months_lead_to_those_beside_them_as_far_as_there_are_any(shown, asked, around):
    turns = shown(month=asked, space="").context["turns"]
    assert ("previous" in turns, "next" in turns) == tuple(bool(one) for one in around)
    assert all(f"month={one}" in turns[name] for name, one in zip(("previous", "next"), around, strict=True) if one)


def test_a_day_begins_when_it_begins_in_morocco_before_and_after_the_change_of_the_clock(shown):
    meeting(title_fr="A", starts_at=datetime(2026, 9, 14, 23, 30, tzinfo=UTC))
    meeting(title_fr="B", starts_at=datetime(2026, 9, 21, 23, 30, tzinfo=UTC))
    answer = shown(language="fr", month="2026-09")
    assert titles(answer, date(2026, 9, 15)) == ["A"]
    assert (titles(answer, date(2026, 9, 21)), on(answer, date(2026, 9, 21)).entries[0].clock) == (["B"], "23:30")


def test_holidays_and_sessions_stand_quietly_on_their_days(shown):
    Holiday.objects.all().delete()
    Holiday.objects.create(day=date(2026, 11, 6), name_ar="ذكرى", name_fr="Marche verte")
    Holiday.objects.create(day=date(2026, 11, 9), name_ar="عيد", name_fr="Fête", is_estimated=True)
    place = factories.TerritoryFactory(
        code="02.381.01.03", level="commune", kind=Territory.Kind.RURAL_COMMUNE, name_fr="Essai"
    )
    session = CouncilSession.objects.get_or_create(council="commune", month=11)[0]
    SessionOpening.objects.create(territory=place, session=session, opens_on=date(2026, 11, 12))
    answer = shown(language="fr")
    assert [on(answer, date(2026, 11, day)).is_rest for day in (5, 6, 7, 9)] == [False, True, True, True]
    assert "(date estimée)" in answer.text
    assert "ouverture de la session" in on(answer, date(2026, 11, 12)).sessions[0]


# Which meetings.


def test_a_meeting_of_several_days_stands_on_each_and_one_that_ends_at_midnight_on_no_more(shown):
    meeting(starts_at=datetime(2026, 11, 25, 9, tzinfo=UTC), ends_at=datetime(2026, 11, 27, 17, tzinfo=UTC))
    meeting(starts_at=datetime(2026, 11, 10, 20, tzinfo=UTC), ends_at=datetime(2026, 11, 11, 0, tzinfo=UTC))
    answer = shown()
    said = [
        [(entry.clock, entry.said) for entry in on(answer, date(2026, 11, day)).entries] for day in (25, 26, 27, 28)
    ]
    assert said == [[("09:00", "day 1 of 3")], [("", "day 2 of 3")], [("", "day 3 of 3")], []]
    assert [len(on(answer, date(2026, 11, day)).entries) for day in (10, 11)] == [1, 0]


def test_a_meeting_that_began_the_month_before_and_never_seems_to_end_is_shown_where_it_is(shown):
    meeting(starts_at=datetime(2001, 1, 1, tzinfo=UTC), ends_at=datetime(2099, 1, 1, tzinfo=UTC))
    assert all(day.entries for week in shown().context["month"].weeks for day in week)


def test_what_is_off_or_in_preparation_says_so_and_spaces_have_a_tone_of_their_own(shown, space, association):
    for state in ("announced", "cancelled", "postponed", "draft", "held"):
        meeting(space=space, organiser=association, state=state, title_en=state)
    meeting(title_en="elsewhere")
    entries = {entry.title: (entry.tone, entry.said) for entry in on(shown("secretariat"), date(2026, 11, 27)).entries}
    assert entries == {
        "announced": ("", ""),
        "held": ("", ""),
        "cancelled": ("off", "cancelled"),
        "postponed": ("off", "postponed"),
        "draft": ("draft", "in preparation"),
        "elsewhere": ("other", ""),
    }


def test_a_space_the_reader_does_not_see_is_not_told_by_the_tone(shown, space):
    space.audience = "space"
    space.save()
    meeting(space=space)
    assert on(shown(), date(2026, 11, 27)).entries[0].tone == "other"


def test_a_day_of_many_meetings_folds_those_after_the_third(shown):
    for number in range(6):
        meeting(title_en=f"M{number}", starts_at=BEGINS + timedelta(minutes=number))
    answer = shown()
    day = on(answer, date(2026, 11, 27))
    assert ([len(day.first_entries), len(day.more_entries)], day.more_text) == ([3, 3], "3 more meetings")
    assert "3 more meetings" in answer.text


def test_a_month_shows_so_many_meetings_and_says_that_there_are_more(shown, monkeypatch):
    monkeypatch.setattr(months, "MOST", 2)
    for _number in range(3):
        meeting()
    answer = shown()
    assert (len(titles(answer)), "There are more meetings" in answer.text) == (2, True)


def test_a_telephone_begins_today_and_folds_what_was_before(shown):
    meeting(starts_at=datetime(2026, 11, 3, 9, tzinfo=UTC)), meeting()
    month = shown().context["month"]
    assert [day.date.day for day in month.days_before if day.entries] == [3]
    assert [day.date.day for day in month.days_ahead if day.entries] == [27]
    assert month.before_text == "Before today: 1 meeting"
    later = shown(month="2026-10").context["month"]
    assert later.days_before == []


def test_an_empty_month_leads_to_the_meetings_nearest_to_it(shown):
    before = meeting(title_en="Before", starts_at=datetime(2026, 3, 3, 9, tzinfo=UTC))
    after = meeting(title_en="After", starts_at=datetime(2027, 3, 3, 9, tzinfo=UTC))
    answer = shown()
    assert [row for row, _word in answer.context["nearest"]] == [before, after]
    assert ("No meeting in this month" in answer.text, after.get_absolute_url() in answer.text) == (True, True)


# For whom.


def test_a_month_shows_what_its_reader_may_see(shown, space, association):
    for audience in Meeting.Audience.values:
        meeting(space=space, organiser=association, audience=audience, title_en=audience)
    meeting(space=space, organiser=association, state="draft", title_en="draft")
    seen = {who: set(titles(shown(who))) for who in ("visitor", "outsider", "member", "secretariat")}
    assert seen == {
        "visitor": {"public"},
        "outsider": {"public", "members"},
        "member": {"public", "members", "participants"},
        "secretariat": {"public", "members", "participants", "draft"},
    }


def test_the_filters_of_the_list_narrow_the_month_and_stay_in_every_address(shown, space, association):
    place = factories.TerritoryFactory(code="02.381", level="province", kind="province")
    meeting(space=space, title_en="space"), meeting(territory=place, title_en="place")
    meeting(organiser=association, title_en="own")
    assert titles(shown("secretariat", space=space.pk)) == ["space"]
    assert titles(shown("secretariat", territory="02.381")) == ["place"]
    assert set(titles(shown("secretariat", mine="1"))) == {"space", "own"}
    reindex(Meeting.objects.all())
    assert titles(shown("secretariat", q="place")) == ["place"]
    assert len(titles(shown("visitor", mine="1"))) == 3
    answer = shown("secretariat", mine="1", territory="02.381", month="2026-12")
    assert answer.context["tabs"][0]["url"] == f"{reverse('meetings:meetings')}?mine=1&territory=02.381"
    assert answer.context["turns"]["next"].endswith("month/?mine=1&territory=02.381&month=2027-01")
    assert all(f'type="hidden" name="{name}"' in answer.text for name in ("month", "mine"))


def test_the_list_leads_to_the_month_with_its_filters_and_shows_ones_own(as_user, secretariat, space):
    own, other = meeting(space=space), meeting()
    answer = as_user(secretariat).get(reverse("meetings:meetings"), {"mine": "1", "when": "upcoming", "sort": "title"})
    assert (own.reference in answer.text, other.reference in answer.text) == (True, False)
    assert [tab["url"] for tab in answer.context["tabs"]][1] == f"{reverse('meetings:month')}?mine=1"


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("visitor", 6), ("member", 11)])
def test_a_month_asks_the_database_as_often_for_many_as_for_one(
    shown, space, rows, who, queries, django_assert_num_queries
):
    shown(who)
    for _number in range(rows):
        meeting(space=space)
    with django_assert_num_queries(queries):
        shown(who)
