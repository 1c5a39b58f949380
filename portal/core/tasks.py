"""What the worker does for the core."""

from celery import shared_task

from portal.core.search import reindex_all


@shared_task(name="portal.core.tasks.reindex")
def reindex() -> None:
    """Rebuild every stored search text."""
    reindex_all()
