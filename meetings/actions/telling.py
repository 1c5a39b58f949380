"""What the invited are told of their meeting: each mail says for which invitation it was sent, so that pages show whom
none reached."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from actors.directory.rules.recipients import recipients_by_actor
from meetings.models import Meeting
from meetings.models.participation import InvitationQuerySet
from portal.core.acting import Acting
from portal.notifications.actions import notify
from portal.notifications.rules.recipients import Recipient, once


def tell_invited(
    meeting: Meeting,
    *,
    to: InvitationQuerySet,
    kind: str,
    by: Acting,
    context: Mapping[str, Any],
    expires_at: datetime | None = None,
) -> None:
    """Tell whoever answers for these institutions, nobody twice: who answers for several is told with the first."""
    now, told = timezone.now(), list[Recipient]()
    rows = list(to.order_by("pk"))
    found = recipients_by_actor([invitation.actor_id for invitation in rows])
    for invitation in rows:
        new = once([*told, *found[invitation.actor_id]])[len(told) :]
        told += new
        of_this = {**context, "invitation": invitation.pk}
        notify(new, kind=kind, about=meeting, by=by, context=of_this, now=now, expires_at=expires_at)
