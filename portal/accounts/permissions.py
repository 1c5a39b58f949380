"""What people may do with what is theirs alone."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import SavedView
from portal.core.acting import rule

if TYPE_CHECKING:
    from portal.accounts.models import User


def can_save_view(user: Any) -> bool:
    return bool(user.is_authenticated)


def can_remove_view(user: Any, view: SavedView) -> bool:
    return view.user_id == user.pk


def can_edit_account(user: Any, account: "User") -> bool:
    return account == user


check_save_view = rule(can_save_view, _("Sign in to keep views of lists."))
check_remove_view = rule(can_remove_view, _("Everybody removes their own views alone."))
check_edit_account = rule(can_edit_account, _("Everybody changes their own details alone."))
