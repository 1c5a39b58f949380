"""A sheet as a short text for a messaging group: plain, in the page's language, with what is public only."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import get_language_bidi, pgettext
from django.utils.translation import gettext as _

from actors.directory.models import Actor, Contact
from actors.directory.rules.fields import ways_of
from portal.core.text import FSI, PDI

ARABIC, LATIN = re.compile(r"[\u0600-\u06ff]"), re.compile(r"[0-9A-Za-z]")


def can_be_shared(actor: Actor) -> bool:
    """Only what everybody can open is sent on: its address must work for whoever gets the message."""
    return actor.state == Actor.State.PUBLISHED and not actor.is_hidden_from_visitors


def share_text(actor: Actor, contacts: Iterable[Contact]) -> str:
    """Name, kind and place, telephone and mail of its public offices, and the address of the sheet, a line each.

    `contacts` may hold others, which are left out, as persons' names are: a message travels further than the page.
    What follows a label in the other script, and every number, stands in isolates; what has a line of its own needs
    none, and would lose its direction by them. So the address of the sheet also becomes a link on a telephone.
    """
    place = [capfirst(actor.get_kind_display())] + ([isolated(str(actor.seat))] if actor.seat else [])
    lines = [actor.full_name, " – ".join(place)]
    if actor.address:
        lines.append(_line(_("Address"), actor.address))
    for contact in contacts:
        if contact.audience == Contact.Audience.PUBLIC:
            lines += _reached(contact)
    if actor.website:
        lines.append(_line(_("Website"), actor.website_text))
    lines += [_("Sheet in the directory:"), f"{settings.SITE_ADDRESS}{actor.get_absolute_url()}"]
    return "\n".join(lines)


def _reached(contact: Contact) -> list[str]:
    return ["", str(contact.role), *(_line(way.label, text) for way, _value, text in ways_of(contact))]


def _line(label: str, value: str) -> str:
    return f"{label}{pgettext('between a label and its number', ': ')}{isolated(value)}"


def isolated(text: str) -> str:
    """The text between isolates where the words about it run the other way and would turn it round."""
    foreign = LATIN if get_language_bidi() else ARABIC
    return f"{FSI}{text}{PDI}" if foreign.search(text) else text
