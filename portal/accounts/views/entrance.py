"""The pages of django-allauth where a password is tried, forgotten or chosen, held to our limits."""

import time
from typing import Any

from allauth.account import views
from allauth.account.adapter import get_adapter
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache

from portal.accounts.adapter import LOCKED
from portal.accounts.forms import OpenAccountTokenForm
from portal.accounts.models import User
from portal.accounts.rules.attempts import let_in_again
from portal.accounts.rules.devices import know_device
from portal.core.limits import give_back, within_limit

#: seconds an answer takes that must not say whether there was anything to do; what is done takes a tenth of them
LEAST = 0.2


class SignIn(views.LoginView):
    """Refused for a while it answers 429, and keeps the address that was typed."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        if form.has_error("__all__", LOCKED):
            response.status_code = 429
        return response


class AskForPassword(views.PasswordResetView):
    """Asks for the link; the answer is the same whoever has the address, and comes as late."""

    def form_valid(self, form: Any) -> HttpResponse:
        within_limit(self.request, "reset_address")
        began = time.monotonic()
        response = super().form_valid(form)
        time.sleep(max(0.0, LEAST - (time.monotonic() - began)))
        return response


class ChoosePassword(views.PasswordResetFromKeyView):
    """The link of the mail: whoever chose a new password by it comes in, and this device is known."""

    reset_user: User

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """The link is looked at once more where nobody else writes the account: it may have been used, or the account
        closed, since the form was read; and what else was written of it meanwhile stays."""
        _hold(self.reset_user)
        link = OpenAccountTokenForm({"uidb36": self.kwargs["uidb36"], "key": self.key})
        if not link.is_valid():
            return self.render_to_response(self.get_context_data(token_fail=True))
        form.user = self.reset_user = link.reset_user
        response = super().form_valid(form)
        let_in_again(self.reset_user)
        know_device(self.request, response, self.reset_user)
        return response


class ChangePassword(views.PasswordChangeView):
    """The present password is asked for, and not to be guessed; every other device is signed out and a stranger."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        within_limit(request, "old_password")
        return super().post(request, *args, **kwargs)

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """What was typed as the present password may have been replaced since it was looked at, by the link of a mail:
        who knows only the old one changes nothing any more."""
        held = _hold(form.user)
        if held.password != form.user.password:
            form.add_error("oldpassword", get_adapter().validation_error("enter_current_password"))
            return self.form_invalid(form)
        form.user = held
        response = super().form_valid(form)
        give_back("old_password", f"user:{form.user.pk}")
        know_device(self.request, response, form.user)
        return response


def _hold(user: User) -> User:
    """The account as it stands now, which nobody else writes until the transaction ends."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


sign_in = SignIn.as_view()
ask_for_password = AskForPassword.as_view()
choose_password = never_cache(ChoosePassword.as_view())
change_password = ChangePassword.as_view()
