"""What can be decided about a row of an import, and what a decision still needs to be known."""

from collections.abc import Iterable
from typing import Any

from actors.directory.rules.twins import goes_by
from actors.imports.models import ImportRow
from actors.imports.rules.known import Known
from actors.imports.table.reasons import Level, level_of

Decision, Verdict = ImportRow.Decision, ImportRow.Verdict

#: decisions that write into an institution that is there already, or that an earlier row of the file makes
INTO = (Decision.CHANGE, Decision.FILL)
#: fields that a person settles where the cell was not understood: the beginning of such reasons
SETTLED = ("kind", "territory")


def values_of(row: ImportRow) -> dict[str, Any]:
    """The values of the row as it is brought in: what was understood, and over it what a person chose."""
    return {**row.fields, **row.choices}


def is_record(row: ImportRow) -> bool:
    """An institution could be made of the row: it has a name, and nothing that makes it impossible."""
    has_name = bool(row.fields.get("name_ar") or row.fields.get("name_fr"))
    return has_name and row.verdict != Verdict.REJECTED


def has_target(row: ImportRow) -> bool:
    """The row speaks of an institution, or of an earlier row that becomes one."""
    return row.actor_id is not None or row.same_as_id is not None


def unsettled(row: ImportRow) -> list[str]:
    """The fields (of `SETTLED`) whose cell was not understood and that nobody has chosen yet."""
    doubtful = [reason["code"] for reason in row.reasons if level_of(reason) == Level.CHOICE]
    return [key for key in SETTLED if key not in row.choices and any(code.startswith(f"{key}_") for code in doubtful)]


def decisions_of(row: ImportRow) -> list[str]:
    """What can be decided about the row, leaving out always last."""
    if not is_record(row):
        return [Decision.LEAVE]
    into = INTO if has_target(row) or row.candidates else ()
    return [Decision.ADD, *into, Decision.LEAVE]


def told_by(row: ImportRow) -> tuple[str, str, str | None]:
    """What a sheet made of the row would be told by: the field of its name, the name, the seat (`twins`)."""
    values = values_of(row)
    return (*goes_by(values["name_ar"], values["name_fr"]), values["territory"] or None)


def is_taken_by(row: ImportRow, known: Known) -> bool:
    """The institution has the name and the seat of the row: the directory has no room for a second one."""
    field, name, seat = told_by(row)
    is_same = known.fields[field] == name and (known.fields["territory"] or None) == seat
    return known.pk is not None and not known.is_archived and is_same


def decisions_for(verdict: str) -> list[str]:
    """What can be decided for all rows of a verdict at once."""
    match verdict:
        case Verdict.NEW:
            return [Decision.ADD, Decision.LEAVE]
        case Verdict.CHANGES | Verdict.SAME_AS_ROW:
            return [*INTO, Decision.LEAVE]
        case Verdict.LOOKS_LIKE:
            return [one for one in Decision if one != Decision.CHANGE]
        case Verdict.UNCHANGED | Verdict.UNCLEAR | Verdict.REJECTED | Verdict.HEADER | Verdict.SKIPPED:
            pass
    return []


def can_be(row: ImportRow, decision: str) -> bool:
    """The row can be decided so as it is, without anything more being chosen."""
    if decision == Decision.LEAVE:
        return True
    if decision not in decisions_of(row) or unsettled(row):
        return False
    return has_target(row) if decision in INTO else bool(values_of(row).get("kind"))


def waits(row: ImportRow) -> bool:
    """Nobody has decided yet, and somebody must: until then the row is left out."""
    return row.needs_choice and row.decision == Decision.LEAVE and not row.decided_by_hand


def suggested_places(row: ImportRow) -> list[str]:
    """The codes of the territories that the row may mean, the likeliest first, each once."""
    first = [row.fields.get("territory", "")]
    codes: Iterable[str] = (code for reason in row.reasons for code in reason.get("codes") or ())
    return list(dict.fromkeys(code for code in (*first, *codes) if code))
