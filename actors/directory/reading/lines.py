"""The lines of the directory: everything one says, as plain values, so that it is drawn once for them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import BigIntegerField, CharField, QuerySet

from actors.directory.models import Actor, Contact
from actors.directory.reading.standing_in import reader_of
from portal.core.asking import answers, filled, text_of
from portal.core.dates import day_text, today
from portal.core.names import written
from portal.core.waiting import ROWS, Mark
from portal.reference.models import Theme

if TYPE_CHECKING:
    from portal.accounts.models import User


class ActorLine(NamedTuple):
    """One institution as the reader is told of it; '' where there is nothing."""

    pk: int
    url: str
    name: str
    acronym: str
    kind: str
    #: how its state looks; None for what is published
    state: Mark | None
    seat: str
    themes: tuple[str, ...]
    phone: str
    email: str
    is_stale: bool
    is_hidden: bool
    confirmed_on: str
    confirmed_day: str


def actor_lines(user: "User", actors: Sequence[Actor]) -> list[ActorLine]:
    """Of institutions with their seat at hand: themes and whom to call are asked once for all."""
    themes: defaultdict[int, list[str]] = defaultdict(list)
    for actor, name in _asked(user, actors, _themes, 2):
        themes[actor].append(name)
    reached: dict[int, tuple[str, str]] = {}
    for actor, phone, email in _asked(user, actors, _reached, 3):
        reached.setdefault(actor, (phone, email))
    return [_line(actor, themes[actor.pk], *reached.get(actor.pk, ("", ""))) for actor in actors]


def _asked(user: "User", actors: Sequence[Actor], write: Callable[[Any], Any], columns: int) -> list[list[Any]]:
    """Of these institutions, each by its key: a question written once for many readers."""
    if not actors:
        return []
    reader = reader_of(user)
    text = text_of(reader, write, write)
    keys = {**reader.keys, ROWS: [actor.pk for actor in actors]}
    return answers(filled(text, keys), (BigIntegerField(), *[CharField()] * (columns - 1)))


def _themes(person: "User") -> "QuerySet[Any]":
    rows = Theme.objects.filter(actors__in=[ROWS]).order_by("position", "pk")
    return rows.values_list("actors", written("name"))


def _reached(person: "User") -> "QuerySet[Any]":
    """What this reader sees of how to reach them, the focal points first."""
    rows = Contact.objects.visible_to(person).with_post(today()).filter(actor__in=[ROWS])
    return rows.values_list("actor", "phone", "email")


def _line(actor: Actor, themes: list[str], phone: str, email: str) -> ActorLine:
    state, name = Actor.State(actor.state), str(actor.name)
    is_published = state == Actor.State.PUBLISHED
    return ActorLine(
        actor.pk,
        actor.get_absolute_url(),
        name,
        actor.acronym if actor.acronym not in name else "",
        actor.get_kind_display(),
        None if is_published else Mark(str(state.label), state.tone, state.icon),
        str(actor.seat or ""),
        tuple(themes),
        phone,
        email,
        actor.is_stale,
        is_published and actor.is_hidden_from_visitors,
        actor.confirmed_on.isoformat() if actor.confirmed_on else "",
        day_text(actor.confirmed_on) if actor.confirmed_on else "",
    )
