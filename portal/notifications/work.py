"""The postman: one notification at a time, claimed under a lease, sent outside any transaction, tried again later.

At most once by itself: while a mail is being handed over its row says that nobody knows whether it arrived, and only
the server’s answer says otherwise. A line that breaks before the answer, or a worker that dies there, leaves it so: a
person asks the office, or sends it again, under the same Message-ID, so that mail programs show one message.

Not a `Work`: a failed mail comes back by itself, after growing pauses, and a sent one is sent whoever has the lease.
"""

import logging
import smtplib
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q, TextField, Window
from django.db.models.functions import Cast, Coalesce, RowNumber
from django.utils import timezone
from django.utils.translation import override

from portal.core.breaker import Breaker
from portal.core.names import under_our_name
from portal.core.smtp import NoLine, Unknown
from portal.core.work import LATELY, when_it_answers
from portal.notifications.models import Notification
from portal.notifications.rules.messages import Message, render

log = logging.getLogger(__name__)

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
#: longer than a task may run, so that only a dead worker's claim is taken over
LEASE = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 60)
#: whose a mail is, as a number or an address
WHOSE = Coalesce(*(Cast(name, TextField()) for name in ("caused_by", "user", "email")))
#: a mail server that is away is not asked by every mail, which would cost each an attempt
post = Breaker(30)


def deliver(pk: int, now: datetime | None = None) -> bool | None:
    """Send the notification; whether a mail left, and None where it was not to be had: not due, or in other hands."""
    if post.is_away:
        return None
    now = now or timezone.now()
    claimed = Notification.objects.due(now).filter(pk=pk).update(leased_until=now + LEASE, attempts=F("attempts") + 1)
    if claimed != 1:
        return None
    notification = Notification.objects.select_related("user").get(pk=pk)
    try:
        if reason := reason_to_drop(notification, now):
            _close(notification, state=Notification.State.DROPPED, error=reason)
            return False
        message = render(notification)
    except Exception as error:
        _put_off(notification, error, now)
        return False
    return _hand_over(notification, message, now)


def _hand_over(notification: Notification, message: Message, now: datetime) -> bool:
    letter, kept = mail(notification, message), message.kept
    try:
        Notification.objects.filter(pk=notification.pk).update(state=Notification.State.UNKNOWN)
        letter.send(using="default")
    except Unknown as error:
        text = str(error)[:1000] if not notification.is_secret else type(error).__name__
        log.warning("Notification %s may have arrived, or not: %s", notification.pk, text)
        _close(notification, state=Notification.State.UNKNOWN, error=text, body=kept)
        return False
    except Exception as error:
        if isinstance(error, NoLine):
            post.trip()
        _put_off(notification, error, now)
        return False
    _close(notification, state=Notification.State.SENT, sent_at=timezone.now(), body=kept, error="")
    return True


def deliver_next() -> None:
    """Send the mail whose turn it is; the next one where another worker was quicker."""
    for pk in waiting(timezone.now(), limit=20):
        if deliver(pk) is not None:
            break


def waiting(now: datetime, limit: int = 200) -> list[int]:
    """The rows whose time has come, everybody's first before anybody's second; none while the mail server is away.

    A mail is of whoever caused it: who invites a hundred and fifty holds nobody else's. What the portal tells by itself
    is of who is told: an account, or a mailbox.
    """
    if post.is_away:
        return []
    left = Q(state__in=Notification.HANDED_OVER)
    # Of a mail that has left, this index has when it was due, which is close enough to when it left.
    lately = Notification.objects.filter(left, next_attempt_at__gte=now - LATELY)
    in_turn = ("-left", "next_attempt_at", "pk")
    mails = (lately | Notification.objects.due(now)).annotate(left=left, whose=WHOSE)
    turns = mails.annotate(turn=Window(RowNumber(), partition_by="whose", order_by=in_turn))
    first = turns.order_by("left", "turn", "next_attempt_at", "pk")[:limit]
    return [pk for pk, has_left in first.values_list("pk", "left") if not has_left]


def reason_to_drop(notification: Notification, now: datetime) -> str:
    """Why this mail must not leave any more; empty when it may."""
    about = notification.about
    if about is None:
        return "the thing it is about is gone"
    if not notification.email:
        return "no mailbox"
    if notification.expires_at is not None and notification.expires_at <= now:
        return "too late"
    if (user := notification.user) is None:
        return ""
    if not user.is_active:
        return "the account is closed"
    manager = type(about)._default_manager
    if hasattr(manager, "visible_to") and not manager.visible_to(user).filter(pk=about.pk).exists():
        return "no longer visible to the recipient"
    return ""


def mail(notification: Notification, message: Message) -> EmailMultiAlternatives:
    """The mail of a notification, answered to the office behind it; its Message-ID is always the same."""
    host = urlsplit(settings.SITE_ADDRESS).hostname or "localhost"
    with override(notification.language):
        sender = under_our_name(settings.DEFAULT_FROM_EMAIL)
    headers = {
        "Message-ID": f"<notification.{notification.pk}@{host}>",
        "Content-Language": notification.language,
        "Auto-Submitted": "auto-generated",
    }
    mail = EmailMultiAlternatives(
        message.subject, message.text, sender, [notification.email], headers=headers, reply_to=message.reply_to
    )
    mail.attach_alternative(message.html, "text/html")
    return mail


def _put_off(notification: Notification, error: Exception, now: datetime) -> None:
    """Later, after 1, 5, 15, 60 and 240 minutes; then, and where the address is refused, given up until an
    administrator resends it."""
    text = f"{type(error).__name__}: {error}"[:1000] if not notification.is_secret else type(error).__name__
    log.warning("Notification %s could not be sent: %s", notification.pk, text)
    if is_refused(error) or notification.attempts > len(BACK_OFF):
        _close(notification, state=Notification.State.GIVEN_UP, error=text)
    else:
        later = now + BACK_OFF[notification.attempts - 1]
        _close(notification, state=Notification.State.FAILED, error=text, next_attempt_at=later)


def is_refused(error: Exception) -> bool:
    """Whether the mail server takes nothing for this address, and will not: 5xx for the recipient or the text.

    Whatever concerns the portal itself (its own address, its password) or passes (4xx, a line that breaks) is not.
    """
    match error:
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _words in error.recipients.values()]
        case smtplib.SMTPDataError():
            codes = [error.smtp_code]
        case _:
            return False
    return bool(codes) and all(500 <= code < 600 for code in codes)


def _close(notification: Notification, **fields: object) -> None:
    """Whatever happened is written down, if the database is away as soon as it is back."""
    row = Notification.objects.filter(pk=notification.pk)
    when_it_answers(lambda: row.update(leased_until=None, **fields))
