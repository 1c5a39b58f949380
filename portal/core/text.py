"""Arabic, French and English words brought to one form, so that a search finds what was meant.

What is never folded, because it would join different words: ظ and ض, ه and ح, ق and ك, ط and ت. Names that are
spelt with either letter are joined by the table of territories, on the query side (`portal.core.search`).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼʻʿʾ′`´", "'"))
FOLDED = {
    **dict.fromkeys("ىی", "ي"),
    **dict.fromkeys("کݣڭگ", "ك"),
    "ة": "ه",
    "ٱ": "ا",
    "ء": None,
    "ـ": None,
    "œ": "oe",
    "æ": "ae",
    "'": "'",
}
CONJUNCTIONS = "وف"
PREPOSITIONS = "بكل"
ARTICLE = "ال"
#: the article glued to particles, in a query: «بالناظور», «للمهاجرين»; a particle alone may be the word's own letter
GLUED_ARTICLE = re.compile(r"[وف]?(?:[بك]?ال|لل)(.{3,})")
#: French articles that lose their vowel; the m of M'hand is no article
ELIDED = frozenset({"l", "d", "qu"})
#: control characters other than tabulator and line breaks
CONTROLS = re.compile(r" *[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+ *")
#: halves of letters and what is no character at all, which no encoding can write
NO_LETTER = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
#: what a sentence puts after an address
AFTER_ADDRESS = ".,;:!?)]}>»”\"'،؛؟"
#: the reference of a meeting or of what it recommended
REFERENCE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*-\d{4}-\d+(-r\d+)?", re.IGNORECASE)
#: as many words as a query may have; the ones after it are not looked at
MOST_WORDS = 24


class _Characters(dict[int, str | None]):
    """What each decomposed, case-folded character becomes; worked out once for each."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        category = unicodedata.category(character)
        folded: str | None
        if character in FOLDED:
            folded = FOLDED[character]
        elif category in {"Mn", "Cf"}:
            folded = None
        elif category == "Nd":
            folded = str(unicodedata.decimal(character))
        else:
            folded = character if category.startswith("L") else " "
        if code < 0x10000:
            self[code] = folded
        return folded


_characters = _Characters()


@dataclass(frozen=True)
class QueryTerm:
    """One word of a query: `words` as they are looked up in a table of names, `alternatives` as they are searched.

    A text has the term when it has all the words of one alternative.
    """

    words: tuple[str, ...]
    alternatives: tuple[tuple[str, ...], ...]


def fold_digits(text: str) -> str:
    """Any script's decimal digits as 0–9: «٢٠٢٧» becomes “2027”."""
    return re.sub(r"\d", lambda found: str(unicodedata.decimal(found[0])), text)


def without_controls(text: str) -> str:
    """The text with a space for control characters, which a paste brings along and no page or spreadsheet can show.

    Word ends a line with one: what it parted must not become one word.
    """
    text = NO_LETTER.sub("", text)
    return CONTROLS.sub(" ", text).strip(" ") if CONTROLS.search(text) else text


def tidied_address(path: str) -> str:
    """An address as it was meant: no invisible mark, nothing of the sentence around it, each part in its own case."""
    seen = "".join(letter for letter in path if unicodedata.category(letter) not in {"Cf", "Zs"})
    parts = [
        part.upper() if REFERENCE.fullmatch(part) else part.lower()
        for part in fold_digits(seen.rstrip(AFTER_ADDRESS)).split("/")
    ]
    return "/".join(parts)


def normalise(text: str) -> str:
    """The one form that searched texts and queries share: letters and digits, one space between words."""
    return " ".join(_fold(text).replace("'", " ").split())


def words(text: str) -> list[str]:
    """Every word by which the text is found, once each: as written, joined over an apostrophe, without particles."""
    found: dict[str, None] = {}
    for token in _fold(text).split():
        parts = [part for part in token.split("'") if part]
        for part in parts:
            found.update(dict.fromkeys(_without_particles(part)))
        if len(parts) > 1:
            found["".join(parts)] = None
    return list(found)


def searchable(parts: Iterable[str | None]) -> str:
    """What is stored to be searched: the words of all parts between spaces; “ wor” finds what begins with it."""
    found = dict.fromkeys(word for part in parts if part for word in words(str(part)))
    return f" {' '.join(found)} " if found else ""


def terms(query: str) -> list[QueryTerm]:
    """The words of a query, each with the ways in which a text may have it."""
    return [term for token in _fold(query).split()[:MOST_WORDS] if (term := _term(token))]


def bare_words(name: str) -> tuple[str, ...]:
    """A name as it is looked up in a table of names: its words without article or elision."""
    return tuple(word for term in terms(name) for word in term.words)


def matches(query: str, text: str) -> bool:
    """True when every word of the query begins a word of the text; a query without a word matches everything."""
    stored = searchable([text])
    return all(
        any(all(f" {word}" in stored for word in alternative) for alternative in term.alternatives)
        for term in terms(query)
    )


def _fold(text: str) -> str:
    """Folded until nothing changes any more: folding the case can bring up letters that decompose again."""
    while (folded := _fold_once(text)) != text:
        text = folded
    return text


def _fold_once(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(APOSTROPHES))
    return unicodedata.normalize("NFD", plain).casefold().translate(_characters)


def _term(token: str) -> QueryTerm | None:
    parts = [_without_article(part) for part in token.split("'") if part]
    if len(parts) > 1:
        apart = tuple(parts[1:] if parts[0] in ELIDED else parts)
        return QueryTerm(apart, (apart, ("".join(parts),)))
    if not parts:
        return None
    stems = [parts[0]]
    if glued := GLUED_ARTICLE.fullmatch(parts[0]):
        stems.append(glued[1])
    return QueryTerm((parts[0],), tuple((stem,) for stem in stems))


def _without_article(word: str) -> str:
    return word[2:] if word.startswith(ARTICLE) and len(word) > 3 else word


def _without_particles(word: str) -> Iterator[str]:
    """The word, and what it is without «و» or «ف», without «ب», «ك» or «ل», and without the article."""
    stems = [word]
    for particles in (CONJUNCTIONS, PREPOSITIONS):
        stems += [stem[1:] for stem in stems if stem[0] in particles and len(stem) > 3]
    yield from stems
    yield from (stem[2:] for stem in stems if stem.startswith((ARTICLE, "لل")) and len(stem) > 3)


def direction_of(text: str, otherwise: str = "rtl") -> str:
    """`rtl` or `ltr`, by its first letter that has a direction; `otherwise` where none has."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    strong = next((kind for kind in kinds if kind in {"L", "R", "AL"}), None)
    return otherwise if strong is None else "ltr" if strong == "L" else "rtl"


def running_head(title: str, most: int = 84) -> str:
    """As many of the first words as one line at the head of a page holds, capitals being half as wide again."""

    def fits(text: str) -> bool:
        return len(text) + sum(letter.isupper() for letter in text) / 2 <= most

    while not fits(title):
        shorter = title.removesuffix("…")
        title = (shorter.rpartition(" ")[0] or shorter[:-1]).rstrip(" ,،:;؛") + "…"
    return title
