"""Lists whose questions are written once for many readers (`asking.py`), and whose rows come as plain values."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Field, IntegerField, QuerySet

from portal.core.asking import Filled, Reader, Text, answers, filled, text_of
from portal.core.paging import Jump, Order, OrderedColumn

NOTHING: Mapping[Any, Sequence[Any]] = {}
#: how the columns of each order are called, which takes long to find out
_columns: dict[Hashable, list[OrderedColumn]] = {}


@dataclass(frozen=True)
class Written:
    """What a list asks: its rows in the name of somebody, the `columns` that are read of each (of these `kinds`), and
    what is `made` of their values. `name` is of these rows alone; without one nothing is kept."""

    user: Any
    reader: Reader
    rows: Callable[[Any], QuerySet]
    columns: Sequence[str]
    kinds: Sequence[Field]
    made: Callable[..., Any]
    name: Hashable = None

    @property
    def is_kept(self) -> bool:
        """SQLite writes moments as text: there nothing could take the place of another."""
        return self.name is not None and connection.vendor == "postgresql"

    def narrowed(self, narrow: Callable[[QuerySet], QuerySet], name: Hashable) -> "Written":
        """Those that `narrow` leaves; `name` says what it is, where that is worth keeping."""
        rows = self.rows
        return replace(self, rows=lambda person: narrow(rows(person)), name=None if name is None else (self.name, name))

    def text(self, what: Hashable, ask: Callable[[QuerySet], QuerySet]) -> Text:
        return text_of(self.reader, (self.name, what), lambda stand_in: ask(self.rows(stand_in)))

    def read(self, text: Text, moved: Mapping[Any, Sequence[Any]]) -> list[Any]:
        """The rows of a text; what is `moved` stands in the place of other values."""
        question = filled(text, {**self.reader.keys, **moved})
        return [self.made(*row) for row in answers(question, self.kinds)] if text.sql else []

    def read_now(self, rows: QuerySet) -> list[Any]:
        return [self.made(*row) for row in rows.values_list(*self.columns)]

    def count(self, most: int) -> int:
        """How many there are, as far as `most`."""

        def ask(rows: QuerySet) -> QuerySet:
            return rows.order_by().values("pk")[:most]

        if not self.is_kept:
            return ask(self.rows(self.user)).count()
        text = self.text(("count", most), ask)
        if not text.sql:
            return 0
        rows = filled(text, self.reader.keys)
        counted = Filled(f"SELECT COUNT(*) FROM ({rows.sql}) counted", rows.values)  # noqa: S608 - written by Django
        return int(answers(counted, ())[0][0])


class WrittenOrder(Order):
    """An order of such rows. In its texts a place is said by values that no row has; those of the row stand there when
    it is asked."""

    def __init__(self, written: Written, fields: Sequence[str], columns: Sequence[OrderedColumn] = ()) -> None:
        self.written, self.fields = written, tuple(fields)
        self.columns = list(columns) or self._known()

    def _known(self) -> list[OrderedColumn]:
        known = (self.written.name, self.fields)
        if not self.written.is_kept:
            return Order(self.rows, self.fields).columns
        if known not in _columns:
            _columns[known] = Order(self.written.rows(self.written.reader.stand_in), self.fields).columns
        return _columns[known]

    @cached_property
    def rows(self) -> QuerySet:  # type: ignore[override]
        return self.written.rows(self.written.user)

    @cached_property
    def turned(self) -> "WrittenOrder":
        fields = [field[1:] if field.startswith("-") else f"-{field}" for field in self.fields]
        return WrittenOrder(self.written, fields, [column.turned() for column in self.columns])

    def first(self, most: int) -> list[Any]:
        return self._read(("first", most), lambda order: order.ordered[:most])

    def behind(self, values: Sequence[Any], most: int, *, inclusive: bool = False) -> list[Any]:
        if not self.written.is_kept:
            return self._read("", lambda order: order.after(values, inclusive=inclusive)[:most])
        places = [None if value is None else self._places[at] for at, value in enumerate(values)]
        nothing = tuple(value is None for value in values)
        keys = {place: [value] for place, value in zip(places, values, strict=True) if value is not None}
        return self._read(
            ("behind", most, inclusive, nothing),
            lambda order: order.after(places, inclusive=inclusive)[:most],
            keys,
        )

    def within(self, jump: Jump, most: int) -> list[Any]:
        said = [child[1] for child in jump.where.children if isinstance(child, tuple)]
        keys = {value: [value] for value in said if isinstance(value, datetime)}  # that day, not so long ago
        return self._read(("within", most, jump.name), lambda order: order.ordered.filter(jump.where)[:most], keys)

    def numbered(self, stretch: slice, *, keys_first: bool = False) -> list[Any]:
        def ask(order: Order) -> QuerySet:
            return order.ordered.filter(pk__in=order.ordered.values("pk")[stretch])

        return self._read(("numbered", stretch.start, stretch.stop), ask)

    def by_keys(self, keys: Sequence[Any]) -> list[Any]:
        found = {row.pk: row for row in self.written.read_now(self.rows.order_by().filter(pk__in=keys))}
        return [found[key] for key in keys if key in found]

    @cached_property
    def _places(self) -> list[Any]:
        return [_nowhere(at, column.type) for at, column in enumerate(self.columns)]

    def _read(
        self, what: Hashable, ask: Callable[[Order], QuerySet], moved: Mapping[Any, Sequence[Any]] = NOTHING
    ) -> list[Any]:
        written = self.written

        def asked(rows: QuerySet) -> QuerySet:
            return ask(Order(rows, (), self.columns))

        if not written.is_kept:
            return written.read_now(asked(self.rows))
        text = written.text((self.fields, what), lambda rows: asked(rows).values_list(*written.columns))
        return written.read(text, moved)


def _nowhere(at: int, kind: Field) -> Any:
    """A value that no row has."""
    if isinstance(kind, DateTimeField):
        return datetime(1, 1, 1 + at, tzinfo=UTC)
    return -2_000_000_000 - at if isinstance(kind, IntegerField) else f"\ufdd0{at}"
