"""Lists: search, filters, order and page live in the address; what is shown can be exported (`portal.core.exports`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import django_filters
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal.core.limits import within_limit
from portal.core.nearest import nearest
from portal.core.search import find

PER_PAGE = 25
#: how many filters stand beside the search box; the others fold behind “More filters”
MAIN_FILTERS = 3


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
