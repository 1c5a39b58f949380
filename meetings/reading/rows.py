"""What a list says of a meeting, in plain values: the same values are the same row, which is drawn once."""

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from meetings.models import Meeting
from portal.core.dates import in_days_text

if TYPE_CHECKING:
    from portal.accounts.models import User

#: what is read of each
FIELDS = (
    *("reference", "starts_at", "ends_at", "times_known", "link", "state"),
    *(f"{stem}_{language}" for stem in ("title", "place") for language in ("ar", "fr", "en")),
    *(f"{thing}__name_{language}" for thing in ("organiser", "space", "project") for language in ("ar", "fr", "en")),
    "space__audience",
)


class MeetingRow(NamedTuple):
    """A meeting in the reader's language, with the space where they see it."""

    url: str
    title: str
    reference: str
    space: str
    project: str
    is_off: bool
    starts_at: datetime
    ends_at: datetime
    begins_on: date
    takes_several_days: bool
    times_known: bool
    zone: str
    place: str
    #: how far it is, of one announced and to come
    in_days: str
    organiser: str
    state: Meeting.State


def row_of(meeting: Meeting, reader: "User", now: datetime) -> MeetingRow:
    is_coming = meeting.state == Meeting.State.ANNOUNCED and meeting.ends_at >= now
    return MeetingRow(
        url=meeting.get_absolute_url(),
        title=str(meeting.title),
        reference=meeting.reference,
        space=str(meeting.space_for(reader) or ""),
        project=str(meeting.project or ""),
        is_off=meeting.is_off,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        begins_on=meeting.begins_on,
        takes_several_days=meeting.takes_several_days,
        times_known=meeting.times_known,
        zone=meeting.zone,
        place=str(meeting.place),
        in_days=in_days_text(meeting.starts_at) if is_coming else "",
        organiser=str(meeting.organiser),
        state=Meeting.State(meeting.state),
    )
