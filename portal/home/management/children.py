"""Processes that are kept running: one that falls is started again after a pause, and a line in plain words says so."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Seconds before the next start, by how often in a row it fell; the last one for all that follow.
PAUSES = (1, 2, 4, 8, 15, 30)
#: After so many seconds without a fall the count begins anew.
STEADY = 60
SECONDS_TO_STOP = 15
UNDERTAKER = Path(__file__).with_name("undertaker.py")


@dataclass
class Child:
    """A process to keep: its name, its command, and what goes on or waits while it is away."""

    name: str
    command: list[str]
    meanwhile: str
    process: subprocess.Popen[bytes] | None = None
    falls: int = 0
    #: When it was started; while it is away, when it will be.
    started: float = 0


class Children:
    """Start them, `look` a few times a second, take all down at the end; if this process is killed, they end too."""

    def __init__(
        self,
        children: list[Child],
        say: Callable[[str], object],
        pauses: tuple[float, ...] = PAUSES,
        steady: float = STEADY,
        **options: Any,
    ) -> None:
        self.children, self._say, self._pauses, self._steady, self._options = children, say, pauses, steady, options

    @contextmanager
    def running(self) -> Iterator[None]:
        with _undertaker() as self._told:
            try:
                for child in self.children:
                    self._start(child)
                yield
            finally:
                self._take_down()

    def look(self) -> None:
        """Notice who fell; start again whose pause is over."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.started:
                    self._start(child)
            elif child.process.poll() is not None:
                self._gone(child.process)
                self._pause(child, ending(child.process.returncode))
            elif child.falls and now - child.started >= self._steady:
                child.falls = 0
                self._say(f"The {child.name} has run for {self._steady:g} seconds again.")

    def _start(self, child: Child) -> None:
        try:
            # A session of its own: Ctrl-C reaches the parent only, which then stops all in order.
            child.process = subprocess.Popen(  # noqa: S603
                child.command, stdin=subprocess.DEVNULL, start_new_session=True, **self._options
            )
        except OSError as failure:
            self._pause(child, str(failure))
        else:
            child.started = time.monotonic()
            self._tell(child.process.pid)

    def _pause(self, child: Child, how: str) -> None:
        pause = self._pauses[min(child.falls, len(self._pauses) - 1)]
        child.falls += 1
        child.process, child.started = None, time.monotonic() + pause
        times = f", {child.falls} times in a row now" if child.falls > 1 else ""
        seconds = "second" if pause == 1 else "seconds"
        self._say(f"The {child.name} has ended ({how}){times}. Next start in {pause:g} {seconds}; {child.meanwhile}.")

    def _take_down(self) -> None:
        """Ask first, wait, then end whatever is left of each one."""
        processes = [child.process for child in self.children if child.process is not None]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for process in processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            self._gone(process)

    def _gone(self, process: subprocess.Popen[bytes]) -> None:
        """Nothing it had started may go on beside its successor."""
        with suppress(ProcessLookupError, PermissionError):  # nobody left; on macOS, nobody but the ended
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._tell(-process.pid)

    def _tell(self, number: int) -> None:
        with suppress(BrokenPipeError):  # somebody ended the undertaker; the children can do without
            os.write(self._told, f"{number}\n".encode())


def ending(code: int) -> str:
    """What the code of an ended process says."""
    return f"killed by signal {-code}" if code < 0 else f"code {code}; its last lines above say why"


@contextmanager
def _undertaker() -> Iterator[int]:
    """Where to tell it the numbers of processes, negative when they are gone; closed, it ends those that are left."""
    heard, told = os.pipe()
    command = [sys.executable, "-I", str(UNDERTAKER), str(SECONDS_TO_STOP)]
    undertaker = subprocess.Popen(command, stdin=heard, start_new_session=True)  # noqa: S603
    os.close(heard)
    try:
        yield told
    finally:
        os.close(told)
        undertaker.wait()
