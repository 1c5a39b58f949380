"""Pages of a list, found by the place of a row in its order: a page far down costs what the first one costs.

The address says `page=after-…` or `page=before-…` (of which row: its values in the order, signed), `page=last`,
`page=at-…` (a letter, a year), or a number as it used to; whatever cannot be understood is the first page.
"""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, reduce
from operator import attrgetter, or_
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Q, QuerySet
from django.http import QueryDict
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language

from portal.core.dates import start_of
from portal.core.rows import plain

#: rows that are counted off to find a numbered page, or a page of an order without places
WITHIN = 1000
AFTER, BEFORE, AT, LAST = "after-", "before-", "at-", "last"
SIGNED = 9


@dataclass(frozen=True)
class Jump:
    """A place in an order that people know by name, which its address and its link say: where the first row is of which
    `where` is true."""

    name: str
    where: Q
    #: the column of which `where` speaks: in an order that begins with it nothing else stands between these rows
    path: str = ""


def years(path: str, oldest: int, newest: int) -> list[Jump]:
    """Each year of the instants in a column, the newest first."""
    begins = {year: start_of(date(year, 1, 1)) for year in range(oldest, newest + 2)}
    return [
        Jump(str(year), Q(**{f"{path}__gte": begins[year], f"{path}__lt": begins[year + 1]}), path)
        for year in range(newest, oldest - 1, -1)
    ]


#: the letters of names, each with the other signs that a reader looks for under it
ARABIC = ("اأإآٱ", *"بتثجحخدذرزسشصضطظعغفقكلمنهوي")
LATIN = ("AÀÂ", "B", "CÇ", "D", "EÉÈÊË", *"FGH", "IÎÏ", *"JKLMN", "OÔ", *"PQRST", "UÙÛÜ", *"VWXYZ")


def letters(path: str) -> list[Jump]:
    """The letters of the reader's language, in a column of names."""
    signs = ARABIC if (get_language() or "ar").startswith("ar") else tuple(group + group.lower() for group in LATIN)
    return [Jump(group[0], reduce(or_, (Q(**{f"{path}__startswith": sign}) for sign in group))) for group in signs]


@dataclass(frozen=True)
class OrderedColumn:
    """One column of an order; its `type` reads values again."""

    path: str
    descends: bool
    type: Field
    may_be_null: bool

    @property
    def ordering(self) -> Any:
        """Where there is nothing comes last, as the database with more rows has it; the other one is told."""
        if not self.may_be_null:
            return f"-{self.path}" if self.descends else self.path
        return F(self.path).desc(nulls_first=True) if self.descends else F(self.path).asc(nulls_last=True)

    def past(self, value: Any) -> Q | None:
        """Strictly behind the value; None where nothing is."""
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if self.descends else None
        behind = Q(**{f"{self.path}__{'lt' if self.descends else 'gt'}": value})
        return behind | Q(**{self.path: None}) if self.may_be_null and not self.descends else behind

    def turned(self) -> "OrderedColumn":
        return OrderedColumn(self.path, not self.descends, self.type, self.may_be_null)


class Order:
    """An order in which every row has a place of its own: its columns, the key last where none before it is unique.

    A column that a query makes itself (an annotation) is never null.
    """

    def __init__(self, rows: QuerySet, fields: Sequence[str], columns: Sequence[OrderedColumn] = ()) -> None:
        self.rows = rows
        self.columns = list(columns) or [_column(rows, name) for name in fields]

    @cached_property
    def turned(self) -> "Order":
        return Order(self.rows, (), [column.turned() for column in self.columns])

    @cached_property
    def ordered(self) -> QuerySet:
        return self.rows.order_by(*(column.ordering for column in self.columns))

    def after(self, values: Sequence[Any], *, inclusive: bool = False) -> QuerySet:
        """The rows behind the place, or from it on, in order."""
        behind, same = Q(pk__in=()), Q()
        for column, value in zip(self.columns, values, strict=True):
            past = column.past(value)
            if past is not None:
                behind |= same & past
            same &= Q(**{column.path: value})
        if inclusive:
            behind |= same
        first, value = self.columns[0], values[0]
        if value is not None and (first.descends or not first.may_be_null):  # said again: there an index begins to read
            behind &= Q(**{f"{first.path}__{'lte' if first.descends else 'gte'}": value})
        return self.ordered.filter(behind)

    def first(self, most: int) -> list[Any]:
        """The first rows."""
        return list(self.ordered[:most])

    def behind(self, values: Sequence[Any], most: int, *, inclusive: bool = False) -> list[Any]:
        """The first rows behind the place, or from it on."""
        return list(self.after(values, inclusive=inclusive)[:most])

    def within(self, jump: Jump, most: int) -> list[Any]:
        """The first rows of which it is true."""
        return list(self.ordered.filter(jump.where)[:most])

    def at(self, jump: Jump, most: int) -> list[Any]:
        """The first rows from that place on."""
        found = self.within(jump, most if jump.path == self.columns[0].path else 1)
        if not found or len(found) == most:
            return found
        return self.behind(self.values(found[0]), most, inclusive=True)

    def numbered(self, stretch: slice, *, keys_first: bool = False) -> list[Any]:
        """The rows that are counted off."""
        rows = self.ordered
        return list(rows.filter(pk__in=rows.values("pk")[stretch]) if keys_first else rows[stretch])

    def by_keys(self, keys: Sequence[Any]) -> list[Any]:
        """The rows of these keys, as these stand."""
        found = {row.pk: row for row in self.rows.order_by().filter(pk__in=keys)}
        return [found[key] for key in keys if key in found]

    def values(self, row: Any) -> list[Any]:
        return [attrgetter(column.path.replace("__", "."))(row) for column in self.columns]

    def token_of(self, row: Any) -> str:
        """The place of the row: its values, signed for this order."""
        values = [plain(value) for value in self.values(row)]
        said = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._signature(said) + said).decode().rstrip("=")

    def values_of(self, token: str) -> list[Any] | None:
        """What `token_of` wrote; None where it is not of this order, or nobody of ours wrote it."""
        try:
            whole = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except ValueError:
            return None
        signature, said = whole[:SIGNED], whole[SIGNED:]
        if not constant_time_compare(signature, self._signature(said)):
            return None
        try:
            values = json.loads(said)
            return [column.type.to_python(value) for column, value in zip(self.columns, values, strict=True)]
        except (ValueError, TypeError, ValidationError):
            return None

    def _signature(self, said: bytes) -> bytes:
        shape = [self.rows.model._meta.label, *(f"{column.descends:d}{column.path}" for column in self.columns)]
        signed = salted_hmac("portal.core.paging", "\n".join(shape).encode() + b"\n" + said, algorithm="sha256")
        return signed.digest()[:SIGNED]


def _column(rows: QuerySet, name: str) -> OrderedColumn:
    path, descends = name.removeprefix("-"), name.startswith("-")
    if path in rows.query.annotations:
        return OrderedColumn(path, descends, rows.query.annotations[path].output_field, may_be_null=False)
    *above, last = path.split("__")
    model, may_be_null = rows.model, False
    for part in above:
        link: Any = model._meta.get_field(part)
        model, may_be_null = link.related_model, may_be_null or link.null
    found: Any = model._meta.pk if last == "pk" else model._meta.get_field(last)
    may_be_null = may_be_null or (found.null and not getattr(found, "is_filled", False))
    return OrderedColumn(path, descends, getattr(found, "target_field", found), may_be_null)


def with_key(rows: QuerySet, fields: Sequence[str]) -> list[str]:
    """The fields, and the key behind them in the direction of the first, unless the last of them is unique."""
    try:
        is_unique = rows.model._meta.get_field(fields[-1].removeprefix("-")).unique
    except FieldDoesNotExist:
        is_unique = False
    return [*fields] if is_unique else [*fields, "-pk" if fields[0].startswith("-") else "pk"]


@dataclass
class Stretch:
    """The rows of one page, and the addresses of those around it; '' where there is none."""

    object_list: list[Any]
    first: str = ""
    previous: str = ""
    next: str = ""
    last: str = ""
    #: letters or years to go to, each with its address
    jumps: list[tuple[str, str]] = field(default_factory=list)
    #: this order shows so many rows and no more, and there are more
    ends_at: int = 0

    def __iter__(self) -> Any:
        return iter(self.object_list)

    def __len__(self) -> int:
        return len(self.object_list)

    @property
    def has_others(self) -> bool:
        return bool(self.first or self.last)


class Pages:
    """What the address asks for, of rows in an order."""

    def __init__(
        self, order: Order, asked: QueryDict, per_page: int, jumps: Callable[[], Sequence[Jump]] = tuple
    ) -> None:
        self.order, self.asked, self.per_page, self._jumps = order, asked, per_page, jumps

    @cached_property
    def jumps(self) -> Sequence[Jump]:
        return self._jumps()

    def address(self, place: str) -> str:
        query = self.asked.copy()
        query.pop("page", None)
        query.pop("export", None)
        if place:
            query["page"] = place
        return f"?{query.urlencode()}"

    def by_place(self) -> Stretch:
        """Of an order with places."""
        asked = self.asked.get("page", "")
        number = number_of(asked)
        if asked == LAST or number * self.per_page > WITHIN:
            return self._last()
        if jump := asked.startswith(AT) and next((jump for jump in self.jumps if asked == f"{AT}{jump.name}"), None):
            return self._from(self.order.at(jump, self._most), may_be_first=True) or self._first()
        if number > 1:
            start = (number - 1) * self.per_page
            return self._from(self.order.numbered(slice(start, start + self._most))) or self._last()
        if asked.startswith(AFTER) and (values := self.order.values_of(asked.removeprefix(AFTER))):
            return self._from(self.order.behind(values, self._most)) or self._last()
        if asked.startswith(BEFORE) and (values := self.order.values_of(asked.removeprefix(BEFORE))):
            return self._backwards(self.order.turned.behind(values, self._most)) or self._first()
        return self._first()

    def by_number(self, count: int, *, keys_first: bool = False, parts: Iterable[QuerySet] = ()) -> Stretch:
        """Of an order that is worked out for all rows, or in parts: numbered pages, as far as they go."""
        within = min(count, WITHIN)
        pages = max(-(-within // self.per_page), 1)
        asked = self.asked.get("page", "")
        number = pages if asked == LAST else min(max(number_of(asked), 1), pages)
        start = (number - 1) * self.per_page
        stretch = slice(start, min(start + self.per_page, WITHIN))
        if parts:
            shown = Stretch(self.order.by_keys(_keys_of(parts, stretch)))
        else:
            shown = Stretch(self.order.numbered(stretch, keys_first=keys_first))
        if number > 1:
            shown.first, shown.previous = self.address(""), self.address("" if number == 2 else str(number - 1))
        if number < pages:
            shown.next, shown.last = self.address(str(number + 1)), self.address(LAST)
        shown.ends_at = WITHIN if count > WITHIN else 0
        return shown

    @property
    def _most(self) -> int:
        """One more than a page holds, which says that there is a next one."""
        return self.per_page + 1

    def _first(self) -> Stretch:
        return self._shown(self.order.first(self._most), is_first=True)

    def _from(self, found: list[Any], *, may_be_first: bool = False) -> Stretch | None:
        """The first of these rows; None where there is none."""
        if not found:
            return None
        is_first = may_be_first and not self.order.turned.behind(self.order.values(found[0]), 1)
        return self._shown(found, is_first=is_first)

    def _backwards(self, found: list[Any]) -> Stretch | None:
        """The same of rows that come from the end; None where they are not a page, which only the first would be."""
        if len(found) <= self.per_page:
            return None
        return self._shown(found[: self.per_page][::-1], has_next=True)

    def _last(self) -> Stretch:
        found = self.order.turned.first(self._most)
        return self._shown(found[: self.per_page][::-1], is_first=len(found) <= self.per_page)

    def _shown(self, found: list[Any], *, is_first: bool = False, has_next: bool = False) -> Stretch:
        rows = found[: self.per_page]
        shown = Stretch(rows)
        if not is_first and rows:
            shown.first = self.address("")
            shown.previous = self.address(f"{BEFORE}{self.order.token_of(rows[0])}")
        if has_next or len(found) > self.per_page:
            shown.next = self.address(f"{AFTER}{self.order.token_of(rows[-1])}")
            shown.last = self.address(LAST)
        if shown.has_others:
            shown.jumps = [(jump.name, self.address(f"{AT}{jump.name}")) for jump in self.jumps]
        return shown


def _keys_of(parts: Iterable[QuerySet], stretch: slice) -> list[Any]:
    """The keys that stand there, where the parts come one after the other."""
    keys: list[Any] = []
    start, most = stretch.start, stretch.stop - stretch.start
    for part in parts:
        rows = part.values_list("pk", flat=True)
        found = list(rows[start : start + most - len(keys)])
        start = max(start - rows[:start].count(), 0) if start and not found else 0
        keys += found
        if len(keys) == most:
            break
    return keys


def number_of(asked: str) -> int:
    """The number of a page; 0 where it is none. One longer than any list is as good as the last."""
    return int(asked[:12]) if asked.isdecimal() and asked.isascii() else 0
