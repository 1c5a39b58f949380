"""How an institution is reached, and who answers for it: added, edited, removed, handed over."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from actors.directory.actions.checked import end_term, save_checked
from actors.directory.models import Actor, Contact, FocalPoint, HandOver
from actors.directory.permissions import check_edit_actor
from actors.directory.rules.forgetting import forget_person
from actors.directory.rules.missing import missing_in_contact
from actors.directory.sheets.keeping import renew_sheet
from portal.core import history
from portal.core.acting import Acting
from portal.core.dates import today
from portal.core.errors import Refused, refuse_all


@transaction.atomic
def add_contact(actor: Actor, *, by: Acting, **fields: Any) -> Contact:
    """New contact details. Refused without a mailbox or telephone, and for a person named without their consent."""
    check_edit_actor(by, actor)
    renew_sheet(actor)
    contact = Contact(actor=actor, **fields)
    _save(contact, by=by)
    return contact


@transaction.atomic
def edit_contact(contact: Contact, *, by: Acting, **changes: Any) -> None:
    """The same rules as for new contact details; a person who is no longer named is forgotten where they were kept."""
    check_edit_actor(by, contact.actor)
    history.renew(contact)
    former = contact.person
    for name, value in changes.items():
        setattr(contact, name, value)
    _save(contact, by=by)
    if former and former != contact.person:
        _forget(contact)


@transaction.atomic
def remove_contact(contact: Contact, *, by: Acting, reason: str = "") -> None:
    """Take the details away, with the terms they served as focal point and the person’s name wherever it was kept.

    Refused while they serve.
    """
    check_edit_actor(by, contact.actor)
    if contact.focal_points.during(today()).exists():
        raise Refused(_("These contact details serve as focal point: end that first."))
    _forget(contact)
    for row in (*contact.focal_points.all(), contact):
        history.delete(row, by=by, reason=reason)


@transaction.atomic
def add_focal_point(actor: Actor, *, contact: Contact, part: str, starts_on: date | None, by: Acting) -> FocalPoint:
    """A contact takes the post of holder or alternate; who had it serves until the day before: one hand-over."""
    check_edit_actor(by, actor)
    renew_sheet(actor)
    if contact.actor_id != actor.pk:
        raise Refused(_("Choose contact details of this institution."), field="contact")
    starts_on = starts_on or today()
    terms = actor.focal_points.during(starts_on)
    if terms.filter(contact=contact).exists():
        raise Refused(_("These contact details already serve as focal point."), field="contact")
    for present in terms.filter(part=part):
        if present.starts_on is not None and present.starts_on >= starts_on:
            raise Refused(
                _("The present focal point began on that day or later: choose a later day."), field="starts_on"
            )
        end_term(present, ends_on=starts_on - timedelta(days=1), by=by)
    point = FocalPoint(actor=actor, contact=contact, part=part, starts_on=starts_on)
    save_checked(point, by=by)
    return point


@transaction.atomic
def end_focal_point(point: FocalPoint, *, ends_on: date, by: Acting) -> None:
    """The post stays empty after `ends_on`."""
    check_edit_actor(by, point.actor)
    end_term(point, ends_on=ends_on, by=by)


def check_contact(contact: Contact) -> None:
    """Refused for details by which nobody is reached, and for a person named without their consent."""
    refuse_all(missing_in_contact(contact))


def _save(contact: Contact, *, by: Acting) -> None:
    check_contact(contact)
    save_checked(contact, by=by)


def _forget(contact: Contact) -> None:
    """The person withdrew, or the post is somebody else’s: past hand-overs and merges keep no name."""
    for side in ("from", "to"):
        for hand_over in HandOver.objects.filter(**{f"{side}_contact": contact}):
            hand_over.forget(side)
    forget_person(contact)
