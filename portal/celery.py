"""Celery and the whole clock of the portal, as one table: task, when, why."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

TEN_MINUTES = crontab(minute="*/10", hour="9-18", day_of_week="mon-fri")
EVERY_MINUTE = crontab()
AT_NIGHT = crontab(hour="3", minute="20")

#: name: (task, when, why)
CLOCK = {
    "reminders": (
        "portal.notifications.tasks.send_reminders",
        TEN_MINUTES,
        "from 09:00 on working days, so that a clock that was down at nine catches up",
    ),
    "deliver": (
        "portal.notifications.tasks.deliver_waiting",
        EVERY_MINUTE,
        "mail that nobody called for, or that failed and is due again",
    ),
    "work": (
        "portal.core.tasks.resume_work",
        EVERY_MINUTE,
        "reports, printouts, imports and searches whose worker died, or whose message was lost",
    ),
    "old_printouts": (
        "actors.directory.tasks.clean_printouts",
        AT_NIGHT,
        "PDFs of the directory older than a month: whoever wants one again orders it again",
    ),
    "doubles": (
        "actors.doubles.tasks.find_doubles_tonight",
        AT_NIGHT,
        "sheets that look alike, as the directory stands at the end of the day",
    ),
    "keys": (
        "portal.core.tasks.forget_keys",
        AT_NIGHT,
        "forms that acted more than fourteen days ago: their keys would be refused for their age",
    ),
    "files": (
        "portal.core.tasks.sweep_files",
        AT_NIGHT,
        "files that no row names, and rows whose file is gone: a server that fell, a disk that was restored",
    ),
    "sessions": (
        "portal.core.tasks.forget_sessions",
        AT_NIGHT,
        "sessions that are over: nothing else takes them out of the database",
    ),
    "tallies": (
        "portal.core.tasks.forget_tallies",
        AT_NIGHT,
        "what was counted to be limited, and limits nothing any more",
    ),
    "account_events": (
        "portal.accounts.tasks.forget_events",
        AT_NIGHT,
        "sign-ins and changes of an account longer ago than they are kept",
    ),
    "offers": (
        "actors.directory.tasks.forget_offers",
        AT_NIGHT,
        "offers of an account that nobody took up: their address is of somebody who did not agree to be here",
    ),
    "links": (
        "portal.notifications.tasks.forget_links",
        AT_NIGHT,
        "personal links that are over for half a year: whoever opens one then is no longer told whose it was",
    ),
    "reindex": (
        "portal.core.tasks.reindex",
        AT_NIGHT,
        "search texts that hold a name (of a place, a theme, an institution) that changed since",
    ),
}

app.conf.beat_schedule = {name: {"task": task, "schedule": when} for name, (task, when, _) in CLOCK.items()} | {
    # Asked of the workers of each queue, so that `/health/ready` can say whose are missing.
    f"pulse_{queue.name}": {
        "task": "portal.core.tasks.pulse",
        "schedule": EVERY_MINUTE,
        "args": (queue.name,),
        "options": {"queue": queue.name, "expires": 300},
    }
    for queue in app.conf.task_queues
}
