"""What the worker does for accounts."""

from celery import shared_task

from portal.accounts.models import AccountEvent


@shared_task(name="portal.accounts.tasks.forget_events")
def forget_events() -> None:
    """Forget what happened longer ago than it is kept."""
    AccountEvent.objects.old().delete()
