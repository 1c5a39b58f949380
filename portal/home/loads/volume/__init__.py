"""As many institutions, meetings and recommendations as a country's portal holds, to see how it bears them."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from django.db import transaction

from actors.directory.models import Actor, Contact, FocalPoint, Membership, Space, SpaceMember
from actors.roles.models import Responsibility
from meetings.models import AgendaItem, Attendance, Invitation, Meeting, Minutes, MinutesReview
from portal.accounts.models import User
from portal.home.loads.consultation import CONSULTED
from portal.home.loads.demonstration import ACCOUNTS, INSTITUTIONS
from portal.home.loads.volume import directory, meetings, recommendations
from portal.home.loads.volume.bulk import last_key, record
from recommendations.models import Assignment, FollowUp, Recommendation

#: meetings for one space
PER_SPACE = 25
SEED = 2025
#: what has a history
RECORDED: tuple[Any, ...] = (
    Actor, Contact, FocalPoint, Membership, Space, SpaceMember, Responsibility, Meeting, AgendaItem, Invitation,
    Attendance, Minutes, MinutesReview, Recommendation, Assignment, FollowUp,
)  # fmt: skip


@dataclass(frozen=True)
class Sizes:
    """How many rows of each."""

    actors: int = 10_000
    meetings: int = 2_000
    recommendations: int = 100_000
    followups: int = 300_000

    def scaled(self, scale: float) -> Self:
        """So much of each, and at least as many as make sense of one another."""
        return type(self)(**{one.name: max(round(getattr(self, one.name) * scale), 40) for one in fields(self)})


def strangers() -> int:
    """How many institutions and accounts there are beside those of the demonstration."""
    demonstration = [*INSTITUTIONS, *CONSULTED]
    accounts = [email for email, _ in ACCOUNTS]
    return Actor.objects.exclude(slug__in=demonstration).count() + User.objects.exclude(email__in=accounts).count()


@transaction.atomic
def load_volume(sizes: Sizes, *, day: date, say: Callable[[str], object] = str) -> None:
    """Fill the database, the same each time for the same sizes and day, with the history each row would have."""
    before = {model: last_key(model) for model in RECORDED}
    volume = directory.volume_of(day, SEED)
    directory.institutions(volume, sizes.actors)
    directory.spaces(volume, max(sizes.meetings // PER_SPACE, 4))
    directory.people(volume)
    say(f"{sizes.actors} institutions, {len(volume.spaces)} spaces, {len(volume.people)} accounts")
    held = meetings.meetings(volume, sizes.meetings)
    say(f"{sizes.meetings} meetings, {len(held)} of them held")
    rows = recommendations.recommendations(volume, held, sizes.recommendations)
    say(f"{sizes.recommendations} recommendations")
    recommendations.follow_ups(volume, rows, sizes.followups)
    say(f"{sizes.followups} follow-ups")
    for model, after in before.items():
        record(model, after)
    say("their history")
