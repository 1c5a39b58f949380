"""Lists: search, filters, order and page live in the address; what is shown can be exported."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, islice
from typing import Any, Protocol, cast

import django_filters
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from portal.core.cells import LONGEST, escaped, is_formula, quoted, unescaped
from portal.core.limits import within_limit
from portal.core.nearest import nearest
from portal.core.search import find
from portal.core.text import without_controls

PER_PAGE = 25
#: how many filters stand beside the search box; the others fold behind “More filters”
MAIN_FILTERS = 3
#: rows of an export read and measured at a time, and the widest column it draws
PORTION, WIDEST = 500, 60


class ListFilter(django_filters.FilterSet):
    """The base of every list's filters: `q` searches the stored text, all words must match."""

    q = django_filters.CharFilter(method="search", label=_("Search"))

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return find(queryset, value)

    def meant(self, seen: QuerySet) -> QuerySet:
        """The rows one of whose words a search may have meant, of all that this reader may see."""
        return seen


class KeysFirst(Paginator):
    """Pages whose rows are looked up by their keys: the database sorts and skips keys, not whole rows."""

    def page(self, number: Any) -> Page:
        number, rows = self.validate_number(number), cast("QuerySet", self.object_list)
        start = (number - 1) * self.per_page
        keys = rows.values("pk")[start : start + self.per_page]
        return Page(rows.filter(pk__in=keys), number, self)


@dataclass
class FilterChip:
    """One filter that is on: what it says, and the address without it."""

    label: str
    value: str
    query: str


@dataclass
class Listing:
    """What a list page shows."""

    request: HttpRequest
    filter: ListFilter
    sorts: Mapping[str, Sequence[str]]
    sort: str
    queryset: QuerySet
    per_page: int = PER_PAGE
    chips: list[FilterChip] = field(default_factory=list)
    keys_first: bool = False
    #: every row this reader may see, whatever is filtered
    seen: QuerySet | None = None

    @cached_property
    def paginator(self) -> Paginator:
        return (KeysFirst if self.keys_first else Paginator)(self.queryset, self.per_page)

    @cached_property
    def page(self) -> Page:
        """The page the address asks for; past the end it is the last one."""
        return self.paginator.get_page(self.request.GET.get("page"))

    @property
    def count(self) -> int:
        return self.paginator.count

    @property
    def query(self) -> str:
        return self.request.GET.get("q", "")

    @cached_property
    def nearest(self) -> str:
        """What may have been meant, where a search alone finds nothing."""
        if self.seen is None or self.chips or self.count:
            return ""
        rows = self.filter.meant(self.seen)
        return nearest(self.query, rows) if hasattr(rows.model, "search_names") else ""

    @property
    def is_filtered(self) -> bool:
        return bool(self.chips or self.query)

    @cached_property
    def main_fields(self) -> list[BoundField]:
        """The filters that always stand there; one more is not worth folding away."""
        fields = self._filter_fields
        return fields if len(fields) == MAIN_FILTERS + 1 else fields[:MAIN_FILTERS]

    @cached_property
    def more_fields(self) -> list[BoundField]:
        return self._filter_fields[len(self.main_fields) :]

    @property
    def more_is_open(self) -> bool:
        """True when a filter that would fold away is on."""
        return any(self.request.GET.get(field.name) for field in self.more_fields)

    @cached_property
    def _filter_fields(self) -> list[BoundField]:
        return [field for field in self.filter.form.visible_fields() if field.name != "q"]

    @property
    def export_format(self) -> str:
        wanted = self.request.GET.get("export", "")
        return wanted if wanted in {"xlsx", "csv"} else ""


def listing(
    request: HttpRequest,
    queryset: QuerySet,
    filter_class: type[ListFilter],
    *,
    sorts: Mapping[str, Sequence[str]],
    default_sort: str,
    per_page: int = PER_PAGE,
    keys_first: bool = False,
    **filter_kwargs: Any,
) -> Listing:
    """The listing the address asks for: `q`, the filters' own fields, `sort` (a key of `sorts`, `-` reverses), `page`.

    Unknown sorts and pages fall back; a filter value that cannot be understood is ignored by its field. `keys_first`
    is for tables of thousands of wide rows: deep pages cost no more than the first.
    """
    if request.GET.get("q"):
        within_limit(request, "searches")
    filters = filter_class(request.GET, queryset=queryset, request=request, **filter_kwargs)
    found = filters.qs
    wanted = request.GET.get("sort", default_sort)
    sort = wanted if wanted.lstrip("-") in sorts else default_sort
    fields = [_reversed(name) if sort.startswith("-") else name for name in sorts[sort.lstrip("-")]]
    rows = found.order_by(*fields, "pk")
    return Listing(request, filters, sorts, sort, rows, per_page, _chips(request, filters), keys_first, queryset)


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _chips(request: HttpRequest, filters: django_filters.FilterSet) -> list[FilterChip]:
    chips = []
    for name, bound in ((name, filters.form[name]) for name in filters.form.fields if name != "q"):
        values = [value for value in request.GET.getlist(name) if value]
        if not values or name not in getattr(filters.form, "cleaned_data", {}):
            continue
        for value in values:
            query = request.GET.copy()
            query.pop("page", None)
            query.setlist(name, [other for other in query.getlist(name) if other != value])
            chips.append(FilterChip(str(bound.label), _value_text(bound, value), query.urlencode()))
    return chips


def _value_text(bound: Any, value: str) -> str:
    for key, label in _flat(getattr(bound.field, "choices", ())):
        if str(key) == value:
            return str(label)
    return value


def _flat(choices: Iterable) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield key, label


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

    def cells(self, row: Any) -> list[object]:
        return [_plain(value(row)) for _head, value in self.columns]


def export(request: HttpRequest, listing: Exported, columns: Columns, name: str) -> HttpResponse:
    """Exactly what the list shows, all pages, as the file the address asks for (`?export=xlsx` or `csv`)."""
    return export_sheets(request, listing, [ExportSheet(columns)], name)


def export_sheets(request: HttpRequest, listing: Exported, sheets: Sequence[ExportSheet], name: str) -> HttpResponse:
    """The same rows in each sheet; a CSV file has the first one only. Rows are read in portions."""
    within_limit(request, "exports")
    rows = _in_portions(listing.queryset)
    if listing.export_format == "csv":
        return _download(_text(sheets[0], rows), f"{name}.csv", "text/csv; charset=utf-8")
    return _download(
        _workbook(sheets, rows), f"{name}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )


def _in_portions(rows: Iterable[Any]) -> Iterator[Any]:
    return rows.iterator(chunk_size=PORTION) if isinstance(rows, QuerySet) else iter(rows)


def _text(sheet: ExportSheet, rows: Iterator[Any]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it, semicolons between the cells."""
    stream = io.BytesIO()
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerows([quoted(text) for text in head] for head in sheet.heads)
    writer.writerows([_csv_cell(value) for value in sheet.cells(row)] for row in rows)
    text.flush()
    return stream.getvalue()


def _workbook(sheets: Sequence[ExportSheet], rows: Iterator[Any]) -> bytes:
    """Written as it is read, so that a long list costs no memory; the first rows say how wide the columns are."""
    book = Workbook(write_only=True)
    first = list(islice(rows, PORTION))
    drawn = [(sheet, _begin(book, sheet, first)) for sheet in sheets]
    for row in chain(first, rows):
        for sheet, drawing in drawn:
            drawing.append([_xlsx_cell(drawing, value) for value in sheet.cells(row)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


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


def _download(content: bytes, name: str, content_type: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
