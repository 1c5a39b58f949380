"""What ends a demonstration: Ctrl-C, a closed terminal, `kill`."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self


class Stop(BaseException):
    """Somebody asked for the end; no handler of ordinary errors may swallow it."""


class Signals:
    """The first signal raises Stop, or is only noted where a half-done step would be lost; later ones pass."""

    NAMES = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.asked = self.only_note = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        again, self.asked = self.asked, True
        if not again and not self.only_note:
            raise Stop

    @contextmanager
    def caught(self) -> Iterator[Self]:
        before = {name: signal.signal(name, self) for name in self.NAMES}
        try:
            yield self
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)
