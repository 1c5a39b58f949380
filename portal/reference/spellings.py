"""The names of territories and their other spellings, as a search needs them.

One table in memory for each process, read in one query and forgotten when a territory is saved; another process
notices within a minute.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.core.text import bare_words
from portal.reference.memory import Memory
from portal.reference.models import Territory

Words = tuple[str, ...]

#: what stands before or after a name and says of what kind it is: «إقليم الناظور» is looked up as «الناظور»
KIND_WORDS = {
    **dict.fromkeys(("جهه", "region"), Territory.Level.REGION),
    **dict.fromkeys(("عماله", "اقليم", "prefecture", "province", "prov", "pref"), Territory.Level.PROVINCE),
    **dict.fromkeys(("جماعه", "commune"), Territory.Level.COMMUNE),
}
LINK_WORDS = frozenset({"de", "du", "d", "l", "la"})
#: words that HCP and usage write differently in many names
SAME_WORDS = {"bni": "beni", "beni": "bni", "ouled": "oulad", "oulad": "ouled"}


@dataclass
class Spellings:
    """All spellings by each spelling, and whose each is; the territories by their code."""

    spellings: dict[Words, set[Words]] = field(default_factory=dict)
    territories: dict[Words, list[Territory]] = field(default_factory=dict)
    places: dict[str, Territory] = field(default_factory=dict)


def spellings_of(words: Words) -> Iterable[Words]:
    """All spellings of the territory (or territories) that `words` is a spelling of; empty when it is none."""
    return memory.recall().spellings.get(words, ())


def territories_called(words: Words) -> list[Territory]:
    """Those of which `words` is a spelling, with or without what says of what kind they are; not one that lies in
    another of them: a province stands for its chief town too."""
    name = _without_kind(words)
    level = KIND_WORDS.get(words[0]) if name != words else None
    found = [row for row in memory.recall().territories.get(name, ()) if level in (None, row.level)]
    return [row for row in found if not any(other.contains(row) for other in found if other != row)]


def places() -> Iterable[Territory]:
    """Every territory, once."""
    return memory.recall().places.values()


def place(code: str) -> Territory | None:
    return memory.recall().places.get(code)


def _read() -> Spellings:
    names = Spellings({(word,): {(word,), (other,)} for word, other in SAME_WORDS.items()})
    for territory in Territory.objects.all():
        names.places[territory.code] = territory
        spellings = {words for name in territory.spellings if (words := bare_name(name))}
        spellings |= {tuple(SAME_WORDS.get(word, word) for word in words) for words in spellings}
        for words in spellings:
            names.spellings.setdefault(words, set()).update(spellings)
            names.territories.setdefault(words, []).append(territory)
    return names


def bare_name(name: str) -> Words:
    """The words that make the name, without «إقليم» or “Province de”; a name is never stripped to nothing."""
    return _without_kind(bare_words(name))


def _without_kind(words: Words) -> Words:
    if words and words[0] in KIND_WORDS:
        words = words[1:]
        while words and words[0] in LINK_WORDS:
            words = words[1:]
    if len(words) > 1 and words[-1] in KIND_WORDS:
        words = words[:-1]
    return words


memory = Memory(_read)
