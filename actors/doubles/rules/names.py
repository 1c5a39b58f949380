"""The names of institutions as they are compared: without the kind's word, the place and what only links words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from portal.core.text import normalise

#: words that say of what kind an institution is, or which part of it writes
KINDS = frozenset({
    "جمعيه", "الجمعيه", "ج", "جماعه", "الجماعه", "بلديه", "منظمه", "مكتب", "فرع",
    "association", "asso", "ass", "commune", "municipalite", "organisation", "ong", "bureau", "section",
    "ngo",
})  # fmt: skip
LINKS = frozenset({
    "و", "في", "من", "ب", "ل", "على", "الى", "عن", "de", "du", "des", "la", "le", "les", "l", "d", "et", "pour", "a",
    "au", "aux", "en", "sur", "par", "of", "the", "and", "for", "in",
})  # fmt: skip
#: what stands before the name of a place
BEFORE_PLACES = frozenset({
    "جهه", "الجهه", "اقليم", "عماله", "جماعه", "مدينه", "region", "province", "prefecture", "commune", "ville",
})  # fmt: skip
GLUED = re.compile(r"[وف]?(?:[بك]?ال|لل)(.{3,})")
#: letters that are taken for one another in writing names, each family to one of its letters
SOUNDS = str.maketrans({
    "ث": "ت", "ط": "ت", "ذ": "د", "ض": "د", "ظ": "د", "ص": "س", "ى": "ي", "ه": None,
    "y": "i", "q": "k", "c": "k", "z": "s", "w": "u", "h": None,
})  # fmt: skip
ARABIC = re.compile(r"[\u0600-\u06ff]")
DOUBLED = re.compile(r"(.)\1+")
VOWELS = re.compile(r"(?<=.)[aeiou]")
#: shorter words keep their vowels: too little would be left to tell them apart
LONG_ENOUGH = 5
#: a place has at most so many words
LONGEST_PLACE = 6
SHORTEST_ACRONYM = 3


@dataclass(frozen=True, slots=True)
class Name:
    """One spelling: its script and its own words, those with the kind's, what they sound like, the places it names."""

    core: tuple[str, ...]
    whole: frozenset[str]
    sounds: frozenset[str]
    places: frozenset[str]


class Names:
    """Reads names, knowing every spelling of every territory of the region."""

    def __init__(self, territories: Iterable[tuple[str, Iterable[str]]]) -> None:
        self.places: dict[tuple[str, ...], set[str]] = {}
        for code, spellings in territories:
            for spelling in spellings:
                words = bare(normalise(spelling))
                while len(words) > 1 and words[0] in BEFORE_PLACES:
                    words = words[1:]
                if words:
                    self.places.setdefault(words, set()).add(code)

    def read(self, text: str, seat: str) -> Name | None:
        """The name as it is compared; None where it has no letter. A name that is nothing but a kind and a place (a
        commune's) keeps both: they are all it has."""
        words = bare(normalise(text))
        if not words:
            return None
        own, places = self._without_place(words, seat)
        own, whole = tuple(word for word in own if word not in KINDS) or words, own
        script = "ar" if ARABIC.search(text) else "la"
        return Name((script, *sorted(own)), frozenset(whole), frozenset(sound(word) for word in own), frozenset(places))

    def _without_place(self, words: tuple[str, ...], seat: str) -> tuple[tuple[str, ...], set[str]]:
        """The words before the place at the end, and the codes the place may mean: the seat's, where it is one."""
        for length in range(min(LONGEST_PLACE, len(words) - 1), 0, -1):
            codes = self.places.get(words[-length:]) or self._glued(words[-length:])
            if codes:
                near = {code for code in codes if seat and (seat == code or seat.startswith(f"{code}."))}
                own = words[:-length]
                while len(own) > 1 and own[-1] in BEFORE_PLACES:
                    own = own[:-1]
                return own, near or set(codes)
        return words, set()

    def _glued(self, words: tuple[str, ...]) -> set[str]:
        """«بوجدة» is in «وجدة»; «لتويسيت» is of «تويسيت»."""
        first, *rest = words
        return self.places.get((first[1:], *rest), set()) if first[0] in "بل" and len(first) > 3 else set()

    def acronyms(self, spellings: Iterable[str]) -> frozenset[str]:
        """The acronym, and every name that is one word in Latin letters."""
        words = (normalise(text) for text in spellings if text and " " not in text.strip())
        return frozenset(
            word for word in words if SHORTEST_ACRONYM <= len(word) <= 30 and " " not in word and word.isascii()
        )


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The word without a conjunction and an article glued to it."""
    glued = GLUED.fullmatch(word)
    if glued:
        return glued[1]
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


@lru_cache(maxsize=1 << 16)
def sound(word: str) -> str:
    """What a word sounds like, however it is spelt: letters of one family are one, vowels after the first go."""
    heard = DOUBLED.sub(r"\1", word.translate(SOUNDS))
    heard = VOWELS.sub("", heard) if len(heard) >= LONG_ENOUGH else heard
    return heard or word


def bare(normalised: str) -> tuple[str, ...]:
    """The words of a normalised name, stemmed, without those that only link; the last one always means something."""
    *words, last = normalised.split() or [""]
    found = [stem(word) for word in words if word not in LINKS]
    return (*found, stem(last)) if last else ()
