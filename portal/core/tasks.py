"""What the worker does for the core."""

from celery import shared_task
from django.core.management import call_command

from portal.core import sweeping
from portal.core.models import OneTimeKey
from portal.core.search import reindex_all


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
