"""Minutes cut into passages, each with its place in the plain text: what a recommendation may quote."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import pairwise

from portal.core.html import plain

VOID = {"br"}


@dataclass(frozen=True)
class Passage:
    """One paragraph, list, heading or quotation of the minutes."""

    offset: int
    text: str
    html: str

    @property
    def length(self) -> int:
        return len(self.text)

    def overlaps(self, offset: int, length: int) -> bool:
        return self.offset < offset + length and offset < self.offset + self.length


def passages(html: str) -> list[Passage]:
    """The outermost elements of cleaned minutes, with their offsets in `plain(html)`; empty ones are left out."""
    whole, cursor, found = plain(html), 0, []
    for block in _blocks(html):
        text = plain(block)
        offset = whole.find(text, cursor) if text else -1
        if offset >= 0:
            found.append(Passage(offset, text, block))
            cursor = offset + len(text)
    return found


def locate(quote: str, text: str, near: int = 0) -> int | None:
    """Where the words of `quote` stand in `text`, nearest to `near`, however lines are broken; None when nowhere."""
    words = quote.split()
    if not words:
        return None
    places = [match.start() for match in re.finditer(r"\s+".join(map(re.escape, words)), text)]
    return min(places, key=lambda place: abs(place - near), default=None)


class _Splitter(HTMLParser):
    """Notes where each outermost element begins; what stands between elements is a block of its own."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.lines = [0]
        for line in html.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)
        self.depth = 0
        self.starts = [0]
        self.feed(html)
        self.close()

    @property
    def place(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        if self.depth == 0:
            self.starts.append(self.place)
        self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        self.depth = max(self.depth - 1, 0)
        if self.depth == 0:
            self.starts.append(self.place + len(f"</{tag}>"))


def _blocks(html: str) -> list[str]:
    starts = sorted({*_Splitter(html).starts, len(html)})
    return [html[start:end] for start, end in pairwise(starts)]
