"""Whom to write to: institutions are asked at sending time who answers for them that day."""

from datetime import date

from django.conf import settings
from django.db.models import F

from actors.models import Actor, Contact, FocalPoint, Membership, Space, SpaceMember
from portal.core.dates import today
from portal.notifications.recipients import Recipient, once

ANSWERING = (Membership.Part.MANAGER, Membership.Part.CONTRIBUTOR)


def recipients_of(actor: Actor, day: date | None = None, part: str | None = None) -> list[Recipient]:
    """Whoever answers for the institution on `day` (default: today), nobody twice.

    1. The focal points in office, the holder first; 2. else its managers and contributors with an account;
    3. else its first contact with a mailbox. `part` asks for one only: a FocalPoint.Part or a Membership.Part.
    """
    day = day or today()
    if part in FocalPoint.Part.values:
        return _focal_points(actor, day, part)
    if part is not None:
        return _people(actor, day, (part,))
    return _focal_points(actor, day) or _people(actor, day, ANSWERING) or _mailbox(actor)


def recipients_of_space(
    space: Space, parts: tuple[str, ...] = SpaceMember.STEERING, day: date | None = None
) -> list[Recipient]:
    """Whoever answers for the institutions that have one of `parts` in the space on `day`."""
    day = day or today()
    members = (
        SpaceMember.objects.on(day).filter(space=space, part__in=parts).select_related("actor").order_by("part", "pk")
    )
    return once([recipient for member in members for recipient in recipients_of(member.actor, day)])


def _focal_points(actor: Actor, day: date, part: str | None = None) -> list[Recipient]:
    points = actor.focal_points.on(day).select_related("contact__user")
    if part:
        points = points.filter(part=part)
    return once([recipient for point in points if (recipient := _of_contact(point.contact))])


def _people(actor: Actor, day: date, parts: tuple[str, ...]) -> list[Recipient]:
    rows = actor.memberships.on(day).filter(part__in=parts, user__is_active=True).select_related("user")
    in_order = sorted(rows, key=lambda row: (parts.index(row.part), row.pk))
    return once([Recipient.of(row.user) for row in in_order])


def _mailbox(actor: Actor) -> list[Recipient]:
    # A role mailbox outlives the person in the post, so it comes before a person's own.
    contact = actor.contacts.exclude(email="").order_by(F("person").asc(), "pk").first()
    recipient = _of_contact(contact) if contact else None
    return [recipient] if recipient else []


def _of_contact(contact: Contact) -> Recipient | None:
    """The account behind the contact, else its mailbox, in Arabic; None where there is neither."""
    if contact.user is not None and contact.user.is_active:
        return Recipient.of(contact.user)
    if contact.email:
        name = contact.person or contact.role_ar
        return Recipient(email=contact.email, language=settings.LANGUAGE_CODE, name=name, contact_id=contact.pk)
    return None
