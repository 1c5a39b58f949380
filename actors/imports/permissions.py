"""Who brings lists in."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from actors.directory.permissions import is_administrator
from portal.core.acting import rule

if TYPE_CHECKING:
    from portal.accounts.models import User


def can_import(user: "User") -> bool:
    """Lists of institutions are brought in, and taken back, by administrators."""
    return is_administrator(user)


check_import = rule(can_import, _("Only administrators of the directory bring lists in."))
