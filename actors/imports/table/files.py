"""What is kept of a file for the step of the columns: how it was read, its sheets, and their first rows."""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from actors.imports.table.headings import LOOKED_AT, MOST_SIGNS, SAMPLE, Proposal, columns_at, layout_of
from portal.core.errors import Refused
from portal.core.tables import Book, Row, Table, read_heads

#: how many rows below its headings are kept of a sheet; of the rows above them, all that may be headings are
BELOW = 6
#: the number of the row of headings of a list that has none
NO_HEADINGS = 0
#: as much of a cell as is kept: a whole heading, and enough of a text to be known as one
LONGEST = MOST_SIGNS


@dataclass(frozen=True)
class FileSheet:
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


def book_of(file: UploadedFile) -> Book:
    """What a list on its way in holds, as far as it is looked at for its headings; Refused with a sentence at `file`
    where it cannot be read."""
    try:
        return read_heads(file, file.name or "", LOOKED_AT + SAMPLE + 1)
    except Refused as refusal:
        raise Refused(str(refusal), field="file") from refusal


def facts_of(book: Book, proposal: Proposal) -> dict[str, Any]:
    """How the file was read, as JSON: `kind`, `encoding`, `delimiter`, `sheets` with their first rows, and what was
    proposed: `sheet` and whether its columns were `remembered`."""
    return {
        "kind": book.kind,
        "encoding": book.encoding,
        "delimiter": book.delimiter,
        "sheets": [_sheet(table) for table in book.tables],
        "sheet": proposal.sheet,
        "remembered": proposal.remembered,
    }


def _sheet(table: Table) -> dict[str, Any]:
    kept = table.rows[: LOOKED_AT + BELOW]
    return {
        "name": table.name,
        "rows": table.count,
        "hidden": table.is_hidden,
        "head": [[row.number, row.line, [_cut(cell) for cell in row.cells]] for row in kept],
    }


def _cut(cell: str) -> str:
    return cell if len(cell) <= LONGEST else f"{cell[:LONGEST]}…"


def sheets_of(facts: dict[str, Any]) -> list[FileSheet]:
    """The sheets of the file as they are remembered."""
    return [
        FileSheet(
            number,
            kept["name"],
            kept["rows"],
            kept["hidden"],
            [Row(row_number, line, cells) for row_number, line, cells in kept["head"]],
        )
        for number, kept in enumerate(facts.get("sheets", []))
    ]


def proposal_for(sheet: FileSheet, header_row: int) -> Proposal:
    """The columns under the row of headings that somebody chose: as corrected by hand before, else by the headings."""
    row = sheet.row(header_row)
    if row is None:
        return Proposal(sheet.number, header_row, {})
    if (columns := layout_of(row.cells)) is not None:
        return Proposal(sheet.number, header_row, columns, remembered=True)
    return Proposal(sheet.number, header_row, recognised(sheet, row))


def recognised(sheet: FileSheet, header: Row) -> dict[int, str]:
    """The columns as the headings alone say them."""
    return columns_at(sheet.rows, sheet.rows.index(header))
