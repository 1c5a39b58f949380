"""The programme with its times: an item begins when those before it are over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from meetings.models import AgendaItem, Document, Meeting
from meetings.rules.pasted_items import PastedItem
from portal.core.dates import clock_text
from portal.core.text import normalise


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


@dataclass
class LineRead:
    """A pasted line as it will stand on the programme, and what there is to say about it."""

    item: AgendaItem
    starts_at: datetime | None
    presenters: list[Actor]
    remarks: list[str]


def lines_read(
    meeting: Meeting, read: Sequence[PastedItem], items: Sequence[dict[str, Any]]
) -> tuple[list[LineRead], Programme]:
    """Behind what is on the programme already; hours are computed as there, and compared with those of the lines: once,
    where they begin to differ. Beside them the whole programme."""
    standing = list(AgendaItem.objects.filter(meeting=meeting))
    known = {normalise(title) for item in standing for title in (item.title_ar, item.title_fr, item.title_en) if title}
    made = [AgendaItem(meeting=meeting, **{k: v for k, v in fields.items() if k != "presenters"}) for fields in items]
    programme = programme_of(meeting, [*standing, *made])
    found, apart = [], 0
    for pasted, fields, line in zip(read, items, programme.lines[len(standing) :], strict=True):
        remarks = []
        if line.starts_at and pasted.says is not None:
            before, apart = apart, _minute_of_day(line.starts_at) - pasted.says
            if apart not in (0, before):
                hours = {
                    "said": f"{pasted.says // 60:02d}:{pasted.says % 60:02d}",
                    "stands": clock_text(line.starts_at),
                }
                remarks.append(_("The line says %(said)s; on the programme it begins at %(stands)s.") % hours)
        if pasted.minutes is None and pasted is not read[-1]:
            remarks.append(_("Without a length the hours of the next items are not known."))
        if normalise(pasted.title) in known:
            remarks.append(_("An item of this title is on the programme already."))
        found.append(LineRead(line.item, line.starts_at, fields["presenters"], remarks))
    return found, programme


def _minute_of_day(moment: datetime) -> int:
    here = timezone.localtime(moment)
    return here.hour * 60 + here.minute


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
