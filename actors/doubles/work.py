"""Searching the directory for doubles: a row that waits, made by a worker under a lease, each night and when asked."""

import logging
import traceback
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from actors.directory.models import Actor
from actors.doubles.models import Double, DoubleSearch
from actors.doubles.rules.candidates import Candidate, Found, find_candidates

log = logging.getLogger(__name__)

BATCH = 500
KEPT = 20


def find_doubles(pk: int, now: datetime | None = None) -> bool:
    """Make one search that waits; True when this call finished it. An error is kept on the row for administrators."""
    search = DoubleSearch.objects.claim(pk, now or timezone.now())
    if search is None:
        return False
    try:
        found = find_candidates()
        write_down(found)
    except Exception:
        log.exception("The search for doubles %s could not be finished", pk)
        search.while_mine(state=DoubleSearch.State.FAILED, error=traceback.format_exc(), leased_until=None)
        return False
    return search.while_mine(
        state=DoubleSearch.State.DONE,
        sheets=found.sheets,
        found=len(found.candidates),
        percent=100,
        error="",
        leased_until=None,
        finished_at=timezone.now(),
    )


def resume(now: datetime | None = None) -> list[int]:
    """Make every search that waits or was abandoned; what was abandoned too often is given up. Says which were made."""
    now = now or timezone.now()
    DoubleSearch.objects.abandon(now, DoubleSearch.State.FAILED)
    waiting = list(DoubleSearch.objects.unfinished(now).order_by("pk").values_list("pk", flat=True))
    return [pk for pk in waiting if find_doubles(pk)]


def clean() -> None:
    """Only the last searches are worth keeping."""
    kept = DoubleSearch.objects.order_by("-pk").values("pk")[:KEPT]
    DoubleSearch.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).exclude(
        state=DoubleSearch.State.WAITING
    ).delete()


@transaction.atomic
def write_down(found: Found) -> None:
    """The pairs as they were found: new ones added, others brought up to date, and those nobody settled and that no
    longer look alike taken away. What a person said of two sheets holds for the sheets they were merged into, too."""
    # Whatever had been merged into a sheet goes along when that one is merged: one step leads to the one that stands.
    went = dict(Actor.objects.exclude(merged_into=None).values_list("pk", "merged_into_id"))
    settled = {
        _in_order(went.get(first, first), went.get(second, second))
        for first, second in Double.objects.exclude(settled_at=None).values_list("first_id", "second_id")
    }
    wanted = {(one.first, one.second): one for one in found.candidates if (one.first, one.second) not in settled}
    known = {(row.first_id, row.second_id): row for row in Double.objects.standing().filter(settled_at=None)}
    Double.objects.filter(pk__in=[row.pk for pair, row in known.items() if pair not in wanted]).delete()
    changed = [row for pair, row in known.items() if pair in wanted and _take_over(row, wanted[pair])]
    Double.objects.bulk_update(changed, ["score", "reasons"], batch_size=BATCH)
    new = [
        Double(first_id=one.first, second_id=one.second, score=one.score, reasons=list(one.reasons))
        for pair, one in wanted.items()
        if pair not in known
    ]
    # Somebody may have settled one of them meanwhile: what a person said stays.
    Double.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)


def _in_order(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _take_over(row: Double, found: Candidate) -> bool:
    """Bring the row up to date; False where it says so already."""
    if (row.score, row.reasons) == (found.score, list(found.reasons)):
        return False
    row.score, row.reasons = found.score, list(found.reasons)
    return True
