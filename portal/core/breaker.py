"""A server that does not answer is not asked by everybody: after one failure nobody asks for a while, then one does."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Away(Exception):
    """It did not answer a moment ago, and is not asked yet."""


class Breaker:
    """One for each server and process; `pause` is in seconds."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        #: until when nobody asks; 0 while it answers
        self._until = 0.0

    @property
    def is_away(self) -> bool:
        return time.monotonic() < self._until

    def trip(self) -> None:
        self._until = time.monotonic() + self._pause

    @contextmanager
    def asking(self, *failures: type[Exception]) -> Iterator[None]:
        """Around what asks the server; any of `failures` says that it is away. Raises Away where it is not asked."""
        if self.is_away:
            raise Away
        if self._until:  # the pause is over: this one asks, and the others wait for what it hears
            self.trip()
        try:
            yield
        except failures:
            self.trip()
            raise
        self._until = 0.0
