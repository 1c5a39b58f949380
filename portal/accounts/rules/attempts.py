"""One try of a password, and which limits it counts against (docs/adr/0013)."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from portal.accounts.models import User
from portal.accounts.rules.devices import known_device
from portal.core.addresses import address_of, network_of
from portal.core.limits import forget, give_back, take


@dataclass(frozen=True)
class Attempt:
    """Who is tried, from which network; `device` where this person signed in on it before."""

    email: str
    network: str
    user: User | None
    device: str = ""

    @classmethod
    def of(cls, request: HttpRequest, email: str) -> "Attempt":
        email = email.strip().lower()
        user = User.objects.filter(email=email).first()
        return cls(email, network_of(address_of(request)), user, known_device(request, user) if user else "")

    @property
    def limits(self) -> list[tuple[str, str]]:
        """A known device has a limit of its own, which nobody else uses up."""
        if self.device:
            return [("sign_in_device", self.device)]
        return [("sign_in_address", self.network), ("sign_in_account", self.email)]

    def begin(self) -> datetime | None:
        """Count it before the password is looked at, so that many at once are no way round; where it may not be tried
        now, the instant from which it may."""
        for number, (limit, who) in enumerate(self.limits):
            if until := take(limit, who):
                self._give_back(number)
                return until
        return None

    def succeed(self) -> None:
        """The right password counts nowhere."""
        self._give_back(len(self.limits))

    def _give_back(self, number: int) -> None:
        for limit, who in self.limits[:number]:
            give_back(limit, who)


def let_in_again(user: User) -> None:
    """Who chose a new password by the link in their mailbox does not wait for what a guesser used up."""
    forget("sign_in_account", user.email)
