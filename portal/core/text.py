"""Arabic, French and English words brought to one form, so that a search finds what was meant.

What is never folded, because it would join different words: ظ and ض, ه and ح, ق and ك, ط and ت. Names that are
spelt with either letter are joined by the table of territories, on the query side (`portal.core.search`).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

#: First Strong Isolate and Pop Directional Isolate: a name keeps to itself whatever script surrounds it
FSI, PDI = "\u2068", "\u2069"
#: as it sits over alef, waw or ya; kept while words are taken apart, in none of their forms
HAMZA = "\u0654"
APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼʻʿʾ′`´", "'"))
FOLDED = {
    **dict.fromkeys("ىی", "ي"),
    **dict.fromkeys("کݣڭگ", "ك"),
    "ة": "ه",
    "ٱ": "ا",
    "ء": "ء",
    HAMZA: HAMZA,
    "ـ": None,
    "œ": "oe",
    "æ": "ae",
    "'": "'",
}
CONJUNCTIONS = "وف"
PREPOSITIONS = "بكل"
ARTICLE = "ال"
#: the article glued to particles, in a query: «بالناظور», «للمهاجرين»; a particle alone may be the word's own letter.
#: «للاجئين» has swallowed the article before a lam of the word's own
GLUED_ARTICLE = re.compile(r"[وف]?(?:[بكل]?ال|(لل))(.{3,})")
#: a hamza inside a word, on whatever seat: «مسؤول» and «مسئول» are one word. Behind the article or a particle an alef
#: begins the word, and has one way to be written
SEATED_HAMZA = re.compile(f"[وي]{HAMZA}|(?<=[^وفبكل])ا{HAMZA}")
WITHOUT_HAMZA = str.maketrans("", "", f"{HAMZA}ء")
#: letters with points between them: O.N.G., «أ.م.م»
POINTED = re.compile(r"(?<![^\W_])[^\W\d_](?:\.[^\W\d_])+(?![^\W_])")
#: what belongs to one name of a person, joined: «عبد الله», Abd el Kader
ABD_APART = re.compile(r"(?<!\S)(?:[وف]?[بكل]?عبد (?=ال\S)|abd ?(?:[ae]l|ou?l)? ?(?=[a-z]{3}))")
ABD_JOINED = re.compile(r"(?<!\S)([وف]?[بكل]?)(عبد)(ال\S{2,})")
#: French articles that lose their vowel; the m of M'hand is no article
ELIDED = frozenset({"l", "d", "qu"})
#: « de octobre », which is written « d’octobre »
DE_BEFORE_A_VOWEL = re.compile(r"\bde (?=[aeiouàâéèêëîïôùû])", re.IGNORECASE)
#: control characters other than tabulator and line breaks
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
#: halves of letters and what is no character at all, which no encoding can write
NO_LETTER = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
#: what a sentence puts after an address
AFTER_ADDRESS = ".,;:!?)]}>»”\"'،؛؟"
#: an address in the text of HTML, without what the sentence puts after it; a semicolon there may end an `&amp;`
ADDRESS = re.compile(
    rf"https?://(?:(?!&(?:quot|lt|gt|#\w+);)[^\s<>])*(?<![{re.escape(AFTER_ADDRESS.replace(';', ''))}])"
)
#: what stands between tags
BETWEEN_TAGS = re.compile(r"(?:^|(?<=>))[^<]+")
#: the reference of a meeting or of what it recommended
REFERENCE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*-\d{4}-\d+(-r\d+)?", re.IGNORECASE)
#: the same as the portal writes it, among words
WRITTEN_REFERENCE = re.compile(r"(?<![\w/.-])[A-Z0-9]+(?:-[A-Z0-9]+)*-\d{4}-\d+(?:-R\d+)?(?![\w/-])")
#: words that join others and are asked for by nobody, in their one form
SMALL = frozenset(
    {"في", "من", "عن", "مع", "و"}
    | {"a", "au", "aux", "d", "dans", "de", "des", "du", "en", "et", "l", "la", "le", "les", "pour", "sur"}
    | {"and", "at", "for", "in", "of", "the"}
)
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


def with_addresses_apart(html: str) -> str:
    """The HTML with each address in its text read from left to right and kept to itself, whatever surrounds it."""

    def apart(text: re.Match[str]) -> str:
        return ADDRESS.sub(r'<bdi dir="ltr">\g<0></bdi>', text[0])

    return BETWEEN_TAGS.sub(apart, html)


def with_whole_references(html: str) -> str:
    """The HTML with each reference in its text on one line: it does not break at its hyphens."""

    def whole(text: re.Match[str]) -> str:
        return WRITTEN_REFERENCE.sub(r'<bdi class="nowrap" dir="ltr">\g<0></bdi>', text[0])

    return BETWEEN_TAGS.sub(whole, html)


def one_line(text: str) -> str:
    """The text without its line breaks and the spaces that only set them; those that hold words together stay."""
    return re.sub(r"[ \t\r\n\f\v]+", " ", text).strip(" ")


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
    # Blanks beside one are no part of the pattern: a million blanks would each be tried as the first of them.
    parts = CONTROLS.split(text)
    return " ".join(part.strip(" ") for part in parts).strip(" ") if len(parts) > 1 else text


def tidied_address(path: str) -> str:
    """An address as it was meant: no invisible mark, nothing of the sentence around it, references in capitals."""
    seen = "".join(letter for letter in path if unicodedata.category(letter) not in {"Cf", "Zs"})
    parts = fold_digits(seen.rstrip(AFTER_ADDRESS)).split("/")
    return "/".join(part.upper() if REFERENCE.fullmatch(part) else part for part in parts)


def normalise(text: str) -> str:
    """The one form that searched texts and queries share: letters and digits, one space between words."""
    return " ".join(_fold(text).translate(WITHOUT_HAMZA).replace("'", " ").split())


@lru_cache(maxsize=1024)
def words(text: str) -> tuple[str, ...]:
    """Every word by which the text is found, once each: as written, joined over an apostrophe, without particles, by
    its hamza; the names and acronyms that some write in one word, also so."""
    found: dict[str, None] = {}
    apart, joined = _fold(text), _joined(text)
    for token in dict.fromkeys((*apart.split(), *joined.split(), *ABD_JOINED.sub(r"\1\2 \3", joined).split())):
        parts = [part for part in token.split("'") if part]
        for form in (form for part in parts for form in _forms(part)):
            found.update(dict.fromkeys(without_particles(form)))
        if len(parts) > 1:
            found["".join(parts).translate(WITHOUT_HAMZA)] = None
    return tuple(found)


def searchable(parts: Iterable[str | None]) -> str:
    """What is stored to be searched: the words of all parts between spaces; “ wor” finds what begins with it."""
    found = dict.fromkeys(word for part in parts if part for word in words(str(part)))
    return f" {' '.join(found)} " if found else ""


def terms(query: str) -> list[QueryTerm]:
    """The words of a query, each with the ways in which a text may have it."""
    return [term for token in _joined(query).split()[:MOST_WORDS] if (term := _term(token))]


def bare_words(name: str) -> tuple[str, ...]:
    """A name as it is looked up in a table of names: its words without article or elision."""
    return tuple(word for term in terms(name) for word in term.words)


def matches(query: str, text: str) -> bool:
    """True when every word of the query begins a word of the text; a query without a word matches everything."""
    stored = _stored(text)
    return all(
        any(all(f" {word}" in stored for word in alternative) for alternative in term.alternatives)
        for term in _asked(query)
    )


@lru_cache(maxsize=4096)
def _stored(name: str) -> str:
    return searchable([name])


@lru_cache(maxsize=64)
def _asked(query: str) -> list[QueryTerm]:
    """Its words; the small ones only where it has no others."""
    asked = terms(query)
    return [term for term in asked if not SMALL.issuperset(term.words)] or asked


def _fold(text: str) -> str:
    """Folded until nothing changes any more: folding the case can bring up letters that decompose again."""
    while (folded := _fold_once(text)) != text:
        text = folded
    return text


def _fold_once(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(APOSTROPHES))
    return unicodedata.normalize("NFD", plain).casefold().translate(_characters)


def _joined(text: str) -> str:
    """Folded, with the acronyms and names in one word that some write in several."""
    pointed = POINTED.sub(lambda found: found[0].replace(".", ""), unicodedata.normalize("NFKC", text))
    return ABD_APART.sub(lambda found: found[0].replace(" ", ""), _fold(pointed))


def _forms(folded: str) -> list[str]:
    """The word without its hamza, as many write it; and with it on no seat, where one stands inside the word."""
    plain = folded.translate(WITHOUT_HAMZA)
    by_hamza = SEATED_HAMZA.sub("ء", folded).replace(HAMZA, "").strip("ء")
    return [form for form in (plain, by_hamza if "ء" in by_hamza else "") if form]


def _term(token: str) -> QueryTerm | None:
    parts = [form for part in token.split("'") for form in _forms(part)[:1]]
    if len(parts) > 1:
        parts = [without_article(part) for part in parts]
        apart = tuple(parts[1:] if parts[0] in ELIDED else parts)
        return QueryTerm(apart, (apart, ("".join(parts),)))
    stems = [stem for form in _forms(token.replace("'", "")) for stem in _stems(form)]
    return QueryTerm((stems[0],), tuple((stem,) for stem in stems)) if stems else None


def _stems(word: str) -> list[str]:
    stems = [without_article(word)]
    if glued := GLUED_ARTICLE.fullmatch(stems[0]):
        stems.append(glued[2])
        if glued[1]:
            stems.append(f"ل{glued[2]}")
    if name := ABD_JOINED.fullmatch(word):
        stems.append(name[2] + name[3])
    return stems


def without_article(word: str) -> str:
    return word[2:] if word.startswith(ARTICLE) and len(word) > 3 else word


def without_particles(word: str) -> Iterator[str]:
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


def elided(french: str) -> str:
    """A French phrase made of parts, with « d’ » before a vowel; words of other languages are left alone."""
    return DE_BEFORE_A_VOWEL.sub("d’", french)
