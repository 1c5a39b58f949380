"""What a sheet or a space shows of the apps above: read by reverse relations, with what this reader may see."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, QuerySet
from django.utils import timezone

if TYPE_CHECKING:
    from actors.models import Actor, Space
    from portal.accounts.models import User

SHOWN = 5
#: the order of the strip of states, and each state's tone and icon; always beside its word
LOOKS = {
    "confirmed": ("ok", "shield-check"),
    "done": ("info", "shield"),
    "continuous": ("brand", "repeat"),
    "in_progress": ("attention", "hourglass"),
    "blocked": ("danger", "octagon-alert"),
    "contested": ("danger", "message-square-warning"),
    "adopted": ("", "check"),
}


@dataclass
class Meetings:
    """The next meetings, the nearest first, and the last ones."""

    coming: list[Any] = field(default_factory=list)
    past: list[Any] = field(default_factory=list)


def meetings_of(thing: "QuerySet | Any", user: "User", now: datetime | None = None) -> Meetings:
    """From a reverse relation to meetings: those not over yet and the last few, in one query."""
    now = now or timezone.now()
    rows = list(thing.visible_to(user).exclude(state="cancelled").order_by("-starts_at")[: 2 * SHOWN])
    coming = [row for row in reversed(rows) if row.ends_at >= now]
    return Meetings(coming[:SHOWN], [row for row in rows if row.ends_at < now][:SHOWN])


@dataclass(frozen=True)
class Led:
    """One recommendation an institution leads, as the reader is shown it."""

    recommendation: Any
    state: str
    tone: str
    icon: str


def led_by(actor: "Actor", user: "User", *, inside: bool) -> list[Led]:
    """The recommendations it leads; in public only those it has accepted, in a state that embarrasses nobody."""
    recommendations = actor.assignments.model._meta.get_field("recommendation").related_model
    led = recommendations.objects.visible_to(user).adopted().as_shown_to(user)
    if inside:
        led = led.led_by([actor.pk])
    else:
        led = led.filter(assignments__actor=actor, assignments__part="lead", assignments__answer="accepted")
    rows = led.select_related("meeting").order_by("-meeting__starts_at", "pk")[: 2 * SHOWN]
    return [
        Led(row, str(recommendations.State(row.shown_state).label), *LOOKS.get(row.shown_state, ("", "check")))
        for row in rows
    ]


def strip_of(space: "Space", user: "User") -> list[tuple[str, int, str]]:
    """How many of the space’s recommendations stand in which state: (label, number, tone), in one query."""
    rows = space.recommendations.visible_to(user).adopted().as_shown_to(user).order_by().values("shown_state")
    counts = {row["shown_state"]: row["number"] for row in rows.annotate(number=Count("pk"))}
    states = space.recommendations.model.State
    return [
        (str(states(state).label), counts[state], tone or "none")
        for state, (tone, _icon) in LOOKS.items()
        if counts.get(state)
    ]
