"""What pages and mails about a sheet need: who is reached how today."""

from django import template

from actors.directory.models import Actor, Contact
from actors.directory.rules.fields import ways_of

register = template.Library()
register.filter("ways", ways_of)

#: how many contact details a mail shows
SHOWN = 6


@register.filter
def contacts_today(actor: Actor) -> list[Contact]:
    """The contact details that hold today, the first few."""
    return list(actor.contacts.current().order_by("pk")[:SHOWN])
