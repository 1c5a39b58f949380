"""What a merge writes: what hangs on one sheet names the other afterwards, and the one that goes is archived.

What hangs on a sheet is found from the models (`relations.py`), so that nothing from above is imported; how rows are
settled of which only one may stand is registered (`registry.py`). Nothing is written here: the rules read rows as the
plan leaves them, so that each sees what those before it foresee.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.sheets.keeping import refuse_merged
from actors.directory.sheets.sharing import isolated
from actors.doubles.registry import Rule, json_fields
from actors.doubles.rules.fields import WITH, final_sheet, spellings_to_keep
from actors.doubles.rules.relations import Relation, relations_to
from portal.core.errors import Refused
from portal.core.journal import Plan
from portal.core.rows import column

#: the day of a confirmation is taken back with who confirmed, or not at all
TOGETHER = ("confirmed_on", *WITH["confirmed_on"])


def plan_merge(winner: Actor, loser: Actor, keep: Mapping[str, str]) -> Plan:
    """Every row that changes when `loser` becomes part of `winner`, in the order in which they are written.

    `keep` says for fields whose value stays: "winner", "loser" or, for areas, themes and notes, "both"; without a word
    it is the winner's, filled from the loser where that is empty. Raises Refused with a sentence: one sheet twice, one
    that was merged already, a circle of belonging, a choice that is none.
    """
    _refuse(winner, loser)
    plan = Plan()
    _fill(plan, winner, loser, keep)
    _absorb(plan, winner, loser)
    _rename_in_json(plan, winner, loser)
    with plan.changing(loser) as row:
        row.merged_into, row.state = winner, Actor.State.ARCHIVED.value
    return plan


def _refuse(winner: Actor, loser: Actor) -> None:
    """Raise Refused where these two cannot become one."""
    if winner.pk == loser.pk:
        raise Refused(_("Choose two different sheets."))
    refuse_merged(winner, loser)


def _fill(plan: Plan, winner: Actor, loser: Actor, keep: Mapping[str, str]) -> None:
    """The winner with the values that were chosen, and the names of both."""
    values, links = final_sheet(winner, loser, keep)
    _refuse_circle(values["parent_id"], winner, loser)
    values["aliases"] = spellings_to_keep(winner, loser, values)
    with plan.changing(winner, links=links, together=TOGETHER) as row:
        for name, value in values.items():
            setattr(row, name, value)


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


def _absorb(plan: Plan, winner: models.Model, loser: models.Model) -> None:
    """Everything that names `loser` names `winner` afterwards; what may stand only once is settled."""
    for relation in relations_to(type(winner)):
        rule, model = relation.rule, relation.model
        theirs = [] if rule.stay_all else plan.rows(model, **relation.naming(loser.pk))
        if not theirs:
            continue
        twins = dict(relation.twins(winner.pk, loser.pk, plan))
        ours = {row.pk: row for row in plan.rows(model, **relation.naming(winner.pk))} if twins else {}
        for row in theirs:
            if row.pk in twins and rule.aside and not rule.stays(row):
                _join(plan, relation, ours[twins[row.pk]], row)
        for row in plan.rows(model, **relation.naming(loser.pk)):
            if row.pk not in twins and not rule.stays(row):
                with plan.changing(row, moved=column(model, relation.column).attname) as moved:
                    setattr(moved, column(model, relation.column).attname, relation.key(winner.pk))
                    _mend(plan, relation, moved)


def _join(plan: Plan, relation: Relation, ours: Any, theirs: Any) -> None:
    """The loser's row is set aside, the winner's takes over what the rule says, and what hangs on the former."""
    values = relation.rule.join(plan.own(ours), plan.own(theirs))
    _absorb(plan, ours, theirs)
    plan.remove(theirs, twin=ours)
    with plan.changing(ours) as row:
        for name, value in values.items():
            setattr(row, name, value)
        _mend(plan, relation, row)


def _mend(plan: Plan, relation: Relation, row: models.Model) -> None:
    for other in relations_to(relation.target):
        if other.model is relation.model:
            for name, value in other.rule.mend(row, plan).items():
                setattr(row, name, value)


def _rename_in_json(plan: Plan, winner: Actor, loser: Actor) -> None:
    """Lists in which the loser is named by its key name the winner."""
    for model, field in json_fields():
        rule = next((one.rule for one in relations_to(Actor) if one.model is model), Rule())
        for row in map(plan.own, _naming(model, field, loser.pk)):
            if not rule.stays(row):
                with plan.changing(row) as renamed:
                    setattr(renamed, field, _renamed(getattr(row, field), loser.pk, winner.pk))


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
