"""What django-allauth asks of a link, held to who may sign in."""

from allauth.account.forms import UserTokenForm

from portal.accounts.models import User


class OpenAccountTokenForm(UserTokenForm):
    """The link for a new password opens nothing once its account is closed."""

    def _get_user(self, uidb36: str) -> User | None:
        user = super()._get_user(uidb36)
        return user if user is not None and user.is_active else None
