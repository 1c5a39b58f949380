"""What the worker does for the directory."""

from celery import shared_task

from actors.directory import work
from actors.directory.models import AccountOffer


@shared_task(name="actors.directory.tasks.clean_printouts")
def clean_printouts() -> None:
    """Throw away what was ordered more than a month ago."""
    work.clean()


@shared_task(name="actors.directory.tasks.forget_offers")
def forget_offers() -> None:
    """Forget the addresses of those who did not take an offer up."""
    AccountOffer.objects.to_be_forgotten().delete()
