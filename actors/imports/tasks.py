"""What the worker does with an import."""

from celery import shared_task

from actors.imports import work


@shared_task(name="actors.imports.tasks.work_on_import")
def work_on_import(pk: int) -> None:
    """Check, bring in or take back one import; a long one goes on in the next message."""
    if work.produce(pk):
        work_on_import.delay(pk)


@shared_task(name="actors.imports.tasks.resume_imports")
def resume_imports() -> None:
    """Go on with imports that wait without a message, or that a dead worker left."""
    work.resume()
