"""What the worker does about doubles."""

from celery import shared_task

from actors.doubles import work
from actors.doubles.actions import order_search
from portal.core.acting import THE_PORTAL


@shared_task(name="actors.doubles.tasks.find_doubles_tonight")
def find_doubles_tonight() -> None:
    """The search of the night, and the rows of old ones thrown away."""
    work.find_doubles(order_search(by=THE_PORTAL).pk)
    work.clean()
