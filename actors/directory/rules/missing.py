"""What contact details and spaces lack, given what else they say: asked by their forms, refused by their acts."""

from django.utils.translation import gettext as _

from actors.directory.models import Contact, Space
from actors.directory.rules.fields import REACHED
from portal.core.dates import today


def missing_in_contact(contact: Contact) -> dict[str, str]:
    """Nobody is reached by details without address and number; a person is named with their consent only."""
    missing: dict[str, str] = {}
    if not any(getattr(contact, field.name) for field in REACHED):
        missing["email"] = _("Give an e-mail address or a telephone number.")
    if contact.person and contact.consent_on is None:
        missing["consent_on"] = _("A person is named only with their consent: give the day it was given.")
    if contact.consent_on is not None and contact.consent_on > today():
        missing["consent_on"] = _("The consent cannot have been given in the future.")
    return missing


def missing_in_space(space: Space) -> dict[str, str]:
    if space.closed_on is not None and not space.closing_reason:
        return {"closing_reason": _("Say why the space was closed.")}
    return {}
