"""One change to many sheets, each as an act of its own."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import ngettext

from actors.directory.actions.sheets import edit_actor
from actors.directory.models import Actor
from actors.directory.permissions import check_batch
from actors.directory.rules.batch import MOST, Change, with_what_changes
from portal.core.acting import Acting
from portal.core.errors import Refused


@dataclass
class BatchResult:
    """What became of each sheet; a rule that stood against one is said beside it."""

    changed: list[Actor] = field(default_factory=list)
    staying: list[Actor] = field(default_factory=list)
    refused: list[tuple[Actor, str]] = field(default_factory=list)


@transaction.atomic
def apply_batch(actors: Iterable[Actor], *, change: Change, by: Acting) -> BatchResult:
    """The change on each of the sheets, with the rules and the history of an edit by hand.

    1. A sheet that is so already is left alone, without a line in its history.
    2. A sheet against whose change a rule stands stays as it is and is named; the others are changed all the same.
    3. All are written in one transaction, as they stand then: one that is broken off has done nothing.

    Refused for more sheets than a person can look through.
    """
    check_batch(by)
    keys = [actor.pk for actor in actors]
    if len(keys) > MOST:
        raise Refused(too_many(len(keys)))
    result = BatchResult()
    kept = Actor.objects.filter(pk__in=keys)
    # Links are added to what stands there: nobody may add another between reading and writing.
    list(kept.select_for_update().order_by("pk").values_list("pk"))
    rows = {actor.pk: actor for actor in with_what_changes(kept)}
    for key in filter(rows.__contains__, keys):
        _change(rows[key], change, result, by=by)
    return result


def _change(actor: Actor, change: Change, result: BatchResult, *, by: Acting) -> None:
    if not change.alters(actor):
        result.staying.append(actor)
        return
    try:
        with transaction.atomic():
            edit_actor(actor, by=by, **{change.field: change.after(actor)})
    except Refused as refusal:
        result.refused.append((actor, str(refusal)))
    else:
        result.changed.append(actor)


def too_many(count: int) -> str:
    """Why a batch of `count` sheets is not taken."""
    return ngettext(
        "%(count)s institution at once is too many to look through: at most %(most)s can be changed together. "
        "Narrow the list with a filter.",
        "%(count)s institutions at once are too many to look through: at most %(most)s can be changed together. "
        "Narrow the list with a filter.",
        count,
    ) % {"count": count, "most": MOST}
