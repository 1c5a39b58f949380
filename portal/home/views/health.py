"""What the platform asks: can the portal serve. That this process is alive, `portal/core/middleware.py` answers."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.core.databases import REPLICA
from portal.core.models import Heartbeat
from portal.core.replica import replica
from portal.notifications.reading.last_run import last_run

SECONDS = 1
#: what gives a sign of life each minute, and after how long without one it is missing; long work may keep its workers
LIVES = {
    "clock": timedelta(minutes=3),
    "short": timedelta(minutes=4),
    "mail": timedelta(minutes=8),
    "long": timedelta(minutes=15),
}


@login_not_required
@never_cache
@require_safe
def health_ready(request: HttpRequest) -> JsonResponse:
    """503 where this server cannot serve: no database, or one older than the code. 200 otherwise, with the status “ok”,
    or “degraded” and what is missing: pages go on without replica, broker, clock and workers, and mail and long work
    wait."""
    checks = {name: _says(check) for name, check in {**NEEDED, **WISHED}.items()}
    if REPLICA in connections.settings:
        checks["replica"] = "ok" if replica.is_asked() else replica.why_not
    if checks["database"] == "ok":
        checks |= dict(_lives())
    missing = [name for name, says in checks.items() if not says.startswith("ok")]
    cannot = [name for name in missing if name in NEEDED]
    status = "failing" if cannot else "degraded" if missing else "ok"
    return JsonResponse({"status": status, "missing": missing, **checks}, status=503 if cannot else 200)


def _says(check: Callable[[], None]) -> str:
    """“ok”, or the kind of failure: its text may hold an address or a password and stays inside."""
    try:
        check()
    except Exception as failure:  # whatever it is, the platform must get an answer
        return type(failure).__name__
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise MigrationsWaiting


def _broker() -> None:
    address = settings.CELERY_BROKER_URL
    if address.startswith("filesystem"):
        folder = str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"])
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError
        return
    once = {"socket_connect_timeout": SECONDS, "socket_timeout": SECONDS, "retry": Retry(NoBackoff(), 0)}
    with Redis.from_url(address, **once) as client:
        client.ping()


def _lives() -> Iterator[tuple[str, str]]:
    """Of the clock, of the workers of each queue, and of the reminders, whether they are missing and since when."""
    now, seen = timezone.now(), dict(Heartbeat.objects.values_list("name", "at"))
    for name, patience in LIVES.items():
        at = seen.get(name)
        says = "never seen" if at is None else f"{int((now - at).total_seconds())} s ago"
        yield name if name == "clock" else f"worker_{name}", f"ok, {says}" if at and now - at <= patience else says
    run = last_run(now)
    says = f"{run.run.started_at:%Y-%m-%dT%H:%MZ}" if run.run else "never"
    yield "reminders", f"missed, last {says}" if run.is_missed else f"ok, last {says}"


class MigrationsWaiting(Exception):
    """The database is older than the code."""


NEEDED = {"database": _database, "migrations": _migrations}
WISHED = {"broker": _broker}
