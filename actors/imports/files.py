"""What is kept of a file for the step of the columns: how it was read, its sheets, and their first rows."""

from dataclasses import dataclass
from typing import Any

from actors.columns import BY_KEY
from actors.imports.headings import Proposal, columns_of, fingerprint
from actors.models import ImportLayout
from portal.core.tables import Book, Row, Table

#: how many rows of a sheet are shown, and how many below its headings
SHOWN, BELOW = 12, 6
#: as much of a cell as is kept
LONGEST = 160


@dataclass(frozen=True)
class Sheet:
    """One sheet as it is remembered: its name, how many rows it has, its first ones."""

    number: int
    name: str
    count: int
    is_hidden: bool
    rows: list[Row]

    @property
    def width(self) -> int:
        return len(self.rows[0].cells) if self.rows else 0

    def row(self, number: int) -> Row | None:
        return next((row for row in self.rows if row.number == number), None)


def facts_of(book: Book, proposal: Proposal) -> dict[str, Any]:
    """How the file was read, as JSON: `kind`, `encoding`, `delimiter`, `sheets` with their first rows, and what was
    proposed: `sheet` and whether its columns were `remembered`."""
    return {
        "kind": book.kind,
        "encoding": book.encoding,
        "delimiter": book.delimiter,
        "sheets": [
            _sheet(table, proposal.header_row if number == proposal.sheet else 1)
            for number, table in enumerate(book.tables)
        ],
        "sheet": proposal.sheet,
        "remembered": proposal.remembered,
    }


def _sheet(table: Table, header_row: int) -> dict[str, Any]:
    header = next((place for place, row in enumerate(table.rows) if row.number == header_row), 0)
    kept = table.rows[: max(SHOWN, header + 1 + BELOW)]
    return {
        "name": table.name,
        "rows": len(table.rows),
        "hidden": table.is_hidden,
        "head": [[row.number, row.line, [_cut(cell) for cell in row.cells]] for row in kept],
    }


def _cut(cell: str) -> str:
    return cell if len(cell) <= LONGEST else f"{cell[:LONGEST]}…"


def sheets_of(facts: dict[str, Any]) -> list[Sheet]:
    """The sheets of the file as they are remembered."""
    return [
        Sheet(
            number,
            kept["name"],
            kept["rows"],
            kept["hidden"],
            [Row(row_number, line, cells) for row_number, line, cells in kept["head"]],
        )
        for number, kept in enumerate(facts.get("sheets", []))
    ]


def proposal_for(sheet: Sheet, header_row: int) -> Proposal:
    """The columns under the row of headings that somebody chose: as corrected by hand before, else by the headings."""
    row = sheet.row(header_row)
    if row is None:
        return Proposal(sheet.number, header_row, {})
    layout = ImportLayout.objects.filter(fingerprint=fingerprint(row.cells)).first()
    if layout is not None:
        columns = {int(place): key for place, key in layout.columns.items() if key in BY_KEY}
        return Proposal(sheet.number, header_row, columns, remembered=True)
    below = [other for other in sheet.rows if other.number > header_row]
    return Proposal(sheet.number, header_row, columns_of(row.cells, below))
