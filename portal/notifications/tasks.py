"""What the worker does: passes of the clock, and mail."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from portal.core.dates import start_of, today
from portal.core.work import in_time
from portal.notifications import reminders
from portal.notifications import work as delivery
from portal.notifications.models import SignedLink
from portal.notifications.rules.rungs import OPENS
from portal.reference.calendar import is_rest_day

LONG_ENOUGH = settings.CELERY_TASK_TIME_LIMIT / 3


@shared_task(name="portal.notifications.tasks.deliver_next")
def deliver_next() -> None:
    """Deliver the mail whose turn it is, whichever the message was sent for."""
    delivery.deliver_next()


@shared_task(name="portal.notifications.tasks.deliver_waiting")
def deliver_waiting() -> None:
    """Deliver what nobody called for, what failed and is due again, what a dead worker left.

    A mail server that is away is asked once; the rest waits for the next minute.
    """
    for pk in in_time(delivery.waiting(timezone.now()), LONG_ENOUGH):
        delivery.deliver(pk)


@shared_task(name="portal.notifications.tasks.send_reminders")
def send_reminders() -> None:
    """A pass of the clock, from nine on working days."""
    now = timezone.now()
    if not is_rest_day(today(now)) and now >= start_of(today(now), OPENS):
        reminders.send_due(now)


@shared_task(name="portal.notifications.tasks.forget_links")
def forget_links() -> None:
    """Forget whom personal links were sent to that nobody opens any more."""
    SignedLink.objects.old().delete()
