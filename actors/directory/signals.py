"""What must be there before anybody acts: the default rungs of the reminders."""

from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as installed_apps
from django.db import router

#: kind, days before (negative) or after, again every … days (DESIGN §7)
RUNGS = (
    ("meeting", -7, 0),
    ("meeting", -1, 0),
    ("answer_missing", -5, 0),
    ("minutes_missing", 3, 0),
    ("minutes_missing", 7, 0),
    ("remarks_closing", -2, 0),
    ("agenda", -20, 0),
    ("due", -30, 0),
    ("due", -7, 0),
    ("due", -1, 0),
    ("overdue", 7, 7),
    ("silent", 60, 60),
    ("unconfirmed", 7, 14),
    ("sheet_stale", 365, 30),
)


def create_default_rungs(*, using: str, apps: Apps = installed_apps, **kwargs: Any) -> None:
    """After migrations, once: an administrator who edits or removes rungs finds them as they left them."""
    rules = apps.get_model("directory", "ReminderRule")
    if not router.allow_migrate_model(using, rules) or rules.objects.using(using).exists():
        return
    rules.objects.using(using).bulk_create(
        rules(kind=kind, offset_days=offset, repeat_days=repeat) for kind, offset, repeat in RUNGS
    )
