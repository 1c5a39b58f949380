"""Lists: search, filters, order and page live in the address; what is shown can be exported."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import django_filters
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.styles import Font

from portal.core.search import find
from portal.core.text import without_controls

PER_PAGE = 25
#: how many filters stand beside the search box; the others fold behind “More filters”
MAIN_FILTERS = 3
#: what a spreadsheet would take for the beginning of a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ListFilter(django_filters.FilterSet):
    """The base of every list's filters: `q` searches the stored text, all words must match."""

    q = django_filters.CharFilter(method="search", label=_("Search"))

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return find(queryset, value)


@dataclass
class Chip:
    """One filter that is on: what it says, and the address without it."""

    label: str
    value: str
    query: str


@dataclass
class Listing:
    """What a list page shows."""

    request: HttpRequest
    filter: django_filters.FilterSet
    sorts: Mapping[str, Sequence[str]]
    sort: str
    queryset: QuerySet
    per_page: int = PER_PAGE
    chips: list[Chip] = field(default_factory=list)

    @cached_property
    def paginator(self) -> Paginator:
        return Paginator(self.queryset, self.per_page)

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
    filter_class: type[django_filters.FilterSet],
    *,
    sorts: Mapping[str, Sequence[str]],
    default_sort: str,
    per_page: int = PER_PAGE,
    **filter_kwargs: Any,
) -> Listing:
    """The listing the address asks for: `q`, the filters' own fields, `sort` (a key of `sorts`, `-` reverses), `page`.

    Unknown sorts and pages fall back; a filter value that cannot be understood is ignored by its field.
    """
    filters = filter_class(request.GET, queryset=queryset, request=request, **filter_kwargs)
    found = filters.qs
    wanted = request.GET.get("sort", default_sort)
    sort = wanted if wanted.lstrip("-") in sorts else default_sort
    fields = [_reversed(name) if sort.startswith("-") else name for name in sorts[sort.lstrip("-")]]
    return Listing(request, filters, sorts, sort, found.order_by(*fields, "pk"), per_page, _chips(request, filters))


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _chips(request: HttpRequest, filters: django_filters.FilterSet) -> list[Chip]:
    chips = []
    for name, bound in ((name, filters.form[name]) for name in filters.form.fields if name != "q"):
        values = [value for value in request.GET.getlist(name) if value]
        if not values or name not in getattr(filters.form, "cleaned_data", {}):
            continue
        for value in values:
            query = request.GET.copy()
            query.pop("page", None)
            query.setlist(name, [other for other in query.getlist(name) if other != value])
            chips.append(Chip(str(bound.label), _value_text(bound, value), query.urlencode()))
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


def export(listing: Exported, columns: Columns, name: str) -> HttpResponse:
    """Exactly what the list shows, all pages, as the file the address asks for (`?export=xlsx` or `csv`)."""
    heads = [str(head) for head, _ in columns]
    rows = ([_cell(value(row)) for _, value in columns] for row in listing.queryset)
    if listing.export_format == "csv":
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";")
        writer.writerow(heads)
        writer.writerows(rows)
        return _download(text.getvalue().encode("utf-8-sig"), f"{name}.csv", "text/csv; charset=utf-8")
    return _download(
        _workbook(heads, rows), f"{name}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )


def _workbook(heads: list[str], rows: Iterable[list[object]]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.sheet_view.rightToLeft = get_language_bidi()
    sheet.append(heads)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append(row)
        for cell in sheet[sheet.max_row]:
            if cell.data_type == "f":
                cell.data_type = "s"
    sheet.freeze_panes = "A2"
    for column in sheet.columns:
        longest = max(len(str(cell.value or "")) for cell in column)
        sheet.column_dimensions[column[0].column_letter].width = min(60, longest + 3)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(value: object) -> object:
    """Text that a spreadsheet would run as a formula is kept as text; what it cannot hold is left out."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = without_controls(str(value))
    return f"'{text}" if text.startswith(FORMULA) else text


def _download(content: bytes, name: str, content_type: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
