"""What the worker does for meetings."""

from celery import shared_task

from meetings import work


@shared_task(name="meetings.tasks.make_report")
def make_report(pk: int) -> None:
    """Make one report; one that is gone, ready or in other hands is left alone."""
    work.produce(pk)


@shared_task(name="meetings.tasks.resume_reports")
def resume_reports() -> None:
    """Finish what waits without a message, or what a dead worker left."""
    work.resume()
