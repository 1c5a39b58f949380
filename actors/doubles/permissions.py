"""Who settles doubles."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from actors.directory.permissions import is_administrator
from portal.core.acting import rule

if TYPE_CHECKING:
    from portal.accounts.models import User


def can_merge(user: "User") -> bool:
    """Sheets of one institution are found, merged and told apart by administrators."""
    return is_administrator(user)


check_merge = rule(can_merge, _("Only administrators merge sheets of the directory."))
