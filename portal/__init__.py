"""Tansiq: one directory, one calendar of meetings, one register of recommendations."""

import zoneinfo

# Morocco left its summer clock in September 2026; the tzdata package knows, the machine may not.
zoneinfo.reset_tzpath(to=[])
zoneinfo.ZoneInfo.clear_cache()

from portal.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
