"""What a table is made of, and the limits it keeps."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from portal.core.errors import Refused

#: as many records as one table may have; blank ones at its end do not count
MAX_ROWS = 20_000
MAX_COLUMNS = 100
#: as many signs as all cells of a file may have that a child reads: what is written once in a workbook may stand in a
#: million cells
MOST_SIGNS = 20_000_000


@dataclass(frozen=True)
class Row:
    """One record: its number among the records (from 1, blank ones counted), the line it begins on, its cells."""

    number: int
    line: int
    cells: list[str]

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """A sheet, or the one table of a text; all rows have as many cells as the widest one that says something.

    `total` is how many rows it has where only the first of them were asked for.
    """

    name: str
    rows: list[Row]
    is_hidden: bool = False
    total: int = 0

    @property
    def count(self) -> int:
        return self.total or len(self.rows)

    @property
    def width(self) -> int:
        return len(self.rows[0].cells) if self.rows else 0


@dataclass(frozen=True)
class Book:
    """What was in the file; `encoding` and `delimiter` say how a text was read and are empty for a workbook."""

    kind: str
    encoding: str
    delimiter: str
    tables: list[Table]


def even(rows: Iterable[Row]) -> list[Row]:
    """The rows with as many cells each as the widest one needs, and at least one. Raises Refused for too many cells
    and where none says anything."""
    kept = list(rows)
    width = max((_last(row.cells) for row in kept), default=0)
    if width == 0:
        raise Refused(nothing())
    if width > MAX_COLUMNS:
        raise Refused(too_wide())
    return [Row(row.number, row.line, (row.cells + [""] * width)[:width]) for row in kept]


def too_long() -> str:
    """The sentence for a table with too many records."""
    return _("This table has more than %(limit)s rows. Cut it into several files.") % {"limit": grouped(MAX_ROWS)}


def too_much() -> str:
    """The sentence for what takes more than is given to its reader."""
    return _("This list takes too much memory or time to be read. Cut it into several files.")


def too_wide() -> str:
    """The sentence for a table with too many columns."""
    return _("This table has more than %(limit)s columns. Keep only those that are needed.") % {"limit": MAX_COLUMNS}


def grouped(number: int) -> str:
    """A number as the reader's language groups its digits: 20 000, 20.000."""
    return number_format(number, force_grouping=True)


def nothing() -> str:
    """The sentence for a file in which no cell says anything."""
    return _("There is nothing in this file.")


def not_a_workbook() -> str:
    return _("This file is not an Excel workbook, whatever its name says. Save it again as .xlsx.")


def _last(cells: list[str]) -> int:
    """How many cells there are up to the last one that says something."""
    return max((number for number, cell in enumerate(cells, 1) if cell.strip()), default=0)
