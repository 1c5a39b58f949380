"""Questions that are written once and asked often.

Django takes longer to write the SQL of a desk than the database takes to answer it. So a question is written in the
name of a stand-in: somebody like the reader in all that changes its words, whose keys stand for the reader's own. The
text is kept, and at each asking the reader's keys are put in the places of the stand-in's, and moments move with the
clock.

A moment in a question (a `datetime`) therefore has to be a distance from now, or stands among the keys; a day (a
`date`) is what it is, and the text is written anew each day.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, Expression, F, Field, QuerySet, Subquery, Value
from django.utils import timezone
from django.utils.translation import get_language

from portal.core.databases import read_connection
from portal.core.dates import today

#: how many texts a process keeps, of a kilobyte or a few; the oldest go first
KEPT = 5000
#: a key that no row has: in its place stands the person's
PERSON = -2_000_000_000_000


@dataclass(frozen=True, slots=True)
class Reader:
    """In whose name is asked: `stand_in` is the same for all readers of one `likeness`; `keys` says which of the
    reader's keys stand in the place of each of the stand-in's (one at least)."""

    stand_in: Any
    likeness: Hashable
    keys: Mapping[Any, Sequence[Any]]


class Text(NamedTuple):
    """SQL, the values for its places, and when it was written; where it is '', nothing can be found."""

    sql: str
    values: tuple[Any, ...] = ()
    at: datetime | None = None


_texts: dict[Hashable, Text] = {}
_writing = Lock()


def text_of(reader: Reader, name: Hashable, write: Callable[[Any], "QuerySet[Any] | None"]) -> Text:
    """What `write` asks in the name of the stand-in; `name` is of this question alone."""
    key = (name, reader.likeness, get_language(), today())
    text = _texts.get(key)
    if text is None:
        text = _written(write(reader.stand_in))
        if connection.vendor == "postgresql":  # elsewhere a moment is a text already
            with _writing:
                if len(_texts) >= KEPT:
                    del _texts[next(iter(_texts))]
                _texts[key] = text
    return text


def forget() -> None:
    """Write every question anew; for tests, whose tables change."""
    _texts.clear()


def _written(rows: "QuerySet[Any] | None") -> Text:
    if rows is None:
        return Text("")
    now = timezone.now()
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return Text("")
    return Text(sql, tuple(values), now)


class Among(Expression):
    """Whether a column is one of the keys that `rows` finds, a query of one column that leads to few of them.

    They are read first, once, and lead to the rows that are asked for through an index. Written as `IN` the database
    guesses how many there are, and now and then reads the whole table beside them.
    """

    conditional = True

    def __init__(self, column: str, rows: "QuerySet[Any]") -> None:
        super().__init__(output_field=BooleanField())
        self.column: Any = F(column)
        self.rows: Any = Subquery(rows)

    def get_source_expressions(self) -> list[Any]:
        return [self.column, self.rows]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.column, self.rows = exprs

    def as_sql(self, compiler: Any, connection: Any, words: str = "{} IN {}") -> tuple[str, tuple[Any, ...]]:
        column, values = compiler.compile(self.column)
        rows, more = compiler.compile(self.rows)
        return words.format(column, rows), (*values, *more)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return self.as_sql(compiler, connection, "{} = ANY(ARRAY{})")


class Filled(NamedTuple):
    """A question as it is asked of one reader, at one moment."""

    sql: str
    values: tuple[Any, ...]


def filled(text: Text, keys: Mapping[Any, Sequence[Any]]) -> Filled:
    """The text with a place for each of the reader's keys, and the moments of now."""
    later = timezone.now() - text.at if text.at else timedelta()
    first, *pieces = text.sql.split("%s")
    sql, values = [first], []
    for piece, value in zip(pieces, text.values, strict=True):
        given = keys.get(value) if isinstance(value, int | str | datetime) else None
        if given is None:
            values.append(value + later if isinstance(value, datetime) else value)
            sql.append("%s")
        else:
            values.extend(given)
            sql.append(", ".join(["%s"] * len(given)))
        sql.append(piece)
    return Filled("".join(sql), tuple(values))


def all_of(parts: Sequence[Filled]) -> Filled:
    """The rows of each, in one question."""
    sql = " UNION ALL ".join(f"SELECT * FROM ({part.sql}) part_{at}" for at, part in enumerate(parts))  # noqa: S608 - written by Django
    return Filled(sql, tuple(value for part in parts for value in part.values))


def answers(question: Filled, fields: Sequence[Field]) -> list[list[Any]]:
    """The rows of the answer; `fields` are of what kind its columns are."""
    connection = read_connection()
    with connection.cursor() as cursor:
        cursor.execute(question.sql, question.values)
        found = [list(row) for row in cursor.fetchall()]
    for at, field in enumerate(fields):
        column = Value(None, output_field=field)
        for turn in connection.ops.get_db_converters(column):
            for row in found:
                row[at] = turn(row[at], column, connection)
    return found


class KeysFound(Expression):
    """The keys that a filled question finds (none where it has no words), inside another: `Q(pk__in=KeysFound(…))`."""

    def __init__(self, question: Filled) -> None:
        super().__init__(output_field=BigIntegerField())
        self.question = question

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not self.question.sql:
            raise EmptyResultSet
        return f"({self.question.sql})", self.question.values
