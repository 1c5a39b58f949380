"""The link in a mail by which an institution confirms its sheet: signed, for one recipient, good for one confirmation.

A mailbox without an account may answer too. Mail scanners open links, so the link only opens a page with a button.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.utils.crypto import salted_hmac

from actors.directory.models import Actor
from actors.directory.rules.recipients import recipients_of
from portal.notifications.models import LinkStanding
from portal.notifications.rules.recipients import Recipient

if TYPE_CHECKING:
    from portal.accounts.models import User

SALT = "directory.confirm_from_mail"
#: how long the link of a mail can be used
VALID = timedelta(days=90)


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


def token_for(actor: Actor, recipient: Recipient) -> str:
    """The text that stands for this recipient and the sheet as it was last confirmed."""
    return signing.dumps([actor.pk, _mark(recipient), _as_confirmed(actor)], salt=SALT)


def letter_of(token: str) -> Letter | None:
    """What the link with this text is still good for; None for one that this portal did not write."""
    expired = False
    try:
        found = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.SignatureExpired:
        expired, found = True, signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    pk, mark, confirmed = found
    actor = Actor.objects.select_related("seat").filter(pk=pk).first()
    if actor is None:
        return None
    if actor.state != Actor.State.PUBLISHED:
        return Letter(actor, LinkStanding.VOID)
    recipient = next((one for one in recipients_of(actor) if _mark(one) == mark), None)
    if _as_confirmed(actor) != confirmed:
        return Letter(actor, LinkStanding.DONE, recipient)
    if expired:
        return Letter(actor, LinkStanding.EXPIRED, recipient)
    return Letter(actor, LinkStanding.OPEN if recipient else LinkStanding.VOID, recipient)


def _mark(recipient: Recipient) -> str:
    """Stands for an account by its number, for a mailbox by a digest: no address travels in a link."""
    if recipient.user is not None:
        return f"u{recipient.user.pk}"
    return "m" + salted_hmac(SALT, recipient.email.strip().lower(), algorithm="sha256").hexdigest()[:20]


def _as_confirmed(actor: Actor) -> str:
    return actor.confirmed_on.isoformat() if actor.confirmed_on else ""
