"""A region's communes as the paths of a small map: borders are simplified once for both neighbours, so that none
comes apart from the other; provinces and the region are drawn from the same lines."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import cos, hypot, radians
from typing import Any

Point = tuple[float, float]
Place = tuple[int, int]
Line = tuple[Point, ...]

#: the height of the map in the units of its paths; its width follows
HEIGHT = 2000
#: how far a simplified line may pass from where a point was, in the same units
TOLERANCE = 1.0
COMMUNE_DOTS = 3


class Drawing:
    """The communes' rings cut where three of them meet, each piece simplified once."""

    def __init__(self, outlines: dict[str, Any]) -> None:
        rings = {code: _rings(shape) for code, shape in outlines.items() if code.count(".") == COMMUNE_DOTS}
        self.places = _Grid(point for lines in rings.values() for ring in lines for point in ring)
        self.nodes = _nodes(rings.values())
        self.lines: dict[Line, list[Place]] = {}
        self.rings = {code: [self._pieces(ring) for ring in lines] for code, lines in rings.items()}

    def path(self, code: str) -> str:
        """The `d` of the territory: of a commune its own rings, of a wider one the borders it does not hold inside."""
        inside = [rings for commune, rings in self.rings.items() if commune == code or commune.startswith(f"{code}.")]
        if len(inside) == 1:
            return _written([self._joined(ring) for ring in inside[0]])
        pieces = [piece for rings in inside for ring in rings for piece in ring]
        inner = set(pieces) & {piece[::-1] for piece in pieces}
        return _written([self._joined(ring) for ring in _chained([piece for piece in pieces if piece not in inner])])

    def _pieces(self, ring: Line) -> list[Line]:
        """The ring from meeting point to meeting point; a ring that meets nobody twice begins at its first point."""
        around = ring[:-1]
        start = next((number for number, point in enumerate(around) if point in self.nodes), None)
        if start is None:
            start = around.index(min(around))
        around = (*around[start:], *around[: start + 1])
        cuts = [number for number, point in enumerate(around) if point in self.nodes or number in (0, len(around) - 1)]
        return [tuple(around[first : last + 1]) for first, last in pairwise(cuts)]

    def _joined(self, pieces: Iterable[Line]) -> list[Place]:
        """The simplified points all round, the first not repeated at the end."""
        joined: list[Place] = []
        for piece in pieces:
            joined += self._line(piece)[:-1]
        return [place for number, place in enumerate(joined) if place != joined[number - 1]]

    def _line(self, piece: Line) -> list[Place]:
        if piece[::-1] in self.lines:
            return self.lines[piece[::-1]][::-1]
        if piece not in self.lines:
            drawn = [self.places.place(point) for point in piece]
            self.lines[piece] = [(round(x), round(y)) for x, y in _simplified(drawn)]
        return self.lines[piece]


class _Grid:
    """Longitude and latitude as places on the map: equal lengths both ways in the middle of the region."""

    def __init__(self, points: Iterable[Point]) -> None:
        east, north = zip(*points, strict=True)
        self.west, self.north = min(east), max(north)
        self.scale = HEIGHT / (self.north - min(north))
        self.narrowing = cos(radians((self.north + min(north)) / 2))

    def place(self, point: Point) -> Point:
        return (point[0] - self.west) * self.narrowing * self.scale, (self.north - point[1]) * self.scale


def draw(outlines: dict[str, Any]) -> dict[str, str]:
    """The path of every territory that has an outline, by code; integers, relative, closed. Empty without outlines."""
    if not any(code.count(".") == COMMUNE_DOTS for code in outlines):
        return {}
    drawing = Drawing(outlines)
    return {code: drawing.path(code) for code in outlines}


def _rings(shape: dict[str, Any]) -> list[Line]:
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return [tuple((east, north) for east, north in ring) for polygon in polygons for ring in polygon]


def _nodes(communes: Iterable[list[Line]]) -> set[Point]:
    """The points where borders part: those with more than two neighbours."""
    beside: defaultdict[Point, set[Point]] = defaultdict(set)
    for rings in communes:
        for ring in rings:
            for one, other in pairwise(ring):
                beside[one].add(other)
                beside[other].add(one)
    return {point for point, others in beside.items() if len(others) > 2}


def _chained(pieces: list[Line]) -> Iterator[list[Line]]:
    """Pieces put end to end into rings."""
    begins: defaultdict[Point, list[Line]] = defaultdict(list)
    for piece in pieces:
        begins[piece[0]].append(piece)
    for first in pieces:
        if first not in begins[first[0]]:
            continue
        ring = [first]
        begins[first[0]].remove(first)
        while ring[-1][-1] != first[0]:
            ring.append(begins[ring[-1][-1]].pop())
        yield ring


def _simplified(line: list[Point]) -> list[Point]:
    """Without the points that the straight line between others passes near enough (Douglas and Peucker)."""
    if len(line) < 3:
        return line
    first, last = line[0], line[-1]
    far, at = max((_distance(point, first, last), number) for number, point in enumerate(line[1:-1], 1))
    if far <= TOLERANCE and first != last:
        return [first, last]
    return _simplified(line[: at + 1])[:-1] + _simplified(line[at:])


def _distance(point: Point, first: Point, last: Point) -> float:
    (x, y), (ax, ay), (bx, by) = point, first, last
    dx, dy = bx - ax, by - ay
    if dx == dy == 0:
        return hypot(x - ax, y - ay)
    along = max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
    return hypot(x - ax - along * dx, y - ay - along * dy)


def _written(rings: list[list[Place]]) -> str:
    """Each ring as `m` with what is left to go to each next point, in as few characters as can be."""
    text, (x, y) = [], (0, 0)
    for ring in rings:
        numbers: list[int] = []
        for place in ring:
            numbers += [place[0] - x, place[1] - y]
            x, y = place
        x, y = ring[0]
        text.append("m" + " ".join(map(str, numbers)).replace(" -", "-") + "z")
    return "".join(text)
