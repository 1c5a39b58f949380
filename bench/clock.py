"""Times of answers, in pairs: a page, and at once the floor, on the same line to the same server."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from bench.floors import COUNTED, SPENT
from bench.pages import Page

CONSTANT, ROWS = "/bench/constant", "/bench/rows"


class Line:
    """One reader's line to the server, kept open."""

    def __init__(self, address: str, cookie: str) -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname or "", parts.port
        self.headers = {"Accept-Encoding": "gzip", "X-Forwarded-Proto": "https"} | (
            {"Cookie": cookie} if cookie else {}
        )
        self._line = http.client.HTTPConnection(self.host, self.port, timeout=900)

    def ask(self, path: str, **headers: str) -> tuple[float, http.client.HTTPResponse, bytes]:
        """Seconds, the answer, its body as sent. Raises RuntimeError where the answer is no page."""
        begun = time.perf_counter()
        try:
            answer, body = self._asked(path, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):  # the server closed the line
            self._line.close()
            begun = time.perf_counter()
            answer, body = self._asked(path, headers)
        seconds = time.perf_counter() - begun
        if answer.status != (304 if "If-None-Match" in headers else 200):
            raise RuntimeError(f"{path} answers {answer.status} {answer.headers.get('Location', '')}")
        return seconds, answer, body

    def _asked(self, path: str, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
        self._line.request("GET", quote(path, safe="/?&=%"), headers=self.headers | headers)
        answer = self._line.getresponse()
        return answer, answer.read()


@dataclass
class Timed:
    """One line of the table; times in seconds, what was spent of the processor in milliseconds."""

    page: Page
    queries: int
    size: int
    headers: dict[str, str] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)
    constants: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    floors_spent: list[float] = field(default_factory=list)
    per_second: float = 0

    @property
    def ratios(self) -> list[float]:
        return sorted(one / floor for one, floor in zip(self.times, self.floors, strict=True))

    def figures(self) -> dict[str, Any]:
        """As written to the file: milliseconds, list floors, bytes."""
        ratios = self.ratios
        return {
            "p50_ms": round(statistics.median(self.times) * 1000, 1),
            "p95_ms": round(sorted(self.times)[int(len(self.times) * 0.95)] * 1000, 1),
            "floor_ms": round(statistics.median(self.floors) * 1000, 1),
            "constant_ms": round(statistics.median(self.constants) * 1000, 1),
            "ratio": round(statistics.median(ratios), 2),
            "ratio_from": round(ratios[len(ratios) // 4], 2),
            "ratio_to": round(ratios[len(ratios) * 3 // 4], 2),
            "cpu_ratio": round(statistics.median(self.spent) / statistics.median(self.floors_spent), 2),
            "per_second_1": round(1 / statistics.median(self.times), 1),
            "per_second_at_once": round(self.per_second, 1),
            "queries": self.queries,
            "bytes": self.size,
        }


def timed(pages: list[Page], line_of: Callable[[str], Line], pairs: int, seconds: float, at_once: int) -> list[Timed]:
    """Each page so many times, in turn, each beside the floors; then by many at once for so many seconds."""
    rows = [_first(page, line_of(page.reader)) for page in pages]
    for _round in range(pairs):
        for row in rows:
            line = line_of(row.page.reader)
            for path, headers, clock, processor in (
                (row.page.path, row.headers, row.times, row.spent),
                (ROWS, {}, row.floors, row.floors_spent),
            ):
                taken, answer, _body = line.ask(path, **headers)
                clock.append(taken)
                processor.append(float(answer.headers[SPENT]))
            row.constants.append(line.ask(CONSTANT)[0])
    for row in rows:
        row.per_second = per_second(
            row.page.path, lambda row=row: line_of(row.page.reader, anew=True), seconds, at_once, row.headers
        )
    return rows


def _first(page: Page, line: Line) -> Timed:
    """The page once to warm it, once to count what it asks and what it weighs."""
    headers = {} if page.kept else {"Cache-Control": "no-cache"}
    if page.again:
        mark = line.ask(page.path)[1].headers["ETag"]
        headers = {"If-None-Match": mark, "Cookie": f"django_language={page.path[1:3]}"}
    for _time in range(
        4 if page.again or page.kept else 2
    ):  # each worker once more: it remembers what it has seen unchanged
        line.ask(page.path, **headers)
        line.ask(ROWS)
    _seconds, answer, body = line.ask(page.path, **headers, **{COUNTED: "1"})
    return Timed(page, int(answer.headers[COUNTED]), len(body), headers)


def per_second(path: str, line: Callable[[], Line], seconds: float, at_once: int, headers: dict[str, str]) -> float:
    """Answers in a second when so many ask at once."""
    ends = time.perf_counter() + seconds
    counts: list[int] = []

    def ask() -> None:
        own, count = line(), 0
        while time.perf_counter() < ends:
            own.ask(path, **headers)
            count += 1
        counts.append(count)

    askers = [threading.Thread(target=ask) for _asker in range(at_once)]
    begun = time.perf_counter()
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    return sum(counts) / (time.perf_counter() - begun)
