"""What lists say of a meeting and of what it recommended, in plain values: the same values are the same row, which is
drawn once."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.db.models import CharField, QuerySet
from django.utils.translation import get_language

from actors.directory.reading.standing_in import reader_of
from meetings.models import Meeting
from portal.core.asking import answers, filled, text_of
from portal.core.choices import Choice
from portal.core.dates import in_days_text
from portal.core.names import FALLBACKS
from portal.core.routes import address_to

if TYPE_CHECKING:
    from portal.accounts.models import User

LANGUAGES = ("ar", "fr", "en")
#: in the place of the meeting whose recommendations are asked for
MEETING = -1_000_000_000_000
#: what is read of each meeting
FIELDS = (
    *("reference", "starts_at", "ends_at", "times_known", "link", "state"),
    *(f"{stem}_{language}" for stem in ("title", "place") for language in LANGUAGES),
    *(f"{thing}__name_{language}" for thing in ("organiser", "space", "project") for language in LANGUAGES),
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


class RecommendationRow(NamedTuple):
    """A recommendation in the reader's language, with what they are shown of its state."""

    url: str
    text: str
    short_reference: str
    axis: str
    look: Choice


def recommendation_rows(reader: "User", meeting: Meeting) -> list[RecommendationRow]:
    """What this reader sees of what the meeting recommended, as it was numbered."""
    asker, order = reader_of(reader), [LANGUAGES.index(code) for code in FALLBACKS[(get_language() or "ar")[:2]]]
    question = filled(text_of(asker, _recommended, _recommended), {**asker.keys, MEETING: [meeting.pk]})
    model: Any = apps.get_model("recommendations", "Recommendation")
    found = []
    for reference, state, *names in answers(question, [CharField()] * 8):
        text, axis = (next((part[at] for at in order if part[at]), "") for part in (names[:3], names[3:]))
        url = address_to("recommendations:recommendation", reference)
        found.append(RecommendationRow(url, text, reference.rsplit("-", 1)[-1], axis, model.State(state)))
    return found


def _recommended(user: "User") -> QuerySet[Any]:
    rows: Any = apps.get_model("recommendations", "Recommendation").objects
    rows = rows.visible_to(user).as_shown_to(user).filter(meeting=MEETING).in_order()
    texts = (f"{stem}_{language}" for stem in ("text", "axis__name") for language in LANGUAGES)
    return rows.values_list("reference", "shown_state", *texts)
