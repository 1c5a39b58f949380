"""Searching the directory for doubles: a row that waits, made by a worker under a lease, each night and when asked."""

from datetime import datetime

from django.db import transaction

from actors.directory.models import Actor
from actors.doubles.models import Double, DoubleSearch
from actors.doubles.rules.candidates import Candidate, Found, find_candidates
from portal.core import work

BATCH = 500
KEPT = 20


def find_doubles(pk: int, now: datetime | None = None) -> bool | None:
    """Make one search that waits, or whose worker's lease ran out; True when this call finished it."""
    return work.run(DoubleSearch.objects.all(), pk, search_through, now)


def search_through(search: DoubleSearch) -> bool:
    found = find_candidates()
    write_down(found)
    return search.finish(DoubleSearch.State.DONE, sheets=found.sheets, found=len(found.candidates))


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
