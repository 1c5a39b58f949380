"""What a record says otherwise than an institution: what it would fill, what it would change."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from actors.directory.rules.fields import LISTED, LISTS, REACHED, Field, Hand, Reads, keys_of
from actors.imports.rules.known import Known, reached
from actors.imports.table.cells import Fields
from actors.imports.table.letters import one_line, several_lines
from portal.core.text import normalise

NAMES = keys_of(Reads.NAME)
#: what administrators choose is written by a list that names the institution, and by no other
DECIDED = frozenset(one.name for one in LISTED if one.reads is Reads.CHOICE and one.set_by is Hand.ADMINISTRATORS)


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
    for one in LISTED:
        key, says, said = one.key, new[one.key], old[one.key]
        if one in REACHED:
            _reach(found, one, new, known)
        elif one.reads is Reads.DAY:
            _day(found, key, says, said, letter_by_letter=letter_by_letter)
        elif one.reads is Reads.IDENTIFIER:
            if letter_by_letter and says and says.casefold() not in known.identifiers:
                found.changes[key] = says
        elif one.key in LISTS:
            is_same = not set(says) - set(said) and (not letter_by_letter or set(says) == set(said))
            _weigh(found, key, says, said, is_same)
        elif letter_by_letter or one.name not in DECIDED:
            form = FORMS.get(one.reads, one_line if letter_by_letter else squashed)
            if one.reads is Reads.TEXT and letter_by_letter:
                form = several_lines
            spellings = [said, *old["aliases"]] if one.reads is Reads.NAME and not letter_by_letter else [said]
            _weigh(found, key, says, said, _is_in(says, spellings, form))
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


def _reach(found: Differences, one: Field, new: Fields, known: Known) -> None:
    """A number or mailbox the institution has already, in whichever place, is no difference; a further one is filled in
    beside the first."""
    has = reached(known.fields, one)
    _weigh(found, one.key, new[one.key], known.fields[one.key], new[one.key] in has)
    if more := [value for value in new[one.others] if value not in has]:
        found.fills[one.others] = more


def _day(found: Differences, key: str, new: str, old: str, *, letter_by_letter: bool) -> None:
    """A later day counts where the record names the institution; an earlier one never does."""
    if new and not old:
        found.fills[key] = new
    elif new > old and letter_by_letter:
        found.changes[key] = new
    found.is_older = bool(new and old and new < old)


def _address(text: str) -> str:
    return text.removeprefix("https://").removeprefix("http://").removesuffix("/").lower()


#: how two values are compared that are no spellings
FORMS: dict[Reads, Callable[[str], str]] = {Reads.WEB: _address, Reads.CHOICE: str, Reads.PLACE: str}
