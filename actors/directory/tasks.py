"""What the worker does for the directory."""

from celery import shared_task

from actors.directory import work


@shared_task(name="actors.directory.tasks.clean_printouts")
def clean_printouts() -> None:
    """Throw away what was ordered more than a month ago."""
    work.clean()
