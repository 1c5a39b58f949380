"""A new notification asks for its delivery when the transaction that wrote it commits; what an
account has to tell becomes one."""

from datetime import timedelta
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.signals import account_mail
from portal.core.acting import THE_PORTAL
from portal.core.work import call_worker
from portal.notifications.actions import notify
from portal.notifications.models import Notification
from portal.notifications.rules.recipients import Recipient


@receiver(post_save, sender=Notification, dispatch_uid="notifications.queue_delivery")
def queue_delivery(
    sender: type[Notification], instance: Notification, created: bool, raw: bool = False, **kwargs: Any
) -> None:
    if created and not raw:
        call_worker(instance)


@receiver(account_mail, dispatch_uid="notifications.account_mail")
def tell_account(sender: Any, user: User, kind: str, life: timedelta, email: str = "", **kwargs: Any) -> None:
    to = Recipient(email or user.email, user.language, user, user.name)
    # Owners are told of what they did themselves: it may have been somebody else.
    now = timezone.now()
    notify(
        to,
        kind=kind,
        about=user,
        by=THE_PORTAL,
        context={"happened": now},
        now=now,
        expires_at=now + life,
        is_secret=True,
    )
