"""What undoing a merge asks first, and how what it has to leave is named."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from actors.directory.models import Actor
from actors.directory.sheets.sharing import isolated
from actors.doubles.models import Merge
from portal.core.errors import Refused
from portal.core.journal import Kept
from portal.core.rows import column, model_called
from portal.core.taking_back import Left, Why

#: as it is kept with the merge, and read in whichever language later
SAID = {
    Why.GONE: gettext_noop("It is no longer there."),
    Why.CHANGED: gettext_noop("It was changed since."),
    Why.TAKEN: gettext_noop("Something else stands in its place now."),
    Why.ORPHAN: gettext_noop("What it belonged to is no longer there."),
    Why.NEEDED: gettext_noop("The sheet cannot be without it any more."),
}


class StayedBehind(NamedTuple):
    """One thing that undoing left as it is, and why."""

    model: str
    key: str
    what: str
    why: str


def refuse_undoing(merge: Merge, winner: Actor, loser: Actor) -> None:
    """Refused when the merge was undone already, and while the sheet that stayed is itself merged into another one."""
    if merge.undone_at is not None:
        raise Refused(_("This merge was undone already."))
    if winner.merged_into is not None:
        raise Refused(
            _("“%(name)s” was itself merged into “%(other)s”: undo that merge first.")
            % {"name": isolated(str(winner)), "other": isolated(str(winner.merged_into))}
        )
    if loser.merged_into_id != winner.pk:
        raise Refused(_("These two sheets no longer belong together: there is nothing to undo."))


def written_later(merge: Merge) -> list[Kept]:
    """What merges that still stand have written since."""
    later = Merge.objects.standing().filter(pk__gt=merge.pk).order_by("pk")
    return [change for changes in later.values_list("changes", flat=True) for change in changes]


def named(left: Iterable[Left], winner: Actor) -> list[StayedBehind]:
    """What was left: of the sheet that stays its fields, of everything else the rows, each once."""
    told = (StayedBehind(one.model, one.key, _what(one, winner), SAID[one.why]) for one in left)
    return list(dict.fromkeys(told))


def _what(left: Left, winner: Actor) -> str:
    model = model_called(left.model)
    if model is None:
        return left.model
    if model is Actor and left.key == str(winner.pk) and left.column:
        return str(column(Actor, left.column).verbose_name)
    return str(model._meta.verbose_name)
