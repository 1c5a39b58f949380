"""What something costs, to be compared with something else in the same run, never with a number of seconds."""

import time
from collections.abc import Callable


def cost(act: Callable[[], object], *, times: int = 3) -> float:
    """The processor's time of the cheapest of some runs, in seconds."""
    spent = []
    for _run in range(times):
        begun = time.process_time()
        act()
        spent.append(time.process_time() - begun)
    return min(spent)
