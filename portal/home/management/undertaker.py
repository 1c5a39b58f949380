"""Ends what a demonstration leaves behind when it is killed outright: a process of its own that outlives it.

It reads the leaders of process groups from its input (negative: that one is gone), which closes when the demonstration
ends, however that happens. It is run by its path, without the portal: it waits for days and should weigh nothing.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress


def end(leaders: set[int], patience: float) -> None:
    """Ask the leaders, wait until their groups are gone, kill what is left of them."""
    for leader in leaders:
        _send(os.kill, leader, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(_send(os.killpg, leader, 0) for leader in leaders):
        time.sleep(0.2)
    for leader in leaders:
        _send(os.killpg, leader, signal.SIGKILL)


def _send(kill: Callable[[int, int], None], number: int, what: int) -> bool:
    with suppress(ProcessLookupError, PermissionError):
        kill(number, what)
        return True
    return False


if __name__ == "__main__":
    left: set[int] = set()
    for number in map(int, sys.stdin):
        left = left | {number} if number > 0 else left - {-number}
    end(left, float(sys.argv[1]))
