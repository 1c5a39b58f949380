"""What a record says otherwise than an institution: what it would fill, what it would change."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from actors.directory.rules.fields import LISTS, REACHED, Reads, keys_of
from actors.imports.rules.known import Known, reached
from actors.imports.table.cells import Fields
from actors.imports.table.letters import one_line, several_lines
from portal.core.text import normalise

NAMES = keys_of(Reads.NAME)
SHORT = keys_of(Reads.ACRONYM, Reads.LINE)
LONG = keys_of(Reads.TEXT)


@dataclass
class Differences:
    """By field, the new values: `fills` where nothing stood, `changes` where something else stands.

    `is_older` is True where the record's day is before the one on which the sheet was last confirmed: it is not taken.
    """

    fills: Fields = field(default_factory=dict)
    changes: Fields = field(default_factory=dict)
    is_older: bool = False

    def __bool__(self) -> bool:
        return bool(self.fills or self.changes)


def compare(new: Fields, known: Known, *, letter_by_letter: bool) -> Differences:
    """What `new` says otherwise. An empty value says nothing: it never empties a field.

    Letter by letter for a record that names the institution by its identifier: a corrected spelling is a change, and a
    list is meant whole. Otherwise two spellings of a name are one, and a list that says less says nothing new.
    """
    found, old = Differences(), known.fields
    for key in NAMES:
        spellings = [old[key]] if letter_by_letter else [old[key], *old["aliases"]]
        _weigh(found, key, new[key], old[key], _is_in(new[key], spellings, one_line if letter_by_letter else squashed))
    for key in (*SHORT, *LONG):
        clean = several_lines if key in LONG else one_line
        _weigh(found, key, new[key], old[key], _is_in(new[key], [old[key]], clean if letter_by_letter else squashed))
    for key in ("kind", "territory"):
        _weigh(found, key, new[key], old[key], new[key] == old[key])
    _weigh(found, "website", new["website"], old["website"], _is_in(new["website"], [old["website"]], _address))
    for key in LISTS:
        missing = set(new[key]) - set(old[key])
        is_same = not missing and (not letter_by_letter or set(new[key]) == set(old[key]))
        _weigh(found, key, new[key], old[key], is_same)
    _reach(found, new, known)
    if letter_by_letter:
        _weigh(found, "state", new["state"], old["state"], new["state"] == old["state"])
        if new["identifier"] and new["identifier"].casefold() not in known.identifiers:
            found.changes["identifier"] = new["identifier"]
    _day(found, new["updated"], old["updated"], letter_by_letter=letter_by_letter)
    return found


def is_same(one: object, other: object) -> bool:
    """Two values of a field are one; a list has no order."""
    return set(one) == set(other) if isinstance(one, list) and isinstance(other, list) else one == other


@lru_cache(maxsize=65536)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a name in the form of searched texts. The names of a directory are asked for again and again."""
    return tuple(normalise(text).split())


def squashed(text: str) -> str:
    """A name as it is compared: its letters and digits in the form of searched texts, without the spaces."""
    return "".join(words_of(text))


def _weigh(found: Differences, key: str, new: object, old: object, is_same: bool) -> None:
    if not new or is_same:
        return
    (found.changes if old else found.fills)[key] = new


def _is_in(text: str, known: Iterable[str], form: Callable[[str], str]) -> bool:
    return form(text) in {form(one) for one in known if one}


def _reach(found: Differences, new: Fields, known: Known) -> None:
    """A number or mailbox the institution has already, in whichever place, is no difference; a further one is filled in
    beside the first."""
    for one in REACHED:
        has = reached(known.fields, one)
        _weigh(found, one.key, new[one.key], known.fields[one.key], new[one.key] in has)
        if more := [value for value in new[one.others] if value not in has]:
            found.fills[one.others] = more


def _day(found: Differences, new: str, old: str, *, letter_by_letter: bool) -> None:
    """A later day counts where the record names the institution; an earlier one never does."""
    if new and not old:
        found.fills["updated"] = new
    elif new > old and letter_by_letter:
        found.changes["updated"] = new
    found.is_older = bool(new and old and new < old)


def _address(text: str) -> str:
    return text.removeprefix("https://").removeprefix("http://").removesuffix("/").lower()
