"""Telling people: one row for each recipient; the mail leaves after the commit."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.acting import THE_PORTAL, Acting
from portal.core.errors import Refused
from portal.core.work import free
from portal.notifications.models import Notification
from portal.notifications.permissions import check_read_notifications, check_resend
from portal.notifications.rules.messages import prepared
from portal.notifications.rules.recipients import Recipient

log = logging.getLogger(__name__)


@transaction.atomic
def notify(
    to: Recipient | Iterable[Recipient],
    *,
    kind: str,
    about: Model,
    by: Acting = THE_PORTAL,
    context: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    expires_at: datetime | None = None,
    is_secret: bool = False,
) -> list[Notification]:
    """Tell each recipient once, in their language: a row for the bell and for the postman; not who acts.

    `context` may hold texts, numbers, truths, days and instants (lists and dicts of them); it is kept with the row.
    After `expires_at` the mail is dropped instead of sent. Of a secret mail the row keeps no text; what it leads to is
    asked of the thing as it leaves (`path_in_mail(kind)`), and it is not sent again. A receiver queues the delivery
    when the transaction commits.
    """
    rows = prepared(
        to, kind=kind, about=about, by=by, context=context, now=now, expires_at=expires_at, is_secret=is_secret
    )
    for row in rows:
        row.save()
    return rows


@transaction.atomic
def resend(notification: Notification, *, by: Any) -> Notification:
    """Let the postman try again: what was given up, what failed, what was dropped, or what was sent and got lost.

    Raises Refused while a delivery is under way, and for a mail of an account: its link may be old, and its owner asks
    for a new one. Whether the recipient may still see the thing is asked again.
    """
    check_resend(by, notification)
    if notification.is_secret:
        raise Refused(_("Mails about accounts are not sent again: their owner asks for a new one."))
    now = timezone.now()
    changed = Notification.objects.filter(free(now), pk=notification.pk).update(
        state=Notification.State.WAITING, attempts=0, next_attempt_at=now, leased_until=None, error="", expires_at=None
    )
    if not changed:
        raise Refused(_("This mail is being delivered at this moment."))
    log.info("Notification %s is sent again, asked by user %s", notification.pk, getattr(by, "pk", by))
    notification.refresh_from_db()
    return notification


def read_notifications(reader: Any, *, pk: int | None = None, by: Any) -> int:
    """Mark one notification of the reader, or all of theirs, as read; says how many were not yet."""
    check_read_notifications(by, reader)
    chosen = Notification.objects.of(reader).unread()
    return (chosen if pk is None else chosen.filter(pk=pk)).update(read_at=timezone.now())
