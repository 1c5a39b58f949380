"""What the platform asks: can the portal serve. That this process is alive, `portal/core/middleware.py` answers."""

import os
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis

SECONDS = 2


@login_not_required
@never_cache
@require_safe
def health_ready(request: HttpRequest) -> JsonResponse:
    """Database, migrations and broker: 200 when all stand, 503 naming those that do not."""
    checks = {name: _says(check) for name, check in CHECKS.items()}
    ready = all(says == "ok" for says in checks.values())
    return JsonResponse({"status": "ok" if ready else "failing", **checks}, status=200 if ready else 503)


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
    with Redis.from_url(address, socket_connect_timeout=SECONDS, socket_timeout=SECONDS) as client:
        client.ping()


class MigrationsWaiting(Exception):
    """The database is older than the code."""


CHECKS = {"database": _database, "migrations": _migrations, "broker": _broker}
