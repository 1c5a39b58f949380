"""Who may look into the postman’s bag."""

from typing import Any


def can_see_deliveries(user: Any) -> bool:
    """Administrators alone: addresses and errors stand there."""
    return bool(getattr(user, "is_administrator", False))
