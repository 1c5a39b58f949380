"""Taking back what an act wrote: what still says so is set back, the last row first; the rest is left, and named."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import CheckConstraint

from portal.core import history, journal
from portal.core.journal import Act, Delete, Kept, Model, Save, held, put, reindex_rows
from portal.core.rows import column, is_link, missing_targets, model_called, read, row_again, value_of, whole


class Why(StrEnum):
    """Why something is left as it is."""

    GONE = "gone"  # the row is no longer there
    CHANGED = "changed"  # somebody changed it since
    TAKEN = "taken"  # something else stands in its place
    ORPHAN = "orphan"  # what it belonged to is no longer there
    NEEDED = "needed"  # the row cannot be without it any more


class Fate(StrEnum):
    """What becomes of one value when the change that wrote it is taken back."""

    BACK = "back"  # still as the change left it: it goes back
    SINCE = "since"  # changed again since
    DONE = "done"  # says already what it said before the change
    SETTLED = "settled"  # not for this person to set (nothing here says so)


class Left(NamedTuple):
    """What was not set back: the row, its column ('' for the whole row), what that says now, and why."""

    model: str
    key: str
    column: str
    now: Any
    why: Why


def set_back(now: Any, before: Any, after: Any) -> tuple[Any, Fate]:
    """What a value is set back to, and whether it still is as it was left. Of lists what was added goes, what was taken
    away comes back, and what others added since stays."""
    target = before
    if now != after and _are_lists(now, before, after):
        kept = [one for one in now if one in before or one not in after]
        target = [*kept, *(one for one in before if one not in kept and one not in after)]
    if now == target:
        return target, Fate.DONE
    return target, Fate.BACK if now == after else Fate.SINCE


@transaction.atomic
def take_back(
    kept: Sequence[Kept],
    *,
    by: Any,
    reason: str = "",
    later: Sequence[Kept] = (),
    save: Save = journal.save,
    delete: Delete = journal.delete,
) -> list[Left]:
    """Set back what `portal.core.journal.write` has kept; answers with what was left.

    1. Columns go back where they still say what was written, lists with what others added to them since; rows that were
       made go where they do.
    2. A row that was taken away comes back where the row in its place is as the act left it: whatever a person did to
       that one since, they did to both. What `later` acts that still stand wrote there is nobody's change of it.
    3. What cannot be without a row that stays away, stays as it is, too.
    """
    taking = _Taking(kept, later, by=by, reason=reason, save=save, delete=delete)
    for place in range(len(kept) - 1, -1, -1):
        taking.take(kept[place], taking.away.get(place))
    reindex_rows(taking.touched)
    return taking.left


class _Taking:
    def __init__(
        self, kept: Sequence[Kept], later: Sequence[Kept], *, by: Any, reason: str, save: Save, delete: Delete
    ) -> None:
        self.by, self.reason, self.save, self.delete = by, reason, save, delete
        self.left: list[Left] = []
        self.touched: list[tuple[Model, str]] = []
        named = [(one["model"], key) for one in kept for key in (one["key"], one.get("twin", {}).get("key")) if key]
        self.rows = held((model, key) for label, key in named if (model := model_called(label)) is not None)
        #: the places in `kept` of what stays as it is, said before the first row moves, so that none goes in half
        self.away = self._away(kept, later)

    def _away(self, kept: Sequence[Kept], later: Sequence[Kept]) -> dict[int, Why]:
        """What was taken away and whose twin has changed, and what cannot be without one of those."""
        written: dict[tuple[str, str], list[tuple[int, Kept]]] = {}
        for place, change in enumerate([*kept, *later]):
            if change["act"] == Act.CHANGED:
                written.setdefault((change["model"], change["key"]), []).append((place, change))
        found: dict[tuple[str, str], Why] = {}
        for place, change in enumerate(kept):
            if twin := change.get("twin"):
                since = [one for where, one in written.get((change["model"], twin["key"]), []) if where > place]
                if why := self._changed(change["model"], twin, since):
                    found[change["model"], change["key"]] = why
        removed = {(one["model"], one["key"]) for one in kept if one["act"] == Act.REMOVED}
        new = found.keys() & removed
        while new:
            orphans = {(one["model"], one["key"]) for one in kept if not new.isdisjoint(_needed(one))} - found.keys()
            found |= dict.fromkeys(orphans, Why.ORPHAN)
            new = orphans & removed
        rows = ((place, found.get((one["model"], one["key"]))) for place, one in enumerate(kept))
        return {place: why for place, why in rows if why}

    def _changed(self, label: str, twin: dict[str, Any], since: Sequence[Kept]) -> Why | None:
        """What became of the row in the place of another; None where it stands as the act left it."""
        model = model_called(label)
        row = self.rows.get((model, twin["key"])) if model is not None else None
        if row is None:
            return Why.GONE if model is not None else None
        expected = dict(twin["values"])
        for change in since:
            expected |= {name: after for name, (_before, after) in change["values"].items() if name in expected}
        now = whole(row)
        return Why.CHANGED if any(now[name] != told for name, told in expected.items() if name in now) else None

    def take(self, change: Kept, why: Why | None) -> None:
        """Take one change back, but for what has a reason to stay."""
        model = model_called(change["model"])
        if model is None:
            self._leave(change, Why.GONE)
            return
        self.touched.append((model, change["key"]))
        row = self.rows.get((model, change["key"]))
        if why:
            self._leave(change, why)
        elif change["act"] == Act.REMOVED:
            self._insert(model, change)
        elif row is None:
            self._leave(change, Why.GONE)
        elif change["act"] == Act.MADE:
            self._remove(row, change)
        else:
            self._return(row, change)

    def _insert(self, model: Model, change: Kept) -> None:
        """The row that was taken away, under its old key."""
        row = row_again(model, {name: before for name, (before, _after) in change["values"].items()})
        missing = missing_targets(row, change["values"])
        if not _without(row, missing):
            self._leave(change, Why.ORPHAN)
            return
        try:
            with transaction.atomic():
                if hasattr(model, "history"):
                    history.restore(row, by=self.by, reason=self.reason)
                else:
                    row.save_base(raw=True, force_insert=True)
        except IntegrityError:
            self._leave(change, Why.TAKEN)
            return
        self.rows[model, change["key"]] = row
        if missing:
            self._leave(change, Why.ORPHAN)

    def _remove(self, row: Any, change: Kept) -> None:
        if any(value_of(row, name) != after for name, (_before, after) in change["values"].items()):
            self._leave(change, Why.CHANGED)
            return
        self.delete(row, by=self.by, reason=self.reason)
        del self.rows[type(row), change["key"]]

    def _return(self, row: Any, change: Kept) -> None:
        """The columns of the row as they were, where they still are as the act left them."""
        back, since = _sorted_out(row, change)
        self._leave(change, Why.CHANGED, since)
        missing = missing_targets(row_again(type(row), back), back)
        if not all(one.null for one in missing):
            self._leave(change, Why.ORPHAN)
            return
        self._leave(change, Why.ORPHAN, [one.attname for one in missing])
        back |= dict.fromkeys((one.attname for one in missing), None)
        standing = {name: value_of(row, name) for name in back}
        while back:
            try:
                with transaction.atomic():
                    put(row, back, save=self.save, by=self.by, reason=self.reason)
                return
            except IntegrityError:
                needed = _needed_by_checks(row) & {name for name in back if back[name] != standing[name]}
                back = {name: value for name, value in back.items() if name not in needed}
                for name, value in standing.items():
                    if not is_link(type(row), name):
                        setattr(row, name, read(type(row), name, value))
                self._leave(change, Why.NEEDED, needed)
                if not needed:
                    self._leave(change, Why.TAKEN, back)
                    return

    def _leave(self, change: Kept, why: Why, columns: Collection[str] = ("",)) -> None:
        model = model_called(change["model"])
        row = self.rows.get((model, change["key"])) if model is not None else None
        for name in columns:
            now = value_of(row, name) if row is not None and name else None
            left = Left(change["model"], change["key"], name, now, why)
            # An act may have written to one row several times.
            if left not in self.left:
                self.left.append(left)


def _sorted_out(row: models.Model, change: Kept) -> tuple[dict[str, Any], list[str]]:
    """The values that go back, and the columns that were changed since."""
    back: dict[str, Any] = {}
    since: list[str] = []
    together, written = change.get("together", ()), True
    for name, (before, after) in change["values"].items():
        now = value_of(row, name)
        target, fate = set_back(now, before, after)
        if fate == Fate.BACK or (fate == Fate.SINCE and _are_lists(now, before, after)):
            back[name] = target
        elif fate == Fate.SINCE:
            since.append(name)
        written = written and (now == after or name not in together)
    if change.get("moved") in since:
        return {}, list(change["values"])
    if not written:
        since += [name for name in together if name in back]
        back = {name: value for name, value in back.items() if name not in together}
    return back, since


def _are_lists(*values: Any) -> bool:
    return all(isinstance(value, list) for value in values)


def _needed(change: Kept) -> set[tuple[str, str]]:
    """The rows, by model and key, without which this one could not be what it was."""
    model, found = model_called(change["model"]), set()
    field: Any
    for field in model._meta.concrete_fields if model is not None else ():
        if field.is_relation and not field.null and field.attname in change["values"]:
            found.add((field.related_model._meta.label_lower, str(change["values"][field.attname][0])))
    return found


def _without(row: models.Model, missing: Sequence[Any]) -> bool:
    """Let go of what the row named and is no longer there; False where it cannot be without it."""
    if not all(field.null for field in missing):
        return False
    for field in missing:
        setattr(row, field.attname, None)
    return True


def _needed_by_checks(row: models.Model) -> set[str]:
    """The columns of the checks that the row, as it stands here, breaks."""
    found: set[str] = set()
    for constraint in type(row)._meta.constraints:
        if isinstance(constraint, CheckConstraint):
            try:
                constraint.validate(type(row), row)
            except ValidationError:
                found |= {column(type(row), name).attname for name in constraint.condition.referenced_base_fields}
    return found
