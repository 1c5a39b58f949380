"""django-allauth as this portal uses it: nobody signs up unasked, passwords are not guessed, and mail goes by the
postman."""

from datetime import timedelta
from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal.accounts.models import AccountEvent, User
from portal.accounts.rules.attempts import Attempt
from portal.accounts.rules.devices import know_device
from portal.accounts.signals import account_mail
from portal.core.addresses import address_of
from portal.core.limits import again_in, take
from portal.core.logs import refused

Kind = AccountEvent.Kind
#: the error of a sign-in that was tried too often
LOCKED = "too_often"


class ClosedAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Raises ValidationError, with when to try again, where too many passwords were wrong."""
        attempt = Attempt.of(request, credentials.get("email", ""))
        whose = f"user {attempt.user.pk}" if attempt.user else "no account"
        if until := attempt.begin():
            refused(f"too many wrong passwords for {whose} from {address_of(request)}")
            AccountEvent.objects.note_lock(attempt.user, request)
            told = _("Too many wrong passwords were tried.")
            helps = _("On a device on which you signed in before you need not wait; or ask for a new password by mail.")
            raise ValidationError(f"{told} {again_in(until)} {'' if attempt.device else helps}".strip(), LOCKED)
        user = super().authenticate(request, **credentials)
        if user is not None:
            attempt.succeed()
        else:
            refused(f"wrong password for {whose} from {address_of(request)}")
            AccountEvent.objects.note(Kind.WRONG_PASSWORD, attempt.user, request)
        return user

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        AccountEvent.objects.note(Kind.SIGNED_IN, user, request)
        know_device(request, response, user)
        return response

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """The link is made when the mail leaves. Asked for too often, the mails before are on their way: the page says
        the same."""
        if until := take("reset_account", user.email):
            refused(f"no further link for a new password of user {user.pk} until {until:%H:%M:%S}")
            return
        AccountEvent.objects.note(Kind.PASSWORD_ASKED, user, self.request)
        life = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        account_mail.send(User, user=user, kind="accounts.password_reset", life=life)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> NoReturn:
        """Mail goes by the postman: a mail server that does not answer must not hold a page."""
        raise NotImplementedError(f"{template_prefix} is to go by the postman, as `send_password_reset_mail` does.")
