"""Who can sign in."""

from portal.accounts.models.event import AccountEvent
from portal.accounts.models.saved_view import SavedView
from portal.accounts.models.user import User

__all__ = ["AccountEvent", "SavedView", "User"]
