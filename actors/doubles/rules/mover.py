"""Merging: everything that hangs on one sheet is moved to another, and every row that changes is kept.

What hangs on a sheet is found from the models (`relations.py`), so that nothing from above is imported; how rows are
settled of which only one may stand is registered (`registry.py`). Rows with a history are saved through it, with the
person and the reason; their older records stay as they are, and go on saying what was true then.
"""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.sheets.sharing import isolated
from actors.doubles.models import Merge, MovedRow
from actors.doubles.registry import Rule, Values, json_fields
from actors.doubles.rules.fields import final_sheet, spellings_to_keep
from actors.doubles.rules.relations import Relation, relations_to
from portal.core import history
from portal.core.errors import Refused
from portal.core.rows import column, plain, value_of, whole
from portal.core.search import reindex

if TYPE_CHECKING:
    from portal.accounts.models import User

BATCH = 500


def merge(winner: Actor, *, loser: Actor, keep: Mapping[str, str], by: "User") -> Merge:
    """`loser` becomes part of `winner`: every link moved, its names kept as other names, itself archived.

    `keep` says for fields whose value stays: "winner", "loser" or, for areas, themes and notes, "both"; without a word
    it is the winner's, filled from the loser where that is empty. The sheets are read again first; `undo.py` takes
    it all back. Raises Refused with a sentence: one sheet twice, one that was merged already, a circle of belonging.
    """
    try:
        with transaction.atomic():
            return _merge(Actor.objects.get(pk=winner.pk), Actor.objects.get(pk=loser.pk), keep, by)
    except IntegrityError as error:
        raise Refused(
            _("Two rows contradict each other, so nothing was merged. Reload the page and look again.")
        ) from error


def _merge(winner: Actor, loser: Actor, keep: Mapping[str, str], by: "User") -> Merge:
    lock(winner, loser)
    refuse_merge(winner, loser)
    before = loser.state
    done = Merge(winner=winner, loser=loser, merged_by=by, loser_before={"state": before})
    done.save()
    mover = Mover(done, by=by)
    _fill(mover, winner, loser, keep)
    mover.absorb(winner, loser)
    mover.rename_in_json(winner, loser)
    loser.merged_into, loser.state = winner, Actor.State.ARCHIVED
    history.save(loser, by=by, reason=mover.reason, only=["merged_into", "state"])
    mover.finish()
    reindex(Actor.objects.filter(pk__in=[winner.pk, loser.pk]))
    return done


def lock(*sheets: Actor) -> None:
    """Bring the sheets up to date and keep them until the end, always in one order, so that two acts never wait
    for each other."""
    for sheet in sorted(sheets, key=lambda sheet: sheet.pk):
        history.renew(sheet)


def refuse_merge(winner: Actor, loser: Actor) -> None:
    """Raise Refused where these two cannot become one."""
    if winner.pk == loser.pk:
        raise Refused(_("Choose two different sheets."))
    for sheet in (winner, loser):
        if sheet.merged_into_id is not None:
            raise Refused(
                _("“%(name)s” was merged into “%(other)s” already.")
                % {"name": isolated(str(sheet)), "other": isolated(str(sheet.merged_into))}
            )


def _fill(mover: "Mover", winner: Actor, loser: Actor, keep: Mapping[str, str]) -> None:
    """The winner with the values that were chosen, and the names of both."""
    values, links = final_sheet(winner, loser, keep)
    _refuse_circle(values["parent_id"], winner, loser)
    names = spellings_to_keep(winner, loser, values)
    if names != winner.aliases:
        values["aliases"] = names
    filled = {name: [value_of(winner, name), plain(value)] for name, value in values.items()}
    filled = {name: pair for name, pair in filled.items() if pair[0] != pair[1]}
    for name, rows in links.items():
        present = sorted(getattr(winner, name).values_list("pk", flat=True))
        wanted = sorted(row.pk for row in rows)
        if present != wanted:
            filled[name] = [present, wanted]
    for name in values:
        setattr(winner, column(Actor, name).attname, values[name])
    mover.merge.filled = filled
    mover.merge.save(update_fields=["filled"])
    changed = {name: rows for name, rows in links.items() if name in filled}
    history.save(winner, by=mover.by, reason=mover.reason, links=changed)


def _refuse_circle(parent: int | None, winner: Actor, loser: Actor) -> None:
    """Walk up from what the winner would belong to; what belongs to the loser will belong to the winner."""
    seen: set[int] = set()
    while parent is not None and parent not in seen:
        above = Actor.objects.filter(pk=parent).first()
        if above is None:
            return
        if parent in (winner.pk, loser.pk) or above.parent_id in (winner.pk, loser.pk):
            raise Refused(
                _("“%(name)s” stands between the two sheets: change what it belongs to first.")
                % {"name": isolated(str(above))},
                field="parent",
            )
        seen.add(parent)
        parent = above.parent_id


class Mover:
    """Moves what hangs on one row to another, and writes down every row it touches."""

    def __init__(self, merge: Merge, *, by: "User") -> None:
        self.merge, self.by = merge, by
        names = {"loser": isolated(str(merge.loser)), "winner": isolated(str(merge.winner))}
        self.reason = _("“%(loser)s” merged into “%(winner)s”.") % names
        self.kept: list[MovedRow] = []
        self.moved: dict[type[models.Model], set[Any]] = {}

    def absorb(self, winner: models.Model, loser: models.Model) -> None:
        """Everything that names `loser` names `winner` afterwards; what may stand only once is settled."""
        for relation in relations_to(type(winner)):
            if not relation.rule.stay_all:
                self._move_all(relation, winner, loser)

    def _move_all(self, relation: Relation, winner: models.Model, loser: models.Model) -> None:
        rule, met = relation.rule, set()
        for gone, stays in relation.twins(winner.pk, loser.pk):
            met.add(gone)
            if rule.aside:
                self._join(relation, stays, gone)
        rows = relation.rows(loser.pk).exclude(pk__in=met) if met else relation.rows(loser.pk)
        for row in list(rows):
            if not rule.stays(row):
                self._point(relation, row, winner)

    def _point(self, relation: Relation, row: models.Model, winner: models.Model) -> None:
        before = whole(row)
        setattr(row, column(relation.model, relation.column).attname, relation.key(winner.pk))
        self._mend(relation, row)
        self._write(row, before, MovedRow.Act.MOVED, relation.column)

    def _join(self, relation: Relation, stays: Any, gone: Any) -> None:
        """The loser's row is set aside, the winner's takes over what the rule says."""
        rule, manager = relation.rule, relation.model._base_manager
        ours, theirs = manager.get(pk=stays), manager.get(pk=gone)
        if rule.stays(theirs):
            return
        values = rule.join(ours, theirs)
        self.absorb(ours, theirs)
        # The rows that depended on it may have changed it.
        ours = manager.get(pk=stays)
        before = whole(ours)
        self._set_aside(theirs, ours)
        for name, value in values.items():
            setattr(ours, name, value)
        self._mend(relation, ours)
        self._write(ours, before, MovedRow.Act.CHANGED)

    @staticmethod
    def _mend(relation: Relation, row: models.Model) -> None:
        for other in relations_to(relation.target):
            if other.model is relation.model:
                mended: Values = other.rule.mend(row)
                for name, value in mended.items():
                    setattr(row, name, value)

    def _write(self, row: models.Model, before: Values, act: str, named: str = "") -> None:
        """Save the columns that changed and keep what they were."""
        after = whole(row)
        values = {name: [value, after[name]] for name, value in before.items() if value != after[name]}
        if not values:
            return
        self._keep(row, act, values, column=named)
        write(row, values, by=self.by, reason=self.reason)
        self.moved.setdefault(type(row), set()).add(row.pk)

    def _set_aside(self, row: models.Model, twin: models.Model) -> None:
        self._keep(row, MovedRow.Act.REMOVED, whole(row), twin=str(twin.pk), twin_values=whole(twin))
        if hasattr(type(row), "history"):
            history.delete(row, by=self.by, reason=self.reason)
        else:
            row.delete()

    def _keep(self, row: models.Model, act: str, values: Values, **more: Any) -> None:
        label, key = row._meta.label_lower, str(row.pk)
        self.kept.append(MovedRow(merge=self.merge, act=act, model=label, key=key, values=values, **more))
        if len(self.kept) >= BATCH:
            self._flush()

    def rename_in_json(self, winner: Actor, loser: Actor) -> None:
        """Lists in which the loser is named by its key name the winner."""
        for model, field in json_fields():
            rule = next((one.rule for one in relations_to(Actor) if one.model is model), Rule())
            for row in _naming(model, field, loser.pk):
                before, value = whole(row), _renamed(getattr(row, field), loser.pk, winner.pk)
                if value != getattr(row, field) and not rule.stays(row):
                    setattr(row, field, value)
                    self._write(row, before, MovedRow.Act.CHANGED)

    def finish(self) -> None:
        """Write down the rows, and the search texts of those that name an institution."""
        self._flush()
        reindex_rows(self.moved)

    def _flush(self) -> None:
        MovedRow.objects.bulk_create(self.kept)
        self.kept = []


def write(row: models.Model, columns: Iterable[str], *, by: "User", reason: str) -> None:
    """Save these columns alone: the others, the day of the last save too, stay as they are."""
    if hasattr(type(row), "history"):
        history.save(row, by=by, reason=reason, only=list(columns))
    else:
        values = {name: getattr(row, name) for name in columns}
        type(row)._base_manager.filter(pk=row.pk).update(**values)


def reindex_rows(moved: Mapping[type[models.Model], set[Any]]) -> None:
    """The search texts of the rows that hold the name of an institution."""
    for model, keys in moved.items():
        if hasattr(model, "search_parts"):
            reindex(model._base_manager.filter(pk__in=keys))


def _naming(model: type[models.Model], field: str, pk: int) -> list[Any]:
    """Rows whose JSON may name the sheet; read as text, since the databases search JSON each in its own way."""
    named = json.dumps({"actor": pk})[1:-1]
    text = model._base_manager.annotate(as_text=Cast(field, models.TextField())).filter(as_text__contains=named)
    return list(text.order_by("pk"))


def _renamed(value: Any, loser: int, winner: int) -> Any:
    if isinstance(value, list):
        return [_renamed(part, loser, winner) for part in value]
    if isinstance(value, dict):
        return {
            key: winner if key == "actor" and part == loser else _renamed(part, loser, winner)
            for key, part in value.items()
        }
    return value
