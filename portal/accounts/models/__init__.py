"""Who can sign in."""

from portal.accounts.models.user import User

__all__ = ["User"]
