"""Exports: rows as a workbook or a text table, read and written in portions, so that a long one costs no memory.

An export is a file on the disk before its first byte is sent: what fails leaves no half of a table behind, and who
reads slowly holds neither the database nor a turn to answer. The file has no name, and goes with the answer.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched, chain, islice
from tempfile import TemporaryFile
from typing import IO, Any, Protocol

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.utils.translation import get_language, get_language_info
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from portal.core.cells import LONGEST, escaped, is_formula, quoted, unescaped
from portal.core.limits import within_limit
from portal.core.text import without_controls

#: rows read and measured at a time, and the widest column that is drawn
PORTION, WIDEST = 500, 60
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


Columns = Sequence[tuple[str, Callable[[Any], object]]]


class Exported(Protocol):
    """What an export reads of a listing."""

    @property
    def export_format(self) -> str: ...
    @property
    def queryset(self) -> Iterable[Any]: ...


@dataclass(frozen=True)
class ExportSheet:
    """One sheet of an export: its columns in one language, and the tags that stand under the headings, if any."""

    columns: Columns
    title: str = ""
    language: str = ""
    tags: Sequence[str] = ()

    @property
    def heads(self) -> list[list[str]]:
        """The rows above the data: the headings, and the tags where there are any."""
        headings = [without_controls(str(head)) for head, _value in self.columns]
        return [headings, list(self.tags)] if self.tags else [headings]

    @property
    def is_right_to_left(self) -> bool:
        return bool(get_language_info(self.language or get_language() or "ar")["bidi"])

    def cells(self, row: Any, known: dict[Any, object] | None = None) -> list[object]:
        """What stands in the row; `known` keeps what a column says for the next sheet that has the same one."""
        if known is None:
            return [_plain(value(row)) for _head, value in self.columns]
        for _head, value in self.columns:
            if value not in known:
                known[value] = _plain(value(row))
        return [known[value] for _head, value in self.columns]


def export(request: HttpRequest, listing: Exported, columns: Columns, name: str) -> FileResponse:
    """Exactly what the list shows, all pages, as the file the address asks for (`?export=xlsx` or `csv`)."""
    return export_sheets(request, listing, [ExportSheet(columns)], name)


def export_sheets(request: HttpRequest, listing: Exported, sheets: Sequence[ExportSheet], name: str) -> FileResponse:
    """The same rows in each sheet; a CSV file has the first one only."""
    within_limit(request, "exports")
    is_text = listing.export_format == "csv"
    file = TemporaryFile(dir=settings.VAR)  # noqa: SIM115 - the answer closes it
    try:
        if is_text:
            write_text(file, sheets[0], listing.queryset)
        else:
            write_workbook(file, sheets, listing.queryset)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    kind = "text/csv; charset=utf-8" if is_text else WORKBOOK
    return FileResponse(file, as_attachment=True, filename=f"{name}.{listing.export_format}", content_type=kind)


def in_portions(rows: Iterable[Any]) -> Iterator[Any]:
    """The rows one by one; those of the database a portion at a time, with what goes with them."""
    return rows.iterator(chunk_size=PORTION) if isinstance(rows, QuerySet) else iter(rows)


def made_of(rows: QuerySet, make: Callable[[Sequence[Any]], Iterable[Any]]) -> Iterator[Any]:
    """What `make` makes of each portion of the rows."""
    return chain.from_iterable(map(make, batched(in_portions(rows), PORTION)))


def write_text(file: IO[bytes], sheet: ExportSheet, rows: Iterable[Any]) -> None:
    """UTF-8 with the mark by which spreadsheets know it, semicolons between the cells; the file stays open."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        writer = csv.writer(text, delimiter=";")
        writer.writerows([quoted(text) for text in head] for head in sheet.heads)
        writer.writerows([_csv_cell(value) for value in sheet.cells(row)] for row in in_portions(rows))
    finally:
        text.detach()


def write_workbook(file: IO[bytes], sheets: Sequence[ExportSheet], rows: Iterable[Any]) -> None:
    """Written as it is read; the first rows say how wide the columns are."""
    book, rows = Workbook(write_only=True), in_portions(rows)
    first = list(islice(rows, PORTION))
    drawn = [(sheet, _begin(book, sheet, first)) for sheet in sheets]
    for row in chain(first, rows):
        known: dict[Any, object] | None = {} if len(drawn) > 1 else None
        for sheet, drawing in drawn:
            drawing.append([_xlsx_cell(drawing, value) for value in sheet.cells(row, known)])
    book.save(file)


def _begin(book: Workbook, sheet: ExportSheet, sample: Iterable[Any]) -> Any:
    drawing = book.create_sheet(sheet.title or None)
    drawing.sheet_view.rightToLeft = sheet.is_right_to_left
    drawing.freeze_panes = f"A{len(sheet.heads) + 1}"
    longest = [max(map(len, column)) for column in zip(*sheet.heads, strict=True)]
    for row in sample:
        longest = [max(known, len(str(value))) for known, value in zip(longest, sheet.cells(row), strict=True)]
    for number, length in enumerate(longest, start=1):
        drawing.column_dimensions[get_column_letter(number)].width = min(WIDEST, length + 3)
    for position, head in enumerate(sheet.heads):
        cells = [_text_cell(drawing, text) for text in head]
        for cell in cells:
            cell.font = Font(bold=not position, color="FF586A71" if position else None)
        drawing.append(cells)
    return drawing


def _plain(value: object) -> object:
    """Numbers and days as they are, everything else as text without what no file can hold."""
    if value is None:
        return ""
    if isinstance(value, int | float | date) and not isinstance(value, datetime):
        return value
    return without_controls(str(value))


def comes_back(value: object) -> set[str]:
    """The texts as which a cell of an export may be read again: as it is, as text tables quote it, and as much of it
    as a workbook keeps."""
    plain = _plain(value)
    text = plain.isoformat() if isinstance(plain, date) else str(plain)
    ways = {text, quoted(text)}
    if len(text) > LONGEST // 7:
        ways.add(unescaped(escaped(text)[:LONGEST]))
    return {way.replace("\r\n", "\n").replace("\r", "\n") for way in ways}


def _csv_cell(value: object) -> object:
    """A spreadsheet would run text like a formula: the sign that it is text goes before it. Days as 2026-11-23."""
    return quoted(value) if isinstance(value, str) else value


def _xlsx_cell(drawing: Any, value: object) -> object:
    """Text is text, days are days, and an empty cell is none."""
    if value == "":
        return None
    if isinstance(value, date):
        cell = WriteOnlyCell(drawing, value)
        cell.number_format = "DD/MM/YYYY"
        return cell
    if isinstance(value, str):
        return _text_cell(drawing, value) if is_formula(value) else escaped(value)
    return value


def _text_cell(drawing: Any, text: str) -> Any:
    """A cell that holds this text, also where it looks like a formula, and after somebody has clicked into it."""
    cell = WriteOnlyCell(drawing, escaped(text))
    if is_formula(text):
        cell.data_type, cell.quotePrefix = "s", True
    return cell
