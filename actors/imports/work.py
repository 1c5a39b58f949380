"""What the worker does with an import, under a lease: rows checked, brought in, taken back.

1. Checking is done in one go: the file is read and compared outside the transaction that writes the rows.
2. Bringing in and taking back go by chunks; each chunk is one transaction that writes the directory, its history, the
   rows' outcomes and the progress together. A worker that dies leaves whole chunks, and the next goes on after them.
3. Every chunk asks first whether the import is still this worker's; who lost the lease writes nothing.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _

from actors.imports.models import ActorImport, ImportRow
from actors.imports.rules import plan
from actors.imports.rules.apply import Directory, add_all, apply_row, reason_of
from actors.imports.rules.undo import Undoing
from portal.accounts.models import User
from portal.core import work
from portal.core.errors import Refused
from portal.core.files import open_kept
from portal.core.tables import read_whole
from portal.core.work import TURN, UNREACHABLE

log = logging.getLogger(__name__)

State, Decision, Outcome = ActorImport.State, ImportRow.Decision, ImportRow.Outcome
#: outcomes that wrote something, and the columns a worker writes on a row
WRITTEN = (Outcome.ADDED, Outcome.CHANGED)
WRITES = ("actor", "outcome", "done", "note", "undone", "kept")
#: rows of a transaction: what is asked of the directory costs about as much for hundreds as for one
CHUNK = 200


def produce(pk: int, now: datetime | None = None) -> bool | None:
    """Do what one import waits for, or go on where a dead worker stopped; True when more of it is left to be done.

    What was written before an error stays, and a retry goes on there.
    """
    return work.run(ActorImport.objects.all(), pk, _go_on, now)


def _go_on(run: ActorImport) -> bool:
    begun = State(run.state)
    by = {State.RUNNING: run.run_by, State.UNDOING: run.undone_by}.get(begun, run.requested_by)
    with translation.override(by.language if by else "ar"):
        return STEPS[begun](run, by)


def check(run: ActorImport, by: User | None) -> bool:
    """Read the file again, understand and compare every row, and write what was found; then a person decides."""
    with open_kept(run.file) as file:
        book = read_whole(file, run.file_name)
    table = book.tables[run.facts["sheet"]]
    checked = plan.check_rows(table.rows, {int(place): key for place, key in run.columns.items()}, run.header_row)
    counts = {"verdicts": dict(Counter(str(one.verdict) for one in checked))}
    with run.held(state=State.READY, percent=100, leased_until=None, counts=counts):
        plan.save_plan(run, checked)
    return False


def bring_in(run: ActorImport, by: User | None) -> bool:
    """Bring in what is decided, chunk by chunk; a row that fails is marked with a sentence, and the rest goes on."""
    end = time.monotonic() + TURN
    with run.held():
        _leave_out(run)
    waiting = run.rows.filter(outcome="")
    directory = Directory(run, by=by, reason=reason_of(run))
    left, total = waiting.count(), run.rows.exclude(decision=Decision.LEAVE).count()
    while chunk := list(waiting[:CHUNK]):
        if time.monotonic() > end:
            return _hand_on(run)
        left -= len(chunk)
        with run.held(percent=_percent(total - left, total)):
            directory.look(chunk)
            added = {row.pk for row in _added(chunk, directory)}
            for row in chunk:
                if row.pk not in added:
                    _one(row, lambda row: apply_row(row, directory))
    return _finish(run, State.DONE, outcomes=_counted(run, "outcome"))


def take_back(run: ActorImport, by: User | None) -> bool:
    """Undo what was brought in, the last row first, chunk by chunk."""
    end = time.monotonic() + TURN
    waiting = run.rows.filter(outcome__in=WRITTEN, undone=False).select_related("actor").order_by("-number")
    undoing = Undoing(run, by=by)
    left, total = waiting.count(), run.rows.filter(outcome__in=WRITTEN).count()
    while chunk := list(waiting[:CHUNK]):
        if time.monotonic() > end:
            return _hand_on(run)
        left -= len(chunk)
        with run.held(percent=_percent(total - left, total)):
            undoing.look(chunk)
            added = [row for row in chunk if row.outcome == Outcome.ADDED]
            # what was written into an institution goes back before the institution itself goes
            for row in chunk:
                if row.outcome != Outcome.ADDED:
                    _one(row, undoing.undo_row)
            gone = {row.pk for row in _removed(undoing, added)}
            for row in added:
                if row.pk not in gone:
                    _one(row, undoing.undo_row)
    kept = run.rows.filter(undone=True).exclude(kept=[]).count()
    return _finish(run, State.UNDONE, undone=total - kept, kept=kept)


STEPS = {State.CHECKING: check, State.RUNNING: bring_in, State.UNDOING: take_back}


def _leave_out(run: ActorImport) -> None:
    """Rows nothing is done with need no chunk of their own."""
    left = run.rows.filter(outcome="", decision=Decision.LEAVE)
    left.filter(verdict=ImportRow.Verdict.UNCHANGED).update(outcome=Outcome.UNCHANGED)
    left.filter(outcome="").update(outcome=Outcome.LEFT_OUT)


def _added(chunk: list[ImportRow], directory: Directory) -> list[ImportRow]:
    """Bring in what can be added of a chunk at once, and say which rows that were; where it fails, they go one by
    one."""
    slugs = directory.slugs.copy()
    try:
        with transaction.atomic():
            rows = add_all(chunk, directory)
            ImportRow.objects.bulk_update(rows, ["actor", "done", "outcome"])
    except UNREACHABLE:
        raise
    except Exception:
        log.exception("A chunk of the import could not be brought in at once")
        directory.slugs = slugs
        for row in chunk:
            if row.outcome == Outcome.ADDED:
                row.actor, row.done, row.outcome = None, [], ""
        return []
    return rows


def _removed(undoing: Undoing, chunk: list[ImportRow]) -> list[ImportRow]:
    """Delete what can go of a chunk at once, and say which rows that were; where it fails, they go one by one."""
    rows = undoing.removable(chunk)
    try:
        with transaction.atomic():
            undoing.remove(rows)
            ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(undone=True, kept=[])
    except UNREACHABLE:
        raise
    except Exception:
        log.exception("A chunk of the import could not be taken back at once")
        return []
    return rows


def _one(row: ImportRow, act: Callable[[ImportRow], None]) -> None:
    """One row, whole or not at all; a database that does not answer stops the chunk, anything else only the row."""
    try:
        with transaction.atomic():
            act(row)
            row.save(update_fields=WRITES)
        return
    except UNREACHABLE:
        raise
    except Refused as refusal:
        note = str(refusal)
    except Exception:
        log.exception("The row %s of the import %s could not be written", row.number, row.run_id)
        note = _("The portal failed at this row; nothing of it was written. The server’s log says why.")
    failed = ImportRow.objects.filter(pk=row.pk)
    if row.run.state == State.UNDOING:
        failed.update(undone=True, kept=[{"code": "failed", "sentence": note}])
    else:
        failed.update(outcome=Outcome.FAILED, note=note[:500])


def _percent(done: int, total: int) -> int:
    return min(99, 100 * done // max(total, 1))


def _hand_on(run: ActorImport) -> bool:
    """Enough for one message: the next one goes on."""
    with run.held(leased_until=None):
        pass
    return True


def _finish(run: ActorImport, state: str, **counts: Any) -> bool:
    run.finish(state, counts=run.counts | counts)
    return False


def _counted(run: ActorImport, field: str) -> dict[str, int]:
    return dict(run.rows.order_by().values_list(field).annotate(Count("pk")))
