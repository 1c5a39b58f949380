"""Who a message goes to: a person with an account, an office’s mailbox, or a bare address."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from portal.core.acting import Acting, Bearer, person

if TYPE_CHECKING:
    from portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person or mailbox, and the language they read."""

    email: str
    language: str
    user: "User | None" = None
    name: str = ""
    contact_id: int | None = None

    @classmethod
    def of(cls, user: "User") -> Self:
        """The recipient a person with an account is."""
        return cls(email=user.email, language=user.language, user=user, name=user.name)

    def reads(self, about: object) -> str:
        """The language they are told in: an account's own; a mailbox reads that of the thing, where it has one."""
        return self.language if self.user is not None else getattr(about, "language", self.language)

    @property
    def key(self) -> str:
        """What the ledger knows them by; never empty: `user:12`, `contact:7`, `mail:x@y`."""
        if self.user is not None:
            return f"user:{self.user.pk}"
        if self.contact_id is not None:
            return f"contact:{self.contact_id}"
        if not self.email:
            raise ValueError("A recipient needs an account, a contact or an address.")
        return f"mail:{self.email.strip().lower()}"


def without(by: Acting, recipients: Iterable[Recipient]) -> list[Recipient]:
    """The recipients but whoever acts: nobody is told of their own act, at their account or at its mailbox."""
    user, own = person(by), by.recipient.email if isinstance(by, Bearer) else ""
    addresses = {address.lower() for address in (own, user.email if user is not None else "") if address}
    return [
        recipient
        for recipient in recipients
        if (user is None or recipient.user != user) and recipient.email.lower() not in addresses
    ]


def once(recipients: "list[Recipient]") -> "list[Recipient]":
    """The recipients in their order, nobody twice: neither the same key nor the same mailbox."""
    kept: list[Recipient] = []
    keys: set[str] = set()
    for recipient in recipients:
        names = {recipient.key} | ({f"mail:{recipient.email.strip().lower()}"} if recipient.email else set())
        if names & keys:
            continue
        keys |= names
        kept.append(recipient)
    return kept
