"""Whom to write to about what institutions report."""

from actors.directory.models import Actor, Membership
from actors.directory.rules.recipients import recipients_of, recipients_of_space
from meetings.rules.recipients import steering_recipients
from portal.notifications.rules.recipients import Recipient
from recommendations.models import FollowUp, Recommendation
from recommendations.permissions import lead_steers


def clearing_recipients(actor: Actor) -> list[Recipient]:
    """The validators in office; the managers of the sheet where there is none."""
    validators = recipients_of(actor, part=Membership.Part.VALIDATOR)
    return validators or recipients_of(actor, part=Membership.Part.MANAGER)


def author_of(follow_up: FollowUp) -> list[Recipient]:
    """The person who wrote the entry, while they can sign in."""
    user = follow_up.drafted_by
    if user is None or not user.is_active:
        return []
    return [Recipient.of(user)]


def confirming_recipients(recommendation: Recommendation) -> list[Recipient]:
    """The chair and secretariat (or the organiser); where they lead themselves, the other members of the space too."""
    recipients = steering_recipients(recommendation.meeting)
    lead = recommendation.lead
    if recommendation.space is not None and lead is not None and lead_steers(recommendation, lead):
        recipients = [*recipients, *recipients_of_space(recommendation.space, parts=("member",))]
    return recipients
