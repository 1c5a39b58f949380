"""Which territory a cell means: one, several to choose from, one that a person must confirm, none. Nothing is guessed.

What a cell says is looked up as it stands; a word nearly like a name is not that name. Two tables in memory answer for
every process (`portal.reference.memory`): the region's names and other spellings, and the names of places that are no
territory of it (`Place`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from portal.core.text import bare_words, fold_digits, normalise
from portal.reference.memory import Memory
from portal.reference.models import Place, Territory
from portal.reference.spellings import KIND_WORDS, LINK_WORDS, Words, bare_name

#: for the resolver both ways of writing are one
SAME_WORD = {"bni": "beni", "ouled": "oulad"}
#: what stands between a kind and a name: “Commune rurale de …”
KIND_ADJECTIVES = frozenset({"urbaine", "rurale", "territoriale", "حضريه", "قرويه", "ترابيه"})
#: a cell that says “nothing”, beside those with only dashes or dots in it
NOTHING = frozenset({"neant", "aucun", "aucune", "لا شيء", "لا يوجد", "لا توجد", "بدون", "n a"})
EMPTY_SIGNS = re.compile(r"[\s\W_]*")
#: a cell that says “everywhere”
WHOLE_REGION = frozenset(
    {
        "الجهه كلها",
        "كل الجهه",
        "مجموع الجهه",
        "كل الاقاليم",
        "جميع الاقاليم",
        "toute la region",
        "l ensemble de la region",
    }
)
CODE = re.compile(r"\d[\d.\s-]*")
#: a code that lost its dots has at least the digits of a province
SHORTEST_CODE = 4
SEPARATORS = (re.compile(r"\s[–—-]\s|[/،,;؛+&\n()]|\s+(?:et|و)\s+"), re.compile(r"\s[–—-]\s|[/،,;؛+&\n()]|\s+و"))


class Outcome(StrEnum):
    OK = "ok"
    AMBIGUOUS = "ambiguous"
    REVIEW = "review"
    CONFLICT = "conflict"
    OUT_OF_REGION = "out_of_region"
    NONE = "none"
    EMPTY = "empty"


@dataclass(frozen=True)
class Resolved:
    """What a cell means: `codes` is the territory when `outcome` is ok, else what a person may choose from."""

    outcome: Outcome
    codes: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The territory meant, or the best suggestion where there is exactly one; otherwise ''."""
        return self.codes[0] if len(self.codes) == 1 else ""

    @property
    def answer(self) -> str:
        """In one word: `02.381.01.03`, `AMBIGUOUS:02.381|02.381.01.05`, `REVIEW:…`, `CONFLICT:…`, `NONE`…"""
        codes = "|".join(self.codes)
        if self.outcome is Outcome.OK:
            return codes
        return f"{self.outcome.upper()}:{codes}" if codes else self.outcome.upper()


@dataclass
class Atlas:
    """Every name and code, as they are looked up."""

    levels: dict[str, str] = field(default_factory=dict)
    names: defaultdict[Words, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: localities and short names: the communes they probably mean
    probable: defaultdict[Words, set[str]] = field(default_factory=lambda: defaultdict(set))
    elsewhere: set[Words] = field(default_factory=set)
    codes_elsewhere: set[str] = field(default_factory=set)
    by_digits: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Found:
    """What a name or a code stands for, before anything else is asked."""

    sure: frozenset[str] = frozenset()
    probable: frozenset[str] = frozenset()
    is_elsewhere: bool = False

    def __bool__(self) -> bool:
        return bool(self.sure or self.probable or self.is_elsewhere)


def resolve(cell: str, *, province: str = "", level: str = "") -> Resolved:
    """What the cell means.

    `level` ("province" or "commune") is the column it stands in and settles a name that both have; `province` is what
    the column of provinces says in the same row: it chooses among several, and where it says otherwise the answer is
    a conflict.
    """
    if _is_empty(cell):
        return Resolved(Outcome.EMPTY)
    bounds = resolve(province, level=Territory.Level.PROVINCE) if province else Resolved(Outcome.EMPTY)
    if found := _found(cell, level):
        return _decided(found, bounds)
    return _several(cell, level, bounds)


def resolve_columns(province: str, commune: str) -> Resolved:
    """Where an institution is, as its two cells say it: the commune, or the province where no commune is given."""
    if _is_empty(commune):
        return resolve(province, level=Territory.Level.PROVINCE)
    return resolve(commune, province=province, level=Territory.Level.COMMUNE)


def _is_empty(cell: str) -> bool:
    return ("?" not in cell and "؟" not in cell and bool(EMPTY_SIGNS.fullmatch(cell))) or normalise(cell) in _NOTHING


def _found(text: str, level: str) -> _Found:
    atlas = memory.recall()
    digits = fold_digits(text).strip().removesuffix(".0")
    if CODE.fullmatch(digits):
        return _code(digits, atlas)
    if normalise(text) in _WHOLE_REGION:
        return _Found(frozenset(code for code, kind in atlas.levels.items() if kind == Territory.Level.REGION))
    kind, words = _kind_and_name(text)
    named = frozenset(atlas.names.get(words, ()))
    at_level = frozenset(code for code in named if atlas.levels[code] == (kind or level))
    if kind and not at_level:
        # “province of” a place that is only a commune: one of the two words is wrong
        return _Found(probable=named | atlas.probable.get(words, set()), is_elsewhere=words in atlas.elsewhere)
    return _Found(at_level or named, frozenset(atlas.probable.get(words, ())), words in atlas.elsewhere)


def _code(text: str, atlas: Atlas) -> _Found:
    """A code as HCP writes it, or what a spreadsheet made of it: without dots, without its first zero."""
    if text in atlas.levels:
        return _Found(frozenset({text}))
    digits = re.sub(r"\D", "", text).lstrip("0")
    if len(digits) >= SHORTEST_CODE and (code := atlas.by_digits.get(digits)):
        return _Found(frozenset({code}))
    return _Found(is_elsewhere=text in atlas.codes_elsewhere)


def _kind_and_name(text: str) -> tuple[str, Words]:
    """What the words in front say it is (or ''), and the name."""
    words = bare_words(text)
    kind = KIND_WORDS.get(words[0], "") if len(words) > 1 else ""
    if kind and words[1] in KIND_ADJECTIVES:
        rest = list(words[2:])
        while rest and rest[0] in LINK_WORDS:
            rest.pop(0)
        return kind, _same(rest)
    return kind, _same(bare_name(text))


def _decided(found: _Found, bounds: Resolved) -> Resolved:
    """With what the column of provinces says. A name that only another region has is not of ours, whatever it says."""
    codes = found.sure or found.probable
    if not codes:
        return Resolved(Outcome.OUT_OF_REGION)
    if bounds.outcome is Outcome.OUT_OF_REGION:
        return Resolved(Outcome.OUT_OF_REGION) if found.is_elsewhere else _answer(Outcome.CONFLICT, codes)
    province = bounds.code if bounds.outcome is Outcome.OK else ""
    if province and not _is_region(province):
        inside = [code for code in codes if code == province or code.startswith(f"{province}.")]
        if not inside:
            return _answer(Outcome.CONFLICT, codes)
        codes = frozenset(inside)
    if len(codes) > 1:
        return _answer(Outcome.AMBIGUOUS, codes)
    is_certain = found.sure and (province or not found.is_elsewhere)
    return _answer(Outcome.OK if is_certain else Outcome.REVIEW, codes)


def _several(cell: str, level: str, bounds: Resolved) -> Resolved:
    """A cell that is no name as a whole: several names beside each other, or one beside other words."""
    for separator in SEPARATORS:
        parts = [part for part in separator.split(cell) if not _is_empty(part)]
        decided = [
            _decided(found, Resolved(Outcome.EMPTY)) if (found := _found(part, level)) else None for part in parts
        ]
        known = [part for part in decided if part and part.codes]
        if not known or (separator is SEPARATORS[1] and None in decided):
            continue
        codes = {code for part in known for code in part.codes}
        narrowest = max(codes, key=len)
        if all(part and part.outcome is Outcome.OK for part in decided) and all(
            narrowest == code or narrowest.startswith(f"{code}.") for code in codes
        ):
            return _decided(_Found(frozenset({narrowest})), bounds)
        if len(codes) > 1:
            return _answer(Outcome.AMBIGUOUS, codes)
        return _decided(_Found(probable=frozenset(codes)), bounds)
    return Resolved(Outcome.NONE)


def _answer(outcome: Outcome, codes: Iterable[str]) -> Resolved:
    return Resolved(outcome, tuple(sorted(codes)))


def _is_region(code: str) -> bool:
    return memory.recall().levels.get(code) == Territory.Level.REGION


def _same(words: Iterable[str]) -> Words:
    return tuple(SAME_WORD.get(word, word) for word in words)


def _read() -> Atlas:
    atlas = Atlas()
    for territory in Territory.objects.all():
        atlas.levels[territory.code] = territory.level
        atlas.by_digits[territory.code.replace(".", "").lstrip("0")] = territory.code
        for name in territory.spellings:
            if words := _same(bare_name(name)):
                atlas.names[words].add(territory.code)
    for kind, name, territory_id, code in Place.objects.values_list("kind", "name", "territory_id", "code"):
        words = _same(bare_name(name))
        if kind == Place.Kind.ELSEWHERE:
            atlas.elsewhere.add(words)
            atlas.codes_elsewhere.add(code)
        else:
            atlas.probable[words].add(territory_id)
    return atlas


_NOTHING = frozenset(map(normalise, NOTHING))
_WHOLE_REGION = frozenset(map(normalise, WHOLE_REGION))
memory = Memory(_read)
