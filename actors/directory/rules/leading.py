"""Where mails about sheets lead who has no account."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from actors.directory.models import Actor, HandOver, ProposedChange
from actors.directory.rules.confirmation import token_for
from portal.notifications.rules.acts import everybody_sees
from portal.notifications.rules.recipients import Recipient


def _confirm(actor: Actor, recipient: Recipient, context: Mapping[str, Any], *, is_drafted: bool) -> str:
    if is_drafted:
        return reverse("directory:confirm_from_mail", args=["0"]).replace("/0/", "/…/")
    return reverse("directory:confirm_from_mail", args=[token_for(actor, recipient)])


LINKS = {"directory.sheet_stale": _confirm}


def sheet_page(about: Actor | HandOver | ProposedChange, kind: str) -> str:
    """The sheet, also where the mail is about a change of it."""
    actor = about if isinstance(about, Actor) else about.actor
    return actor.get_absolute_url() if everybody_sees(actor) else ""
