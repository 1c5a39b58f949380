"""Who may look into the postman’s bag."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.core.acting import rule


def can_see_deliveries(user: Any) -> bool:
    """Administrators alone: addresses and errors stand there."""
    return bool(user.is_administrator)


def can_read_mailbox(user: Any) -> bool:
    return can_see_deliveries(user)


def can_resend(user: Any, notification: Any) -> bool:
    return can_see_deliveries(user)


def can_read_notifications(user: Any, reader: Any) -> bool:
    return reader == user


check_see_deliveries = rule(can_see_deliveries, _("Only administrators see the deliveries."))
check_read_mailbox = rule(can_read_mailbox, _("Only administrators read the mails of the demonstration."))
check_resend = rule(can_resend, _("Only administrators send a mail again."))
check_read_notifications = rule(can_read_notifications, _("Everybody reads their own notifications alone."))
