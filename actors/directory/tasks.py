"""What the worker does for the directory."""

from celery import shared_task

from actors.directory import work


@shared_task(name="actors.directory.tasks.make_printout")
def make_printout(pk: int) -> None:
    """Make one PDF; one that is gone, ready or in other hands is left alone."""
    work.produce(pk)


@shared_task(name="actors.directory.tasks.resume_printouts")
def resume_printouts() -> None:
    """Finish what waits without a message, or what a dead worker left."""
    work.resume()


@shared_task(name="actors.directory.tasks.clean_printouts")
def clean_printouts() -> None:
    """Throw away what was ordered more than a month ago."""
    work.clean()
