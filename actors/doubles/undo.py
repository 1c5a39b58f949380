"""Undoing a merge: rows go back where they still are as the merge left them; what cannot is named."""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from actors.doubles.fields import LINKS
from actors.doubles.mover import lock, reindex_rows, write
from actors.doubles.rows import column, missing_targets, model_called, read, row_again, value_of
from actors.models import Actor, Merge, MovedRow
from portal.core import history
from portal.core.errors import Refused
from portal.core.search import reindex

if TYPE_CHECKING:
    from portal.accounts.models import User

GONE = gettext_noop("It is no longer there.")
CHANGED = gettext_noop("It was changed since.")
TAKEN = gettext_noop("Something else stands in its place now.")
ORPHAN = gettext_noop("What it belonged to is no longer there.")


class Kept(NamedTuple):
    """One thing that undoing left as it is, and why."""

    model: str
    key: str
    what: str
    why: str


def undo(merge: Merge, *, by: "User") -> list[Kept]:
    """Both sheets as they were, with what hung on each; answers with what could not be put back.

    The winner's fields, names and rows are taken back where nobody has changed them since. Raises Refused when the
    merge was undone already, or while the sheet that stayed is itself merged into another one.
    """
    with transaction.atomic():
        winner, loser = Actor.objects.get(pk=merge.winner_id), Actor.objects.get(pk=merge.loser_id)
        lock(winner, loser)
        _refuse(merge, winner, loser)
        undoing = _Undoing(merge, by, _("The merge of “%(loser)s” was undone.") % {"loser": loser})
        loser.merged_into, loser.state = None, merge.loser_before["state"]
        history.save(loser, by=by, reason=undoing.reason, only=["merged_into", "state"])
        for row in merge.rows.order_by("-pk"):
            undoing.put_back(row)
        undoing.take_back(winner)
        reindex_rows(undoing.touched)
        reindex(Actor.objects.filter(pk__in=[winner.pk, loser.pk]))
        merge.undone_at, merge.undone_by = timezone.now(), by
        merge.kept = [kept._asdict() for kept in undoing.kept]
        merge.save(update_fields=["undone_at", "undone_by", "kept"])
        return undoing.kept


def _refuse(merge: Merge, winner: Actor, loser: Actor) -> None:
    merge.refresh_from_db()
    if merge.undone_at is not None:
        raise Refused(_("This merge was undone already."))
    if winner.merged_into is not None:
        raise Refused(
            _("“%(name)s” was itself merged into “%(other)s”: undo that merge first.")
            % {"name": winner, "other": winner.merged_into}
        )
    if loser.merged_into_id != winner.pk:
        raise Refused(_("These two sheets no longer belong together: there is nothing to undo."))


class _Undoing:
    """Puts rows back, the last one moved first, and remembers what it had to leave."""

    def __init__(self, merge: Merge, by: "User", reason: str) -> None:
        self.merge, self.by, self.reason = merge, by, reason
        self.kept: list[Kept] = []
        self.touched: dict[type[models.Model], set[Any]] = {}

    def put_back(self, moved: MovedRow) -> None:
        model = model_called(moved.model)
        if model is None:
            self._leave(moved, moved.model, GONE)
            return
        why = self._insert(model, moved) if moved.act == MovedRow.Act.REMOVED else self._return(model, moved)
        if why:
            self._leave(moved, str(model._meta.verbose_name), why)
        else:
            self.touched.setdefault(model, set()).add(moved.key)

    def _insert(self, model: type[models.Model], moved: MovedRow) -> str:
        """The row that was set aside, under its old key; says why not."""
        row = row_again(model, moved.values)
        if missing_targets(row):
            return ORPHAN
        try:
            with transaction.atomic():
                if hasattr(model, "history"):
                    history.restore(row, by=self.by, reason=self.reason)
                else:
                    row.save_base(raw=True, force_insert=True)
        except IntegrityError:
            return TAKEN
        return ""

    def _return(self, model: type[models.Model], moved: MovedRow) -> str:
        """The columns of a row as they were, where they still are as the merge left them; says what was in the way."""
        row = model._base_manager.filter(pk=moved.key).first()
        if row is None:
            return GONE
        as_left = {name for name, (_before, after) in moved.values.items() if value_of(row, name) == after}
        named = {name for name in moved.values if moved.column and name == _attname(model, moved.column)}
        if not as_left or not named <= as_left:
            return CHANGED
        for name in as_left:
            setattr(row, column(model, name).attname, read(model, name, moved.values[name][0]))
        if missing_targets(row):
            return ORPHAN
        try:
            with transaction.atomic():
                write(row, as_left, by=self.by, reason=self.reason)
        except IntegrityError:
            return TAKEN
        return "" if len(as_left) == len(moved.values) else CHANGED

    def take_back(self, winner: Actor) -> None:
        """What the winner took over, where it still says so."""
        values: dict[str, Any] = {}
        links: dict[str, Any] = {}
        for name, (before, after) in self.merge.filled.items():
            if name in LINKS:
                links[name] = _without(_keys(winner, name), before, after)
            elif name == "aliases":
                values[name] = _without(winner.aliases, before, after)
            elif value_of(winner, name) == after:
                values[name] = read(Actor, name, before)
            else:
                label = str(column(Actor, name).verbose_name)
                self.kept.append(Kept(Actor._meta.label_lower, str(winner.pk), label, CHANGED))
        for name, value in values.items():
            setattr(winner, name, value)
        for field in missing_targets(winner):
            setattr(winner, field.attname, None)
            self.kept.append(Kept(Actor._meta.label_lower, str(winner.pk), str(field.verbose_name), ORPHAN))
        history.save(winner, by=self.by, reason=self.reason, links=links)

    def _leave(self, moved: MovedRow, what: str, why: str) -> None:
        self.kept.append(Kept(moved.model, moved.key, what, why))


def _attname(model: type[models.Model], name: str) -> str:
    return str(column(model, name).attname)


def _keys(sheet: Actor, name: str) -> list[Any]:
    return list(getattr(sheet, name).values_list("pk", flat=True))


def _without(now: list[Any], before: list[Any], after: list[Any]) -> list[Any]:
    """What stands now, without what the merge added and with what it took away; what others added stays."""
    if now == after:
        return before
    kept = [one for one in now if one in before or one not in after]
    return [*kept, *(one for one in before if one not in kept and one not in after)]
