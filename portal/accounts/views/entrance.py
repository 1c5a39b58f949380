"""The pages of django-allauth where a password is tried, forgotten or chosen, held to our limits."""

import time
from typing import Any

from allauth.account import views
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache

from portal.accounts.adapter import LOCKED
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

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        let_in_again(self.reset_user)
        know_device(self.request, response, self.reset_user)
        return response


class ChangePassword(views.PasswordChangeView):
    """The present password is asked for, and not to be guessed; every other device is signed out and a stranger."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        within_limit(request, "old_password")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        give_back("old_password", f"user:{form.user.pk}")
        know_device(self.request, response, form.user)
        return response


sign_in = SignIn.as_view()
ask_for_password = AskForPassword.as_view()
choose_password = never_cache(ChoosePassword.as_view())
change_password = ChangePassword.as_view()
