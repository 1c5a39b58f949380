"""The lines of the directory: everything one says, as plain values, so that it is drawn once for them."""

from collections.abc import Iterable
from typing import NamedTuple

from actors.directory.models import Actor
from portal.core.dates import day_text
from portal.core.waiting import Mark


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


def actor_lines(actors: Iterable[Actor]) -> list[ActorLine]:
    """Of institutions with their seat, themes and the contacts this reader sees at hand."""
    return [_line(actor) for actor in actors]


def _line(actor: Actor) -> ActorLine:
    contact = next(iter(actor.contacts.all()), None)
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
        tuple(map(str, actor.themes.all())),
        contact.phone if contact else "",
        contact.email if contact else "",
        actor.is_stale,
        is_published and actor.is_hidden_from_visitors,
        actor.confirmed_on.isoformat() if actor.confirmed_on else "",
        day_text(actor.confirmed_on) if actor.confirmed_on else "",
    )
