"""Who acts: a person, whoever came by a signed link, or the portal itself; and the rules that answer for all three."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.core.errors import Forbidden


class ThePortal:
    """What acts where nobody does: the clock, commands and loads. No request ever acts as it."""

    def __str__(self) -> str:
        return _("the portal")


THE_PORTAL = ThePortal()
#: a User, a Bearer, or THE_PORTAL; a name for signatures, since the core knows no User
type Acting = Any


class Mailbox(Protocol):
    """Whom a link was written to, as the postman knows them."""

    @property
    def key(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def user(self) -> Any: ...


@dataclass(frozen=True)
class Bearer:
    """Who came by a signed link: one recipient, who may do one act to one subject and nothing else."""

    recipient: Mailbox
    subject: Model
    act: str

    def __str__(self) -> str:
        return str(self.recipient.user or self.recipient.email)

    def may(self, act: str, *things: object) -> bool:
        return act == self.act and things[:1] == (self.subject,)


def acting(request: HttpRequest) -> Any:
    """Who acts in this request: the Bearer a view of signed links found (`request.bearer`), else the user."""
    return getattr(request, "bearer", None) or request.user


def person(by: Any) -> Any:
    """The account behind who acts, for a column that keeps one; None where there is none."""
    by = by.recipient.user if isinstance(by, Bearer) else by
    return by if getattr(by, "pk", None) else None


def signature(by: Any) -> str:
    """Who acted where no account did, as the history keeps it: the portal, or the recipient of a link."""
    if isinstance(by, Bearer):
        return by.recipient.email
    return "portal" if by is THE_PORTAL else ""


def named(signature: str) -> str:
    """A signature for readers."""
    return _("the portal") if signature in {"", "portal"} else signature


def rule(can: Callable[..., bool], sentence: "str | Promise | Callable[..., str]") -> Callable[..., None]:
    """The check of `can_x(user, *things)`: raises Forbidden with its sentence, whoever acts.

    The portal may; a Bearer may for its own act (`x`) and subject; a person is asked. A sentence that depends on the
    person is a function of the same arguments.
    """
    act = can.__name__.removeprefix("can_")

    def check(by: Any, *things: Any) -> None:
        if by is THE_PORTAL:
            return
        if isinstance(by, Bearer):
            if not by.may(act, *things):
                raise Forbidden(_("This link does not open this."))
        elif not can(by, *things):
            raise Forbidden(str(sentence) if isinstance(sentence, str | Promise) else sentence(by, *things))

    return check
