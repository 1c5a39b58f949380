"""Undoing a merge: rows go back where they still are as the merge left them; what cannot is named."""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from actors.directory.models import Actor
from actors.directory.rules.fields import LINKS
from actors.directory.sheets.sharing import isolated
from actors.doubles.models import Merge, MovedRow
from actors.doubles.rules.mover import lock, reindex_rows, write
from actors.doubles.rules.relations import names_in
from portal.core import history
from portal.core.errors import Refused
from portal.core.rows import column, missing_targets, model_called, read, row_again, value_of, whole
from portal.core.search import reindex

if TYPE_CHECKING:
    from portal.accounts.models import User

GONE = gettext_noop("It is no longer there.")
CHANGED = gettext_noop("It was changed since.")
TAKEN = gettext_noop("Something else stands in its place now.")
ORPHAN = gettext_noop("What it belonged to is no longer there.")
NEEDED = gettext_noop("The sheet cannot be without it any more.")


class Kept(NamedTuple):
    """One thing that undoing left as it is, and why."""

    model: str
    key: str
    what: str
    why: str


def undo(merge: Merge, *, by: "User") -> list[Kept]:
    """Both sheets as they were, with what hung on each; answers with what could not be put back.

    The winner's fields, names and rows are taken back where nobody has changed them since. What was set aside comes
    back where the row it was joined with is still what the merge made of it: whatever a person did to that one since,
    ended it or took it away, they did to both. Raises Refused when the merge was undone already, while the sheet that
    stayed is itself merged into another one, and where two rows contradict each other.
    """
    try:
        with transaction.atomic():
            return _undo(merge, by)
    except IntegrityError as error:
        raise Refused(
            _("Two rows contradict each other, so nothing was undone. Reload the page and look again.")
        ) from error


def _undo(merge: Merge, by: "User") -> list[Kept]:
    winner, loser = Actor.objects.get(pk=merge.winner_id), Actor.objects.get(pk=merge.loser_id)
    lock(winner, loser)
    _refuse(merge, winner, loser)
    undoing = _Undoing(merge, by, _("The merge of “%(loser)s” was undone.") % {"loser": isolated(str(loser))})
    loser.merged_into, loser.state = None, merge.loser_before["state"]
    history.save(loser, by=by, reason=undoing.reason, only=["merged_into", "state"])
    rows = list(merge.rows.order_by("-pk"))
    undoing.look_at(rows)
    for row in rows:
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
            % {"name": isolated(str(winner)), "other": isolated(str(winner.merged_into))}
        )
    if loser.merged_into_id != winner.pk:
        raise Refused(_("These two sheets no longer belong together: there is nothing to undo."))


class _Undoing:
    """Puts rows back, the last one moved first, and remembers what it had to leave."""

    def __init__(self, merge: Merge, by: "User", reason: str) -> None:
        self.merge, self.by, self.reason = merge, by, reason
        self.kept: list[Kept] = []
        self.touched: dict[type[models.Model], set[Any]] = {}
        #: the rows that stay as they are, by model and key, and why
        self.left: dict[tuple[str, str], str] = {}

    def look_at(self, rows: list[MovedRow]) -> None:
        """Which rows stay as they are, said before the first one moves, so that none goes back in half.

        1. What was set aside, where the row it was joined with has changed since or is gone.
        2. What cannot be without one of those: a focal point without its contact details.
        """
        removed = [row for row in rows if row.act == MovedRow.Act.REMOVED]
        away = {(row.model, row.key): why for row in removed if (why := self._changed_twin(row))}
        keys = {(row.model, row.key) for row in removed}
        while away:
            self.left |= away
            orphans = {(row.model, row.key) for row in rows if not away.keys().isdisjoint(_needed(row))}
            orphans -= self.left.keys()
            self.left |= dict.fromkeys(orphans, ORPHAN)
            away = dict.fromkeys(orphans & keys, ORPHAN)

    def put_back(self, moved: MovedRow) -> None:
        model = model_called(moved.model)
        if model is None:
            self._leave(moved, moved.model, GONE)
            return
        why = self.left.get((moved.model, moved.key), "")
        if not why:
            why = self._insert(model, moved) if moved.act == MovedRow.Act.REMOVED else self._return(model, moved)
        # A row that came back in part has another search text, too.
        self.touched.setdefault(model, set()).add(moved.key)
        if why:
            self._leave(moved, str(model._meta.verbose_name), why)

    def _insert(self, model: type[models.Model], moved: MovedRow) -> str:
        """The row that was set aside, under its old key; says why not."""
        row = row_again(model, moved.values)
        missing = missing_targets(row)
        if not _without_missing(row, missing):
            return ORPHAN
        try:
            with transaction.atomic():
                if hasattr(model, "history"):
                    history.restore(row, by=self.by, reason=self.reason)
                else:
                    row.save_base(raw=True, force_insert=True)
        except IntegrityError:
            return TAKEN
        return ORPHAN if missing else ""

    @staticmethod
    def _changed_twin(moved: MovedRow) -> str:
        """What became of the row with which this one was joined; '' where it stands as the merge left it. What merges
        that still stand wrote there later is nobody's change of it."""
        model = model_called(moved.model)
        if model is None or not moved.twin:  # set aside before twins were written down
            return ""
        twin = model._base_manager.filter(pk=moved.twin).first()
        if twin is None:
            return GONE
        expected = dict(moved.twin_values)
        later = MovedRow.objects.filter(model=moved.model, key=moved.twin, pk__gt=moved.pk, merge__undone_at=None)
        for row in later.exclude(act=MovedRow.Act.REMOVED).order_by("pk"):
            expected |= {name: after for name, (_before, after) in row.values.items() if name in expected}
        now = whole(twin)
        return CHANGED if any(now[name] != told for name, told in expected.items() if name in now) else ""

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
        missing = missing_targets(row)
        if not _without_missing(row, missing):
            return ORPHAN
        try:
            with transaction.atomic():
                write(row, as_left, by=self.by, reason=self.reason)
        except IntegrityError:
            return TAKEN
        if missing:
            return ORPHAN
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
        standing = {name: getattr(winner, name) for name in values}
        for name, value in values.items():
            setattr(winner, name, value)
        self._keep_needed(winner, standing)
        for field in missing_targets(winner):
            setattr(winner, field.attname, None)
            self.kept.append(Kept(Actor._meta.label_lower, str(winner.pk), str(field.verbose_name), ORPHAN))
        history.save(winner, by=self.by, reason=self.reason, links=links)

    def _keep_needed(self, winner: Actor, standing: dict[str, Any]) -> None:
        """Leave what the sheet cannot be without, after what people did since: its only name."""
        for constraint in Actor._meta.constraints:
            try:
                constraint.validate(Actor, winner)
            except ValidationError:
                for name in names_in(getattr(constraint, "condition", None)) & standing.keys():
                    if getattr(winner, name) != standing[name]:
                        setattr(winner, name, standing[name])
                        label = str(column(Actor, name).verbose_name)
                        self.kept.append(Kept(Actor._meta.label_lower, str(winner.pk), label, NEEDED))

    def _leave(self, moved: MovedRow, what: str, why: str) -> None:
        kept = Kept(moved.model, moved.key, what, why)
        # A merge may have written to one row several times.
        if kept not in self.kept:
            self.kept.append(kept)


def _needed(moved: MovedRow) -> set[tuple[str, str]]:
    """The rows, by model and key, without which this one could not be what it was."""
    model, found = model_called(moved.model), set()
    field: Any
    for field in model._meta.concrete_fields if model is not None else ():
        if field.is_relation and not field.null and field.attname in moved.values:
            told = moved.values[field.attname]
            key = told if moved.act == MovedRow.Act.REMOVED else told[0]
            found.add((field.related_model._meta.label_lower, str(key)))
    return found


def _without_missing(row: models.Model, missing: list[Any]) -> bool:
    """Let go of what the row named and is no longer there; False where it cannot be without it."""
    if not all(field.null for field in missing):
        return False
    for field in missing:
        setattr(row, field.attname, None)
    return True


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
