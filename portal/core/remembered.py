"""What takes long to count, remembered by each process until something it was counted from changes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cache
from time import monotonic
from typing import Any

from django.db.models import Model, QuerySet, Subquery

from portal.core.databases import read_connection

#: how many answers a process keeps, and for how long at most
MOST, SECONDS = 512, 300
#: whether no transaction that wrote is open, where several may be
ALONE = {"postgresql": "pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot())"}

_all: list["Remembered[Any]"] = []


def asker_of(user: Any) -> Hashable:
    """Who asks, with what the account itself allows them; all visitors are one."""
    return user.pk, getattr(user, "is_administrator", False)


class Remembered[T]:
    """Answers to one question, by who asks and whatever else it depends on."""

    def __init__(self, most: int = MOST) -> None:
        self._answers: OrderedDict[Hashable, tuple[Hashable, float, T]] = OrderedDict()
        self._most = most
        _all.append(self)

    def recall(self, asker: Hashable, stamp: tuple[Any, ...], read: Callable[[], T]) -> T:
        """The answer read under the same stamp, else the one `read` gives; without a stamp nothing is remembered."""
        known = self._answers.get(asker)
        if stamp and known and known[0] == stamp and monotonic() - known[1] < SECONDS:
            return known[2]
        answer = read()
        if stamp:
            self._answers[asker] = stamp, monotonic(), answer
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return answer

    def forget(self) -> None:
        self._answers.clear()


class DrawnPieces:
    """The pieces of pages that were drawn from one thing, by whatever else they say; they go when it goes."""

    MOST = 8

    def __init__(self) -> None:
        self._pieces: OrderedDict[Hashable, str] = OrderedDict()

    def recall(self, key: Hashable, draw: Callable[[], str]) -> str:
        piece = self._pieces.get(key)
        if piece is None:
            piece = self._pieces[key] = draw()
            while len(self._pieces) > self.MOST:
                self._pieces.popitem(last=False)
        return piece


def forget() -> None:
    """Ask every question anew; for tests, whose changes are undone."""
    for remembered in _all:
        remembered.forget()


def last_changes(*models: Any) -> tuple[Any, ...]:
    """The last entries in the histories of these models: whatever is changed in one of them, it is another answer.

    One query that reads the end of an index each; empty where the first of the models has no row, and while somebody
    writes: what an act that has not ended yet has changed may stand before an entry of another that has.
    """
    connection = read_connection()
    with connection.cursor() as cursor:
        cursor.execute(_asking_for(models, connection.vendor))
        row = cursor.fetchone()
    if row is None:
        return ()
    nobody_writes, *entries = row
    return tuple(entries) if nobody_writes or connection.in_atomic_block else ()


@cache
def _asking_for(models: tuple[Any, ...], vendor: str) -> str:
    """Written once: there are no values in it."""
    asked = [Subquery(_newest(model).values("pk")[:1]) for model in models]
    rows = models[0]._base_manager.order_by().values_list(*asked)[:1]
    return f"SELECT {ALONE.get(vendor, '1')}, newest.* FROM ({rows.query.sql_with_params()[0]}) newest"  # noqa: S608


def _newest(model: type[Model]) -> QuerySet:
    return model.history.model._base_manager.order_by("-pk")  # type: ignore[attr-defined]
