"""What became of an import: what was brought in, what was left out and why, what undoing had to leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from actors.imports.models import ActorImport, ImportRow
from actors.imports.reading.preview import name_of
from actors.imports.rules.words import Namer, heading, sentence
from actors.imports.table.files import sheets_of
from portal.core.dates import day_and_time
from portal.core.exports import Columns
from portal.core.text import FSI, PDI

Outcome, Verdict = ImportRow.Outcome, ImportRow.Verdict
#: what did not come in though it is a record: left out by decision or verdict, or failed
LEFT_OUT = Q(outcome__in=(Outcome.LEFT_OUT, Outcome.FAILED)) & ~Q(verdict__in=ImportRow.NO_RECORDS)


@dataclass(frozen=True)
class WhyItStays:
    """Why something stays, in words, and what can be opened about it: (text, address)."""

    text: str
    things: Sequence[tuple[str, str]] = ()


def left_out(run: ActorImport) -> QuerySet[ImportRow]:
    """The records that did not come in."""
    return run.rows.filter(LEFT_OUT).order_by("number")


def kept(run: ActorImport) -> QuerySet[ImportRow]:
    """The rows that could not be undone whole."""
    return run.rows.filter(undone=True).exclude(kept=[]).select_related("actor").order_by("number")


def reasons_of(row: ImportRow, namer: Namer) -> list[str]:
    """Why the row was left out, in sentences; a row that somebody left out without a reason says so."""
    said = [row.note] if row.note else []
    said += [sentence(one, namer) for one in row.reasons]
    if row.outcome == Outcome.LEFT_OUT and row.decided_by_hand:
        said.insert(0, _("Left out by decision."))
    elif row.outcome == Outcome.LEFT_OUT and row.needs_choice:
        said.insert(0, _("Nobody chose what to do with it."))
    return said


def title_of(row: ImportRow) -> str:
    """The record's name, or else the beginning of what the row says."""
    return name_of(row.fields) or " · ".join(cell.strip() for cell in row.cells if cell.strip())


def whys_of(row: ImportRow) -> list[WhyItStays]:
    """Why the undoing left something of the row."""
    return [_why(one) for one in row.kept]


def _why(one: dict[str, Any]) -> WhyItStays:
    match one["code"]:
        case "built_on":
            return WhyItStays(_built_on(one), [_thing(thing) for thing in one["things"]])
        case "edited":
            at = day_and_time(datetime.fromisoformat(one["at"]))
            if one["by"]:
                return WhyItStays(_("Edited by %(name)s on %(day)s.") % {"name": f"{FSI}{one['by']}{PDI}", "day": at})
            return WhyItStays(_("Changed by the portal on %(day)s.") % {"day": at})
        case "changed_since":
            return WhyItStays(_("%(field)s: changed since, and left as it is now.") % {"field": heading(one["column"])})
        case "merged":
            return WhyItStays(_("The sheet was merged into another one since."))
    return WhyItStays(one.get("sentence", ""))


def _built_on(one: dict[str, Any]) -> str:
    label = capfirst(str(apps.get_model(one["model"])._meta.verbose_name_plural))
    return _("%(what)s: %(count)s") % {"what": label, "count": one["count"]}


def _thing(thing: dict[str, Any]) -> tuple[str, str]:
    """What it is called in the reader's language, with its address; what was kept long ago has one text for all."""
    text = thing["text"]
    return text if isinstance(text, str) else text[get_language() or "ar"], _address(thing["path"])


def _address(path: str) -> str:
    return f"/{get_language() or 'ar'}{path}" if path else ""


class LeftOut:
    """The records left out as an export: the original cells under the file's headings, and before them why."""

    def __init__(self, run: ActorImport, export_format: str) -> None:
        self.run, self.export_format = run, export_format
        self.queryset: Iterable[ImportRow] = left_out(run)

    def columns(self) -> Columns:
        namer = Namer()
        verdicts = dict(Verdict.choices)
        found: list[Any] = [
            (_("Line in the file"), lambda row: row.line),
            (_("Verdict"), lambda row: str(verdicts[Verdict(row.verdict)]).capitalize()),
            (_("Why it was left out"), lambda row: " ".join(reasons_of(row, namer))),
        ]
        return [*found, *((head, _cell(place)) for place, head in enumerate(self._heads()))]

    def _heads(self) -> list[str]:
        sheet = sheets_of(self.run.facts)[self.run.facts["sheet"]]
        if header := sheet.row(self.run.header_row):
            return list(header.cells)
        # a list without headings gets those of what its columns were taken for
        meanings = (heading(self.run.columns.get(str(place), "")) for place in range(sheet.width))
        return [text or _("Column %(number)s") % {"number": place} for place, text in enumerate(meanings, 1)]


def _cell(place: int) -> Any:
    return lambda row: row.cells[place] if place < len(row.cells) else ""
