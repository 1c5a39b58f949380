"""Whom the invitations of a meeting go to and what they say, before and while they are sent."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.rules.recipients import recipients_by_actor
from meetings.models import Invitation, Meeting
from portal.core.errors import Refused
from portal.notifications.rules.messages import Message, drafted, render
from portal.notifications.rules.recipients import Recipient

KIND = "meetings.invited"
#: whatever tells the invited of their meeting; each of these mails has in its context for which invitation it was sent
TELLING = (
    KIND, "meetings.answer_missing", "meetings.coming", "meetings.moved", "meetings.changed", "meetings.postponed",
    "meetings.cancelled",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InvitationLetter:
    """One invitation that waits to be sent; nobody receives it by mail where `recipients` is empty."""

    invitation: Invitation
    recipients: list[Recipient]

    @property
    def context(self) -> dict[str, Any]:
        asks = self.invitation.meeting.starts_later
        return {"actor": self.invitation.actor, "invitation": self.invitation.pk, "asks": asks}

    def path_for(self, recipient: Recipient) -> str:
        """Where whoever has an account will answer an invitation that has no number yet; '' where that is known."""
        if self.invitation.pk is not None or recipient.user is None or not self.invitation.meeting.starts_later:
            return ""
        return reverse("meetings:answer_invitation", args=[0]).replace("/0/", "/…/")


def letters_of(meeting: Meeting, day: date | None = None, *, again: bool = False) -> list[InvitationLetter]:
    """What was not sent yet (and `again` what was), in the order of the table, with whoever answers for each
    institution on `day`."""
    invitations = Invitation.objects.filter(meeting=meeting).select_related("actor")
    rows = list(invitations if again else invitations.filter(sent_at=None))
    for invitation in rows:
        invitation.meeting = meeting
    found = recipients_by_actor([invitation.actor_id for invitation in rows], day)
    return [InvitationLetter(invitation, found[invitation.actor_id]) for invitation in rows]


def letters_to(meeting: Meeting, actors: Iterable[Actor], day: date | None = None) -> list[InvitationLetter]:
    """What institutions that are not invited yet would be sent."""
    rows = [Invitation(meeting=meeting, actor=actor) for actor in actors]
    found = recipients_by_actor([invitation.actor_id for invitation in rows], day)
    return [InvitationLetter(invitation, found[invitation.actor_id]) for invitation in rows]


def texts_of(meeting: Meeting, letters: list[InvitationLetter]) -> dict[tuple[str, bool], Message]:
    """The mail as it leaves, once in each language for who has an account, and for who has none: that of the first."""
    texts: dict[tuple[str, bool], Message] = {}
    for letter in letters:
        for recipient in letter.recipients:
            way = (recipient.reads(meeting), recipient.user is not None)
            if way not in texts:
                texts[way] = render(drafted(recipient, KIND, meeting, letter.context, path=letter.path_for(recipient)))
    return texts


def check_planned(meeting: Meeting, letters: list[InvitationLetter], planned: str) -> None:
    """Refused where what would be sent is no longer what was shown."""
    if planned != digest_of(meeting, letters):
        raise Refused(
            _("Who receives the invitation, or what it says, has changed since you looked. Look again, then send it.")
        )


def digest_of(meeting: Meeting, letters: list[InvitationLetter]) -> str:
    """Whether what was shown is still what would be sent: who receives it, what is said of the meeting and asked."""
    said = [meeting.title_ar, meeting.title_fr, meeting.title_en, meeting.starts_at, meeting.times_known]
    said += [meeting.place_ar, meeting.place_fr, meeting.place_en, meeting.link, meeting.starts_later]
    to = [(one.invitation.actor_id, sorted((to.email, to.reads(meeting)) for to in one.recipients)) for one in letters]
    return hashlib.sha256(repr((said, sorted(to))).encode()).hexdigest()[:16]
