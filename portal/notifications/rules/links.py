"""Personal links: written to one recipient, who acts by them without signing in."""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from portal.notifications.models import SignedLink
from portal.notifications.rules.recipients import Recipient


def link_for(recipient: Recipient, act: str, subject: Model, *, expires_at: datetime, occasion: str = "") -> SignedLink:
    """The link of this recipient, made the first time it is sent; sent again, it may be used until `expires_at`."""
    link, is_new = SignedLink.objects.get_or_create(
        recipient=known_as(recipient),
        act=act,
        content_type=ContentType.objects.get_for_model(subject),
        object_id=str(subject.pk),
        occasion=occasion,
        defaults={
            "user": recipient.user,
            "email": recipient.email,
            "language": recipient.language,
            "expires_at": expires_at,
        },
    )
    if not is_new and link.expires_at != expires_at:
        link.expires_at = expires_at
        link.save(update_fields=["expires_at"])
    return link


def known_as(recipient: Recipient) -> str:
    """What a link knows its recipient by: the account, or the mailbox whichever contact details it stands in."""
    return Recipient(recipient.email, recipient.language, recipient.user).key


def written_to(link: SignedLink) -> Recipient:
    """Whoever the link was sent to."""
    return Recipient.of(link.user) if link.user is not None else Recipient(link.email, link.language)
