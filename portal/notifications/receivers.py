"""A new notification asks for its delivery when the transaction that wrote it commits."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from portal.core.work import call_worker
from portal.notifications.models import Notification


@receiver(post_save, sender=Notification, dispatch_uid="notifications.queue_delivery")
def queue_delivery(
    sender: type[Notification], instance: Notification, created: bool, raw: bool = False, **kwargs: Any
) -> None:
    if created and not raw:
        call_worker(instance)
