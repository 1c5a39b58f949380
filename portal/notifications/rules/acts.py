"""Where a mail leads: to the page of the act it asks for, where its reader may do it; else to the thing itself.

Who has no account opens what everybody reads, or nothing: no mail leads to a page that asks them to sign in.
Registered from `AppConfig.ready()` of the apps above; asked when a notification is written.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from portal.accounts.models import User
from portal.notifications.rules.recipients import Recipient

#: `act(about, user)`: the path of the page on which this person does what is asked; '' where they may not
Act = Callable[[Any, User], str]
#: `link(about, recipient, context)`: the path of the page on which the bearer of this link does what is asked; '' where
#: it needs none. Where `is_drafted`, nothing leaves: the path says what it will look like, and opens nothing
Link = Callable[..., str]
#: `page(about, kind)`: the path of what everybody reads of the thing; '' where that is nothing
Page = Callable[[Any, str], str]

_acts: dict[str, Act] = {}
_links: dict[str, Link] = {}
#: kinds that ask for an act by their link alone
_asking: set[str] = set()
_pages: dict[type[Model], Page] = {}


def register_acts(acts: Mapping[str, Act]) -> None:
    """Say where the mails of these kinds lead who signs in; naming a kind again replaces it."""
    _acts.update(acts)


def register_links(links: Mapping[str, Link], *, asking: bool = True) -> None:
    """Say which kinds lead by a link signed for the recipient, which needs no account; `asking` where each of them asks
    for the act, and does not only tell."""
    _links.update(links)
    _asking.update(links if asking else ())


def register_page(model: type[Model], page: Page) -> None:
    """Say what everybody reads of the things of this model; naming it again replaces it."""
    _pages[model] = page


def asks(kind: str) -> bool:
    """Whether mails of this kind ask for an act, and do not only tell."""
    return kind in _acts or kind in _asking


def act_of(kind: str, about: Any, recipient: Recipient) -> str:
    """The path of the act; '' for a kind that only tells, and for who may not act.

    A mailbox that is the address of an account acts as that account.
    """
    if kind not in _acts:
        return ""
    user = recipient.user or User.objects.filter(email=recipient.email.lower(), is_active=True).first()
    return _acts[kind](about, user) if user is not None else ""


def link_of(
    kind: str, about: Any, recipient: Recipient, context: Mapping[str, Any], *, is_drafted: bool = False
) -> str:
    """The path that is signed for the recipient, made as the mail leaves: whoever reads the row acts for nobody."""
    return _links[kind](about, recipient, context, is_drafted=is_drafted) if kind in _links else ""


def everybody_sees(thing: Model) -> bool:
    """Whether a visitor sees it, by the `visible_to` of its model."""
    seen: Any = type(thing)._default_manager
    return seen.visible_to(AnonymousUser()).filter(pk=thing.pk).exists()


def page_of(kind: str, about: Any) -> str:
    """The path of what everybody reads of the thing; '' where that is nothing."""
    return _pages[type(about)](about, kind) if type(about) in _pages else ""
