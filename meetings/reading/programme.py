"""The programme with its times: an item begins when those before it are over."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from meetings.models import AgendaItem, Document, Meeting


@dataclass
class ProgrammeLine:
    """One item as the programme shows it; the hour is left out where it is not known."""

    item: AgendaItem
    starts_at: datetime | None
    documents: list[Document] = field(default_factory=list)
    is_first: bool = False
    is_last: bool = False

    def as_shown(self, *, can_edit: bool, is_moved: bool) -> "LineShown":
        item = self.item
        presenters = tuple((str(actor), actor.acronym) for actor in item.presenters.all())
        files = tuple((row.get_absolute_url(), row.title, row.file_kind, row.file_size) for row in self.documents)
        texts = str(item.title), str(item.note)
        places = self.is_first, self.is_last
        return LineShown(
            item.pk, *texts, self.starts_at, item.minutes_planned, presenters, files, *places, can_edit, is_moved
        )


class LineShown(NamedTuple):
    """All that a page says of an item, in the reader's language: the same values are the same line, drawn once."""

    pk: int
    title: str
    note: str
    starts_at: datetime | None
    minutes: int | None
    #: name and acronym of each
    presenters: tuple[tuple[str, str], ...]
    #: address, title, kind and size of each
    files: tuple[tuple[str, str, str, int], ...]
    is_first: bool
    is_last: bool
    can_edit: bool
    #: just moved by its reader, whose hand stays on its arrow
    is_moved: bool


@dataclass
class Programme:
    """All lines, and how the time they take stands against the time announced."""

    lines: list[ProgrammeLine]
    minutes: int
    planned: int | None

    @property
    def is_timed(self) -> bool:
        """Whether any line has an hour or a length to show."""
        return any(line.starts_at or line.item.minutes_planned for line in self.lines)

    @property
    def spare(self) -> int:
        """Minutes of the announced time no item takes."""
        return max(self.planned - self.minutes, 0) if self.planned and self.minutes else 0

    @property
    def excess(self) -> int:
        """Minutes by which the items go past the announced end."""
        return max(self.minutes - self.planned, 0) if self.planned else 0


def programme_of(meeting: Meeting, items: list[AgendaItem], documents: Iterable[Document] = ()) -> Programme:
    """The programme; hours are computed while every item before has a length and the meeting’s hours are known."""
    files: dict[int | None, list[Document]] = {}
    for document in documents:
        files.setdefault(document.item_id, []).append(document)
    clock = meeting.starts_at if meeting.times_known else None
    lines = []
    for item in items:
        lines.append(ProgrammeLine(item, clock, files.get(item.pk, []), item is items[0], item is items[-1]))
        clock = clock + timedelta(minutes=item.minutes_planned) if clock and item.minutes_planned else None
    total = sum(item.minutes_planned or 0 for item in items)
    return Programme(
        lines, total, meeting.planned_minutes if meeting.times_known and not meeting.takes_several_days else None
    )
