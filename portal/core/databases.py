"""Which database is asked: the primary, or, while a visitor's page is made, its replica (`replica.py`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

PRIMARY, REPLICA = DEFAULT_DB_ALIAS, "replica"
_read: ContextVar[str] = ContextVar("the database that is read", default=PRIMARY)


class Router:
    """Reads go where the request of this thread was sent, also from rows that came from elsewhere; all else to the
    primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return _read.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == PRIMARY


@contextmanager
def reading(alias: str) -> Iterator[None]:
    before = _read.set(alias)
    try:
        yield
    finally:
        _read.reset(before)


def read_primary() -> None:
    """From here on to the end of the `reading` around it."""
    _read.set(PRIMARY)


def is_replica_read() -> bool:
    return _read.get() == REPLICA


def read_connection() -> BaseDatabaseWrapper:
    """For who writes SQL: the database that the rows of the same page come from."""
    return connections[_read.get()]
