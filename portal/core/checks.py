"""What `manage.py check` says when the machine would mislead the portal."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.checks import CheckMessage, Error, register

from portal.core.dates import CASABLANCA


@register
def moroccan_clock(**kwargs: Any) -> list[CheckMessage]:
    """Morocco is on UTC+0 for good since September 2026; older zone data is an hour off."""
    if datetime(2026, 12, 1, tzinfo=UTC).astimezone(CASABLANCA).utcoffset() == timedelta(0):
        return []
    return [
        Error(
            "The time zone data is older than 2026c: Morocco would be an hour off.",
            hint="Install tzdata ≥ 2026.3.",
            id="portal.E001",
        )
    ]
