"""Sheets that look alike: merged, told apart, looked for; and merges taken back."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.doubles.models import Double, DoubleSearch, Merge
from actors.doubles.rules import mover, undo
from portal.core.errors import Refused

if TYPE_CHECKING:
    from portal.accounts.models import User


def merge_actors(winner: Actor, *, loser: Actor, by: "User", keep: Mapping[str, str] | None = None) -> Merge:
    """`loser` becomes part of `winner`, with everything that hangs on it; see `actors.doubles.rules.mover.merge`."""
    return mover.merge(winner, loser=loser, keep=keep or {}, by=by)


def undo_merge(merge: Merge, *, by: "User") -> list[undo.Kept]:
    """Both sheets as they were; answers with what could not be put back. See `actors.doubles.rules.undo.undo`."""
    return undo.undo(merge, by=by)


@transaction.atomic
def settle_double(double: Double, *, by: "User") -> None:
    """A person says that these are two institutions: no search brings the pair up again. Refused once merged."""
    if not Double.objects.standing().filter(pk=double.pk).exists():
        raise Refused(_("One of these sheets was merged meanwhile."))
    Double.objects.filter(pk=double.pk, settled_at=None).update(settled_at=timezone.now(), settled_by=by)


@transaction.atomic
def reopen_double(double: Double, *, by: "User") -> None:
    """Back among those to be looked at. `by` is not kept: the pair says only who told the two apart."""
    Double.objects.filter(pk=double.pk).exclude(settled_at=None).update(settled_at=None, settled_by=None)


@transaction.atomic
def order_search(*, by: "User | None") -> DoubleSearch:
    """A search that waits for a worker (by None: the clock's); the one that waits already, where there is one."""
    waiting = DoubleSearch.objects.filter(state=DoubleSearch.State.WAITING).order_by("pk").first()
    return waiting or DoubleSearch.objects.create(requested_by=by)
