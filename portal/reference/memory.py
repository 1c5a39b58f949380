"""A table in the memory of each process: read when it is asked for, forgotten when what it was read from changes."""

from collections.abc import Callable
from math import inf
from time import monotonic

from django.db import transaction

from portal.core.databases import PRIMARY, reading

#: how long another process goes on with a table that changed meanwhile
SECONDS = 60


class Memory[T]:
    """One table of this process, and when it was read."""

    def __init__(self, read: Callable[[], T]) -> None:
        self.read = read
        self.table: T | None = None
        self.read_at = 0.0

    def recall(self) -> T:
        table = self.table
        if table is None or monotonic() - self.read_at > SECONDS:
            with reading(PRIMARY):  # others read it too, and who has just changed it
                table = self.read()
            self.table, self.read_at = table, monotonic()
        return table

    def remember(self, table: T) -> None:
        """Use this table until what it stands for changes, however long that takes; for tests, whose clocks jump."""
        self.table, self.read_at = table, inf

    def forget(self, **signal: object) -> None:
        """Read the table again next time: now, and once more when the change is committed and others could read."""
        self.table = None
        if signal:
            transaction.on_commit(self._drop)

    def _drop(self) -> None:
        self.table = None
