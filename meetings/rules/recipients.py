"""Who is written to about a meeting: institutions through their focal points, and those who prepare it."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from actors.directory.models import Actor, Membership, Space
from actors.directory.rules.recipients import recipients_of, recipients_of_space
from meetings.models import Meeting
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


def invited_recipients(meeting: Meeting, *, day: date | None = None) -> list[Recipient]:
    """Everybody through whom an invited institution is reached, except those that declined."""
    expected = meeting.invitations.expected().select_related("actor")
    return recipients_of_all((invitation.actor for invitation in expected), day=day)


def recipients_of_all(actors: Iterable[Actor], *, day: date | None = None) -> list[Recipient]:
    """The recipients of several institutions, nobody twice."""
    return once([recipient for actor in actors for recipient in recipients_of(actor, day)])
