"""Where territories lie on the map that the load has drawn (`TerritoryShape.path`), and where their labels go."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import hypot

NUMBER = re.compile(r"-?\d+")
#: at how many heights a place for a label is looked for
LEVELS = 20
#: what is known of so many paths is not looked for again: a region's communes, and its provinces
KEPT = 512

Place = tuple[int, int]


@dataclass(frozen=True)
class Box:
    """A rectangle in the units of the paths."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def with_margin(self, margin: int) -> "Box":
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    @property
    def view(self) -> str:
        """As an SVG's `viewBox`."""
        return f"{self.left} {self.top} {self.width} {self.height}"


def box_of(paths: Iterable[str]) -> Box:
    """The smallest rectangle around all paths; at least one of them draws something."""
    boxes = [_box_of(path) for path in paths]
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


@lru_cache(maxsize=KEPT)
def _box_of(path: str) -> Box:
    across, down = zip(*(place for ring in rings_of(path) for place in ring), strict=True)
    return Box(min(across), min(down), max(across), max(down))


def rings_of(path: str) -> Iterator[list[Place]]:
    """The corners of each ring of a path, written as the load writes it: `m`, steps, `z`."""
    x = y = 0
    for ring in path.split("z"):
        numbers = [int(number) for number in NUMBER.findall(ring)]
        places = []
        for step in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + step[0], y + step[1]
            places.append((x, y))
        if places:
            x, y = places[0]
            yield places


@dataclass(frozen=True)
class Middle:
    """A place inside a territory that is far from its border, and how far."""

    x: int
    y: int
    room: int


@lru_cache(maxsize=KEPT)
def middle_of(path: str) -> Middle:
    """Where a label goes: of the middles of what lies inside at several heights, the one farthest from the border."""
    rings = list(rings_of(path))
    box = box_of([path])
    edges = [edge for ring in rings for edge in pairwise([*ring, ring[0]])]
    places = [
        ((left + right) / 2, level)
        for part in range(1, LEVELS)
        for level in [box.top + box.height * part / LEVELS + 0.5]
        for left, right in _pieces(edges, level)
    ]
    room, (x, y) = max((min(_distance(place, edge) for edge in edges), place) for place in places)
    return Middle(round(x), round(y), round(room))


def _pieces(edges: list[tuple[Place, Place]], level: float) -> list[tuple[float, float]]:
    """What of the level lies inside, from where to where."""
    crossings = sorted(
        one[0] + (level - one[1]) * (other[0] - one[0]) / (other[1] - one[1])
        for one, other in edges
        if (one[1] < level) != (other[1] < level)
    )
    return list(zip(crossings[::2], crossings[1::2], strict=True))


def _distance(place: tuple[float, float], edge: tuple[Place, Place]) -> float:
    """From a place to the nearest of an edge."""
    (x, y), ((ax, ay), (bx, by)) = place, edge
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / length)) if length else 0.0
    return hypot(x - ax - along * dx, y - ay - along * dy)
