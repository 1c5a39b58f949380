"""Which sheets look alike: read once, put into small blocks by what they share, compared only inside a block.

No pair is looked at that shares nothing rare: a block is narrowed by place and kind until it is small, and what is
still too common says nothing (a word of every second association, the mail host of a whole ministry). So the work grows
with the number of sheets, not with its square.

A pair's likeness is what its reasons say together: each is a chance that the two are one, and they add up as chances
do. The same words in two towns are two institutions until something else says otherwise.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations
from math import log, prod
from typing import Any

from actors.directory.models import Actor, Contact
from actors.doubles.models import Double
from actors.doubles.rules.names import Name, Names, sound
from portal.reference.models import Territory

Reason = Double.Reason
#: from this likeness on a pair is shown
THRESHOLD = 50
#: the largest block in which every pair is compared
BLOCK = 12
#: how many of a name's rarest words lead to others
RAREST = 3
#: a mailbox, a telephone or a website that more sheets share belongs to none of them
SHARED = 6
#: a mail domain that more sheets share is a ministry's, not an institution's
SHARED_DOMAIN = 4
#: where anybody has a mailbox or a page
PUBLIC_HOSTS = frozenset({
    "gmail.com", "googlemail.com", "hotmail.com", "hotmail.fr", "outlook.com", "outlook.fr", "live.com", "live.fr",
    "msn.com", "yahoo.com", "yahoo.fr", "ymail.com", "menara.ma", "icloud.com", "me.com", "aol.com", "gmx.com",
    "gmx.fr", "orange.fr", "free.fr", "laposte.net", "wanadoo.fr", "proton.me", "protonmail.com", "mail.com",
    "iam.ma", "facebook.com", "instagram.com", "twitter.com", "x.com", "linkedin.com", "youtube.com", "wordpress.com",
    "blogspot.com", "sites.google.com", "linktr.ee", "t.me", "wa.me",
})  # fmt: skip
#: from this part of their words on two names are similar
SIMILAR = 0.55
#: what likeness is worth where both have words of their own, and how alike two spellings of one word are
OWN_WORDS, MISSPELT = 0.6, 0.7
#: what a shared name or acronym is worth where the places differ, or one is not known
IN_ANOTHER_PLACE, IN_SOME_PLACE = 0.12, 0.75
#: what everything is worth between kinds, an address between a house and what belongs to it, a domain between towns
OF_ANOTHER_KIND, IN_THE_FAMILY, A_BRANCH = 0.7, 0.4, 0.4

Key = tuple[Any, ...]


@dataclass(slots=True)
class ComparedSheet:
    """What is compared of one sheet."""

    pk: int
    kind: str
    archived: bool
    parent: int | None
    seat: str
    names: list[Name]
    #: places its names speak of
    spoken: frozenset[str]
    acronyms: frozenset[str]
    mails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    #: its seat; without one, the places its names speak of
    where: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.where = frozenset((self.seat,)) if self.seat else self.spoken


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two sheets that look alike, the one with the smaller key first."""

    first: int
    second: int
    score: int
    reasons: tuple[str, ...]


@dataclass
class Found:
    """What a search found, and how many pairs it looked at."""

    candidates: list[Candidate]
    sheets: int
    compared: int


def find_candidates() -> Found:
    """Every pair of sheets that look alike, in three queries: territories, sheets, contact details."""
    sheets = read_sheets()
    compared = 0
    found = []
    weights = _Weights(sheets)
    for one, other in pairs(sheets, weights):
        compared += 1
        candidate = weigh(one, other, weights)
        if candidate is not None:
            found.append(candidate)
    return Found(found, len(sheets), compared)


# Reading.


def read_sheets() -> list[ComparedSheet]:
    """The directory without what was merged, with the telephones and mail domains of each sheet."""
    territories = Territory.objects.values_list("code", "name_ar", "name_fr", "name_en", "aliases")
    names = Names((code, [*spellings, *aliases]) for code, *spellings, aliases in territories)
    columns = ("pk", "kind", "state", "parent_id", "seat_id", "website", "aliases", "acronym")
    rows = Actor.objects.standing().order_by("pk")
    sheets = {}
    for pk, kind, state, parent, seat, website, aliases, acronym, *spellings in rows.values_list(
        *columns, "name_ar", "name_fr", "name_en"
    ):
        read = [name for text in (*spellings, *aliases) if text and (name := names.read(text, seat or ""))]
        sheets[pk] = ComparedSheet(
            pk, kind, state == Actor.State.ARCHIVED, parent, seat or "", read,
            spoken=frozenset(place for name in read for place in name.places),
            acronyms=names.acronyms([acronym, *spellings, *aliases]),
        )  # fmt: skip
        if host := site_of(website):
            sheets[pk].sites.add(host)
    _add_contacts(sheets)
    return list(sheets.values())


def _add_contacts(sheets: Mapping[int, ComparedSheet]) -> None:
    for pk, email, phone in Contact.objects.values_list("actor_id", "email", "phone"):
        sheet = sheets.get(pk)
        if sheet is None:
            continue
        if phone:
            sheet.phones.add(phone)
        if email:
            mail = email.strip().lower()
            sheet.mails.add(mail)
            domain = mail.rpartition("@")[2].removeprefix("www.")
            if domain not in PUBLIC_HOSTS:
                sheet.domains.add(domain)


def site_of(website: str) -> str:
    """The host of a website of its own, or the page on somebody else's host: `facebook.com/asticude`; else ''."""
    address = website.strip().lower().partition("://")[2].removeprefix("www.").rstrip("/")
    host, _slash, path = address.partition("/")
    if host in PUBLIC_HOSTS:
        return f"{host}/{path}" if path else ""
    return host


# Blocks.


class _Weights:
    """How much each word says: the rarer, the more."""

    def __init__(self, sheets: list[ComparedSheet]) -> None:
        self.number: dict[str, int] = defaultdict(int)
        for sheet in sheets:
            for word in {word for name in sheet.names for word in name.sounds}:
                self.number[word] += 1
        whole = len(sheets) + 1
        self.weight = {word: log(whole / number) for word, number in self.number.items()}

    def rarest(self, sheet: ComparedSheet) -> set[str]:
        """The rarest words of each of its names."""
        found: set[str] = set()
        for name in sheet.names:
            found.update(sorted(name.sounds, key=lambda word: (self.number[word], word))[:RAREST])
        return found

    def of(self, words: Iterable[str]) -> float:
        return sum(map(self.weight.__getitem__, words))


def pairs(sheets: list[ComparedSheet], weights: _Weights) -> Iterator[tuple[ComparedSheet, ComparedSheet]]:
    """Every pair worth comparing, once."""
    seen: set[tuple[int, int]] = set()
    for block in _blocks(sheets, weights):
        for one, other in _within(block):
            pair = (one.pk, other.pk)
            if pair not in seen:
                seen.add(pair)
                yield one, other


def _blocks(sheets: list[ComparedSheet], weights: _Weights) -> Iterator[list[ComparedSheet]]:
    keyed: dict[Key, list[ComparedSheet]] = defaultdict(list)
    for sheet in sheets:
        for key in _keys(sheet, weights):
            keyed[key].append(sheet)
    limits = {"domain": SHARED_DOMAIN, "mail": SHARED, "phone": SHARED, "site": SHARED}
    for key, block in keyed.items():
        if len(block) > limits.get(key[0], len(block)) or len(block) < 2:
            continue
        yield from _narrowed(block, identical=key[0] == "name")


def _keys(sheet: ComparedSheet, weights: _Weights) -> set[Key]:
    keys: set[Key] = {("name", name.core) for name in sheet.names}
    keys |= {("word", word) for word in weights.rarest(sheet)}
    keys |= {("acronym", acronym) for acronym in sheet.acronyms}
    keys |= {("mail", mail) for mail in sheet.mails}
    keys |= {("phone", phone) for phone in sheet.phones}
    keys |= {("domain", domain) for domain in sheet.domains}
    return keys | {("site", site) for site in sheet.sites}


def _narrowed(block: list[ComparedSheet], *, identical: bool) -> Iterator[list[ComparedSheet]]:
    """The block, or its parts by place, then by kind too; what is still too large says nothing.

    Sheets with one and the same name in one place are too alike to be dropped: each is compared with its neighbours.
    """
    splits = (_provinces, _places, _places_and_kind)
    parts = [block]
    for split in splits:
        small = [part for part in parts if len(part) <= BLOCK]
        large = [part for part in parts if len(part) > BLOCK]
        yield from small
        parts = [smaller for part in large for smaller in _split(part, split)]
    for part in parts:
        if len(part) <= BLOCK:
            yield part
        elif identical:
            yield from (part[start : start + BLOCK] for start in range(0, len(part), BLOCK - 1))


def _split(block: list[ComparedSheet], by: Callable[[ComparedSheet], Iterable[Any]]) -> Iterable[list[ComparedSheet]]:
    parts: dict[Any, list[ComparedSheet]] = defaultdict(list)
    for sheet in block:
        for key in by(sheet):
            parts[key].append(sheet)
    return parts.values()


def _places(sheet: ComparedSheet) -> Iterable[str]:
    return sheet.where or ("",)


def _provinces(sheet: ComparedSheet) -> Iterable[str]:
    return {".".join(place.split(".")[:2]) for place in _places(sheet)}


def _places_and_kind(sheet: ComparedSheet) -> Iterable[tuple[str, str]]:
    return [(place, sheet.kind) for place in _places(sheet)]


def _within(block: list[ComparedSheet]) -> Iterator[tuple[ComparedSheet, ComparedSheet]]:
    for one, other in combinations(block, 2):
        if not (one.archived and other.archived):
            yield (one, other) if one.pk < other.pk else (other, one)


# Weighing.


def weigh(one: ComparedSheet, other: ComparedSheet, weights: _Weights) -> Candidate | None:
    """How alike they are and why; None where it is too little to ask a person."""
    place = _place(one, other)
    other_kind = one.kind != other.kind and Actor.Kind.OTHER not in (one.kind, other.kind)
    chances = _names(one, other, weights)
    chances |= _acronyms(one, other, like=bool(chances))
    worth = 1.0 if place is Reason.SAME_PLACE else IN_ANOTHER_PLACE if place else IN_SOME_PLACE
    if other_kind and not _write_alike(one, other):
        worth *= OF_ANOTHER_KIND
    chances = {reason: chance * worth for reason, chance in chances.items()}
    chances |= _reached(one, other, place)
    if other_kind:
        chances = {reason: chance * OF_ANOTHER_KIND for reason, chance in chances.items()}
    score = round(100 * (1 - prod(1 - chance for chance in chances.values())))
    if score < THRESHOLD:
        return None
    told = [*chances, *([place] if place else []), *([Reason.OTHER_KIND] if other_kind else [])]
    return Candidate(one.pk, other.pk, score, tuple(str(reason.value) for reason in told))


def _reached(one: ComparedSheet, other: ComparedSheet, place: Double.Reason | None) -> dict[Double.Reason, float]:
    """The same mailbox, telephone, or address on the network. The branches of one house share a domain, and a house
    and what belongs to it share more."""
    found = {Reason.SAME_MAIL: one.mails & other.mails, Reason.SAME_PHONE: one.phones & other.phones}
    if not found[Reason.SAME_MAIL]:
        site = one.sites & other.sites
        found |= {Reason.SAME_SITE: site} if site else {Reason.SAME_DOMAIN: one.domains & other.domains}
    family = one.parent == other.pk or other.parent == one.pk
    chances = {reason: reason.chance * (IN_THE_FAMILY if family else 1) for reason, shared in found.items() if shared}
    if place is Reason.OTHER_PLACE:
        for reason in (Reason.SAME_SITE, Reason.SAME_DOMAIN):
            if reason in chances:
                chances[reason] *= A_BRANCH
    return chances


def _names(one: ComparedSheet, other: ComparedSheet, weights: _Weights) -> dict[Double.Reason, float]:
    """The same name, or one with most of its words, counted by how much they say."""
    best = 0.0
    for ours in one.names:
        for theirs in other.names:
            if ours.places and theirs.places and not _touch(ours.places, theirs.places):
                continue
            if ours.core == theirs.core:
                return {Reason.SAME_NAME: Reason.SAME_NAME.chance}
            if not ours.sounds.isdisjoint(theirs.sounds):
                best = max(best, _likeness(ours, theirs, weights))
    return {Reason.LIKE_NAME: min(best, 0.95) * Reason.LIKE_NAME.chance} if best >= SIMILAR else {}


def _write_alike(one: ComparedSheet, other: ComparedSheet) -> bool:
    """The same name with the word of its kind: «جمعية الأمل» stays one name, whatever kind was chosen for it."""
    return any(ours.whole == theirs.whole for ours in one.names for theirs in other.names)


def _likeness(ours: Name, theirs: Name, weights: _Weights) -> float:
    """The part of all their words, by weight, that they have in common; less where each has words of its own that
    are not the other's misspelt: a directorate of youth is none of culture."""
    common = weights.of(ours.sounds & theirs.sounds) / (weights.of(ours.sounds | theirs.sounds) or 1)
    if common < SIMILAR:
        return common
    mine = [word for word in ours.core[1:] if sound(word) not in theirs.sounds]
    others = [word for word in theirs.core[1:] if sound(word) not in ours.sounds]
    foreign = mine and others and not any(_misspelt(word, other) for word in mine for other in others)
    return common * OWN_WORDS if foreign else common


def _misspelt(word: str, other: str) -> bool:
    return SequenceMatcher(None, word, other, autojunk=False).ratio() >= MISSPELT


def _acronyms(one: ComparedSheet, other: ComparedSheet, *, like: bool) -> dict[Double.Reason, float]:
    """The same acronym; it says less where both write their names out, and the names are not alike."""
    if one.acronyms.isdisjoint(other.acronyms):
        return {}
    written = {name.core[0] for name in one.names if len(name.core) > 2} & {
        name.core[0] for name in other.names if len(name.core) > 2
    }
    chance = Reason.SAME_ACRONYM.chance
    return {Reason.SAME_ACRONYM: chance * OWN_WORDS if written and not like else chance}


def _place(one: ComparedSheet, other: ComparedSheet) -> Double.Reason | None:
    """The same place (one may lie in the other), another one, or None where one of them says nothing of it: a seat in
    the region as a whole does not either."""
    if one.spoken and other.spoken and not _touch(one.spoken, other.spoken):
        return Reason.OTHER_PLACE
    if not one.where or not other.where:
        return None
    if _touch(one.where, other.where):
        return Reason.SAME_PLACE
    return None if any("." not in place for place in (*one.where, *other.where)) else Reason.OTHER_PLACE


@lru_cache(maxsize=1 << 16)
def _touch(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """One of these places is one of those, or lies in it; everything lies in the region, so that says nothing."""
    return any(a == b or _lies_in(a, b) or _lies_in(b, a) for a in ours for b in theirs)


def _lies_in(place: str, wider: str) -> bool:
    return "." in wider and place.startswith(f"{wider}.")
