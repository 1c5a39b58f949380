"""Who is written to about a meeting: institutions through their focal points, and those who prepare it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from actors.directory.models import Actor, Membership, Space
from actors.directory.rules.recipients import recipients_of, recipients_of_space
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
    return recipients_of(meeting.organiser, part=Membership.Part.MANAGER) or recipients_of(meeting.organiser)


def invited_recipients(meeting: Meeting, *, all_of_them: bool = False, day: date | None = None) -> list[Recipient]:
    """Everybody through whom an invited institution is reached; those that declined only for what concerns all."""
    invitations = meeting.invitations.sent() if all_of_them else meeting.invitations.expected()
    return recipients_of_all((invitation.actor for invitation in invitations.select_related("actor")), day=day)


def recipients_of_all(actors: Iterable[Actor], *, day: date | None = None) -> list[Recipient]:
    """The recipients of several institutions, nobody twice."""
    return once([recipient for actor in actors for recipient in recipients_of(actor, day)])


def earlier_answer(invitation: Invitation) -> dict[str, Any]:
    """What a mail that asks an institution for its answer says of the one it gave for the old date."""
    if not invitation.is_asked_anew:
        return {}
    return {"earlier": Invitation.Answer(invitation.earlier_answer).label, "earlier_date": invitation.earlier_date}
