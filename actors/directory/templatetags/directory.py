"""What pages and mails about a sheet need: who is reached how today, and the link that confirms it."""

from django import template
from django.urls import reverse

from actors.directory.models import Actor, Contact
from actors.directory.rules.confirmation import token_for
from actors.directory.rules.fields import ways_of
from portal.notifications.rules.recipients import Recipient

register = template.Library()
register.filter("ways", ways_of)

#: how many contact details a mail shows
SHOWN = 6


@register.filter
def contacts_today(actor: Actor) -> list[Contact]:
    """The contact details that hold today, the first few."""
    return list(actor.contacts.current().order_by("pk")[:SHOWN])


@register.simple_tag
def confirm_path(actor: Actor, recipient: Recipient) -> str:
    """The page on which this recipient confirms the sheet, without signing in."""
    return reverse("directory:confirm_from_mail", args=[token_for(actor, recipient)])
