"""Meetings as entries of a calendar (RFC 5545): one for who adds it by hand, or all of a feed that clients follow.

1. An entry keeps its UID for good. Its SEQUENCE rises with each change of date, hour, place or state; its DTSTAMP and
   LAST-MODIFIED say when it or its programme was last changed, so that what says the same is the same text.
2. Hours are in UTC: a telephone that does not know since when Morocco keeps Greenwich time is an hour off, and the
   hours in words in the description say so. Where the hours are not known the entry takes whole days.
3. It is published and asks for nothing: without ORGANIZER and ATTENDEE no mailbox answers by itself.
4. What is cancelled stays for a while and says so; what is postponed is tentative: neither takes time or rings a bell.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Max, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from meetings.models import AgendaItem, Meeting
from meetings.reading.programme import programme_of
from portal.core.dates import as_day, clock_text, duration_text, from_to, zone_text
from portal.core.text import FSI, PDI

if TYPE_CHECKING:
    from portal.accounts.models import User

STATUS = {
    Meeting.State.DRAFT: "TENTATIVE",
    Meeting.State.ANNOUNCED: "CONFIRMED",
    Meeting.State.HELD: "CONFIRMED",
    Meeting.State.CLOSED: "CONFIRMED",
    Meeting.State.CANCELLED: "CANCELLED",
    Meeting.State.POSTPONED: "TENTATIVE",
}
#: of a feed: how far back and ahead it goes, how long what is off stays, and how many meetings it holds: the latest
PAST, AHEAD, OFF_STAYS, MOST = timedelta(days=2 * 366), timedelta(days=2 * 366), timedelta(days=60), 500
#: how often a client asks again
REFRESH = timedelta(hours=1)
#: before it begins: the day before, and in time to leave; of whole days, the morning before
BELLS, BELLS_OF_DAYS = (timedelta(days=-1), timedelta(hours=-1)), (timedelta(hours=-15),)
LONGEST_PURPOSE = 600


def feed_rows(rows: QuerySet[Meeting], now: datetime | None = None) -> list[Meeting]:
    """Those a feed holds, of what its reader may see now; what is off, for as long as clients need to learn it."""
    now = now or timezone.now()
    gone = Q(state__in=Meeting.OFF, ends_at__lt=now - OFF_STAYS)
    rows = rows.filter(ends_at__gte=now - PAST, starts_at__lt=now + AHEAD).exclude(gone)
    return list(with_programme(rows).order_by("-starts_at", "-pk")[:MOST])


def with_programme(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """With all that an entry says."""
    items = AgendaItem.objects.only("meeting", "minutes_planned", "title_ar", "title_fr", "title_en", "position")
    return rows.select_related("organiser", "space").prefetch_related(Prefetch("items", items))


def calendar_of(
    meetings: Sequence[Meeting],
    reader: "User | None",
    *,
    name: str = "",
    linked: Iterable[int] = (),
    declined: Iterable[int] = (),
    now: datetime | None = None,
) -> bytes:
    """The meetings in the active language, a feed where it has a `name`.

    `linked` are the keys of those whose link (to join from afar) is said: those who take part alone read it, and the
    caller decides. `declined` are those to which the reader does not go: they take no time and ring no bell.
    """
    now, changed = now or timezone.now(), _changed_at(meetings)
    linked, declined = frozenset(linked), frozenset(declined)
    calendar = Calendar()
    calendar.add("prodid", f"-//Tansiq//Meetings//{(get_language() or 'ar')[:2].upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    for meeting in meetings:
        link = meeting.link if meeting.pk in linked else ""
        event = _entry(meeting, reader, changed[meeting.pk], link)
        if meeting.is_off or meeting.pk in declined:
            event.add("transp", "TRANSPARENT")
        elif meeting.state == Meeting.State.ANNOUNCED and meeting.starts_at > now:
            for before in BELLS if meeting.times_known else BELLS_OF_DAYS:
                event.add_component(_bell(str(meeting.title), before))
        calendar.add_component(event)
    return calendar.to_ical()


def _entry(meeting: Meeting, reader: "User | None", changed_at: datetime, link: str) -> Event:
    event = Event()
    event.add("uid", f"{meeting.uid}@tansiq")
    event.add("sequence", meeting.sequence)
    event.add("status", STATUS[Meeting.State(meeting.state)])
    for name in ("dtstamp", "last-modified"):
        event.add(name, changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("created", meeting.created_at.astimezone(UTC).replace(microsecond=0))
    if meeting.times_known:
        event.add("dtstart", meeting.starts_at.astimezone(UTC))
        event.add("dtend", meeting.ends_at.astimezone(UTC))
    else:
        event.add("dtstart", as_day(meeting.starts_at))
        event.add("dtend", as_day(meeting.ends_at) + timedelta(days=1))
    event.add("summary", summary_of(meeting))
    if meeting.place:
        event.add("location", str(meeting.place))
    event.add("url", page_of(meeting))
    event.add("description", description_of(meeting, reader, link))
    event.add("class", "PUBLIC" if meeting.audience == Meeting.Audience.PUBLIC else "PRIVATE")
    return event


def _bell(text: str, before: timedelta) -> Alarm:
    bell = Alarm()
    bell.add("action", "DISPLAY")
    bell.add("description", text)
    bell.add("trigger", before)
    return bell


def summary_of(meeting: Meeting) -> str:
    """The title; before it the state of what is not to be counted on."""
    state = Meeting.State(meeting.state)
    if state != Meeting.State.DRAFT and not meeting.is_off:
        return str(meeting.title)
    return f"{capfirst(str(state.label))}{pgettext('between a label and its number', ': ')}{meeting.title}"


def page_of(meeting: Meeting) -> str:
    return f"{settings.SITE_ADDRESS}{meeting.get_absolute_url()}"


class Ways(NamedTuple):
    """Pages of others, on which the meeting is added to the calendar a person keeps there."""

    google: str
    outlook: str


def ways_of(meeting: Meeting) -> Ways:
    """The programme and the link to join stay on our page, which the entry leads to."""
    if meeting.times_known:
        begins, ends = meeting.starts_at.astimezone(UTC), meeting.ends_at.astimezone(UTC)
        dates = f"{begins:%Y%m%dT%H%M%SZ}/{ends:%Y%m%dT%H%M%SZ}"
        times = {"startdt": f"{begins:%Y-%m-%dT%H:%M:%SZ}", "enddt": f"{ends:%Y-%m-%dT%H:%M:%SZ}"}
    else:
        first, after = as_day(meeting.starts_at), as_day(meeting.ends_at) + timedelta(days=1)
        dates = f"{first:%Y%m%d}/{after:%Y%m%d}"
        times = {"startdt": f"{first:%Y-%m-%d}", "enddt": f"{after:%Y-%m-%d}", "allday": "true"}
    said = {"text": str(meeting.title), "location": str(meeting.place), "details": page_of(meeting)}
    google = urlencode({"action": "TEMPLATE", "dates": dates, **said})
    asked = {"path": "/calendar/action/compose", "rru": "addevent", "subject": said["text"], "body": said["details"]}
    outlook = urlencode(asked | {"location": said["location"]} | times)
    return Ways(
        f"https://calendar.google.com/calendar/render?{google}",
        f"https://outlook.office.com/calendar/0/deeplink/compose?{outlook}",
    )


def description_of(meeting: Meeting, reader: "User | None", link: str = "") -> str:
    """Who calls it and when, in words; why; the programme; how to join, for whom `link` is given; the page."""
    said = [apart(meeting.organiser), apart(meeting.space_for(reader)), _when(meeting)]
    if meeting.is_off:
        said.append(
            _("This meeting is cancelled.")
            if meeting.state == Meeting.State.CANCELLED
            else _("This meeting is postponed; its new date is not known yet.")
        )
    ways = [_labelled(_("Join from afar"), link), _labelled(_("Page of the meeting"), page_of(meeting))]
    parts = [said, [Truncator(str(meeting.purpose)).chars(LONGEST_PURPOSE)], _programme(meeting), ways]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := [line for line in part if line]))


def _when(meeting: Meeting) -> str:
    if not meeting.times_known:
        return from_to(meeting.starts_at, meeting.ends_at, timed=False)
    return f"{from_to(meeting.starts_at, meeting.ends_at)} – {zone_text(meeting.starts_at)}"


def _programme(meeting: Meeting) -> list[str]:
    lines = [f"{pgettext('of a meeting', 'Programme')}{pgettext('between a label and its number', ': ')}".rstrip()]
    for line in programme_of(meeting, list(meeting.items.all())).lines:
        clock = f"{clock_text(line.starts_at)} " if line.starts_at else "– "
        minutes = line.item.minutes_planned
        lines.append(f"{clock}{apart(line.item.title)}{f' ({duration_text(minutes)})' if minutes else ''}")
    return lines if len(lines) > 1 else []


def _labelled(label: str, text: str) -> str:
    return f"{label}{pgettext('between a label and its number', ': ')}{text}" if text else ""


def apart(text: Any) -> str:
    """A name of either direction, isolated in a plain text."""
    return f"{FSI}{text}{PDI}" if text else ""


def _changed_at(meetings: Sequence[Meeting]) -> dict[int, datetime]:
    """When each, or its programme, was last changed, by the histories."""
    found = defaultdict(list)
    keys = [meeting.pk for meeting in meetings]
    for model, key in ((Meeting, "id"), (AgendaItem, "meeting_id")):
        records: Any = model.history  # type: ignore[attr-defined]
        rows = records.filter(**{f"{key}__in": keys}).order_by().values(key).annotate(last=Max("history_date"))
        for row in rows if keys else ():
            found[row[key]].append(row["last"])
    return {meeting.pk: max(found[meeting.pk], default=meeting.created_at) for meeting in meetings}
