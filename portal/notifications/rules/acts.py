"""Where a mail leads: to the page of the act it asks for, where its reader may do it; else to the thing itself.

Registered from `AppConfig.ready()` of the apps above; asked when a notification is written.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.accounts.models import User

#: `act(about, user)`: the path of the page on which this person does what is asked; '' where they may not
Act = Callable[[Any, "User"], str]

_acts: dict[str, Act] = {}


def register_acts(acts: Mapping[str, Act]) -> None:
    """Say where the mails of these kinds lead; naming a kind again replaces it."""
    _acts.update(acts)


def act_of(kind: str, about: Any, user: "User | None") -> str:
    """The path of the act; '' for a kind that only tells, and for who has no account or may not act."""
    return _acts[kind](about, user) if user is not None and kind in _acts else ""
