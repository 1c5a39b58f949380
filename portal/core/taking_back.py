"""Taking back what an act wrote: what still says so is set back, the last row first; the rest is left, and named."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import CheckConstraint

from portal.core import history
from portal.core.journal import Act, Kept, Model, Name, Save, held, put, reindex_rows
from portal.core.rows import column, missing_targets, model_called, read, row_again, value_of, whole


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
    later: Iterable[Kept] = (),
    save: Save = history.save,
    delete: Callable[..., None] = history.delete,
) -> list[Left]:
    """Set back what `portal.core.journal.write` has kept; answers with what was left.

    1. Columns go back where they still say what was written, lists with what others added to them since; rows that were
       made go where they do.
    2. A row that was taken away comes back where the row in its place is as the act left it: whatever a person did to
       that one since, they did to both. What `later` acts that still stand wrote there is nobody's change of it.
    3. What cannot be without a row that stays away, stays as it is, too.
    """
    taking = _Taking(kept, later, by=by, reason=reason, save=save, delete=delete)
    for change in reversed(kept):
        taking.take(change)
    reindex_rows(map(_name, kept))
    return taking.left


class _Taking:
    def __init__(self, kept: Sequence[Kept], later: Iterable[Kept], *, save: Save, delete: Save, **who: Any) -> None:
        self.save, self.delete, self.who = save, delete, who
        self.left: list[Left] = []
        self.rows = held([*map(_name, kept), *(_twin(one) for one in kept if "twin" in one)])
        #: what stays as it is, said before the first row moves, so that none goes in half
        self.away = self._changed_twins(kept, later)
        removed = {_name(one) for one in kept if one["act"] == Act.REMOVED}
        new = set(self.away)
        while new:
            orphans = {_name(one) for one in kept if not new.isdisjoint(_needed(one))} - self.away.keys()
            self.away |= dict.fromkeys(orphans, Why.ORPHAN)
            new = orphans & removed

    def _changed_twins(self, kept: Sequence[Kept], later: Iterable[Kept]) -> dict[Name, Why]:
        """What was taken away, where the row in its place is not as the act, and those after it, left it."""
        found: dict[Name, Why] = {}
        #: what was written after the change we look at
        written: dict[Name, dict[str, Any]] = {}
        for change in reversed([*kept, *({**one, "twin": None} for one in later)]):
            if change["act"] == Act.CHANGED:
                after = {name: pair[1] for name, pair in change["values"].items()}
                written[_name(change)] = after | written.get(_name(change), {})
            elif change.get("twin"):
                row = self.rows.get(_twin(change))
                expected = change["twin"]["values"]
                expected = expected | {
                    name: written.get(_twin(change), {}).get(name, expected[name]) for name in expected
                }
                if row is None:
                    found[_name(change)] = Why.GONE
                elif any(value != expected.get(name, value) for name, value in whole(row).items()):
                    found[_name(change)] = Why.CHANGED
        return found

    def take(self, change: Kept) -> None:
        """Take one change back, but for what has a reason to stay."""
        model, row = model_called(change["model"]), self.rows.get(_name(change))
        if why := self.away.get(_name(change)):
            self._leave(change, why)
        elif model is not None and change["act"] == Act.REMOVED:
            self._insert(model, change)
        elif row is None:
            self._leave(change, Why.GONE)
        elif change["act"] == Act.CHANGED:
            self._return(row, change)
        elif any(value_of(row, name) != after for name, (_before, after) in change["values"].items()):
            self._leave(change, Why.CHANGED)
        else:
            self.delete(row, **self.who)
            del self.rows[_name(change)]

    def _insert(self, model: Model, change: Kept) -> None:
        """The row that was taken away, under its old key."""
        values = {name: before for name, (before, _after) in change["values"].items()}
        if not self._let_go(model, values, change):
            return
        row = row_again(model, values)
        try:
            with transaction.atomic():
                history.restore(row, **self.who)
        except IntegrityError:
            self._leave(change, Why.TAKEN)
        else:
            self.rows[_name(change)] = row

    def _return(self, row: Any, change: Kept) -> None:
        """The columns of the row as they were, where they still are as the act left them."""
        back, since = _sorted_out(row, change)
        self._leave(change, Why.CHANGED, since)
        if not self._let_go(type(row), back, change):
            return
        standing = whole(row)
        while back:
            try:
                with transaction.atomic():
                    put(row, back, save=self.save, **self.who)
                return
            except IntegrityError:
                needed = {name for name in _needed_by_checks(row) if name in back and back[name] != standing[name]}
                for name in back.keys() & standing.keys():
                    setattr(row, name, read(type(row), name, standing[name]))
                self._leave(change, Why.NEEDED if needed else Why.TAKEN, needed or back)
                back = {name: value for name, value in back.items() if needed and name not in needed}

    def _let_go(self, model: Model, values: dict[str, Any], change: Kept) -> bool:
        """Name nothing that is no longer there; False where the row cannot be without it."""
        missing = missing_targets(row_again(model, values), values)
        if not all(field.null for field in missing):
            self._leave(change, Why.ORPHAN)
            return False
        self._leave(change, Why.ORPHAN, [field.attname for field in missing])
        values |= dict.fromkeys((field.attname for field in missing), None)
        return True

    def _leave(self, change: Kept, why: Why, columns: Iterable[str] = ("",)) -> None:
        row = self.rows.get(_name(change))
        for name in columns:
            left = Left(*_name(change), name, value_of(row, name) if row is not None and name else None, why)
            # An act may have written to one row several times.
            if left not in self.left:
                self.left.append(left)


def _name(change: Kept) -> Name:
    return change["model"], change["key"]


def _twin(change: Kept) -> Name:
    return change["model"], change["twin"]["key"]


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


def _needed(change: Kept) -> set[Name]:
    """The rows without which this one could not be what it was."""
    model = model_called(change["model"])
    fields: list[Any] = [field for field in model._meta.concrete_fields if field.is_relation] if model else []
    told = [(field, change["values"][field.attname][0]) for field in fields if field.attname in change["values"]]
    return {(field.related_model._meta.label_lower, str(key)) for field, key in told if not field.null}


def _needed_by_checks(row: models.Model) -> set[str]:
    """The columns of the checks that the row, as it stands here, breaks."""
    found: set[str] = set()
    for constraint in type(row)._meta.constraints:
        if isinstance(constraint, CheckConstraint):
            try:
                constraint.validate(type(row), row)
            except ValidationError:
                condition: Any = constraint.condition
                found |= {column(type(row), name).attname for name in condition.referenced_base_fields}
    return found
