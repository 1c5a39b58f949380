"""The forms of django-allauth where the portal asks for more."""

from typing import Any

from allauth.account.forms import LoginForm, UserTokenForm

from portal.accounts.models import User


class SignInForm(LoginForm):
    """Whoever opens it types at once; sent back, it begins with what is wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fields["login"].widget.attrs["autofocus"] = True


class OpenAccountTokenForm(UserTokenForm):
    """The link for a new password opens nothing once its account is closed."""

    def _get_user(self, uidb36: str) -> User | None:
        user = super()._get_user(uidb36)
        return user if user is not None and user.is_active else None
