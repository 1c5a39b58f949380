"""Which places and themes a query names, in whatever language or spelling, and what it says beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.core.search import LONGEST_NAME
from portal.core.text import SMALL, bare_words, matches, without_particles
from portal.reference import spellings, themes
from portal.reference.models import Territory, Theme
from portal.reference.spellings import Words

#: how many letters the part of a theme's name has that names it
SHORTEST_PART = 3


@dataclass
class Named:
    """The territories and themes named, and the other words as they were typed."""

    places: list[Territory] = field(default_factory=list)
    themes: list[Theme] = field(default_factory=list)
    rest: str = ""


def named_in(query: str) -> Named:
    """The longest names first; «بالدريوش» names it too, and words like «في» are no rest.

    Where no theme is named in full, the rest may be part of some themes' names: «التكوين» names «التكوين المهني».
    """
    found, rest = Named(), []
    tokens = query.split()
    while tokens:
        length, places, of_theme = _longest(tokens)
        found.places += [place for place in places if place not in found.places]
        found.themes += [theme for theme in of_theme if theme not in found.themes]
        if not (places or of_theme or SMALL.issuperset(bare_words(tokens[0]))):
            rest.append(tokens[0])
        tokens = tokens[length:]
    found.rest = " ".join(rest)
    is_long = sum(map(len, bare_words(found.rest))) >= SHORTEST_PART
    if is_long and not found.themes and (in_part := _themes_with(found.rest)):
        found.themes, found.rest = in_part, ""
    return found


def called(query: str) -> tuple[list[Territory], list[Theme]]:
    """The territories and themes with a name that has every word of the query, the widest first."""
    places = [place for place in spellings.places() if any(matches(query, name) for name in place.spellings)]
    return sorted(places, key=lambda place: (place.code.count("."), place.code)), _themes_with(query)


def _themes_with(query: str) -> list[Theme]:
    return [theme for theme in themes.in_use() if any(matches(query, name) for name in theme.names)]


def _longest(tokens: Sequence[str]) -> tuple[int, list[Territory], list[Theme]]:
    """How many of the first words make a name, and whose it is."""
    for length in range(min(LONGEST_NAME, len(tokens)), 0, -1):
        words = bare_words(" ".join(tokens[:length]))
        for name in _without_particle(words):
            places, of_theme = spellings.territories_called(name), themes.themes_called(name)
            if places or of_theme:
                return length, places, of_theme
    return 1, [], []


def _without_particle(words: Words) -> list[Words]:
    return [(first, *words[1:]) for first in without_particles(words[0])] if words else []
