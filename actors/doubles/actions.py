"""Sheets that look alike: merged, told apart, looked for; and merges taken back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.sheets.sharing import isolated
from actors.doubles.models import Double, DoubleSearch, Merge
from actors.doubles.permissions import check_merge
from actors.doubles.registry import keep_what_comes_first
from actors.doubles.rules.plan import plan_merge
from actors.doubles.rules.undo import StayedBehind, named, refuse_undoing, written_later
from portal.core.acting import Acting, person
from portal.core.errors import Refused
from portal.core.journal import write
from portal.core.taking_back import take_back


def merge_actors(
    winner: Actor, *, loser: Actor, by: Acting, keep: Mapping[str, str] | None = None, planned: str | None = None
) -> Merge:
    """`loser` becomes part of `winner`, with everything that hangs on it, its names kept as other names, itself
    archived. `keep` and what is refused: `plan_merge`. The sheets are read again first; what is written is what was
    shown, by the digest of its plan (`planned`), or it is refused.

    Rows with a history are saved through it, with the person and the reason; their older records stay as they are.
    """
    check_merge(by)
    with _contradictions_refused(
        _("Two rows contradict each other, so nothing was merged. Reload the page and look again.")
    ):
        winner, loser = _held(winner.pk, loser.pk)
        names = {"loser": isolated(str(loser)), "winner": isolated(str(winner))}
        plan = plan_merge(winner, loser, keep or {})
        if planned is not None and planned != plan.digest:
            raise Refused(_("What hangs on the two sheets has changed since you looked. Look again, then merge."))
        changes = write(plan, by=by, reason=_("“%(loser)s” merged into “%(winner)s”.") % names)
        return Merge.objects.create(winner=winner, loser=loser, merged_by=person(by), changes=changes)


def undo_merge(merge: Merge, *, by: Acting) -> list[StayedBehind]:
    """Both sheets as they were, with what hung on each; answers with what could not be put back (`take_back`).

    Refused as `refuse_undoing` says, and where two rows contradict each other.
    """
    check_merge(by)
    with _contradictions_refused(
        _("Two rows contradict each other, so nothing was undone. Reload the page and look again.")
    ):
        winner, loser = _held(merge.winner_id, merge.loser_id)
        merge.refresh_from_db()
        refuse_undoing(merge, winner, loser)
        reason = _("The merge of “%(loser)s” was undone.") % {"loser": isolated(str(loser))}
        left = named(take_back(merge.changes, by=by, reason=reason, later=written_later(merge)), winner)
        merge.undone_at, merge.undone_by = timezone.now(), person(by)
        merge.kept = [one._asdict() for one in left]
        merge.save(update_fields=["undone_at", "undone_by", "kept"])
        return left


def _held(winner: int, loser: int) -> tuple[Actor, Actor]:
    """Both sheets as they are now, kept until the end, always in one order, so that two acts never wait for each
    other."""
    keep_what_comes_first((winner, loser))
    rows = {pk: Actor.objects.select_for_update().get(pk=pk) for pk in sorted({winner, loser})}
    return rows[winner], rows[loser]


@contextmanager
def _contradictions_refused(sentence: str) -> Iterator[None]:
    """A transaction that is refused with the sentence where the database finds that two rows contradict each other."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused(sentence) from error


@transaction.atomic
def settle_double(double: Double, *, by: Acting) -> None:
    """A person says that these are two institutions: no search brings the pair up again. Refused once merged."""
    check_merge(by)
    if not Double.objects.standing().filter(pk=double.pk).exists():
        raise Refused(_("One of these sheets was merged meanwhile."))
    Double.objects.filter(pk=double.pk, settled_at=None).update(settled_at=timezone.now(), settled_by=person(by))


@transaction.atomic
def reopen_double(double: Double, *, by: Acting) -> None:
    """Back among those to be looked at. `by` is not kept: the pair says only who told the two apart."""
    check_merge(by)
    Double.objects.filter(pk=double.pk).exclude(settled_at=None).update(settled_at=None, settled_by=None)


@transaction.atomic
def order_search(*, by: Acting) -> DoubleSearch:
    """A search that waits for a worker; the one that waits already, where there is one."""
    check_merge(by)
    waiting = DoubleSearch.objects.filter(state=DoubleSearch.State.WAITING).order_by("pk").first()
    return waiting or DoubleSearch.objects.create(requested_by=person(by))
