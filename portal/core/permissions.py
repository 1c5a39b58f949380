"""Not allowed is 403, with the reason as a sentence."""

from django.core.exceptions import PermissionDenied


def require(allowed: bool, reason: str) -> None:
    """Raise PermissionDenied with the reason, a translated sentence, unless allowed."""
    if not allowed:
        raise PermissionDenied(reason)
