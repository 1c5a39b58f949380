"""The link in a mail by which an institution confirms its sheet: signed, for one recipient, good for one confirmation.

A mailbox without an account may answer too. Mail scanners open links, so the link only opens a page with a button.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.core import signing
from django.utils import timezone
from django.utils.crypto import salted_hmac

from actors.directory.models import Actor
from actors.directory.rules.recipients import recipients_of
from portal.notifications.models import LinkStanding, SignedLink
from portal.notifications.rules.links import known_as, link_for
from portal.notifications.rules.recipients import Recipient

if TYPE_CHECKING:
    from portal.accounts.models import User

#: the act a link is good for, as the rules of rights call it
ACT = "answer_from_mail"
#: how long the link of a mail can be used
VALID = timedelta(days=90)
#: of the links that carry what they say themselves, as they were mailed before the end of 2026; none is made any more
SALT = "directory.confirm_from_mail"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a link says: which sheet, who it was written to (where they still answer for it), what it is good for."""

    actor: Actor
    standing: LinkStanding
    recipient: Recipient | None = None

    @property
    def user(self) -> "User | None":
        """The account the mail went to; None for a mailbox."""
        return self.recipient.user if self.recipient else None

    @property
    def is_open(self) -> bool:
        return self.standing == LinkStanding.OPEN


class Asked(NamedTuple):
    """Which sheet a link asks about, whom, and what was last confirmed then."""

    actor: str
    recipient: str
    confirmed: str
    is_shut: bool
    is_over: bool


def token_for(actor: Actor, recipient: Recipient) -> str:
    """The text that stands for this recipient and the sheet as it was last confirmed."""
    until = timezone.now() + VALID
    return link_for(recipient, ACT, actor, expires_at=until, occasion=_as_confirmed(actor)).token


def letter_of(token: str) -> Letter | None:
    """What the link with this text is still good for; None for one that this portal did not write."""
    asked = _mailed_earlier(token) if ":" in token else _asked(token)
    if asked is None:
        return None
    actor = Actor.objects.select_related("seat").filter(pk=asked.actor).first()
    if actor is None:
        return None
    if actor.state != Actor.State.PUBLISHED or asked.is_shut:
        return Letter(actor, LinkStanding.VOID)
    recipient = next((one for one in recipients_of(actor) if asked.recipient in (known_as(one), _mark(one))), None)
    if _as_confirmed(actor) != asked.confirmed:
        return Letter(actor, LinkStanding.DONE, recipient)
    if asked.is_over:
        return Letter(actor, LinkStanding.EXPIRED, recipient)
    return Letter(actor, LinkStanding.OPEN if recipient else LinkStanding.VOID, recipient)


def _asked(token: str) -> Asked | None:
    link = SignedLink.objects.opened_by(token, ACT)
    if link is None:
        return None
    return Asked(link.object_id, link.recipient, link.occasion, link.is_revoked, link.is_over)


def _mailed_earlier(token: str) -> Asked | None:
    is_over = False
    try:
        found = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.SignatureExpired:
        is_over, found = True, signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    pk, mark, confirmed = found
    return Asked(str(pk), mark, confirmed, is_shut=False, is_over=is_over)


def _mark(recipient: Recipient) -> str:
    """What such a link knows an account or a mailbox by."""
    if recipient.user is not None:
        return f"u{recipient.user.pk}"
    return "m" + salted_hmac(SALT, recipient.email.strip().lower(), algorithm="sha256").hexdigest()[:20]


def _as_confirmed(actor: Actor) -> str:
    return actor.confirmed_on.isoformat() if actor.confirmed_on else ""
