"""Which institution a record is, or looks like: by keys in dictionaries, never by comparing all with all.

1. Its identifier: our own address of the sheet, or else the number of another list that was kept. That is the
   institution.
2. Its name (in any language, or another name of it), in the same place and of the same kind. That is the institution
   too, unless several are called so: then a person decides which. One in the archive counts where no other is called
   so. The same name with another kind, or in a place that holds the other or is not known, only looks like it.
3. The same mailbox, the same number; in the same place the same acronym, or a name that differs by one letter or only
   by the place at its end: it looks like it, and a person decides.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from actors.directory.rules.fields import DETAILS
from actors.imports.rules.differences import NAMES, squashed, words_of
from actors.imports.rules.known import Known, reached
from actors.imports.table.cells import Fields
from actors.imports.table.headings import is_slip
from portal.reference.codes import wider_codes
from portal.reference.resolver import resolve

#: what two institutions hardly share, the surest first
TELLING = tuple(field for field in DETAILS if field.tells)
#: as many institutions as one key leads to: more are no help to whoever decides
FEW = 5
#: a name with fewer words is not compared letter by letter
FEWEST_WORDS = 2
TAIL = re.compile(r"\s[–—-]\s")

Key = tuple[str, ...]


@dataclass(frozen=True)
class Described:
    """What a record says of itself: `places` are the codes it may lie in ('' is “no place at all”), the likeliest
    first; with `is_placed` False the place is not known."""

    fields: Fields
    kind: str
    places: Sequence[str]
    is_placed: bool


@dataclass
class Match:
    """The institution it is (`known`, found by `how`: identifier or name), or else those it looks like, each with the
    code of the reason."""

    known: Known | None = None
    how: str = ""
    doubts: list[tuple[str, Known]] = field(default_factory=list)


class Index:
    """Institutions by everything they can be known by; what is added later is found after what was added before, and
    what is in the archive after what is not.

    The many keys of names that are nearly the same are made when such a name is looked for the first time: a file in
    which every row has its identifier needs none of them.
    """

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self.slugs: dict[str, Known] = {}
        self.numbers: dict[str, Known] = {}
        self.table: dict[Key, list[Known]] = {}
        self.near: dict[Key, list[Known]] = {}
        self.not_near_yet: list[Known] = []
        self.tails: dict[str, tuple[str, ...]] = {}
        for one in sorted(known, key=lambda one: one.is_archived):
            self.add(one)

    def add(self, one: Known) -> None:
        for slug in one.slugs:
            self.slugs.setdefault(slug, one)
        for identifier in one.identifiers:
            self.numbers.setdefault(identifier, one)
        _enter(self.table, self._keys(one), one)
        self.not_near_yet.append(one)

    def identified(self, identifier: str) -> Known | None:
        """The institution that the identifier is the address of, or else the number of."""
        return (self.slugs.get(identifier) or self.numbers.get(identifier)) if identifier else None

    def find(self, asked: Described) -> Match:
        """Who the record is, or whom it looks like."""
        if known := self.identified(asked.fields["identifier"].casefold()):
            return Match(known, "identifier")
        named = self._named(asked)
        if len(named) == 1:
            return Match(named[0], "name")
        if named:
            return Match(doubts=[("same_name", one) for one in named])
        doubts: dict[int, tuple[str, Known]] = {}
        for code, one in self._doubts(asked):
            doubts.setdefault(id(one), (code, one))
        return Match(doubts=list(doubts.values())[:FEW])

    def _keys(self, one: Known) -> Iterator[Key]:
        place = one.place
        names = [one.fields[key] for key in NAMES]
        for name in _squashed([*names, *one.fields["aliases"]]):
            yield ("name", name, place)
            for wide in (*_wider(place), place):
                yield ("name in", name, wide)
        for label in _squashed([one.fields["acronym"], *names]):
            yield ("acronym" if label == squashed(one.fields["acronym"]) else "as acronym", label, place)
        yield from ((field.key, value) for field in TELLING for value in reached(one.fields, field))

    def _named(self, asked: Described) -> list[Known]:
        """Those of the same name, place and kind; where some have more of its names than others, those."""
        if not asked.is_placed:
            return []
        names = _squashed(asked.fields[key] for key in NAMES)
        for place in asked.places:
            found = [one for name in names for one in self.table.get(("name", name, place), ())]
            same = [one for one in found if not asked.kind or one.fields["kind"] in {asked.kind, ""}]
            same = [one for one in same if not one.is_archived] or same
            if same:
                times = Counter(map(id, same))
                most = [one for one in same if times[id(one)] == max(times.values())]
                return list({id(one): one for one in most}.values())
        return []

    def _doubts(self, asked: Described) -> Iterator[tuple[str, Known]]:
        for name in _squashed(asked.fields[key] for key in NAMES):
            yield from self._same_name(asked, name)
        for way in TELLING:
            same = (one for value in reached(asked.fields, way) for one in self.table.get((way.key, value), ()))
            yield from ((f"same_{way.key}", one) for one in same)
        for place in asked.places if asked.is_placed else ():
            yield from self._same_acronym(asked, place)
            for name in (asked.fields[key] for key in NAMES):
                for key in self._near_keys(name, place, asked.kind):
                    found = self._nearly().get(key, ())
                    yield from (("similar_name", one) for one in found if key[0] != "near" or _is_near(name, one))

    def _same_name(self, asked: Described, name: str) -> Iterator[tuple[str, Known]]:
        for place in asked.places:
            yield from (
                ("same_name_other_kind", one) for one in self.table.get(("name", name, place), ()) if asked.is_placed
            )
            for wide in _wider(place):
                yield from (("same_name_near", one) for one in self.table.get(("name", name, wide), ()))
            yield from (("same_name_near", one) for one in self.table.get(("name in", name, place), ()))

    def _same_acronym(self, asked: Described, place: str) -> Iterator[tuple[str, Known]]:
        acronym = squashed(asked.fields["acronym"])
        names = _squashed(asked.fields[key] for key in NAMES)
        for label in _squashed([acronym, *names]):
            yield from (("same_acronym", one) for one in self.table.get(("acronym", label, place), ()))
        if acronym:
            yield from (("same_acronym", one) for one in self.table.get(("as acronym", acronym, place), ()))

    def _nearly(self) -> dict[Key, list[Known]]:
        """The institutions by the keys of names that are nearly the same."""
        for one in self.not_near_yet:
            for key in NAMES:
                _enter(self.near, self._near_keys(one.fields[key], one.place, one.fields["kind"]), one)
        self.not_near_yet.clear()
        return self.near

    def _near_keys(self, name: str, place: str, kind: str) -> Iterator[Key]:
        """Keys that two names share when one word of them differs, or when only one of them ends on its place."""
        words = words_of(name)
        if len(words) < FEWEST_WORDS or not place:
            return
        yield ("bare", squashed(self._without_place(name, place)), place, kind)
        for at in range(len(words)):
            yield ("near", " ".join([*words[:at], "*", *words[at + 1 :]]), place, kind)

    def _without_place(self, name: str, place: str) -> str:
        """The name without «– الناظور» at its end, where that is the place it lies in, or one around it."""
        parts = TAIL.split(name)
        if len(parts) < 2:
            return name
        tail = parts[-1]
        if tail not in self.tails:
            self.tails[tail] = resolve(tail).codes
        is_its_place = any(place == code or place.startswith(f"{code}.") for code in self.tails[tail])
        return name[: name.rindex(tail)].rstrip(" –—-") if is_its_place else name


def _enter(table: dict[Key, list[Known]], keys: Iterable[Key], one: Known) -> None:
    """The institution under each of its keys; what was entered first stays first."""
    for key in keys:
        found = table.setdefault(key, [])
        if len(found) < FEW and not any(other is one for other in found):
            found.append(one)


def _wider(place: str) -> list[str]:
    """The codes around a place, the widest first: none at all, the region, the province…"""
    return ["", *wider_codes(place)] if place else []


def _squashed(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for one in names if (name := squashed(one))))


def _is_near(name: str, one: Known) -> bool:
    """One word of the two names differs, and by one letter."""
    words = words_of(name)
    for key in NAMES:
        others = words_of(one.fields[key])
        if len(others) == len(words):
            pairs = [(word, other) for word, other in zip(words, others, strict=True) if word != other]
            if len(pairs) == 1 and is_slip(*map(_without_article, pairs[0])):
                return True
    return False


def _without_article(word: str) -> str:
    return word.removeprefix("ال")
