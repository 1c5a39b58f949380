"""Two acts on PostgreSQL that overlap, as those of two people do: the second begins before the first is kept."""

import time
from collections.abc import Callable
from threading import Event, Thread

from django.db import connection, transaction
from django.utils import translation

from portal.core.errors import Refused

#: an act: what is read before it begins, and what is done with that, which may answer with what it goes on to do
type Acting = tuple[Callable[[], object], Callable[[object], object]]
#: seconds in which the second comes to wait for the first, where it does
LONG_ENOUGH = 0.3


def overlapping(first: Acting, second: Acting) -> list[str]:
    """What each ended in, `done` or the sentence of its refusal; both have read what they act on before either acts."""
    told, both_read, has_acted = ["", ""], [Event(), Event()], Event()

    def run(place: int, acting: Acting) -> None:
        read, act = acting
        try:
            with translation.override("en"), transaction.atomic():
                thing = read()
                both_read[place].set()
                both_read[1 - place].wait()
                if place == 1:
                    has_acted.wait()
                rest = act(thing)
                has_acted.set()
                if place == 0:
                    time.sleep(LONG_ENOUGH)
                if callable(rest):
                    rest()
            told[place] = "done"
        except Refused as refusal:
            told[place] = str(refusal)
        except Exception as error:
            told[place] = repr(error)
        finally:
            both_read[place].set()
            has_acted.set()
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate((first, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told
