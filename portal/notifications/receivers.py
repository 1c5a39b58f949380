"""A new notification asks for its delivery when the transaction that wrote it commits."""

import logging
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from portal.notifications.models import Notification
from portal.notifications.tasks import deliver

log = logging.getLogger(__name__)


@receiver(post_save, sender=Notification, dispatch_uid="notifications.queue_delivery")
def queue_delivery(
    sender: type[Notification], instance: Notification, created: bool, raw: bool = False, **kwargs: Any
) -> None:
    if created and not raw:
        transaction.on_commit(partial(call_postman, instance.pk))


def call_postman(pk: int) -> None:
    """Ask a worker to deliver; with the broker down the row waits for the clock."""
    try:
        deliver.apply_async((pk,), retry=False)
    except Exception as error:
        log.warning("Notification %s waits for the clock, the broker did not answer: %r", pk, error)
