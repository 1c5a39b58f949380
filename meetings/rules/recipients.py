"""Who is written to about a meeting: institutions through their focal points, and those who prepare it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from actors.directory.models import Actor, Space
from actors.directory.rules.recipients import managers_by_actor, recipients_by_actor, recipients_of_space
from meetings.models import Invitation, Meeting
from portal.notifications.rules.recipients import Recipient, once


class Steered(Protocol):
    """A meeting, or what knows a space and an organiser as a meeting does."""

    space: Space | None
    organiser: Actor


def steering_recipients(meeting: Steered) -> list[Recipient]:
    """Chair and secretariat of the space; where there is none, the organiser’s managers, else its focal points."""
    if meeting.space is not None:
        return recipients_of_space(meeting.space)
    return managers_by_actor([meeting.organiser.pk])[meeting.organiser.pk]


def unreached(meeting: Meeting, *, all_of_them: bool = False) -> list[Actor]:
    """The invited institutions that no mail reaches: somebody telephones them; those that declined only for what
    concerns all."""
    invitations = meeting.invitations.sent() if all_of_them else meeting.invitations.expected()
    return without_mail(invitation.actor for invitation in invitations.select_related("actor"))


def without_mail(actors: Iterable[Actor]) -> list[Actor]:
    """Those of the institutions that no mail reaches."""
    asked = list(actors)
    found = recipients_by_actor([actor.pk for actor in asked])
    return [actor for actor in asked if not found[actor.pk]]


def recipients_of_all(actors: Iterable[Actor], *, day: date | None = None) -> list[Recipient]:
    """The recipients of several institutions, nobody twice."""
    keys = [actor.pk for actor in actors]
    found = recipients_by_actor(keys, day)
    return once([recipient for pk in keys for recipient in found[pk]])


def earlier_answer(invitation: Invitation) -> dict[str, Any]:
    """What a mail that asks an institution for its answer says of the one it gave for the old date."""
    if not invitation.is_asked_anew:
        return {}
    return {"earlier": Invitation.Answer(invitation.earlier_answer).label, "earlier_date": invitation.earlier_date}
