"""What becomes of each record of a file: one verdict, its reasons, and the decision that is proposed.

It follows from what was read and from the directory as it was then; nothing is written before the plan is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from actors.directory.models import Actor
from actors.directory.rules.fields import BY_COLUMN
from actors.imports.models import ActorImport, ImportRow
from actors.imports.rules.differences import NAMES, Differences, compare, squashed
from actors.imports.rules.identify import Described, Index, Match
from actors.imports.rules.known import Known, known_actors
from actors.imports.rules.unedited import Unedited, keep
from actors.imports.rules.wanted import seen_of
from actors.imports.rules.words import BETWEEN
from actors.imports.table.cells import Fields, Understood, no_fields, understand
from actors.imports.table.headings import is_footnote, is_repeated, is_second_header, is_slip, is_tags, is_total
from actors.imports.table.letters import one_line, says_nothing
from actors.imports.table.reasons import Level, Reason, heaviest, level_of, reason
from portal.core.cells import unquoted
from portal.core.dates import today as today_in_morocco
from portal.core.tables import Row
from portal.core.text import bare_words
from portal.reference.models import Theme

Verdict, Decision = ImportRow.Verdict, ImportRow.Decision
#: as many signs as the directory keeps of the number in another list
LONGEST_IDENTIFIER = 60
#: doubts about the place that are over when the institution found lies in one of the places meant
PLACE_DOUBTS = frozenset({"territory_ambiguous", "territory_to_confirm"})


@dataclass
class Checked:
    """One record with its verdict: the fields of `ImportRow`, with the number of the earlier record in `same_as` and
    the key of the institution in `actor`."""

    number: int
    line: int
    cells: list[str]
    verdict: str
    reasons: list[Reason] = field(default_factory=list)
    fields: Fields = field(default_factory=no_fields)
    needs_choice: bool = False
    decision: str = Decision.LEAVE
    actor: int | None = None
    same_as: int | None = None
    candidates: list[dict[str, Any]] = field(default_factory=list)
    seen: dict[str, Any] | None = None


def check_rows(
    rows: Sequence[Row],
    columns: Mapping[int, str],
    header_row: int,
    *,
    directory: Iterable[Known] | None = None,
    today: date | None = None,
) -> list[Checked]:
    """The verdict on every record of a sheet, in their order.

    `columns` gives the key of each column that is read by its place from 0; `header_row` is the number of the row of
    headings, 0 where the sheet has none. `directory` is what the records are compared with (default: read now), and a
    day after `today` is none.
    """
    known = known_actors() if directory is None else directory
    check = _Check(rows, columns, header_row, known, today or today_in_morocco())
    return [check.row(row) for row in rows]


@transaction.atomic
def save_plan(run: ActorImport, checked: Sequence[Checked]) -> None:
    """The plan of an import as its rows; an earlier plan of it is thrown away."""
    run.rows.all().delete()
    rows = {one.number: _as_row(run, one) for one in checked}
    ImportRow.objects.bulk_create(rows.values(), batch_size=500)
    repeated = [one for one in checked if one.same_as is not None]
    for one in repeated:
        rows[one.number].same_as = rows[one.same_as or 0]
    ImportRow.objects.bulk_update([rows[one.number] for one in repeated], ["same_as"], batch_size=500)


def _as_row(run: ActorImport, one: Checked) -> ImportRow:
    return ImportRow(
        run=run, number=one.number, line=one.line, cells=one.cells, fields=one.fields, verdict=one.verdict,
        reasons=one.reasons, needs_choice=one.needs_choice, decision=one.decision, actor_id=one.actor,
        candidates=one.candidates, seen=one.seen,
    )  # fmt: skip


class _Check:
    """What the check of one sheet remembers from row to row."""

    def __init__(
        self, rows: Sequence[Row], columns: Mapping[int, str], header_row: int, known: Iterable[Known], today: date
    ) -> None:
        self.columns = {int(place): key for place, key in columns.items() if key}
        self.header_row = header_row
        self.today = today
        header = next((row for row in rows if row.number == header_row), None)
        self.header = header.cells if header else []
        self.directory, self.earlier = Index(known), Index()
        #: the first record that is this institution of the directory, by its number there
        self.said: dict[int, Known] = {}
        self.unedited = Unedited(one.pk for row in rows if (one := self._named(self._cells(row))) and one.pk)
        self.former = {theme.code: theme for theme in Theme.objects.filter(is_active=False)}
        self.is_under_header = False

    def _cells(self, row: Row) -> dict[str, str]:
        return {key: row.cells[place] for place, key in self.columns.items() if place < len(row.cells)}

    def _named(self, cells: Mapping[str, str]) -> Known | None:
        """The institution that the row says it is. “NA” and the like are an address only as the portal writes it."""
        text = one_line(unquoted(cells.get("identifier", "")))
        known = self.directory.identified(text.casefold())
        return None if known and says_nothing(text) and text != known.slug else known

    def row(self, row: Row) -> Checked:
        if code := self._no_record(row):
            verdict = Verdict.HEADER if code == "header_row" else Verdict.SKIPPED
            return Checked(row.number, row.line, row.cells, verdict, [reason(code)])
        cells = self._cells(row)
        named = self._named(cells)
        record = self._understood(cells, named)
        record.reasons += self._beyond(row.cells)
        one = Checked(row.number, row.line, row.cells, Verdict.NEW, record.reasons, record.fields)
        self._judge(one, record, named)
        return one

    def _understood(self, cells: Mapping[str, str], named: Known | None) -> Understood:
        """What the cells say; those that are as our own export prints them are taken by their word."""
        if named is None:
            return understand(cells, today=self.today)
        same = self.unedited.keys(named, cells)
        former = {
            bare_words(name): code
            for code in set(named.fields["themes"]) & set(self.former)
            for name in (code, *self.former[code].names)
        }
        edited = {key: cell for key, cell in cells.items() if key not in same}
        record = understand(edited, today=self.today, themes=former)
        keep(record.fields, named, same)
        return record

    def _no_record(self, row: Row) -> str:
        """Why the row is no record; '' for a record."""
        below, self.is_under_header = self.is_under_header, row.number == self.header_row
        if row.number == self.header_row:
            return "header_row"
        if not any(cell.strip("\ufeff\u200b\u200e\u200f").strip() for cell in row.cells):
            self.is_under_header = below
            return "blank_row"
        if row.number < self.header_row:
            return "title_row"
        if is_tags(row.cells):
            self.is_under_header = below
            return "tag_row"
        if is_repeated(row.cells, self.header):
            return "repeated_header"
        if below and is_second_header(row.cells, self.columns):
            return "second_header"
        if is_total(row.cells):
            return "total_row"
        return "footnote_row" if is_footnote(row.cells) else ""

    def _beyond(self, cells: Sequence[str]) -> list[Reason]:
        """Cells in columns without a heading that nobody gave a meaning."""
        beyond = [
            cell.strip()
            for place, cell in enumerate(cells)
            if cell.strip() and place not in self.columns and not "".join(self.header[place : place + 1]).strip()
        ]
        return [reason("extra_cells", "", " · ".join(beyond))] if beyond and self.header else []

    # Who it is.

    def _judge(self, one: Checked, record: Understood, named: Known | None) -> None:
        asked, earlier = _asked(record), Match()
        match = Match(named, "identifier") if named else self.directory.find(asked)
        if match.known is not None:
            self._known(one, match.known, match.how)
            self._said_twice(one, self.said.get(match.known.pk or 0))
        elif (earlier := self.earlier.find(asked)).known is not None:
            self._repeated(one, earlier.known, earlier.how)
        else:
            doubts: dict[tuple[int | None, int | None], tuple[str, Known]] = {}
            for code, known in match.doubts + earlier.doubts:
                doubts.setdefault((known.pk, known.number if known.pk is None else None), (code, known))
            _new(one, record, list(doubts.values()))
        one.needs_choice = one.verdict != Verdict.REJECTED and heaviest(one.reasons) >= Level.CHOICE
        if one.needs_choice or one.verdict == Verdict.REJECTED:
            one.decision = Decision.LEAVE
        if one.verdict != Verdict.REJECTED:
            self._remember(one, record, earlier)

    def _known(self, one: Checked, known: Known, how: str) -> None:
        """The record is an institution of the directory."""
        one.actor = known.pk
        is_named = how == "identifier"
        one.reasons = [
            *_settled(one.reasons, known),
            _about(known, f"{how}_known", "name_ar" if how == "name" else how, slug=known.slug),
        ]
        found = compare(one.fields, known, letter_by_letter=is_named)
        one.seen = seen_of(found, known)
        stays_archived = known.is_archived and one.fields["state"] in {"", Actor.State.ARCHIVED}
        if stays_archived and (found or not is_named):
            one.reasons.append(reason("archived", "state"))
        if is_named:
            one.reasons += _other_name(one.fields, known)
            one.verdict, one.decision = Verdict.CHANGES, Decision.CHANGE
        else:
            one.reasons += _contradictions(found, known)
            one.verdict, one.decision = Verdict.CHANGES, Decision.FILL
        if found.is_older:
            one.reasons.append(reason("date_older", "updated", one.fields["updated"], before=known.fields["updated"]))
        if not found:
            is_clear = heaviest(one.reasons) < Level.CHOICE
            one.verdict = Verdict.UNCHANGED if is_clear else Verdict.UNCLEAR
            one.decision = Decision.LEAVE

    def _said_twice(self, one: Checked, earlier: Known | None) -> None:
        """Two records of the file mean one institution: they must not contradict each other."""
        if earlier is None:
            return
        if heaviest(one.reasons) < Level.CHOICE and compare(one.fields, earlier, letter_by_letter=False).changes:
            one.reasons.append(reason("said_otherwise", row=earlier.number))

    def _repeated(self, one: Checked, earlier: Known, how: str) -> None:
        """The record is an earlier one of the file."""
        one.same_as = earlier.number
        one.reasons = [*_settled(one.reasons, earlier), reason("same_record", row=earlier.number)]
        found = compare(one.fields, earlier, letter_by_letter=False)
        one.seen = seen_of(found, earlier)
        one.reasons += _contradictions(found, earlier)
        if how == "identifier":
            one.reasons += _other_name(one.fields, earlier)
        identifier = one.fields["identifier"].casefold()
        if identifier and earlier.identifiers and identifier not in earlier.identifiers:
            before = earlier.fields["identifier"]
            one.reasons.append(reason("differs", "identifier", one.fields["identifier"], before=before))
        is_clear = heaviest(one.reasons) < Level.CHOICE
        one.verdict, one.decision = Verdict.SAME_AS_ROW if is_clear else Verdict.LOOKS_LIKE, Decision.FILL
        if not is_clear:
            one.candidates = [earlier.candidate]

    def _remember(self, one: Checked, record: Understood, earlier: Match) -> None:
        """The record as later ones find it; one that repeats an earlier one adds what that leaves empty."""
        if one.verdict == Verdict.SAME_AS_ROW and earlier.known is not None:
            fills = compare(one.fields, earlier.known, letter_by_letter=False).fills
            earlier.known.fields = earlier.known.fields | fills
            return
        identifiers = {one.fields["identifier"].casefold()} - {""}
        fields = {**one.fields, **{key: one.fields[key] or value for key, value in record.supposed.items()}}
        is_placed = _asked(record).is_placed
        is_actor = one.actor if not one.candidates else None
        known = Known(fields, is_actor, number=one.number, identifiers=identifiers, is_placed=is_placed)
        if is_actor:
            self.said.setdefault(is_actor, known)
        self.earlier.add(known)


def _new(one: Checked, record: Understood, doubts: Sequence[tuple[str, Known]]) -> None:
    """The record is nobody known yet, or only looks like somebody."""
    one.reasons += record.gaps
    for key, value in record.supposed.items():
        one.fields[key] = one.fields[key] or value
    if len(identifier := one.fields["identifier"]) > LONGEST_IDENTIFIER:
        # longer ones are addresses of our own sheets, and this one is nobody's
        one.reasons.append(
            reason("cell_too_long", "identifier", identifier, length=len(identifier), most=LONGEST_IDENTIFIER)
        )
        one.fields["identifier"] = ""
    if heaviest(one.reasons) == Level.REJECT:
        one.verdict = Verdict.REJECTED
        return
    one.decision = Decision.ADD
    if doubts:
        one.verdict = Verdict.LOOKS_LIKE
        one.candidates = [known.candidate for _code, known in doubts]
        one.actor = next((known.pk for _code, known in doubts if known.pk is not None), None)
        if one.actor is None:
            one.same_as = doubts[0][1].number
        likeliest = next(known for _code, known in doubts if one.actor is None or known.pk == one.actor)
        one.seen = seen_of(compare(one.fields, likeliest, letter_by_letter=False), likeliest)
        one.reasons += [_doubt(code, known) for code, known in doubts]
    elif heaviest(one.reasons) == Level.CHOICE:
        one.verdict = Verdict.UNCLEAR


def _doubt(code: str, known: Known) -> Reason:
    column = code.removeprefix("same_")
    return _about(known, code, column if column in BY_COLUMN else "name_ar", **known.candidate)


def _about(known: Known, code: str, column: str, **more: Any) -> Reason:
    """A reason that names an institution, or an earlier record: in the language of whoever reads it, where it can."""
    return reason(code, column, known.name, names=known.names, **more)


def _asked(record: Understood) -> Described:
    """What the record says of itself, with what is supposed where it is silent."""
    kind = record.fields["kind"] or record.supposed.get("kind", "")
    place = record.fields["territory"] or record.supposed.get("territory", "")
    told = [one for one in record.reasons if one["code"].startswith("territory_") and level_of(one) == Level.CHOICE]
    codes = [code for one in told for code in one["codes"]]
    places = list(dict.fromkeys([place, *codes] if place else codes)) or [""]
    return Described(record.fields, kind, places, is_placed=bool(place or codes or not told))


def _settled(reasons: Iterable[Reason], known: Known) -> list[Reason]:
    """Without the doubts about a place among several, where the institution lies in one of them."""
    return [one for one in reasons if not (one["code"] in PLACE_DOUBTS and known.fields["territory"] in one["codes"])]


def _contradictions(found: Differences, known: Known) -> list[Reason]:
    return [
        reason("differs", key, _text(value), before=_text(known.fields[key])) for key, value in found.changes.items()
    ]


def _text(value: Any) -> str:
    return BETWEEN.join(map(str, value)) if isinstance(value, list) else str(value)


def _other_name(fields: Fields, known: Known) -> list[Reason]:
    """An identifier that stands beside quite another name may have slipped into the wrong row."""
    said = [squashed(fields[key]) for key in NAMES if fields[key]]
    names = [squashed(name) for name in (*(known.fields[key] for key in NAMES), *known.fields["aliases"]) if name]
    if not said or any(name == one or is_slip(name, one) for name in said for one in names):
        return []
    more = {"before": known.name, "names": known.names}
    return [reason("identifier_other_name", "identifier", fields["identifier"], **more)]
