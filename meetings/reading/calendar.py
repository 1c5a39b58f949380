"""A meeting as a calendar entry (RFC 5545)."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event

from meetings.models import Meeting
from portal.core.dates import as_day, clock_text

STATUS = {
    Meeting.State.DRAFT: "TENTATIVE",
    Meeting.State.ANNOUNCED: "CONFIRMED",
    Meeting.State.HELD: "CONFIRMED",
    Meeting.State.CLOSED: "CONFIRMED",
    Meeting.State.CANCELLED: "CANCELLED",
    Meeting.State.POSTPONED: "TENTATIVE",
}


def calendar_of(meeting: Meeting, *, link: str = "", now: datetime | None = None) -> bytes:
    """One entry in the reader's language, its hours in UTC; whole days where the hours are not known.

    `link` (to join from afar) is for those who take part only: the caller decides.
    """
    event = Event()
    event.add("uid", f"{meeting.uid}@tansiq")
    event.add("sequence", meeting.sequence)
    event.add("status", STATUS[Meeting.State(meeting.state)])
    event.add("dtstamp", (now or timezone.now()).astimezone(UTC))
    if meeting.times_known:
        event.add("dtstart", meeting.starts_at.astimezone(UTC))
        event.add("dtend", meeting.ends_at.astimezone(UTC))
    else:
        event.add("dtstart", as_day(meeting.starts_at))
        event.add("dtend", as_day(meeting.ends_at) + timedelta(days=1))
    event.add("summary", str(meeting.title))
    if meeting.place:
        event.add("location", str(meeting.place))
    event.add("url", f"{settings.SITE_ADDRESS}{meeting.get_absolute_url()}")
    hours = f"{clock_text(meeting.starts_at)}–{clock_text(meeting.ends_at)} {meeting.zone}" if meeting.zone else ""
    if lines := [str(line) for line in (meeting.organiser, hours, link) if line]:
        event.add("description", "\n".join(lines))
    calendar = Calendar()
    calendar.add("prodid", "-//Tansiq//Meetings//AR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical()
