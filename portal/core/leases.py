"""While somebody works: a heart that beats beside what cannot say that it lives, and a clock that ends what takes too
long."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection

log = logging.getLogger(__name__)

#: seconds between two beats
PULSE = 15.0
#: seconds that the last beat is waited for
PATIENCE = 10.0


class TooLong(BaseException):
    """The work has taken as long as its kind may. No error: whoever forgives errors must not go on with it."""


@contextmanager
def renewed(renew: Callable[[], object]) -> Iterator[None]:
    """Call `renew` every PULSE seconds from a thread of its own, over its own connection to the database.

    A beat that fails is told to the log; the next one comes all the same.
    """
    is_over = threading.Event()

    def beat() -> None:
        while not is_over.wait(PULSE):
            try:
                renew()
            except Exception as failure:
                log.warning("A lease could not be renewed: %r", failure)
            finally:
                connection.close()

    heart = threading.Thread(target=beat, name="heart", daemon=True)
    heart.start()
    try:
        yield
    finally:
        is_over.set()
        heart.join(PATIENCE)


@contextmanager
def limited(limit: timedelta) -> Iterator[None]:
    """Raises TooLong in the midst of what takes longer than `limit`, whatever it waits for.

    The signal reaches the main thread alone, where workers work: in another one nothing is limited.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_signal: Any) -> None:
        raise TooLong

    begun = time.monotonic()
    before = signal.signal(signal.SIGALRM, ring)
    left, _every = signal.setitimer(signal.ITIMER_REAL, limit.total_seconds())
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:  # work within work: the outer one has its own end
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - begun), 0.001))
