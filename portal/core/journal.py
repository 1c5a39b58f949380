"""Plan, then write: an act foresees every row it makes, changes or takes away; that list is shown before, written once,
kept, and taken back (`portal.core.taking_back`).

    plan = Plan()
    plan.make(contact)
    with plan.changing(point) as row:
        row.ends_on = eve
    hand_over.written = write(plan, by=user)

What is kept is JSON, in the act's own row, in the order in which it was written:

    {"model": "directory.contact", "key": "7", "act": "changed", "values": {"phone": ["", "+212536001122"]}}

`values` says of each column what it said before and after; of links, the keys. Nothing here knows what rows are about.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.core import history
from portal.core.errors import Refused
from portal.core.rows import column, is_link, model_called, read, value_of, whole
from portal.core.search import reindex

#: one change as JSON; the label of a model and a key
Kept = dict[str, Any]
Name = tuple[str, str]
Model = type[models.Model]
#: how a row is written: `history.save` (also where there is none), or what asks the model's own rules first
Save = Callable[..., None]


class Act(StrEnum):
    """What becomes of a row."""

    MADE = "made"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(eq=False, kw_only=True)
class Change:
    """One row that an act makes, changes or takes away."""

    act: Act
    #: as it will be; for what is taken away, as it was
    row: Any
    #: column: [before, after]; of a row that is made, the columns that say whether it still is what was made
    values: dict[str, list[Any]] = field(default_factory=dict)
    #: of a row that is made: the rows of its links
    links: Mapping[str, Iterable[Any]] = field(default_factory=dict)
    #: the column without which nothing of the change is taken back, and columns that are taken back all or none
    moved: str = ""
    together: Sequence[str] = ()
    #: key and values of the row that stands in the place of one that was taken away
    twin: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> Name:
        return self.row._meta.label_lower, str(self.row.pk)

    def kept(self) -> Kept:
        label, key = self.name
        told = {"model": label, "key": key, "act": self.act, "values": self.values}
        more = {"moved": self.moved, "together": list(self.together), "twin": self.twin}
        return told | {name: value for name, value in more.items() if value}


class Plan:
    """The changes foreseen, in the order in which they are written; rows as they would be after them."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        #: rows as the plan leaves them, by model and key; None for those it takes away
        self._rows: dict[Model, dict[Any, Any]] = {}

    @property
    def kept(self) -> list[Kept]:
        """The changes as they are kept once they are written."""
        return [change.kept() for change in self.changes]

    @property
    def digest(self) -> str:
        """One text for all plans that write the same, at whichever instant they write it."""
        said = [(*change.name, change.act, change.moved, _lasting(change)) for change in self.changes]
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def rows(self, model: Model, **columns: Any) -> list[Any]:
        """The rows whose columns say this once the plan is written, in the order of their keys."""
        found = {row.pk: row for row in model._base_manager.filter(**columns)} | self._rows.get(model, {})
        return [
            row
            for _key, row in sorted(found.items())
            if row is not None and all(getattr(row, name) == value for name, value in columns.items())
        ]

    def touches(self, model: Model) -> bool:
        """Whether some row of the model is not as the database has it."""
        return model in self._rows

    def own(self, row: Any) -> Any:
        """The row as the plan leaves it; a copy, so that nobody else's is changed."""
        return self._rows.setdefault(type(row), {}).setdefault(row.pk, copy(row))

    def make[R](self, row: R, *, telling: Iterable[str] = (), links: Mapping[str, Iterable[Any]] | None = None) -> R:
        """`row` will be made; it may name rows that are made before it. `telling`: see `Change.values`."""
        values = {name: [None, value_of(row, name)] for name in telling}  # type: ignore[arg-type]
        self.changes.append(Change(act=Act.MADE, row=row, values=values, links=links or {}))
        return row

    @contextmanager
    def changing(
        self,
        row: Any,
        *,
        links: Mapping[str, Iterable[Any]] | None = None,
        moved: str = "",
        together: Sequence[str] = (),
    ) -> Iterator[Any]:
        """`row` will say what is set on the copy this answers with; nothing is planned where that is the same."""
        own = self.own(row)
        before = whole(own)
        yield own
        after = whole(own)
        for name, linked in (links or {}).items():
            before[name], after[name] = value_of(own, name), sorted(getattr(one, "pk", one) for one in linked)
        values = {name: [value, after[name]] for name, value in before.items() if value != after[name]}
        if not values.keys().isdisjoint(together):
            values |= {name: [before[name], after[name]] for name in together}
        if values:
            together = [name for name in together if name in values]
            self.changes.append(Change(act=Act.CHANGED, row=own, values=values, moved=moved, together=together))

    def remove(self, row: Any, *, twin: Any = None) -> None:
        """`row` will be taken away, with `twin` standing in its place."""
        own = self.own(row)
        values = {name: [value, None] for name, value in whole(own).items()}
        told = {"key": str(twin.pk), "values": whole(self.own(twin))} if twin is not None else {}
        self.changes.append(Change(act=Act.REMOVED, row=own, values=values, twin=told))
        self._rows[type(row)][row.pk] = None


@transaction.atomic
def write(plan: Plan, *, by: Any, reason: str = "", save: Save = history.save) -> list[Kept]:
    """Write the plan, row by row, with the person and the reason in the history; answers with what is to be kept.

    Refused, with nothing written, where a row no longer says what the plan saw: somebody else changed it meanwhile.
    """
    found = held(change.name for change in plan.changes if change.act != Act.MADE)
    for change in plan.changes:
        if change.act == Act.MADE:
            _name_what_was_made(change.row)
            save(change.row, by=by, reason=reason, links=change.links, only=None)
            continue
        row = found.get(change.name)
        if row is None or any(value_of(row, name) != pair[0] for name, pair in change.values.items()):
            raise Refused(_("Somebody else has just changed this. Reload the page to see where it stands."))
        if change.act == Act.REMOVED:
            history.delete(row, by=by, reason=reason)
        else:
            put(row, {name: pair[1] for name, pair in change.values.items()}, save=save, by=by, reason=reason)
    # What is made with its search text has it already.
    reindex_rows(one.name for one in plan.changes if one.act != Act.MADE or not getattr(one.row, "search_text", ""))
    return plan.kept


@transaction.atomic
def make_all(plans: Sequence[Plan], *, by: Any, reason: str = "") -> list[list[Kept]]:
    """Write plans that make rows and nothing else, model by model, in as many queries for hundreds as for one; answers
    with what is to be kept of each. A row may name rows of models that its plan makes before it."""
    made: dict[Model, list[Change]] = {}
    for change in (change for plan in plans for change in plan.changes):
        if change.act != Act.MADE:
            raise ValueError(f"{change.name} is {change.act}, and only what is made is written together.")
        made.setdefault(type(change.row), []).append(change)
    for changes in made.values():
        for change in changes:
            _name_what_was_made(change.row)
        links = [change.links for change in changes]
        history.make_all([change.row for change in changes], by=by, reason=reason, links=links)
        reindex_rows(change.name for change in changes if not getattr(change.row, "search_text", ""))
    return [plan.kept for plan in plans]


def put(row: Any, values: Mapping[str, Any], *, save: Save, by: Any, reason: str) -> None:
    """Save the row with these values, as they are kept: its other columns, the day of the last save too, stay."""
    model = type(row)
    links = {name: value for name, value in values.items() if is_link(model, name)}
    columns = [name for name in values if name not in links]
    for name in columns:
        setattr(row, column(model, name).attname, read(model, name, values[name]))
    save(row, by=by, reason=reason, links=links, only=None if links else columns)


def held(names: Iterable[Name]) -> dict[Name, Any]:
    """These rows as they are now, kept until the transaction ends; none for those that are gone."""
    return {
        (label, str(key)): row
        for label, model, keys in _by_model(names)
        for key, row in model._base_manager.select_for_update().in_bulk(keys).items()
    }


def reindex_rows(names: Iterable[Name]) -> None:
    """The search texts of those among the rows that are searched."""
    for _label, model, keys in _by_model(names):
        if hasattr(model, "search_parts"):
            reindex(model._base_manager.filter(pk__in=keys))


def _by_model(names: Iterable[Name]) -> list[tuple[str, Model, list[str]]]:
    keys: dict[str, dict[str, None]] = {}
    for label, key in names:
        keys.setdefault(label, {})[key] = None
    models_called = ((label, model_called(label), list(wanted)) for label, wanted in keys.items())
    return [(label, model, wanted) for label, model, wanted in models_called if model is not None]


def _lasting(change: Change) -> dict[str, list[Any]]:
    """What the change says of each column, without the instants it writes."""
    model = type(change.row)
    passing = {name for name in change.values if isinstance(column(model, name), models.DateTimeField)}
    return {name: pair[:1] if name in passing else pair for name, pair in change.values.items()}


def _name_what_was_made(row: Any) -> None:
    """Rows it names that had no key when they were planned have one by now."""
    for one in row._meta.concrete_fields:
        if one.is_relation and getattr(row, one.attname) is None and one.is_cached(row):
            setattr(row, one.name, one.get_cached_value(row))
