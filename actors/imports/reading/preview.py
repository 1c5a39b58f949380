"""The preview of an import: what each row says, what it is taken for, and what will be done with it, in words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.rules.fields import LISTED, Reads
from actors.imports.models import ActorImport, ImportRow
from actors.imports.rules.decisions import (
    INTO,
    decisions_of,
    is_taken_by,
    suggested_places,
    unsettled,
    values_of,
    waits,
)
from actors.imports.rules.differences import NAMES
from actors.imports.rules.known import Known, known_actors
from actors.imports.rules.wanted import Wanted, differences, wanted
from actors.imports.rules.words import Namer, heading, name_in, sentence
from actors.imports.table.reasons import Level, level_of
from portal.core.nearest import nearest
from portal.core.search import find
from portal.core.text import FSI, PDI

Verdict, Decision = ImportRow.Verdict, ImportRow.Decision
#: how a reason is coloured
TONES = {Level.WARNING: "attention", Level.CHOICE: "attention", Level.REJECT: "danger"}
#: what a record says besides its names, in the order of lists
SHOWN = [key for field in LISTED if field.reads is not Reads.NAME for key in (field.key, field.others) if key]
WAITING = Q(needs_choice=True, decision=Decision.LEAVE, decided_by_hand=False)
#: in the address of the preview: only the rows that wait
SHOWS_WAITING = "waiting"
MOST_FOUND = 8


@dataclass(frozen=True)
class Difference:
    """One field that the row says otherwise: what stands there, what the row says, and whether it is written."""

    heading: str
    before: str
    after: str
    is_fill: bool
    is_done: bool


@dataclass(frozen=True)
class FieldBeside:
    """One field of a row beside the same field of what it may be."""

    heading: str
    here: str
    there: str
    differs: bool


@dataclass(frozen=True)
class Target:
    """What a row may be written into: an institution, or an earlier row of the file."""

    key: str
    name: str
    url: str
    known: Known


@dataclass(frozen=True)
class Said:
    """One reason in words, and how much it weighs."""

    text: str
    tone: str


@dataclass
class Summary:
    """How many rows there are of each verdict, and what will be done with them."""

    verdicts: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    unchanged: int = 0

    @property
    def total(self) -> int:
        return self.verdicts.total()

    @property
    def records(self) -> int:
        return self.total - sum(self.verdicts[verdict] for verdict in ImportRow.NO_RECORDS)

    @property
    def added(self) -> int:
        return self.decisions[Decision.ADD]

    @property
    def written(self) -> int:
        """Rows that are written into institutions, or into what earlier rows become."""
        return self.decisions[Decision.CHANGE] + self.decisions[Decision.FILL]

    @property
    def left_out(self) -> int:
        return self.decisions[Decision.LEAVE]


def summary_of(run: ActorImport) -> Summary:
    """Counted in one query."""
    found = Summary()
    by = ("verdict", "decision", "needs_choice", "decided_by_hand")
    for group in run.rows.order_by().values(*by).annotate(rows=Count("pk")):
        rows, verdict, decision = group["rows"], group["verdict"], group["decision"]
        found.verdicts[verdict] += rows
        if verdict in ImportRow.NO_RECORDS:
            continue
        if verdict == Verdict.UNCHANGED and decision != Decision.ADD:
            found.unchanged += rows
        elif group["needs_choice"] and decision == Decision.LEAVE and not group["decided_by_hand"]:
            found.waiting += rows
        else:
            found.decisions[decision] += rows
    return found


def rows_shown(run: ActorImport, show: str) -> QuerySet[ImportRow]:
    """The rows of a filter: `waiting`, a verdict, or all records of the file."""
    rows = run.rows.select_related("same_as").order_by("number")
    if show == SHOWS_WAITING:
        return rows.filter(WAITING)
    return rows.filter(verdict=show) if show in Verdict.values else rows


def count_shown(summary: Summary, show: str) -> int:
    if show == SHOWS_WAITING:
        return summary.waiting
    return summary.verdicts[show] if show in Verdict.values else summary.total


class PreviewReading:
    """What a page of rows needs to be told in words; each table is read once."""

    def __init__(self, rows: Iterable[ImportRow], *, others: Sequence[int] = ()) -> None:
        self.namer = Namer()
        pks = {row.actor_id for row in rows if row.actor_id}
        pks |= {one["actor"] for row in rows for one in row.candidates if one.get("actor")} | set(others)
        self.known: dict[int, Known] = {known.pk: known for known in known_actors(pks) if known.pk} if pks else {}
        self.rows = _rows_of(rows)

    def targets(self, row: ImportRow, others: Sequence[int] = ()) -> list[Target]:
        """What the row may be written into, the likeliest first."""
        pks = [row.actor_id, *(one.get("actor") for one in row.candidates), *others]
        found = {f"actor:{pk}": self._institution(pk) for pk in dict.fromkeys(pks) if pk in self.known}
        numbers = [row.same_as.number if row.same_as else None, *(one.get("row") for one in row.candidates)]
        earlier = {f"row:{number}": self._earlier(number) for number in dict.fromkeys(numbers) if number in self.rows}
        # what was chosen goes before what could be chosen
        return list(({**earlier, **found} if row.same_as and not row.actor_id else {**found, **earlier}).values())

    def _earlier(self, number: int | None) -> Target:
        row = self.rows[number or 0]
        return Target(f"row:{number}", _of_row(row), "", Known(values_of(row), number=row.number))

    def _institution(self, pk: int | None) -> Target:
        known = self.known[pk or 0]
        return Target(f"actor:{pk}", name_of(known.fields), reverse("directory:actor", args=[known.slug]), known)


def _rows_of(rows: Iterable[ImportRow]) -> dict[int, ImportRow]:
    """The earlier rows that these may be the same as, by their numbers."""
    rows = list(rows)
    found = {row.same_as.number: row.same_as for row in rows if row.same_as}
    numbers = {one["row"] for row in rows for one in row.candidates if "row" in one} - set(found)
    if numbers:
        others = ImportRow.objects.filter(run=rows[0].run_id, number__in=numbers).defer("cells")
        found |= {row.number: row for row in others}
    return found


def _of_row(row: ImportRow) -> str:
    return _("row %(number)s – %(name)s") % {"number": row.number, "name": name_of(row.fields)}


def name_of(fields: dict[str, Any]) -> str:
    """The name of a record in the reader's language, else the nearest that is written."""
    names = {code: fields.get(f"name_{code}", "") for code in ("ar", "fr", "en")}
    return name_in(names, get_language() or "ar")


class RowShown:
    """One row as the preview shows it; the page puts the form that decides about it here, and where to go back to."""

    form: Any = None
    back = ""

    def __init__(self, row: ImportRow, reading: PreviewReading, *, others: Sequence[int] = ()) -> None:
        self.row, self.reading = row, reading
        self.values = values_of(row)
        self.targets = reading.targets(row, others)
        self.target = self.targets[0] if self.targets else None

    @cached_property
    def is_record(self) -> bool:
        return self.row.verdict not in ImportRow.NO_RECORDS

    @cached_property
    def name(self) -> str:
        """The record's name, or else the beginning of what the row says."""
        said = " · ".join(cell.strip() for cell in self.row.cells if cell.strip())
        return name_of(self.values) or said

    @cached_property
    def second_name(self) -> str:
        """The name in the other language, where there is one."""
        names = [self.values.get(key, "") for key in NAMES]
        return next((name for name in names if name and name != self.name), "")

    @cached_property
    def waits(self) -> bool:
        return waits(self.row)

    def asks(self, key: str) -> bool:
        """The cell of the field (kind or territory) was not understood: it is chosen beside the decision."""
        return key in unsettled(self.row) or key in self.row.choices

    @cached_property
    def places(self) -> list[tuple[str, str]]:
        """The territories the row may mean, with their names."""
        codes = [*suggested_places(self.row), self.row.choices.get("territory", "")]
        return [(code, self.reading.namer.territory(code)) for code in dict.fromkeys(codes) if code]

    @cached_property
    def said(self) -> list[Said]:
        """Every reason as a sentence, the heaviest first."""
        ordered = sorted(self.row.reasons, key=lambda one: -level_of(one))
        return [Said(sentence(one, self.reading.namer), TONES.get(level_of(one), "")) for one in ordered]

    @cached_property
    def brief(self) -> list[str]:
        """Kind, place and how to reach it, in a line."""
        said = [(key, self.values.get(key)) for key in ("kind", "territory", "phone", "email")]
        return [self.reading.namer.value(key, value) for key, value in said if value]

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """What the record says: (heading, value) of each field that says something."""
        said = ((key, self.values[key]) for key in SHOWN if self.values.get(key))
        return [(heading(key), self.reading.namer.value(key, value)) for key, value in said]

    def differences(self, target: Target | None = None) -> list[Difference]:
        """What the row says otherwise than its target, changes first."""
        target = target or self.target
        if target is None or not self.values:
            return []
        found = differences(self.row, target.known)
        both = [(key, value, False) for key, value in found.changes.items()]
        both += [(key, value, True) for key, value in found.fills.items()]
        old, value_of = target.known.fields, self.reading.namer.value
        done = self._wanted(target).values if self.row.decision in INTO else {}
        return [
            Difference(
                heading(key), value_of(key, old.get(key, "")), value_of(key, value), is_fill, is_done=key in done
            )
            for key, value, is_fill in both
        ]  # fmt: skip

    def _wanted(self, target: Target) -> Wanted:
        return wanted(self.row, target.known)

    @cached_property
    def own_differences(self) -> list[Difference]:
        return self.differences()

    def beside(self, target: Target) -> list[FieldBeside]:
        """The row and its target field by field, what differs marked; fields in which neither says anything are left
        out."""
        found = differences(self.row, target.known)
        value_of, there = self.reading.namer.value, target.known.fields
        return [
            FieldBeside(heading(key), value_of(key, self.values.get(key, "")), value_of(key, there.get(key, "")),
                 differs=key in found.changes or key in found.fills)
            for key in (*NAMES, *SHOWN)
            if self.values.get(key) or there.get(key)
        ]  # fmt: skip

    @cached_property
    def what(self) -> str:
        """What will be done with the row, as a sentence."""
        decision = self.row.decision
        if not self.is_record:
            return _("Nothing: this is no record.")
        if self.waits:
            return _("Waiting for your choice")
        if decision == Decision.ADD:
            return _("A new institution is added.")
        if decision in INTO and self.target is not None:
            return self._written(self.target)
        return _("It is left out.")

    def _written(self, target: Target) -> str:
        if refused := self._wanted(target).refused:
            return refused
        done = [one for one in self.own_differences if one.is_done]
        if not done:
            return _("Nothing to change: %(name)s has all of this.") % {"name": f"{FSI}{target.name}{PDI}"}
        told = ngettext(
            "%(count)s field of %(name)s is written.", "%(count)s fields of %(name)s are written.", len(done)
        )
        return told % {"count": len(done), "name": f"{FSI}{target.name}{PDI}"}

    @cached_property
    def options(self) -> list[tuple[str, str]]:
        """What can be chosen for the row: `add`, `change:actor:7`, `fill:row:12`, `leave`, each in words."""
        options = [(str(Decision.ADD), _("Add as a new institution"))] if self._can_be_added else []
        several = len(self.targets) > 1
        for target in self.targets:
            name = {"name": target.name}
            change = _("Apply the changes to: %(name)s") % name if several else _("Apply the changes")
            fill = _("Fill the empty fields of: %(name)s") % name if several else _("Fill empty fields only")
            options += [(f"{Decision.CHANGE}:{target.key}", change), (f"{Decision.FILL}:{target.key}", fill)]
        return [*options, (str(Decision.LEAVE), _("Leave out"))]

    @property
    def _can_be_added(self) -> bool:
        """An institution can be made of it, and none of those it may be stands in the way, as far as its place is
        settled."""
        if Decision.ADD not in decisions_of(self.row):
            return False
        if self.row.decision == Decision.ADD or "territory" in unsettled(self.row):
            return True
        return not any(is_taken_by(self.row, target.known) for target in self.targets)

    @property
    def chosen(self) -> str:
        """The option that stands; while the row waits '', or the first one where only a place or kind is asked."""
        if self.waits:
            return self.options[0][0] if self.asks("kind") or self.asks("territory") else ""
        if self.row.decision in INTO and self.target is not None:
            return f"{self.row.decision}:{self.target.key}"
        return str(self.row.decision)


def other_institutions(query: str) -> tuple[list[int], str]:
    """Institutions that a search in the directory finds, at most eight: what a row may be besides its candidates.
    Where there is none, what may have been meant."""
    if not query.strip():
        return [], ""
    rows = Actor.objects.standing()
    found = list(find(rows, query).order_by("name_ar", "pk").values_list("pk", flat=True)[:MOST_FOUND])
    return found, "" if found else nearest(query, rows)
