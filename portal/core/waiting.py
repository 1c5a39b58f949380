"""What waits for a person, of every kind: one question to the database says how many there are and the first few.

An app makes lines of its rows (`lines`), all of one shape, so that those of all apps are one union; a line is told
(`Told`) without asking anything again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import (
    CharField,
    Count,
    DateField,
    DateTimeField,
    Expression,
    F,
    Field,
    IntegerField,
    QuerySet,
    Value,
    Window,
)
from django.db.models.functions import Cast, RowNumber

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: how many lines of a kind stand on the desk; the others are a link away
SHOWN = 7
COLUMNS: dict[str, type[Field]] = {
    "kind": CharField,
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


@dataclass(frozen=True, slots=True)
class Source:
    """Where lines of some kinds come from: `rows` of a person (made by `lines`; None where they have none)."""

    kinds: tuple[Matter, ...]
    rows: Callable[[Any], QuerySet[Any] | None]
    tell: Callable[[Line], Told]


@dataclass(slots=True)
class Waiting:
    """What waits of one kind: the first lines, each with what is told of it, and how many there are."""

    kind: Matter
    lines: list[tuple[Line, Told]]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


def lines(rows: QuerySet[Any], kind: Matter | Expression, **columns: Any) -> QuerySet[Any]:
    """The rows as lines; a column is an expression or the name of a field, and empty where it is not given."""
    given = columns | {"kind": Value(kind.key) if isinstance(kind, Matter) else kind}
    cast = {f"line_{name}": Cast(given.get(name, Value(None)), made()) for name, made in COLUMNS.items()}
    return rows.order_by().annotate(**cast)


def what_waits(user: Any, sources: Iterable[Source], shown: int = SHOWN) -> dict[str, Waiting]:
    """Of each kind the first lines and their number, by the kind's key; one query for all sources."""
    found: dict[str, Waiting] = {}
    kinds = {kind.key: (kind, source) for source in sources for kind in source.kinds}
    parts = [_first(rows, shown) for source in sources if (rows := source.rows(user)) is not None]
    if not parts:
        return found
    for _place, total, *values in sorted(parts[0].union(*parts[1:], all=True).order_by(), key=lambda row: row[0]):
        line = Line(*values)
        kind, source = kinds[line.kind]
        waits = found.setdefault(line.kind, Waiting(kind, [], total))
        waits.lines.append((line, source.tell(line)))
    return found


def lines_of(user: Any, source: Source, kind: Matter) -> "QuerySet[Any] | tuple[()]":
    """Every line of one kind in its order, as rows for `Line(*row)`."""
    rows = source.rows(user)
    return () if rows is None else rows.filter(line_kind=kind.key).order_by(*ORDER).values_list(*_names())


def _first(rows: QuerySet[Any], shown: int) -> QuerySet[Any]:
    by_kind = F("line_kind")
    placed = rows.annotate(
        line_place=Window(RowNumber(), partition_by=by_kind, order_by=ORDER),
        line_total=Window(Count("pk"), partition_by=by_kind),
    )
    return placed.filter(line_place__lte=shown).values_list("line_place", "line_total", *_names())


def _names() -> list[str]:
    return [f"line_{name}" for name in COLUMNS]
