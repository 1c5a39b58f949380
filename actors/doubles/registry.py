"""What becomes of rows when two sheets become one: filled by each app from `AppConfig.ready()`, asked by the merge.

A relation to Actor on which no uniqueness and no check hangs needs no rule: its rows are moved. Every other one is
registered here by the app that owns the model; a test looks for those that were forgotten.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models

from portal.core.journal import Plan

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: columns (`actor_id`) and what they become
Values = dict[str, Any]
#: primary keys: the row that goes, and the row that stays in its place
Pairs = list[tuple[Any, Any]]


def _nothing(*rows: Any) -> Values:
    return {}


def never(row: Any) -> bool:
    return False


def always(row: Any) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How the rows of one relation are settled.

    1. Rows of which `stays` says so are left with the merged sheet: they tell what was. `stay_all` leaves them all.
    2. Where both sheets have a row and only one may stand (by the model's unique constraints, as `at_once` says, or
       `twins`: given the keys of the two things that become one, the pairs of rows that meet), what refers to the
       loser's row moves to the winner's, the loser's is set aside, and `join(winner's, loser's)` says what the first
       takes over. With `aside=False` the loser's row stays with the merged sheet instead.
    3. The others are moved. `mend(row, plan)` says what else must change on a row that was moved or joined, so that it
       says nothing absurd: an institution represented by itself, a second holder.

    Rows are read from the plan, as they are once it is written (`plan.rows`).
    """

    join: Callable[[Any, Any], Values] = _nothing
    mend: Callable[[Any, Plan], Values] = _nothing
    stays: Callable[[Any], bool] = never
    stay_all: bool = False
    aside: bool = True
    twins: Callable[[Any, Any, Plan], Pairs] | None = None
    #: what rows have in common of which one institution has only one at a time: those with terms that overlap are twins
    at_once: tuple[str, ...] = ()
    #: what people read about rows that are not only moved; and what names a row beside its institution: paths like
    #: `minutes__meeting`; without any it is the row itself
    says: "StrOrPromise" = ""
    named: tuple[str, ...] = ()
    #: rows that others depend on come first: contact details before the focal points they serve as
    first: bool = False


#: what the links of a many-to-many field need: a link that is there already is not made twice
LINK = Rule()
#: said of a relation with a check on it: its rows are moved as they are, and the check holds
MOVED = Rule()

_rules: dict[tuple[type[models.Model], str], Rule] = {}
_kept_first: list[Callable[[Collection[int]], None]] = []
_named_in_json: list[tuple[type[models.Model], str]] = []
_named_in_text: dict[tuple[type[models.Model], str], tuple[type[models.Model], str]] = {}


def settle(model: type[models.Model], field: str, rule: Rule) -> None:
    """Say how the rows of `model` that name a sheet in `field` are settled; saying it again replaces it."""
    _rules[model, field] = rule


def rule_for(model: type[models.Model], field: str) -> Rule | None:
    """The rule somebody registered; links of many-to-many fields have one of their own."""
    return LINK if model._meta.auto_created else _rules.get((model, field))


def keep_first(act: Callable[[Collection[int]], None]) -> None:
    """Say what a merge keeps before the two sheets, given their keys: what other acts keep before rows that name one.
    Who keeps in one order never waits for somebody who waits for them."""
    if act not in _kept_first:
        _kept_first.append(act)


def keep_what_comes_first(actors: Collection[int]) -> None:
    """Inside a transaction, until it ends."""
    for act in _kept_first:
        act(actors)


def names_in_json(model: type[models.Model], field: str) -> None:
    """Say that the JSON of `field` names sheets, as `{"actor": 3}` somewhere in its lists."""
    if (model, field) not in _named_in_json:
        _named_in_json.append((model, field))


def json_fields() -> Sequence[tuple[type[models.Model], str]]:
    """The JSON fields in which sheets are named."""
    return tuple(_named_in_json)


def names_in_text(model: type[models.Model], column: str, target: type[models.Model], prefix: str) -> None:
    """Say that the text in `column` names a row of `target`, as its key after a prefix: `contact:7`."""
    _named_in_text[model, column] = (target, prefix)


def text_columns(target: type[models.Model]) -> list[tuple[type[models.Model], str, str]]:
    """The model, the column and the prefix of each text that names rows of `target`."""
    return [(model, column, prefix) for (model, column), (of, prefix) in _named_in_text.items() if of is target]


def forget(model: type[models.Model], field: str) -> None:
    """Take a rule away; for tests that show what is missing then."""
    _rules.pop((model, field), None)
