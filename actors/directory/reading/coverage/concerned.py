"""How many things concern each territory, worked out from two lists of pairs whatever their length."""

from collections import defaultdict
from collections.abc import Iterable

from portal.reference.codes import wider_codes

#: a thing's key and the code of a territory
Pairs = Iterable[tuple[int, str]]


class Concerned:
    """Things in a territory, and those over a wider one that holds it; each counts once."""

    def __init__(self, *, over: Pairs, at: Pairs = ()) -> None:
        """`over`: things and a territory they are active in, all of it; `at`: things and the place where they sit."""
        self._inside: defaultdict[str, set[int]] = defaultdict(set)
        self._over: defaultdict[str, set[int]] = defaultdict(set)
        self._wider: dict[tuple[str, ...], set[int]] = {}
        for thing, code in over:
            self._over[code].add(thing)
        there = defaultdict(set, {code: set(things) for code, things in self._over.items()})
        for thing, code in at:
            there[code].add(thing)
        for code, things in there.items():
            for holder in (code, *wider_codes(code)):
                self._inside[holder] |= things

    def number(self, code: str) -> int:
        """How many concern the territory `code`."""
        wider = self._over_any(wider_codes(code))
        return len(wider) + len(self._inside.get(code, set()) - wider)

    def _over_any(self, codes: list[str]) -> set[int]:
        """Those active over one of the territories; worked out once for all communes of a province."""
        known = tuple(code for code in codes if code in self._over)
        if known not in self._wider:
            self._wider[known] = set().union(*(self._over[code] for code in known))
        return self._wider[known]
