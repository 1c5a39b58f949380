"""Who settles doubles."""

from typing import TYPE_CHECKING

from actors.directory.permissions import is_administrator

if TYPE_CHECKING:
    from portal.accounts.models import User


def can_merge(user: "User") -> bool:
    """Sheets of one institution are found, merged and told apart by administrators."""
    return is_administrator(user)
