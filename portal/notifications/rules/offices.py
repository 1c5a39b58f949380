"""Whom the reader of a mail can answer and call: the office that keeps what the mail is about.

Registered from `AppConfig.ready()` of the apps above; asked when a mail is made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model

if TYPE_CHECKING:
    from portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Office:
    """An institution's name, its mailbox and its telephone (E.164); '' for none."""

    name: str
    email: str = ""
    phone: str = ""


#: `office(about, reader)`: `reader` is None for a mailbox without an account
Keeper = Callable[[Any, "User | None"], Office | None]

_keepers: dict[type[Model], Keeper] = {}


def register_office(model: type[Model], keeper: Keeper) -> None:
    """Say which office keeps the things of this model; naming it again replaces it."""
    _keepers[model] = keeper


def office_of(about: Any, reader: "User | None") -> Office | None:
    """The office behind a mail; None where nobody in particular keeps the thing."""
    return _keepers[type(about)](about, reader) if type(about) in _keepers else None
