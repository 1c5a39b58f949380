"""A workbook's sheets as rows of text cells; what is inside the archive is looked at before anything reads it."""

import io
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from portal.core.archives import CONTENTS, CONTENTS_READ, DAMAGED, Unfit, beginning, chunks, opened
from portal.core.cells import unescaped
from portal.core.errors import Refused
from portal.core.quantities import size_text
from portal.core.tables.rows import MAX_COLUMNS, MAX_ROWS, Row, Table, even, not_a_workbook, nothing, too_long, too_wide
from portal.core.text import without_controls

#: as much as an archive may unpack to, in bytes
MAX_UNPACKED = 100 * 1024 * 1024
MAX_SHEETS = 20
CELL_VALUES = frozenset({"v", "f", "t"})
#: what a damaged workbook raises besides, in the libraries that read it
BROKEN = (expat.ExpatError, ArithmeticError, AttributeError, SyntaxError, TypeError)


def read_workbook(content: bytes) -> list[Table]:
    """The sheets that say something, hidden ones too. Raises Refused for what is no plain workbook, or too large."""
    try:
        with opened(io.BytesIO(content), most=MAX_UNPACKED) as archive:
            _check_kind(archive)
            _check_parts(archive)
        return _tables(content)
    except Unfit as unfit:
        raise Refused(_too_large() if unfit.fault in {"parts", "size"} else _damaged()) from unfit
    except (*DAMAGED, *BROKEN) as error:
        raise Refused(_damaged()) from error


def _check_kind(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if any(part.flag_bits & 0x1 for part in archive.infolist()):
        raise Refused(_("This workbook is protected by a password. Remove the password and send it again."))
    if CONTENTS not in names or "xl/workbook.xml" not in names:
        raise Refused(not_a_workbook())
    types = beginning(archive, CONTENTS, CONTENTS_READ).lower()
    if b"macroenabled" in types or b"vbaproject" in types or any("vbaproject" in name.lower() for name in names):
        raise Refused(_("This workbook holds macros. Save it as a workbook without macros (.xlsx) and send that file."))


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Sheets first, so that one with too many rows is told so at once, whatever else the archive holds."""
    parts = sorted(archive.infolist(), key=lambda part: not part.filename.startswith("xl/worksheets/"))
    for part in parts:
        guard = _Guard(is_sheet=part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"))
        for chunk in chunks(archive, part):
            if guard.reads:
                guard.read(chunk)


class _Guard:
    """Reads one part of the archive without keeping anything: no document type (entities that grow come in it), and
    in a sheet no cell with a value past the limits. Stops reading (`reads`) at what is no XML: a picture."""

    def __init__(self, *, is_sheet: bool) -> None:
        self.reads = True
        self.row = self.column = 0
        self.in_cell = False
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._refuse
        if is_sheet:
            self.parser.StartElementHandler = self._start
            self.parser.EndElementHandler = self._end

    def read(self, chunk: bytes) -> None:
        try:
            self.parser.Parse(chunk, False)
        except expat.ExpatError:
            self.reads = False

    def _refuse(self, *declaration: object) -> None:
        raise Refused(_("This workbook holds declarations that no spreadsheet program writes; it is not read."))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "row":
            number = _number(attributes.get("r"), self.row + 1)
            if number <= self.row:
                raise ValueError("rows out of order: one of two with the same number would be lost")
            self.row, self.column = number, 0
        elif name == "c":
            self.column = _column(attributes.get("r", ""), self.column + 1)
            self.in_cell = True
        elif self.in_cell and name in CELL_VALUES:
            if self.row > MAX_ROWS:
                raise Refused(too_long())
            if self.column > MAX_COLUMNS:
                raise Refused(too_wide())

    def _end(self, tag: str) -> None:
        if tag.endswith(" c"):
            self.in_cell = False


def _tables(content: bytes) -> list[Table]:
    """openpyxl warns of what it does not keep (rules, comments, dates off the calendar): nothing that is read here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        try:
            if len(book.worksheets) > MAX_SHEETS:
                limit = {"limit": MAX_SHEETS}
                raise Refused(
                    _("This workbook has more than %(limit)s sheets. Keep only those that are needed.") % limit
                )
            sheets = [(sheet, _rows(sheet)) for sheet in book.worksheets]
        finally:
            book.close()
    if not any(rows for _sheet, rows in sheets):
        raise Refused(nothing())
    return [Table(sheet.title, even(rows), sheet.sheet_state != "visible") for sheet, rows in sheets if rows]


def _rows(sheet: Any) -> list[Row]:
    """All rows to the last that says something. What a sheet says of its own size is not believed.

    No row is read further than one column past the limit: an empty cell far to the right would make each of them as
    wide as a sheet can be. `_Guard` has refused values there, and `even` refuses one in that column.
    """
    sheet.reset_dimensions()
    values: Iterable[tuple[Any, ...]] = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS + 1, values_only=True)
    rows = [Row(number, number, _texts(cells)) for number, cells in enumerate(values, 1)]
    while rows and rows[-1].is_blank:
        rows.pop()
    return rows


def _texts(cells: Sequence[object]) -> list[str]:
    """The cells as text, up to the last that is there."""
    last = max((place for place, value in enumerate(cells, 1) if value is not None), default=0)
    return [as_text(value) for value in cells[:last]]


def as_text(value: object) -> str:
    """A cell's value as a person would type it: 5 and not 5.0, days as 2026-01-19, a formula as its text."""
    match value:
        case None:
            return ""
        case str():
            return without_controls(unescaped(value).replace("\r\n", "\n").replace("\r", "\n"))
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case datetime():
            moment = value.replace(microsecond=0)
            return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case int() | timedelta():
            return str(value)
    return str(getattr(value, "text", None) or "=")


def _damaged() -> str:
    return _("This workbook is damaged or incomplete. Open it, save it again as .xlsx and send that file.")


def _too_large() -> str:
    return _("This workbook unpacks to more than %(limit)s; it is not read.") % {"limit": size_text(MAX_UNPACKED)}


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise


def _column(reference: str, otherwise: int) -> int:
    """The column's number in a reference such as AB12; `otherwise` where a cell has none."""
    column = 0
    for letter in reference.upper():
        if not "A" <= letter <= "Z":
            break
        column = column * 26 + ord(letter) - ord("A") + 1
    return column or otherwise
