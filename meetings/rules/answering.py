"""The personal link in the mails of an invitation: whoever has the mailbox answers by it, without an account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse

from actors.directory.models import Actor, Contact
from meetings.models import Invitation, Meeting
from portal.core.stamps import with_stamp
from portal.notifications.models import LinkStanding, SignedLink
from portal.notifications.rules.links import link_for, written_to
from portal.notifications.rules.recipients import Recipient

#: the act a link is good for, as the rules of rights call it
ACT = "note_answer"
#: how long after the meeting its page still says when and where it was
STAYS = timedelta(days=7)
#: how many sheets may have been merged one into the next
LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class AnswerLetter:
    """What a link says: whose invitation, which mailbox it was written to, and what it is good for.

    The invitation is there for an open link alone; of any other nothing is told but whose it was.
    """

    link: SignedLink
    standing: LinkStanding
    actor: Actor | None = None
    invitation: Invitation | None = None

    @property
    def recipient(self) -> Recipient:
        return written_to(self.link)


def answer_path(meeting: Meeting, recipient: Recipient, context: Mapping[str, Any], *, is_drafted: bool) -> str:
    """Where the mail of an invitation leads a mailbox; '' for who has an account, and once the meeting has begun."""
    if recipient.user is not None or not meeting.starts_later or "invitation" not in context:
        return ""
    if is_drafted:
        return reverse("meetings:answer_by_link", args=["0"]).replace("/0/", "/…/")
    invitation = Invitation.objects.filter(pk=context["invitation"], meeting=meeting).first()
    if invitation is None:
        return ""
    link = link_for(recipient, ACT, invitation, expires_at=meeting.ends_at + STAYS)
    return reverse("meetings:answer_by_link", args=[link.token])


def letter_of(token: str) -> AnswerLetter | None:
    """What the link with this text is still good for; None for one that this portal did not write."""
    link = SignedLink.objects.opened_by(token, ACT)
    if link is None:
        return None
    invitation = _invitation_of(link)
    actor = invitation.actor if invitation is not None else None
    if link.is_revoked:
        return AnswerLetter(link, LinkStanding.REVOKED, actor)
    if invitation is None:
        return AnswerLetter(link, LinkStanding.GONE)
    if link.is_over:
        return AnswerLetter(link, LinkStanding.EXPIRED, actor)
    if not _still_answers(invitation.actor, link.email):
        return AnswerLetter(link, LinkStanding.VOID, actor)
    return AnswerLetter(link, LinkStanding.OPEN, actor, invitation)


def _invitation_of(link: SignedLink) -> Invitation | None:
    """The invitation; where the institution was merged into one that was invited too, the one that stayed."""
    rows = Invitation.objects.sent().select_related("meeting__organiser", "meeting__space", "actor", "represented_by")
    rows = with_stamp(rows)
    if (found := rows.filter(pk=link.object_id).first()) is not None:
        return found
    last = Invitation.history.filter(id=link.object_id).order_by("-history_date", "-history_id").first()
    winner = _winner_of(last.actor_id) if last is not None else None
    return rows.filter(meeting=last.meeting_id, actor=winner).first() if last and winner else None


def _winner_of(actor: int) -> int | None:
    """The sheet this one ended up in; None where it was merged into none."""
    found: int | None = None
    for _step in range(LONGEST_CHAIN):
        into = Actor.objects.filter(pk=found or actor).values_list("merged_into", flat=True).first()
        if into is None:
            break
        found = into
    return found


def _still_answers(actor: Actor, email: str) -> bool:
    """The sheet is published, and the mailbox is still one of the institution's."""
    own = Contact.objects.current().filter(actor=actor, email__iexact=email)
    return actor.state == Actor.State.PUBLISHED and own.exists()
