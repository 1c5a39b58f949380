"""Whom the reader of a mail can answer and call: the office that keeps what the mail is about.

Registered from `AppConfig.ready()` of the apps above; asked when a mail is made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import pgettext

from portal.core.names import contact_address
from portal.notifications.rules.recipients import Recipient


@dataclass(frozen=True, slots=True)
class Office:
    """An institution's name, its mailbox and its telephone (E.164); '' for none."""

    name: str
    email: str = ""
    phone: str = ""


Keeper = Callable[[Any, Recipient], Office | None]

_keepers: dict[type[Model], Keeper] = {}
#: kinds of news that stay inside an institution: nobody outside it is named to be answered
_inside: set[str] = set()


def register_office(model: type[Model], keeper: Keeper) -> None:
    """Say which office keeps the things of this model; naming it again replaces it."""
    _keepers[model] = keeper


def keep_inside(*kinds: str) -> None:
    """Say which kinds of news an institution has with itself alone."""
    _inside.update(kinds)


def office_of(kind: str, about: Any, reader: Recipient) -> Office | None:
    """The office behind a mail; None where nobody in particular keeps the thing, or the news stays inside
    for a reader who acts on the portal.

    Who has no account can only answer: where no office is told to them, it is the portal itself.
    """
    keeper = None if kind in _inside and reader.user else _keepers.get(type(about))
    office = keeper(about, reader) if keeper else None
    if office is None and reader.user is None:
        return Office(pgettext("whom an answer reaches", "“Tansiq”"), contact_address())
    return office
