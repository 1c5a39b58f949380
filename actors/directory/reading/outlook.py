"""What a sheet or a space shows of the apps above: read by reverse relations, with what this reader may see."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from actors.directory.models import SpaceMember
from portal.core.dates import today

if TYPE_CHECKING:
    from actors.directory.models import Actor
    from portal.accounts.models import User

SHOWN = 5
#: how many lines of each sort the page of what an institution did shows
LISTED = 10


@dataclass
class Meetings:
    """The next meetings, the nearest first, and the last ones."""

    coming: list[Any] = field(default_factory=list)
    past: list[Any] = field(default_factory=list)


@dataclass
class Activity:
    """What an institution takes part in, as one reader sees it; `more_…` where the list is longer than shown."""

    organised: Meetings
    attended: list[Any]
    led: list[Any]
    supported: list[Any]
    spaces: list[SpaceMember]

    @property
    def is_empty(self) -> bool:
        organised = self.organised.coming or self.organised.past
        return not (organised or self.attended or self.led or self.supported or self.spaces)


def meetings_of(thing: Any, user: "User", now: datetime | None = None) -> Meetings:
    """From a reverse relation to meetings: those not over yet and the last few, in one query; none that is off."""
    now = now or timezone.now()
    rows = list(
        thing.visible_to(user).exclude(state__in=("cancelled", "postponed")).order_by("-starts_at")[: 2 * SHOWN]
    )
    coming = [row for row in reversed(rows) if row.ends_at >= now]
    return Meetings(coming[:SHOWN], [row for row in rows if row.ends_at < now][:SHOWN])


def spaces_of(actor: "Actor", user: "User") -> list[SpaceMember]:
    """Its parts today in the spaces this reader sees."""
    seen = SpaceMember.objects.visible_to(user).on(today()).filter(actor=actor)
    return list(seen.select_related("space").order_by(SpaceMember.Part.rank_of("part"), "pk"))


def activity_of(actor: "Actor", user: "User") -> Activity:
    """Recommendations with their `look`, in public only those it has accepted; meetings it organised or came to.

    Who stayed away is not told here. Five queries, however much there is.
    """
    return Activity(
        organised=meetings_of(actor.organised_meetings, user),
        attended=list(actor.attendances.attended(user).exclude(organiser=actor).order_by("-starts_at", "-pk")[:LISTED]),
        led=_newest(actor.assignments.led(user)),
        supported=_newest(actor.assignments.supported(user)),
        spaces=spaces_of(actor, user),
    )


def _newest(recommendations: Any) -> list[Any]:
    return list(recommendations.select_related("meeting").order_by("-meeting_starts_at", "pk")[:LISTED])
