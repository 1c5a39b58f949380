"""What the worker does for the core."""

import logging
from typing import Any

from celery import shared_task
from celery.signals import after_task_publish
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from portal.core import sweeping, work
from portal.core.models import Heartbeat, OneTimeKey, Tally
from portal.core.search import reindex_all

log = logging.getLogger(__name__)


@shared_task(name="portal.core.tasks.work_on_next")
def work_on_next() -> None:
    """Make the long work whose turn it is; a long one goes on when its turn comes again."""
    if (turn := work.work_on_next()) is not None:
        kind, pk = turn
        if kind._default_manager.unfinished(timezone.now()).filter(pk=pk).exists():
            work.wake(kind.WAKES)


@shared_task(name="portal.core.tasks.pulse")
def pulse(queue: str) -> None:
    """The workers of this queue are alive: one of them read the message."""
    Heartbeat.beat(queue)


@after_task_publish.connect(dispatch_uid="core.clock_is_alive")
def clock_is_alive(sender: str, **kwargs: Any) -> None:
    """The clock alone sends pulses: it is alive, whoever reads them. Nothing stops the clock, a database that is away
    neither."""
    if sender == pulse.name:
        try:
            Heartbeat.beat("clock")
        except Exception as failure:
            log.warning("The sign of life of the clock could not be written down: %r", failure)
        finally:
            connection.close()


@shared_task(name="portal.core.tasks.resume_work")
def resume_work() -> None:
    """Make what waits without a message, or what a dead worker left."""
    work.resume()


@shared_task(name="portal.core.tasks.reindex")
def reindex() -> None:
    """Rebuild every stored search text."""
    reindex_all()


@shared_task(name="portal.core.tasks.forget_keys")
def forget_keys() -> None:
    """Forget the forms that acted so long ago that they could not be sent again."""
    OneTimeKey.objects.old().delete()


@shared_task(name="portal.core.tasks.sweep_files")
def sweep_files() -> None:
    """Throw away files that no row names, and note those that are gone."""
    sweeping.sweep()


@shared_task(name="portal.core.tasks.forget_sessions")
def forget_sessions() -> None:
    """Forget who was signed in and has not come back within the life of a session."""
    call_command("clearsessions")


@shared_task(name="portal.core.tasks.forget_tallies")
def forget_tallies() -> None:
    """Forget how often was done what may be done again."""
    Tally.objects.over().delete()
