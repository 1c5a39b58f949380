"""What one reader reads of a meeting's minutes: the text as it stands, or a version as it was adopted."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from meetings.models import AgendaItem, Meeting, Minutes, MinutesSection, MinutesVersion
from meetings.models.passages import Passage, locate, passages
from meetings.permissions import can_read_adopted_minutes, can_read_working_minutes
from portal.core.names import in_language


@dataclass
class ShownPassage:
    """A passage with its anchor, and the recommendations that quote it."""

    passage: Passage
    anchor: str
    quoted_by: list[Any] = field(default_factory=list)


@dataclass
class ShownSection:
    """What was said on one item, as a page shows it."""

    title: str
    number: int | None
    item_id: int | None
    section_id: int | None
    revision: int
    passages: list[ShownPassage]


@dataclass
class Reading:
    """Which text this person reads, and the adopted versions they may choose from."""

    minutes: Minutes | None
    version: MinutesVersion | None
    versions: list[MinutesVersion]
    sections: list[ShownSection]

    @property
    def is_working(self) -> bool:
        """The text as it stands now, not an adopted version."""
        return self.minutes is not None and self.version is None


def reading_of(meeting: Meeting, user: Any, *, wanted: str = "", quotes: list[Any] | None = None) -> Reading | None:
    """What the person may read: the wanted version, else the working text, else the newest adopted one; None for nothing.

    `quotes` are the recommendations, visible to them, that quote these minutes.
    """
    minutes = getattr(meeting, "minutes", None)
    if minutes is None:
        return Reading(None, None, [], [])
    minutes.meeting = meeting
    versions = list(minutes.versions.all()) if can_read_adopted_minutes(user, meeting) else []
    version = next((row for row in versions if str(row.number) == wanted), None)
    working = can_read_working_minutes(user, minutes)
    if version is None and (minutes.state == Minutes.State.ADOPTED or not working):
        version = versions[0] if versions else None
    if version is None and not working:
        return None
    items = {item.pk: (number, item) for number, item in enumerate(meeting.items.all(), start=1)}
    marks = _marks(quotes or [])
    if version is not None:
        sections = [_of_version(row, items, marks) for row in version.sections]
    else:
        sections = _as_it_stands(minutes, items, marks)
    return Reading(minutes, version, versions, sections)


def _marks(quotes: list[Any]) -> dict[int, list[Any]]:
    marks: dict[int, list[Any]] = {}
    for row in quotes:
        marks.setdefault(row.quote_revision.section_id, []).append(row)
    return marks


def _of_version(row: dict[str, Any], items: dict[int, tuple[int, AgendaItem]], marks: dict[int, list[Any]]) -> ShownSection:
    number, item = items.get(row["item"], (None, None))
    title = _title(item) if item else _frozen_title(row)
    return ShownSection(
        title, number, row["item"], row["section"], row["revision"], _shown(row["html"], row["text"], row["section"], marks)
    )


def _frozen_title(row: dict[str, Any]) -> str:
    return in_language(SimpleNamespace(**row), "title", get_language() or "ar") or _("In general")


def _as_it_stands(minutes: Minutes, items: dict[int, tuple[int, AgendaItem]], marks: dict[int, list[Any]]) -> list[ShownSection]:
    """Every item, written about or not, the general part first."""
    written: dict[int | None, MinutesSection] = {section.item_id: section for section in minutes.sections.all()}
    shown = []
    for pk, number, item in [(None, None, None), *((pk, number, item) for pk, (number, item) in items.items())]:
        section = written.get(pk)
        html, text, section_id, revision = (
            (section.html, section.text, section.pk, section.revision) if section else ("", "", None, 0)
        )
        shown.append(ShownSection(_title(item), number, pk, section_id, revision, _shown(html, text, section_id, marks)))
    return shown


def _title(item: AgendaItem | None) -> str:
    return str(item.title) if item else _("In general")


def _shown(html: str, text: str, section_id: int | None, marks: dict[int, list[Any]]) -> list[ShownPassage]:
    shown = [ShownPassage(passage, f"p{section_id}-{passage.offset}") for passage in passages(html)]
    for row in marks.get(section_id or 0, []):
        place = locate(row.quote_text, text, near=row.quote_offset or 0)
        if place is None:
            continue
        for one in shown:
            if one.passage.overlaps(place, len(row.quote_text)):
                one.quoted_by.append(row)
    return shown
