"""Lists: search, filters, order and page live in the address; what is shown can be exported (`portal.core.exports`)."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import django_filters
from django.db.models import Model, QuerySet
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext_lazy as _

from portal.core.limits import within_limit
from portal.core.nearest import nearest
from portal.core.paging import WITHIN, Jump, Order, Pages, Stretch, with_key
from portal.core.search import find
from portal.core.typed import MEANT, NAMED
from portal.core.written import Written, WrittenOrder

PER_PAGE = 25
#: beyond it nobody counts: there are more than so many
MOST_COUNTED = 10_000
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
    #: the columns it is ordered by, each row at a place of its own
    fields: Sequence[str]
    queryset: QuerySet
    per_page: int = PER_PAGE
    chips: list[FilterChip] = field(default_factory=list)
    keys_first: bool = False
    #: the parts of an order that come one after the other, where an index answers each of them and not the whole
    parts: Iterable[QuerySet] = ()
    #: whether the page says how many there are, filtered or not
    is_counted_always: bool = True
    #: what is asked, where it is written once for many readers
    written: Written | None = None
    #: every row this reader may see, whatever is filtered
    seen: QuerySet | None = None
    #: whether its pages are found by the place of a row
    has_places: bool = True
    #: the letters or years of this order
    jumps: Callable[[], Sequence[Jump]] = tuple

    @cached_property
    def page(self) -> Stretch:
        """The page the address asks for; past the end it is the last one."""
        if self.__dict__.get("count") == 0:
            return Stretch([])
        order = WrittenOrder(self.written, self.fields) if self.written else Order(self.queryset, self.fields)
        pages = Pages(order, self.request.GET, self.per_page, self.jumps)
        if self.has_places:
            return pages.by_place()
        return pages.by_number(self._count_of_pages, keys_first=self.keys_first, parts=self.parts)

    @cached_property
    def count(self) -> int:
        """How many rows match; where they are more than are counted, one more than that."""
        if "page" in self.__dict__ and not self.page.object_list:
            return 0
        return self._counted(MOST_COUNTED)

    @property
    def _count_of_pages(self) -> int:
        """As many as numbered pages need to know of."""
        return self.count if self.is_counted_always or self.is_filtered else self._counted(WITHIN)

    def _counted(self, most: int) -> int:
        if self.written:
            return self.written.count(most + 1)
        return self.queryset.order_by().values("pk")[: most + 1].count()

    @property
    def is_counted(self) -> bool:
        return self.count <= MOST_COUNTED

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
        asked = self.request.GET
        return any(asked.get(field.name) or asked.get(f"{field.name}{NAMED}") for field in self.more_fields)

    @cached_property
    def _filter_fields(self) -> list[BoundField]:
        return [field for field in self.filter.form.visible_fields() if field.name != "q"]

    @property
    def export_format(self) -> str:
        wanted = self.request.GET.get("export", "")
        return wanted if wanted in {"xlsx", "csv"} else ""


def listing(
    request: HttpRequest,
    queryset: QuerySet | Written,
    filter_class: type[ListFilter],
    *,
    sorts: Mapping[str, Sequence[str]],
    default_sort: str,
    places: Collection[str] | None = None,
    jumps: Mapping[str, Callable[[Any], Sequence[Jump]]] | None = None,
    per_page: int = PER_PAGE,
    keys_first: bool = False,
    parts: Callable[[QuerySet, Sequence[str]], Iterable[QuerySet]] | None = None,
    is_counted_always: bool = True,
    **filter_kwargs: Any,
) -> Listing:
    """The listing the address asks for: `q`, the filters' own fields, `sort` (a key of `sorts`, `-` reverses), `page`.

    Unknown sorts and pages fall back; a filter value that cannot be understood is ignored by its field. `places` are
    the sorts that an index answers, the usual one where it is not said: their pages are found by the place of a row,
    those of the others by numbers, as far as `paging.WITHIN`. `jumps` are the letters or years of a sort, which the
    filters know. `keys_first` is for tables of thousands of wide rows: the database sorts and skips keys there.
    `parts` says of found rows in an order (its fields) which ordered rows come one after the other, none where one
    index answers them all. Of a `Written` list a page asks with texts that are kept, and shows what it makes.
    """
    if request.GET.get("q"):
        within_limit(request, "searches")
    seen, written = (_rows_of(queryset), queryset) if isinstance(queryset, Written) else (queryset, None)
    filters = filter_class(request.GET, queryset=None if written else seen, request=request, **filter_kwargs)
    if written and filters.form.is_valid() is not None:
        written = written.narrowed(filters.filter_queryset, _name_of(filters.form.cleaned_data))
    found: Any = _rows_of(written) if written else filters.qs
    wanted = request.GET.get("sort", default_sort)
    sort = wanted if wanted.lstrip("-") in sorts else default_sort
    name = sort.lstrip("-")
    fields = with_key(
        filters.queryset, [_reversed(column) if sort.startswith("-") else column for column in sorts[name]]
    )

    def ordered() -> QuerySet:
        return Order(found, fields).ordered

    return Listing(
        request,
        filters,
        sorts,
        sort,
        fields,
        ordered() if written is None else cast("QuerySet", SimpleLazyObject(ordered)),
        per_page,
        _chips(request, filters),
        keys_first,
        parts(found, fields) if parts else (),
        is_counted_always,
        written,
        seen,
        has_places=name in ({default_sort.lstrip("-")} if places is None else places),
        jumps=partial(jumps[name], filters) if jumps and name in jumps else tuple,
    )


def _rows_of(written: Written) -> Any:
    """Its rows as a query of this reader's, made where it is needed."""
    return SimpleLazyObject(partial(written.rows, written.user))


def _name_of(asked: Mapping[str, Any]) -> Hashable:
    """What tells one narrowed list from another, where its texts are worth keeping: one choice is made at most."""
    on = [(name, value) for name, value in asked.items() if value]
    return (*on, "") if len(on) <= 1 and all(name != "q" and isinstance(value, str) for name, value in on) else None


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _chips(request: HttpRequest, filters: django_filters.FilterSet) -> list[FilterChip]:
    chips = []
    cleaned = getattr(filters.form, "cleaned_data", {})
    for name, bound in ((name, filters.form[name]) for name in filters.form.fields if name != "q" and name in cleaned):
        if isinstance(cleaned[name], Model):
            chips.append(FilterChip(str(bound.label), str(cleaned[name]), _without(request, name)))
            continue
        chips += [
            FilterChip(str(bound.label), _value_text(bound, value), _without(request, name, value))
            for value in request.GET.getlist(name)
            if value
        ]
    return chips


def _without(request: HttpRequest, name: str, value: str = "") -> str:
    """The address without this value of the filter, or without all it has, on its first page."""
    query = request.GET.copy()
    kept = [other for other in query.pop(name, []) if value and other != value]
    for gone in ("page", f"{name}{NAMED}", f"{name}{MEANT}"):
        query.pop(gone, None)
    if kept:
        query.setlist(name, kept)
    return query.urlencode()


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
