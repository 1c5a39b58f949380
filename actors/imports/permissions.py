"""Who brings lists in."""

from typing import TYPE_CHECKING

from actors.directory.permissions import is_administrator

if TYPE_CHECKING:
    from portal.accounts.models import User


def can_import(user: "User") -> bool:
    """Lists of institutions are brought in, and taken back, by administrators."""
    return is_administrator(user)
