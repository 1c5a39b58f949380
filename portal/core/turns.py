"""Turns: so many at once on this machine, whichever process asks. The kernel gives a turn back when its holder dies."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings

#: seconds between two looks
PAUSE = 0.1


class Busy(Exception):
    """All turns were taken for as long as somebody was ready to wait."""


@contextmanager
def turn(what: str, at_once: int, patience: float) -> Iterator[None]:
    """One of `at_once` turns at `what`. Raises Busy after `patience` (seconds)."""
    end = time.monotonic() + patience
    while (held := _free(what, at_once)) is None:
        if time.monotonic() >= end:
            raise Busy
        time.sleep(PAUSE)
    with held:
        yield


def _free(what: str, at_once: int) -> IO[str] | None:
    folder = settings.VAR / "turns"
    folder.mkdir(exist_ok=True)
    for number in range(at_once):
        file = (folder / f"{what}-{number}").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
        else:
            return file
    return None
