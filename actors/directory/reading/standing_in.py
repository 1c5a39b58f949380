"""In whose name the questions of many people are written once (`portal.core.asking`)."""

from collections.abc import Hashable
from itertools import count
from typing import TYPE_CHECKING, Any

from actors.directory.models.membership import parts_by_actor
from actors.directory.models.space import roles_by_space
from portal.accounts.models import User
from portal.core.asking import PERSON, Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: a key that no row has, nor those below
FIRST = -3_000_000_000_000
VISITOR = "visitor"
ADDRESS = "stand-in@stand-in.invalid"


def reader_of(user: User) -> Reader:
    """The person as a reader: whatever is asked about institutions and spaces depends on the parts and roles there.

    The stand-in has one institution for each set of parts the person has in any, and a second one where they have it in
    several; likewise one space or two for each role. The first stands for the first, the second for all the others.
    A visitor has nothing anywhere, and is their own stand-in.
    """
    if not user.is_authenticated:
        return Reader(user, VISITOR, {})
    numbers = count(FIRST, -1)
    keys: dict[Any, Sequence[Any]] = {PERSON: [user.pk], ADDRESS: [user.email]}
    parts = _classes(((pk, tuple(sorted(held))) for pk, held in parts_by_actor(user).items()), numbers, keys)
    roles = _classes(roles_by_space(user).items(), numbers, keys)
    keys |= {str(key): [str(pk) for pk in own] for key, own in keys.items() if isinstance(key, int)}  # as texts too
    stand_in: Any = User(pk=PERSON, email=ADDRESS, is_administrator=user.is_administrator)
    stand_in._parts_by_actor = {pk: set(held) for pk, held in parts.items()}
    stand_in._roles_by_space = roles
    likeness: Hashable = (user.is_administrator, tuple(parts.items()), tuple(roles.items()))
    return Reader(stand_in, likeness, keys)


def _classes[T](rows: "Iterable[tuple[int, T]]", numbers: "Iterator[int]", keys: dict[Any, Any]) -> dict[int, T]:
    """What the stand-in has, by its keys; whose places they take is written into `keys`."""
    alike: dict[Any, list[int]] = {}
    for pk, held in rows:
        alike.setdefault(held, []).append(pk)
    found = {}
    for held in sorted(alike):
        first, *others = alike[held]
        for own in ([first], others):
            if own:
                key = next(numbers)
                found[key], keys[key] = held, own
    return found
