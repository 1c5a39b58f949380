"""What the worker does for the directory."""

from celery import shared_task

from actors import printouts
from actors.actions.doubles import order_search
from actors.doubles import work as doubles
from actors.imports import work


@shared_task(name="actors.tasks.make_printout")
def make_printout(pk: int) -> None:
    """Make one PDF; one that is gone, ready or in other hands is left alone."""
    printouts.produce(pk)


@shared_task(name="actors.tasks.resume_printouts")
def resume_printouts() -> None:
    """Finish what waits without a message, or what a dead worker left."""
    printouts.resume()


@shared_task(name="actors.tasks.clean_printouts")
def clean_printouts() -> None:
    """Throw away what was ordered more than a month ago."""
    printouts.clean()


@shared_task(name="actors.tasks.find_doubles")
def find_doubles(pk: int) -> None:
    """Make one search for doubles; one that is gone, finished or in other hands is left alone."""
    doubles.find_doubles(pk)


@shared_task(name="actors.tasks.resume_doubles")
def resume_doubles() -> None:
    """Finish the searches that wait without a message, or that a dead worker left."""
    doubles.resume()


@shared_task(name="actors.tasks.find_doubles_tonight")
def find_doubles_tonight() -> None:
    """The search of the night, and the rows of old ones thrown away."""
    doubles.find_doubles(order_search(by=None).pk)
    doubles.clean()


@shared_task(name="actors.tasks.work_on_import")
def work_on_import(pk: int) -> None:
    """Check, bring in or take back one import; a long one goes on in the next message."""
    if work.produce(pk):
        work_on_import.delay(pk)


@shared_task(name="actors.tasks.resume_imports")
def resume_imports() -> None:
    """Go on with imports that wait without a message, or that a dead worker left."""
    work.resume()
