"""What a sheet or a space shows of the apps above: read by reverse relations, with what this reader may see."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

if TYPE_CHECKING:
    from actors.models import Actor
    from portal.accounts.models import User

SHOWN = 5


@dataclass
class Meetings:
    """The next meetings, the nearest first, and the last ones."""

    coming: list[Any] = field(default_factory=list)
    past: list[Any] = field(default_factory=list)


def meetings_of(thing: Any, user: "User", now: datetime | None = None) -> Meetings:
    """From a reverse relation to meetings: those not over yet and the last few, in one query."""
    now = now or timezone.now()
    rows = list(thing.visible_to(user).exclude(state="cancelled").order_by("-starts_at")[: 2 * SHOWN])
    coming = [row for row in reversed(rows) if row.ends_at >= now]
    return Meetings(coming[:SHOWN], [row for row in rows if row.ends_at < now][:SHOWN])


def led_by(actor: "Actor", user: "User") -> list[Any]:
    """The recommendations it leads, with their `look`; in public only those it has accepted."""
    return list(
        actor.assignments.led(user).select_related("meeting").order_by("-meeting__starts_at", "pk")[: 2 * SHOWN]
    )
