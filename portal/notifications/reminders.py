"""The clock: what is owed by now, each reminder claimed once in the ledger together with its notification.

Claims are written hundreds at a time; where one of them cannot be, each is tried by itself.

1. Sources yield rungs; one is owed from 09:00 in Morocco on its day. On a rest day it moves: before a date to the
   working day before, after a date to the next.
2. Nothing is owed from before the record was entered, and nothing twice: the ledger's unique row is the claim.
3. Of several rungs of one thing owed to one person only the latest goes out; the others are written “superseded”.
4. Nothing that stands before an event goes out once the event has come.
5. A missed pass catches up, since everything due by `now` without a row is owed; a moved date is another occurrence.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from portal.core.acting import THE_PORTAL
from portal.core.dates import start_of, today
from portal.core.work import call_worker
from portal.notifications.models import LedgerEntry, Notification, ReminderRun
from portal.notifications.rules.messages import prepared
from portal.notifications.rules.recipients import Recipient
from portal.notifications.rules.registry import Rung
from portal.notifications.rules.rungs import Calendar, owed_from, rungs_of_all
from portal.reference.calendar import is_rest_day

log = logging.getLogger(__name__)

#: rows this much older than the oldest rung that is owed cannot be about it, whatever an administrator did to holidays
MARGIN = timedelta(days=60)
#: persons with one thing each whose claims are written together
PORTION = 500

SENT = LedgerEntry.Outcome.SENT.value
SKIPPED = LedgerEntry.Outcome.SKIPPED.value
FAILED = "failed"

Pair = tuple[type[Model], str, str]


@dataclass(frozen=True, slots=True)
class Owed:
    """One rung owed to one recipient by now; `reason` says why it will not be sent, empty when it will."""

    rung: Rung
    due_at: datetime
    recipient: Recipient
    reason: str = ""

    @property
    def pair(self) -> Pair:
        return type(self.rung.subject), str(self.rung.subject.pk), self.recipient.key


@dataclass(frozen=True, slots=True)
class PassLine:
    """What became of one rung in a pass: `meetings.coming-7 NDR-2026-01 2026-12-04 user:3 sent`."""

    rung: str
    subject: str
    occurrence: str
    recipient: str
    outcome: str
    reason: str = ""

    def __str__(self) -> str:
        outcome = f"{self.outcome}: {self.reason}" if self.reason else self.outcome
        return f"{self.rung} {self.subject} {self.occurrence} {self.recipient} {outcome}"


def due_reminders(now: datetime) -> list[Owed]:
    """Everything owed by `now` that the ledger does not know, with the verdict on each."""
    calendar = Calendar()
    rungs = [(rung, calendar.due_at(rung)) for rung in rungs_of_all(now)]
    reached = [(rung, due_at) for rung, due_at in rungs if due_at <= now and owed_from(rung)]
    candidates = [Owed(rung, due_at, recipient) for rung, due_at in reached for recipient in rung.recipients()]
    claimed, latest_sent = _ledger(candidates)
    by_pair: dict[Pair, dict[tuple[str, str], Owed]] = defaultdict(dict)
    for owed in candidates:
        step = (owed.rung.key, owed.rung.occurrence)
        if (*owed.pair, *step) not in claimed:
            by_pair[owed.pair].setdefault(step, owed)
    judged = [_judged(list(steps.values()), latest_sent.get(pair, {}), now) for pair, steps in by_pair.items()]
    return _without_the_unseen([owed for verdicts in judged for owed in verdicts])


def send_due(now: datetime, *, dry_run: bool = False) -> list[PassLine]:
    """Send what is owed by `now`: a claim and its notification in one transaction; the lines say what was done.

    On a rest day nothing goes out and nothing is claimed. Run twice, or by two processes at once,
    each mail is made once.
    """
    started = timezone.now()
    owed = due_reminders(now)
    if is_rest_day(today(now)):
        return [_line(one, SKIPPED, "rest day") for one in owed]
    groups: dict[Pair, list[Owed]] = defaultdict(list)
    for one in owed:
        groups[one.pair].append(one)
    portions = batched(groups.values(), PORTION)
    lines = [line for portion in portions for line in _sent(list(portion), now, dry_run=dry_run)]
    if not dry_run:
        _record_run(now, started, lines)
    return lines


def _ledger(candidates: Iterable[Owed]) -> tuple[set[tuple[Any, ...]], dict[Pair, dict[str, datetime]]]:
    """The steps already claimed, and the latest rung sent for each pair and date."""
    subjects: dict[type[Model], set[str]] = defaultdict(set)
    oldest = datetime.max.replace(tzinfo=UTC)
    for owed in candidates:
        subjects[type(owed.rung.subject)].add(str(owed.rung.subject.pk))
        oldest = min(oldest, owed.due_at)
    claimed: set[tuple[Any, ...]] = set()
    latest: dict[Pair, dict[str, datetime]] = defaultdict(dict)
    for model, pks in subjects.items():
        kind = ContentType.objects.get_for_model(model)
        for chunk in batched(sorted(pks), 500):
            rows = LedgerEntry.objects.filter(content_type=kind, object_id__in=chunk, due_at__gte=oldest - MARGIN)
            for pk, key, rung, occurrence, outcome, due_at in rows.values_list(
                "object_id", "recipient_key", "rung", "occurrence", "outcome", "due_at"
            ):
                claimed.add((model, pk, key, rung, occurrence))
                hangs_on = occurrence.partition("+")[0]
                if outcome == SENT and due_at > latest[model, pk, key].get(hangs_on, due_at - MARGIN):
                    latest[model, pk, key][hangs_on] = due_at
    return claimed, latest


def _judged(owed: list[Owed], latest_sent: dict[str, datetime], now: datetime) -> Iterator[Owed]:
    """The rungs of one thing for one person: at most one of them is to be sent."""
    standing: list[Owed] = []
    for one in sorted(owed, key=lambda one: (one.due_at, one.rung.due, one.rung.key)):
        sent_at = latest_sent.get(one.rung.hangs_on.isoformat())
        if one.rung.expires_at is not None and one.rung.expires_at <= now:
            yield _because(one, "too late")
        elif sent_at is not None and sent_at > one.due_at:
            yield _because(one, "superseded")
        else:
            standing.append(one)
    for one in standing[:-1]:
        yield _because(one, "superseded")
    yield from standing[-1:]


def _because(owed: Owed, reason: str) -> Owed:
    return Owed(owed.rung, owed.due_at, owed.recipient, reason)


def _without_the_unseen(owed: list[Owed]) -> list[Owed]:
    """Those to be sent to somebody who may not see the thing are not; one question for each person and model."""
    asked: dict[tuple[type[Model], str], tuple[Any, set[Any]]] = {}
    for one in owed:
        manager = type(one.rung.subject)._default_manager
        if not one.reason and one.recipient.user is not None and hasattr(manager, "visible_to"):
            asked.setdefault((type(one.rung.subject), one.recipient.key), (one.recipient.user, set()))[1].add(
                one.rung.subject.pk
            )
    seen = {
        key: set(key[0]._default_manager.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))  # type: ignore[attr-defined]
        for key, (user, pks) in asked.items()
    }
    return [
        _because(one, "not visible")
        if not one.reason
        and one.rung.subject.pk not in seen.get((type(one.rung.subject), one.recipient.key), {one.rung.subject.pk})
        else one
        for one in owed
    ]


def _sent(groups: list[list[Owed]], now: datetime, *, dry_run: bool) -> list[PassLine]:
    """Claim what some people are owed, a group for each person and thing, and write the notifications that go out."""
    if not dry_run:
        try:
            _claim([one for group in groups for one in group], now)
        except Exception as error:
            if len(groups) > 1:
                return [line for group in groups for line in _sent([group], now, dry_run=False)]
            [group] = groups
            if isinstance(error, IntegrityError):
                return [_line(one, SKIPPED, "taken by another pass") for one in group]
            log.exception("The reminder about %r could not be made.", group[0].rung.subject)
            return [_line(one, FAILED, type(error).__name__) for one in group]
    return [_line(one, SKIPPED if one.reason else SENT, one.reason) for group in groups for one in group]


def _claim(owed: list[Owed], now: datetime) -> None:
    """In as many questions for hundreds as for one. Raises IntegrityError, with nothing written, when another process
    was first with one of them."""
    told = [None if one.reason else _told(one, now) for one in owed]
    written = timezone.now()
    with transaction.atomic():
        for row in Notification.objects.bulk_create([row for row in told if row is not None]):
            call_worker(row)
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                subject=one.rung.subject,
                rung=one.rung.key,
                occurrence=one.rung.occurrence,
                recipient_key=one.recipient.key,
                outcome=SKIPPED if one.reason else SENT,
                reason=one.reason,
                due_at=one.due_at,
                created_at=written,
                notification=row,
            )
            for one, row in zip(owed, told, strict=True)
        )


def _told(owed: Owed, now: datetime) -> Notification:
    rung = owed.rung
    [row] = prepared(
        owed.recipient,
        kind=rung.kind,
        about=rung.about or rung.subject,
        by=THE_PORTAL,
        context=rung.context,
        now=now,
        expires_at=rung.expires_at,
    )
    return row


def _line(owed: Owed, outcome: str, reason: str) -> PassLine:
    subject = (
        getattr(owed.rung.subject, "reference", None) or f"{owed.rung.subject._meta.label_lower}:{owed.rung.subject.pk}"
    )
    return PassLine(owed.rung.key, subject, owed.rung.occurrence, owed.recipient.key, outcome, reason)


def _record_run(now: datetime, started: datetime, lines: list[PassLine]) -> None:
    """A row where something was done, and one for the first pass of the day, so that silence is seen to be silence."""
    sent = sum(line.outcome == SENT for line in lines)
    skipped = sum(line.outcome == SKIPPED for line in lines)
    if not lines and ReminderRun.objects.filter(started_at__gte=start_of(today(now)), started_at__lte=now).exists():
        return
    ReminderRun.objects.create(started_at=now, finished_at=now + (timezone.now() - started), sent=sent, skipped=skipped)
