"""The meeting as its minutes were adopted: title, date, place and programme stand as they were said then."""

import copy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language

from meetings.models import AgendaItem, Meeting, MinutesVersion, Report
from portal.core.names import in_language

LANGUAGES = ("ar", "fr", "en")
TEXTS = tuple(f"{stem}_{language}" for stem in ("title", "place") for language in LANGUAGES)
INSTANTS = ("starts_at", "ends_at")
OTHERS = ("times_known", "link")
#: what the head of the page says of a meeting
SHOWN = (*TEXTS, *INSTANTS, "times_known")
ITEM = (*(f"{stem}_{language}" for stem in ("title", "note") for language in LANGUAGES), "minutes_planned")


@dataclass(frozen=True)
class ProgrammeItem:
    """One item of the programme with who presents it, as it is or as it was adopted."""

    item: AgendaItem
    presenters: list[str]


def frozen(meeting: Meeting) -> dict[str, Any]:
    """What a version keeps of its meeting, as JSON."""
    kept: dict[str, Any] = {name: getattr(meeting, name) for name in (*TEXTS, *OTHERS)}
    kept |= {name: getattr(meeting, name).isoformat() for name in INSTANTS}
    kept["items"] = [
        {"item": item.pk}
        | {name: getattr(item, name) for name in ITEM}
        | {
            "presenters": [
                {f"name_{language}": getattr(actor, f"name_{language}") for language in LANGUAGES}
                for actor in item.presenters.all()
            ]
        }
        for item in meeting.items.prefetch_related("presenters")
    ]
    return kept


def adopted_version(meeting: Meeting, audience: str) -> MinutesVersion | None:
    """The latest adopted version that the readers of a report for `audience` may see."""
    hidden = audience == Report.Audience.PUBLIC and meeting.audience != Meeting.Audience.PUBLIC
    return None if hidden or not hasattr(meeting, "minutes") else meeting.minutes.versions.first()


def as_adopted(meeting: Meeting, version: MinutesVersion | None) -> Meeting:
    """A copy of the meeting, never to be saved, that says what the version does; the meeting itself without one."""
    if version is None or not version.facts:
        return meeting
    shown = copy.copy(meeting)
    for name in (*TEXTS, *OTHERS):
        setattr(shown, name, version.facts[name])
    for name in INSTANTS:
        setattr(shown, name, parse_datetime(version.facts[name]))
    return shown


def programme_items(meeting: Meeting, version: MinutesVersion | None) -> list[ProgrammeItem]:
    """The items in order, as the version has them; as they are without one."""
    if version is None or not version.facts:
        items = meeting.items.prefetch_related("presenters")
        return [ProgrammeItem(item, [str(actor) for actor in item.presenters.all()]) for item in items]
    language = get_language() or "ar"
    return [
        ProgrammeItem(
            AgendaItem(pk=row["item"], **{name: row[name] for name in ITEM}),
            [in_language(SimpleNamespace(**names), "name", language) for names in row["presenters"]],
        )
        for row in version.facts["items"]
    ]
