"""The calendars that clients follow: what each holds, for whom, and what it says of a change."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from icalendar import Calendar

from meetings.actions import agenda, feeds, meetings
from meetings.models import CalendarFeed, Meeting
from meetings.reading import calendar as entries
from meetings.rules.feeds import token_of
from tests import factories

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
STARTS = datetime(2026, 12, 4, 10, tzinfo=UTC)
PUBLIC = "/calendar/public.ics"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travelling, override("en"):
        yield travelling


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(
        space=space, organiser=association, starts_at=STARTS, audience="public", link="https://example.org/salle",
        reference="TST-2026-01", title_fr="Rencontre", place_fr="Nador",
    )  # fmt: skip


def address_of(user) -> str:
    return reverse("person_feed", args=[token_of(feeds.renew_feed(user, by=user))])


def read(address: str, **headers) -> Calendar:
    """As a client does: without a session."""
    answer = Client().get(address, headers=headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return Calendar.from_ical(answer.content)


def events(address: str) -> dict[str, object]:
    found = read(address).walk("VEVENT")
    by_uid = {str(event["uid"]): event for event in found}
    assert len(by_uid) == len(found)
    return by_uid


def only(address: str):
    [event] = events(address).values()
    return event


# What an entry says.


def test_an_entry_has_the_programme_the_hours_in_words_bells_and_a_link_back(meeting, member):
    factories.AgendaItemFactory(meeting=meeting, position=1, title_fr="Ouverture", minutes_planned=30)
    factories.AgendaItemFactory(meeting=meeting, position=2, title_fr="Débat", minutes_planned=None)
    member.language = "fr"
    member.save()
    event = only(address_of(member))
    lines = re.sub("[\u2066-\u2069]", "", str(event["description"])).splitlines()
    assert lines[2] == "vendredi 4 décembre 2026, de 10:00 à 13:00 – heure du Maroc (GMT)"
    assert lines[4:8] == ["Ordre du jour\u00a0:", "10:00 Ouverture (30\u00a0min)", "10:30 Débat", ""]
    assert lines[8].endswith("https://example.org/salle")
    assert lines[9] == f"Page de la réunion\u00a0: {settings.SITE_ADDRESS}/fr/meetings/TST-2026-01/"
    assert str(event["url"]) == f"{settings.SITE_ADDRESS}/fr/meetings/TST-2026-01/"
    assert [bell.decoded("trigger") for bell in event.walk("VALARM")] == [timedelta(days=-1), timedelta(hours=-1)]


def test_an_entry_asks_for_no_answer_so_that_no_mailbox_sends_one(meeting, commune, member):
    factories.InvitationFactory(meeting=meeting, actor=commune)
    for address in (PUBLIC, address_of(member)):
        calendar = read(address)
        assert str(calendar["method"]) == "PUBLISH"
        assert not {"ORGANIZER", "ATTENDEE", "REQUEST-STATUS"} & set(calendar.walk("VEVENT")[0])


@pytest.mark.parametrize(
    ("begins", "hour"),
    [
        (datetime(2025, 9, 26, 9, tzinfo=UTC), "10:00"),
        (datetime(2026, 3, 1, 10, tzinfo=UTC), "10:00"),
        (datetime(2026, 9, 18, 9, tzinfo=UTC), "10:00"),
        (datetime(2026, 9, 21, 10, tzinfo=UTC), "10:00"),
        (datetime(2027, 2, 20, 10, tzinfo=UTC), "10:00"),
        (datetime(2027, 5, 3, 10, tzinfo=UTC), "10:00"),
    ],
)
def test_the_hour_is_right_on_each_side_of_the_change_of_the_clock(meeting, clock, begins, hour):
    Meeting.objects.update(starts_at=begins, ends_at=begins + timedelta(hours=2))
    clock.move_to(begins - timedelta(days=1))
    event = only(PUBLIC)
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (begins, begins + timedelta(hours=2))
    assert b"TZID" not in Client().get(PUBLIC).content
    assert hour in str(event["description"])


def test_a_meeting_over_the_change_of_the_clock_lasts_as_long_as_it_lasts(meeting):
    """From Saturday 23:00 (GMT+1) to Sunday 09:00 (GMT): ten hours by the clocks, and eleven in truth."""
    begins, ends = datetime(2026, 9, 19, 22, tzinfo=UTC), datetime(2026, 9, 20, 9, tzinfo=UTC)
    Meeting.objects.update(starts_at=begins, ends_at=ends)
    event = only(PUBLIC)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=11)
    assert all(said in str(event["description"]) for said in ("23:00", "09:00"))


def test_a_meeting_typed_under_the_old_rules_is_one_instant_everywhere_and_follows_its_correction(
    meeting, as_user, secretariat, visitor
):
    """Ten o’clock of December, kept as nine in UTC by a machine that knew no better: page and feed agree."""
    Meeting.objects.update(starts_at=STARTS - timedelta(hours=1))
    page = as_user(visitor).get(meeting.get_absolute_url()).content.decode()
    event = only(PUBLIC)
    assert ("09:00" in page, "09:00" in str(event["description"])) == (True, True)
    meeting.refresh_from_db()
    meetings.edit_meeting(meeting, starts_at=STARTS, by=secretariat)
    after = only(PUBLIC)
    assert (after.decoded("dtstart"), after["sequence"]) == (STARTS, event["sequence"] + 1)


def test_whole_days_take_the_days_and_ring_in_the_morning_before(meeting):
    Meeting.objects.update(times_known=False, ends_at=STARTS + timedelta(days=1))
    event = only(PUBLIC)
    assert [event.decoded(name) for name in ("dtstart", "dtend")] == [date(2026, 12, 4), date(2026, 12, 6)]
    assert [bell.decoded("trigger") for bell in event.walk("VALARM")] == [timedelta(hours=-15)]


# What follows a change.


def test_created_moved_and_cancelled_are_followed_without_a_double(meeting, secretariat, member, clock):
    address = address_of(member)
    [(uid, before)] = events(address).items()
    clock.move_to(NOW + timedelta(hours=1))
    meetings.edit_meeting(meeting, starts_at=STARTS + timedelta(days=1), ends_at=STARTS + timedelta(days=1, hours=2),
                          by=secretariat)  # fmt: skip
    [(moved_uid, moved)] = events(address).items()
    clock.move_to(NOW + timedelta(hours=2))
    meetings.cancel_meeting(meeting, reason="قاعة", by=secretariat)
    [(cancelled_uid, cancelled)] = events(address).items()
    assert uid == moved_uid == cancelled_uid == f"{meeting.uid}@tansiq"
    assert moved.decoded("dtstart") == STARTS + timedelta(days=1)
    assert [str(event["status"]) for event in (before, moved, cancelled)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert before["sequence"] < moved["sequence"] < cancelled["sequence"]
    for name in ("dtstamp", "last-modified"):
        stamps = [event.decoded(name) for event in (moved, cancelled)]
        assert stamps == [NOW + timedelta(hours=1), NOW + timedelta(hours=2)]
    assert (str(cancelled["summary"]), str(cancelled["transp"])) == (f"ملغى: {meeting.title_ar}", "TRANSPARENT")
    assert (cancelled.walk("VALARM"), "قاعة" in str(cancelled["description"])) == ([], False)


def test_a_postponed_meeting_takes_no_time_and_comes_back_with_its_new_date(meeting, secretariat):
    meetings.postpone_meeting(meeting, reason="…", by=secretariat)
    event = only(f"{PUBLIC}?language=en")
    assert (str(event["status"]), str(event["transp"]), event.walk("VALARM")) == ("TENTATIVE", "TRANSPARENT", [])
    assert str(event["summary"]).startswith("Postponed: ")
    later = STARTS + timedelta(days=40)
    meetings.reannounce_meeting(meeting, starts_at=later, ends_at=later + timedelta(hours=1), by=secretariat)
    again = only(PUBLIC)
    assert (again["uid"], again.decoded("dtstart"), str(again["status"])) == (event["uid"], later, "CONFIRMED")
    assert again["sequence"] > event["sequence"]


def test_a_change_of_the_programme_is_a_change_of_the_entry(meeting, secretariat, clock):
    clock.move_to(NOW + timedelta(hours=3))
    agenda.add_item(meeting, title_ar="نقطة جديدة", by=secretariat)
    event = only(PUBLIC)
    assert event.decoded("last-modified") == NOW + timedelta(hours=3)
    assert "نقطة جديدة" in str(event["description"])


def test_what_is_off_stays_two_months_and_what_is_over_two_years(meeting, clock):
    for state, days in (("cancelled", 60), ("held", 732)):
        Meeting.objects.update(state=state)
        clock.move_to(meeting.ends_at + timedelta(days=days))
        assert only(PUBLIC)
        clock.move_to(meeting.ends_at + timedelta(days=days, minutes=1))
        assert events(PUBLIC) == {}


def test_a_feed_that_says_the_same_is_not_sent_again(meeting, secretariat, member, clock):
    for address in (PUBLIC, address_of(member), f"/calendar/spaces/{meeting.space.slug}.ics"):
        mark = Client().get(address).headers["ETag"]
        clock.move_to(clock_now() + timedelta(minutes=10))
        answer = Client().get(address, headers={"If-None-Match": mark})
        assert (answer.status_code, answer.content) == (304, b"")
    meetings.edit_meeting(meeting, place_ar="وجدة", by=secretariat)
    assert Client().get(PUBLIC, headers={"If-None-Match": mark}).status_code == 200


def clock_now() -> datetime:
    return datetime.now(UTC)


# For whom.


def test_a_person_reads_their_own_meetings_as_they_may_see_them_now(space, association, commune, member, service):
    own = factories.MeetingFactory(space=space, audience="participants")
    factories.MeetingFactory(audience="public")
    factories.MeetingFactory(space=space, state="draft")
    asked = factories.MeetingFactory(audience="participants", link="https://example.org/b")
    factories.InvitationFactory(meeting=asked, actor=service)
    address = address_of(member)
    assert set(events(address)) == {f"{own.uid}@tansiq", f"{asked.uid}@tansiq"}
    member.memberships.all().delete()
    assert events(address) == {}


def test_who_prepares_a_meeting_reads_it_before_it_is_announced(space, association, secretariat, member):
    draft = factories.MeetingFactory(space=space, organiser=association, state="draft", title_ar="لقاء")
    event = only(address_of(secretariat))
    assert (str(event["uid"]), str(event["status"])) == (f"{draft.uid}@tansiq", "TENTATIVE")
    assert (str(event["summary"]), event.walk("VALARM")) == ("قيد الإعداد: لقاء", [])
    assert events(address_of(member)) == {}


def test_the_link_to_join_is_in_the_calendars_of_those_who_take_part_alone(meeting, member):
    assert "example.org/salle" in str(only(address_of(member))["description"])
    for address in (PUBLIC, "/calendar/spaces/space.ics"):
        assert "example.org/salle" not in str(only(address)["description"])


@pytest.mark.parametrize("who", ["visitor", "member", "administrator"])
def test_the_public_feeds_are_the_same_whoever_asks(meeting, space, who, as_user, request):
    factories.MeetingFactory(space=space, audience="members")
    factories.MeetingFactory(space=space, audience="public", state="draft")
    client = as_user(request.getfixturevalue(who))
    for address in (PUBLIC, "/calendar/spaces/space.ics"):
        assert [str(event["uid"]) for event in Calendar.from_ical(client.get(address).content).walk("VEVENT")] == [
            f"{meeting.uid}@tansiq"
        ]


def test_a_space_that_not_everybody_sees_has_no_feed_and_is_not_named_in_the_public_one(
    meeting, space, as_user, member
):
    space.audience = "members"
    space.save()
    assert as_user(member).get("/calendar/spaces/space.ics").status_code == 404
    assert space.name_ar not in str(only(PUBLIC)["description"])


def test_a_feed_speaks_the_language_of_its_owner_or_of_its_address(meeting, member):
    member.language = "fr"
    member.save()
    assert str(only(address_of(member))["summary"]) == "Rencontre"
    said = {asked: str(only(f"{PUBLIC}{asked}")["summary"]) for asked in ("", "?language=fr", "?language=xx")}
    assert said == {"": meeting.title_ar, "?language=fr": "Rencontre", "?language=xx": meeting.title_ar}


def test_what_ones_institutions_declined_takes_no_time_and_rings_no_bell(meeting, commune, officer, member):
    invitation = factories.InvitationFactory(meeting=meeting, actor=commune, answer="declined")
    event = only(address_of(officer))
    assert (str(event.get("transp")), str(event["status"]), event.walk("VALARM")) == ("TRANSPARENT", "CONFIRMED", [])
    assert len(only(address_of(member)).walk("VALARM")) == 2
    invitation.answer = "confirmed"
    invitation.save()
    assert "transp" not in only(address_of(officer))


# The secret address.


def test_a_renewed_a_stopped_and_a_forged_address_open_nothing(meeting, member, officer):
    first = address_of(member)
    second = address_of(member)
    other = address_of(officer)
    assert [Client().get(address).status_code for address in (first, second)] == [404, 200]
    feed = CalendarFeed.objects.get(user=member)
    signed = token_of(feed).rpartition(".")
    forged = [
        f"{CalendarFeed.objects.get(user=officer).pk}-1.{signed[2]}", f"{feed.pk}-{feed.number}", f"{signed[0]}.",
        f"{signed[0]}.{signed[2][:-1]}", "public.x", "1-1", f"{'9' * 400}-1.{signed[2]}", "a" * 4000,
    ]  # fmt: skip
    assert {Client().get(f"/calendar/{token}.ics").status_code for token in forged} == {404}
    assert {Client().get(f"/calendar/{token}.ics", follow=True).status_code for token in ("%00", "ا-١.x")} == {400, 404}
    feeds.stop_feed(member, by=member)
    assert [Client().get(address).status_code for address in (second, other)] == [404, 200]
    assert Client().get(address_of(member)).status_code == 200
    assert Client().get(second).status_code == 404


def test_who_may_no_longer_sign_in_reads_nothing(meeting, member):
    address = address_of(member)
    member.is_active = False
    member.save()
    assert Client().get(address).status_code == 404


def test_a_calendar_is_read_without_a_session_and_is_kept_by_nobody_on_the_way(meeting, member):
    answer = Client().get(address_of(member))
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("private, no-cache", "noindex")
    assert answer.cookies == {}
    assert "public" in Client().get(PUBLIC).headers["Cache-Control"]


def test_an_address_is_made_renewed_and_stopped_on_the_persons_page(member, as_user, meeting):
    client = as_user(member)
    for page in (reverse("meetings:subscribe"), reverse("home:me")):
        assert ("Make my calendar address" in client.get(page).text, "/calendar/1" in client.get(page).text) == (
            True,
            False,
        )
    told = []
    for act in ("renew_feed", "renew_feed", "stop_feed"):
        answer = client.post(reverse(f"meetings:{act}"), follow=True)
        told += [str(message) for message in answer.context["messages"]]
        shown = client.get(reverse("home:me")).text
        is_open = act != "stop_feed"
        address = token_of(CalendarFeed.objects.get(user=member))
        assert (address in shown, "webcal://" in shown) == (is_open, is_open)
    assert told == [
        "The address of your calendar is ready.",
        "The address of your calendar is new: those before it open nothing.",
        "Your calendar is no longer shared: its address opens nothing.",
    ]


def test_a_visitor_is_offered_the_public_meetings_and_those_of_each_public_space(meeting, space, as_user, visitor):
    factories.MeetingFactory(space=factories.SpaceFactory(slug="closed", audience="space"), audience="public")
    page = as_user(visitor).get(reverse("meetings:subscribe")).text
    assert (PUBLIC in page, "?space=space" in page, "?space=closed" in page) == (True, True, False)
    assert "Make my calendar address" not in page
    of_space = as_user(visitor).get(f"{reverse('meetings:subscribe')}?space=space").text
    assert ("/calendar/spaces/space.ics?language=en" in of_space, PUBLIC in of_space) == (True, False)
    assert PUBLIC in as_user(visitor).get(f"{reverse('meetings:subscribe')}?space=closed").text


# How much.


@pytest.mark.parametrize("rows", [1, 3])
def test_a_feed_asks_the_database_as_often_for_many_as_for_one(space, member, rows, django_assert_num_queries):
    for _number in range(rows):
        meeting = factories.MeetingFactory(space=space, audience="public")
        factories.AgendaItemFactory(meeting=meeting)
    address = address_of(member)
    with django_assert_num_queries(4):
        read(PUBLIC)
    with django_assert_num_queries(5):
        read("/calendar/spaces/space.ics")
    with django_assert_num_queries(8):
        read(address)


def test_a_feed_holds_so_many_meetings_and_no_more(space, monkeypatch):
    monkeypatch.setattr(entries, "MOST", 2)
    rows = [factories.MeetingFactory(audience="public", starts_at=STARTS + timedelta(days=day)) for day in range(3)]
    assert set(events(PUBLIC)) == {f"{row.uid}@tansiq" for row in rows[1:]}


# The buttons.


def test_a_meeting_is_added_to_a_calendar_by_a_file_or_on_the_page_of_another(meeting, as_user, visitor, member):
    for person in (visitor, member):
        page = as_user(person).get(meeting.get_absolute_url()).text
        assert f"/en/meetings/{meeting.reference}/calendar.ics" in page
        assert "dates=20261204T100000Z%2F20261204T130000Z" in page
        assert "startdt=2026-12-04T10%3A00%3A00Z" in page
    Meeting.objects.update(times_known=False)
    page = as_user(visitor).get(meeting.get_absolute_url()).text
    assert ("dates=20261204%2F20261205" in page, "allday=true" in page) == (True, True)
    Meeting.objects.update(state="cancelled")
    assert "calendar.google.com" not in as_user(visitor).get(meeting.get_absolute_url()).text
