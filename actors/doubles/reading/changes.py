"""What a merge writes, in words: read from its list of changes, before it is written as after."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.rules.fields import LINKS, TABLE, Reads
from actors.directory.sheets.values import FIELDS, NOTHING, Texts, label_of
from actors.doubles.rules.plan import plan_merge
from actors.doubles.rules.relations import Relation, relations_to
from portal.core.dates import day_and_time, day_text
from portal.core.errors import Refused
from portal.core.journal import Act, Kept, Model
from portal.core.rows import column, is_link, model_called, read, row_again

#: what a field of the sheet or a column of a row is called, what it said before and what it says after
Said = tuple[str, str, str]
TOLD: dict[tuple[Model, str], Any] = {(one.model, one.name): one for one in TABLE}


@dataclass
class RowChanged:
    """One row: whether it moves to the sheet that stays, is set aside for one that is there, or only says otherwise."""

    name: str = ""
    moved: bool = False
    aside: bool = False
    said: list[Said] = made(default_factory=list)


@dataclass
class KindChanged:
    """The rows of one kind, and the rule by which they are settled where they are not only moved."""

    title: str
    rows: Sequence[RowChanged]
    rules: Sequence[str] = ()

    @property
    def moved(self) -> int:
        return sum(row.moved and not row.aside for row in self.rows)

    @property
    def aside(self) -> int:
        return sum(row.aside for row in self.rows)

    @property
    def joined(self) -> int:
        return len(self.rows) - self.moved - self.aside


def foreseen(winner: Actor, loser: Actor, keep: Mapping[str, str]) -> dict[str, Any]:
    """What the page says of a merge that is not made: its plan in words with its digest, or why there is none."""
    try:
        plan = plan_merge(winner, loser, keep)
    except Refused as refusal:
        return {"refused": refusal}
    return {"planned": plan.digest, **written(plan.kept, winner, loser)}


def written(changes: Sequence[Kept], winner: Actor, loser: Actor) -> dict[str, Any]:
    """The same of one that is made, from what it kept."""
    return {"kinds": kinds_changed(changes, winner, loser), "filled": filled(changes, winner)}


def filled(changes: Iterable[Kept], winner: Actor) -> list[Said]:
    """The fields of the sheet that stays, in its order: what it said, and what it says since."""
    values = {name: pair for one in changes if _is_of(one, winner) for name, pair in one["values"].items()}
    told = [_values(name, pair) for name, pair in values.items() if name.removesuffix("_id") in FIELDS]
    told.sort(key=lambda one: list(FIELDS).index(one[0]))
    texts = Texts()
    texts.learn_keys([{name: values[side] for name, *values in told} for side in (0, 1)])
    return [(capfirst(label_of(name)), texts.one(name, one), texts.one(name, other)) for name, one, other in told]


def kinds_changed(changes: Iterable[Kept], winner: Actor, loser: Actor) -> list[KindChanged]:
    """The rows beside the two sheets, kind by kind: four queries for each kind, however many rows there are."""
    kinds: dict[tuple[Model, str], dict[str, list[Kept]]] = defaultdict(lambda: defaultdict(list))
    for one in changes:
        model = model_called(one["model"])
        if model is not None and not _is_of(one, winner, loser):
            # sheets hang on sheets in two ways, which are two kinds
            kinds[model, one.get("moved", "") if model is Actor else ""][one["key"]].append(one)
    found = [_kind(model, moved, rows) for (model, moved), rows in kinds.items()]
    return sorted(found, key=lambda kind: kind.title)


def _is_of(change: Kept, *sheets: Actor) -> bool:
    return change["model"] == Actor._meta.label_lower and change["key"] in {str(sheet.pk) for sheet in sheets}


def _values(name: str, pair: list[Any]) -> tuple[str, Any, Any]:
    """The field and its two values; links as the keys they are kept as."""
    before, after = pair if name in LINKS else (read(Actor, name, value) for value in pair)
    return name.removesuffix("_id"), before, after


def _kind(model: Model, moved: str, by_row: dict[str, list[Kept]]) -> KindChanged:
    relations = [one for one in relations_to(Actor) if one.model is model]
    relation = next((one for one in relations if column(model, one.column).attname == moved), None)
    title = (relation or relations[0]).title if relations else capfirst(str(model._meta.verbose_name_plural))
    names = _names(model, relations, by_row)
    pointed = _pointed(model, by_row)
    gone = _("It is no longer there.")
    rows = [_row(model, names.get(key, gone), changes, pointed) for key, changes in by_row.items()]
    is_settled = any(row.aside or (row.moved and row.said) for row in rows)
    rules = dict.fromkeys(str(one.rule.says) for one in relations if one.rule.says) if is_settled else ()
    return KindChanged(title, rows, tuple(rules))


def _row(model: Model, name: str, changes: Sequence[Kept], pointed: dict[Any, str]) -> RowChanged:
    row = RowChanged(name)
    said: dict[str, list[Any]] = {}
    for change in changes:
        row.moved = row.moved or "moved" in change
        row.aside = row.aside or change["act"] == Act.REMOVED
        for one, (before, after) in change["values"].items():
            if one != change.get("moved"):
                said[one] = [said.get(one, [before])[0], after]
    # a column of JSON keeps no order of its own
    order = [field.attname for field in model._meta.fields]
    for one, (before, after) in sorted(said.items(), key=lambda item: order.index(item[0])) if not row.aside else ():
        texts = [_text(model, one, value, pointed) for value in (before, after)]
        if None not in texts:
            row.said.append((capfirst(str(column(model, one).verbose_name)), str(texts[0]), str(texts[1])))
    return row


def _names(model: Model, relations: Sequence[Relation], by_row: dict[str, list[Kept]]) -> dict[str, str]:
    """What each row is called, by its key; nothing for those that are gone."""
    gone = {key: one for key, changes in by_row.items() for one in changes if one["act"] == Act.REMOVED}
    rows: dict[str, Any] = {
        key: row_again(model, {name: pair[0] for name, pair in one["values"].items()}) for key, one in gone.items()
    }
    rows |= {str(key): row for key, row in model._base_manager.in_bulk([*(by_row.keys() - gone.keys())]).items()}
    named = next((one.rule.named for one in relations if one.rule.named), ())
    if model._meta.auto_created:
        named = tuple(one.name for one in model._meta.concrete_fields if one.related_model not in {None, Actor})
    paths = [path for path in named if _points(model, path.partition("__")[0])]
    if rows:
        prefetch_related_objects([*rows.values()], *paths)
    said = {key: " – ".join(filter(None, (_at(row, path) for path in named))) for key, row in rows.items()}
    return {key: text or str(rows[key]) or NOTHING for key, text in said.items()}


def _points(model: Model, name: str) -> bool:
    return any(one.name == name and one.is_relation for one in model._meta.concrete_fields)


def _at(row: Any, path: str) -> str:
    """What stands at the end of the path, as people read it."""
    for name in path.split("__"):
        try:
            row = getattr(row, name, None)
        except ObjectDoesNotExist:
            return ""
    return _plain(row() if callable(row) else row)


def _plain(value: Any) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return day_and_time(value)
        case date():
            return day_text(value)
    return str(value)


def _text(model: Model, name: str, value: Any, pointed: dict[Any, str]) -> str | None:
    """A value of a column as people read it; None for what is not written for people."""
    one = column(model, name)
    if is_link(model, name) or isinstance(one, models.JSONField) or isinstance(one.verbose_name, str):
        return None
    value = read(model, name, value)
    if one.is_relation:
        return pointed.get((one.related_model, value), NOTHING)
    if value and (told := TOLD.get((model, name))) is not None and told.reads is Reads.PHONE:
        return told.text(value)
    return _plain(dict(one.flatchoices).get(value, value)) or NOTHING


def _pointed(model: Model, by_row: dict[str, list[Kept]]) -> dict[Any, str]:
    """What the rows point at before and after, by model and key; not the sheet they are moved to."""
    wanted: dict[Model, set[Any]] = defaultdict(set)
    for changes in by_row.values():
        for change in changes:
            for name, pair in change["values"].items() if change["act"] != Act.REMOVED else ():
                one = column(model, name)
                if one.is_relation and not one.many_to_many and name != change.get("moved"):
                    wanted[one.related_model] |= {read(model, name, value) for value in pair}
    return {
        (target, key): str(row)
        for target, keys in wanted.items()
        for key, row in target._base_manager.in_bulk([*(keys - {None})]).items()
    }
