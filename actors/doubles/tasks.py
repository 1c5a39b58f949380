"""What the worker does about doubles."""

from celery import shared_task

from actors.doubles import work
from actors.doubles.actions import order_search
from portal.core.acting import THE_PORTAL


@shared_task(name="actors.doubles.tasks.find_doubles")
def find_doubles(pk: int) -> None:
    """Make one search for doubles; one that is gone, finished or in other hands is left alone."""
    work.find_doubles(pk)


@shared_task(name="actors.doubles.tasks.resume_doubles")
def resume_doubles() -> None:
    """Finish the searches that wait without a message, or that a dead worker left."""
    work.resume()


@shared_task(name="actors.doubles.tasks.find_doubles_tonight")
def find_doubles_tonight() -> None:
    """The search of the night, and the rows of old ones thrown away."""
    work.find_doubles(order_search(by=THE_PORTAL).pk)
    work.clean()
