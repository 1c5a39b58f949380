"""What waits for a person, of every kind: one question to the database says how many there are and which are the first,
one more what these say.

An app makes lines of its rows (`lines`), all of one shape, so that those of all apps are one union; a line is told
(`Told`) without asking anything again. Both questions are written once for many readers (`portal.core.asking`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    Expression,
    F,
    Field,
    IntegerField,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast

from portal.core.asking import Filled, Reader, Text, all_of, answers, filled, text_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: how many lines of a kind stand on the desk; the others are a link away
SHOWN = 7
COLUMNS: dict[str, type[Field]] = {
    "key": CharField,
    "reference": CharField,
    "title": CharField,
    "who": CharField,
    "state": CharField,
    "note": CharField,
    "number": IntegerField,
    "day": DateField,
    "at": DateTimeField,
}
#: in every kind what is due first stands first, then what came first
ORDER = (F("line_day").asc(nulls_last=True), F("line_at").asc(nulls_last=True), F("pk").asc())
ORDER_SQL = "line_day ASC NULLS LAST, line_at ASC NULLS LAST, line_pk ASC"
#: of a line the kind, the key of its row, what it is ordered by, and how many there are of its kind
PLACE = (CharField(), BigIntegerField(), DateField(), DateTimeField(), IntegerField())
#: in the place of the keys of the rows that are shown
ROWS = -1_000_000_000_000


@dataclass(frozen=True, slots=True)
class Matter:
    """One sort of thing that waits: what stands above its lines, what is done about each, how it looks."""

    key: str
    heading: "StrOrPromise"
    button: "StrOrPromise" = ""
    tone: str = ""
    is_primary: bool = False


class Mark(NamedTuple):
    """What a chip says."""

    label: "StrOrPromise"
    tone: str = ""
    icon: str = ""


@dataclass(slots=True)
class Told:
    """What the page says of a line: its own page, the one thing to do about it and where, and what there is to know."""

    url: str
    act_url: str
    button: "StrOrPromise" = ""
    facts: "Sequence[StrOrPromise]" = ()
    names: list[str] = field(default_factory=list)
    chips: list[Mark] = field(default_factory=list)
    progress: int | None = None


@dataclass(slots=True)
class Line:
    """One thing that waits, as the database gave it; what `state`, `note` and `number` mean its app knows."""

    kind: str
    key: str
    reference: str
    title: str
    who: str
    state: str
    note: str
    number: int | None
    day: date | None
    at: datetime | None


class WaitingLine(NamedTuple):
    """Everything the page says of a line, as plain values: the same values are the same piece of the page."""

    title: str
    reference: str
    url: str
    act_url: str
    button: str
    is_primary: bool
    facts: tuple[str, ...]
    names: tuple[str, ...]
    chips: tuple[Mark, ...]
    progress: int | None


def waiting_line_of(kind: Matter, line: Line, told: Told) -> WaitingLine:
    """In the language of now."""
    return WaitingLine(
        line.title,
        line.reference,
        told.url,
        told.act_url,
        str(told.button or kind.button),
        kind.is_primary,
        tuple(map(str, told.facts)),
        tuple(told.names),
        tuple(Mark(str(mark.label), mark.tone, mark.icon) for mark in told.chips),
        told.progress,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Where lines of some kinds come from: those of a person (made by `lines`; None where they have none)."""

    kinds: tuple[Matter, ...]
    rows: Callable[[Any], "WaitingRows | None"]
    tell: Callable[[Line], Told]
    #: they may be thousands: an index counts them and leads to the first, where others are read and put in order
    many: bool = False
    #: rows without which there is no line, found at once: whether there is any is asked before the lines are
    among: "Callable[[Any], QuerySet[Any] | None] | None" = None


@dataclass(slots=True)
class Waiting:
    """What waits of one kind: the first lines, each with what is told of it, and how many there are."""

    kind: Matter
    lines: list[tuple[Line, Told]]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


@dataclass(frozen=True, slots=True)
class WaitingRows:
    """The rows that wait, of which kind each is ('' where it does not wait after all), and what its columns are."""

    rows: QuerySet[Any]
    kind: Expression
    columns: dict[str, Any]

    def places(self) -> QuerySet[Any]:
        """Of each row no more than is needed to count it and to put it in its place."""
        rows = self.rows.order_by().annotate(**self._cast("day", "at"), line_kind=self.kind, line_pk=F("pk"))
        return rows.values_list("line_kind", "line_pk", "line_day", "line_at")

    def of(self, keys: Sequence[int]) -> QuerySet[Any]:
        """All columns of the rows with these keys, and the key first."""
        # Columns may speak of what the rows are annotated with; else nothing of why they wait is asked again.
        rows = self.rows if self.rows.query.annotations else self.rows.model._default_manager.all()
        rows = rows.filter(pk__in=keys).order_by()
        return rows.annotate(**self._cast(*COLUMNS), line_pk=F("pk")).values_list("line_pk", *_names())

    def every(self, kind: str) -> QuerySet[Any]:
        """All of one kind in their order, as rows for `Line(*row)`."""
        rows = self.rows.order_by().annotate(**self._cast(*COLUMNS), line_kind=self.kind)
        return rows.filter(line_kind=kind).order_by(*ORDER).values_list("line_kind", *_names())

    def _cast(self, *names: str) -> dict[str, Expression]:
        return {f"line_{name}": Cast(self.columns.get(name, Value(None)), COLUMNS[name]()) for name in names}


def lines(rows: QuerySet[Any], kind: Matter | Expression, **columns: Any) -> WaitingRows:
    """The rows as lines; a column is an expression or the name of a field, and empty where it is not given."""
    of_kind = Cast(Value(kind.key), CharField()) if isinstance(kind, Matter) else kind
    return WaitingRows(rows, of_kind, columns)


def what_waits(reader: Reader, sources: Sequence[Source], shown: int = SHOWN) -> dict[str, Waiting]:
    """Of each kind the first lines and their number, by the kind's key; two questions for all sources."""
    of_kind = {kind.key: (kind, source) for source in sources for kind in source.kinds}
    places = _places(reader, sources, shown)
    keys: dict[Source, list[int]] = {}
    for kind, key, *_order in places:
        keys.setdefault(of_kind[kind][1], []).append(key)
    columns = _columns(reader, keys)
    found: dict[str, Waiting] = {}
    for name, key, _day, _at, total in places:
        kind, source = of_kind[name]
        if (values := columns.get((source, key))) is None:  # gone between the two questions
            continue
        line = Line(name, *values)
        found.setdefault(name, Waiting(kind, [], total)).lines.append((line, source.tell(line)))
    return found


def lines_of(user: Any, source: Source, kind: Matter) -> "QuerySet[Any] | tuple[()]":
    """Every line of one kind in its order, as rows for `Line(*row)`."""
    found = source.rows(user)
    return () if found is None else found.every(kind.key)


def _places(reader: Reader, sources: Sequence[Source], shown: int) -> list[list[Any]]:
    """The first rows of each kind, in their order."""
    parts = []
    for source in _worth_asking(reader, sources):
        text = text_of(reader, (source, "places"), partial(_placed, source))
        if text.sql:
            part = filled(text, reader.keys)
            parts.append(_first_of_one(part, shown) if source.many else _first_of_each(part, shown))
    rows = answers(all_of(parts), PLACE) if parts else []
    rows = [row for row in rows if row[0]]
    return sorted(rows, key=lambda row: (row[2] is None, row[2], row[3] is None, row[3], row[1]))


def _worth_asking(reader: Reader, sources: Sequence[Source]) -> list[Source]:
    """Those that may have a line. Most people have few kinds, and a database takes longer to plan a question that finds
    nothing than to see that there is nothing to find."""
    conditions = [*{source.among for source in sources if source.among}]
    parts = []
    for number, among in enumerate(conditions):
        text = text_of(reader, (among, "any"), among)
        if text.sql:
            part = filled(text, reader.keys)
            parts.append(Filled(f"SELECT {number:d} WHERE EXISTS ({part.sql})", part.values))
    rows = answers(all_of(parts), (IntegerField(),)) if parts else []
    met = {None, *(conditions[number] for (number,) in rows)}
    return [source for source in sources if source.among in met]


def _whole(source: Source, person: Any) -> "QuerySet[Any] | None":
    found = source.rows(person)
    return None if found is None else found.of([ROWS])


def _placed(source: Source, person: Any) -> "QuerySet[Any] | None":
    found = source.rows(person)
    return None if found is None else found.places()


def _first_of_one(rows: Filled, shown: int) -> Filled:
    """Of rows that are all of one kind: an index may count them, and lead to the first."""
    sql = (
        f"SELECT first.*, (SELECT COUNT(*) FROM ({rows.sql}) every_one) AS line_total FROM"  # noqa: S608 - written by Django
        f" (SELECT * FROM ({rows.sql}) in_order ORDER BY {ORDER_SQL} LIMIT {shown:d}) first"
    )
    return Filled(sql, rows.values * 2)


def _first_of_each(rows: Filled, shown: int) -> Filled:
    sql = (
        "SELECT line_kind, line_pk, line_day, line_at, line_total FROM (SELECT each_one.*,"  # noqa: S608 - written by Django
        " COUNT(*) OVER (PARTITION BY line_kind) AS line_total,"
        f" ROW_NUMBER() OVER (PARTITION BY line_kind ORDER BY {ORDER_SQL}) AS line_place"
        f" FROM ({rows.sql}) each_one) placed WHERE line_place <= {shown:d}"
    )
    return Filled(sql, rows.values)


def _columns(reader: Reader, keys: dict[Source, list[int]]) -> dict[tuple[Source, int], list[Any]]:
    """What stands in the lines of these rows; sources that ask the same are asked together."""
    asked: dict[tuple[Any, ...], tuple[Text, list[Source]]] = {}
    for source in keys:
        text = text_of(reader, (source, "columns"), partial(_whole, source))
        asked.setdefault((text.sql, text.values), (text, []))[1].append(source)
    parts = []
    for number, (text, alike) in enumerate(asked.values()):
        part = filled(text, {**reader.keys, ROWS: [key for source in alike for key in keys[source]]})
        sql = f"SELECT {number:d}, line.* FROM ({part.sql}) line"  # noqa: S608 - written by Django
        parts.append(Filled(sql, part.values))
    fields = (IntegerField(), BigIntegerField(), *(made() for made in COLUMNS.values()))
    rows = answers(all_of(parts), fields) if parts else []
    sources = [alike for _text, alike in asked.values()]
    return {(source, key): values for number, key, *values in rows for source in sources[number]}


def _names() -> list[str]:
    return [f"line_{name}" for name in COLUMNS]
