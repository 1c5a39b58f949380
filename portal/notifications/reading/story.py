"""The ledger as those concerned read it: what was sent about a thing, what was not and why, what comes next."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.accounts.models import User
from portal.notifications.models import LedgerEntry
from portal.notifications.rules.recipients import Recipient
from portal.notifications.rules.registry import label_of
from portal.notifications.rules.rungs import Calendar, owed_from, rungs_of_all

#: how many steps of the past and of the future a panel shows
PAST, COMING = 20, 5
KEY = re.compile(r"(?P<kind>.+?)(?P<offset>[+-]\d+)?$")

REASONS = {
    "superseded": gettext_lazy("a later reminder went out instead"),
    "too late": gettext_lazy("the date had passed"),
    "not visible": gettext_lazy("the recipient may not see this"),
}


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the ledger."""

    label: str
    at: datetime
    recipient: str
    is_sent: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Coming:
    """One rung that will be owed, to whom as things stand."""

    label: str
    due_at: datetime
    recipients: list[str]


@dataclass(frozen=True, slots=True)
class Story:
    """What the panel `notifications/ledger.html` shows."""

    past: list[Past] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)


def story_of(subject: Model, now: datetime | None = None, *, to: Recipient | None = None) -> Story:
    """The reminders about one thing (`to` one recipient alone); the caller asks whether the reader is concerned."""
    return Story(_past(subject, to), _coming(subject, now or timezone.now(), to))


def step_label(key: str) -> str:
    """`meetings.coming-7` in words: the kind and how many days before or after."""
    found = KEY.match(key)
    label, offset = label_of(found["kind"]), int(found["offset"] or 0)  # type: ignore[index]
    if not offset:
        return label
    if offset < 0:
        days = ngettext("%(count)d day before", "%(count)d days before", -offset) % {"count": -offset}
    else:
        days = ngettext("%(count)d day after", "%(count)d days after", offset) % {"count": offset}
    return _("%(label)s (%(days)s)") % {"label": label, "days": days}


def _past(subject: Model, to: Recipient | None) -> list[Past]:
    rows = LedgerEntry.objects.about(subject).select_related("notification__user")
    if to is not None:
        rows = rows.filter(recipient_key=to.key)
    names = _accounts(rows) | {row.recipient_key: _addressee(row) for row in rows if row.notification is not None}
    return [
        Past(
            label=step_label(row.rung),
            at=row.created_at,
            recipient=names.get(row.recipient_key) or row.recipient_key.partition(":")[2],
            is_sent=row.outcome == LedgerEntry.Outcome.SENT,
            reason=str(REASONS.get(row.reason, row.reason)),
        )
        for row in rows[:PAST]
    ]


def _accounts(rows: Iterable[LedgerEntry]) -> dict[str, str]:
    """The people a row names by their account alone, since nothing was sent to them."""
    bare = {row.recipient_key for row in rows if row.notification is None and row.recipient_key.startswith("user:")}
    people = User.objects.filter(pk__in=[key.partition(":")[2] for key in bare]) if bare else ()
    return {f"user:{person.pk}": str(person) for person in people}


def _addressee(row: LedgerEntry) -> str:
    notification = row.notification
    if notification is None:
        return ""
    return str(notification.user) if notification.user else notification.email


def _coming(subject: Model, now: datetime, to: Recipient | None) -> list[Coming]:
    calendar = Calendar()
    steps = sorted(
        ((calendar.due_at(rung), rung) for rung in rungs_of_all(now, subject) if owed_from(rung)),
        key=lambda step: step[0],
    )
    by_step: dict[tuple[datetime, str], list[Recipient]] = {}
    for due_at, rung in steps:
        if due_at > now:
            meant = [who for who in rung.recipients() if to is None or who.key == to.key]
            if meant:
                by_step.setdefault((due_at, rung.key), []).extend(meant)
    return [
        Coming(
            step_label(key), due_at, list(dict.fromkeys(str(who.user) if who.user else who.email for who in recipients))
        )
        for (due_at, key), recipients in list(by_step.items())[:COMING]
    ]
