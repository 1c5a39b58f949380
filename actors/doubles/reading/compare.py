"""Two sheets side by side: field by field, and how much hangs on each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Count, IntegerField, Value, prefetch_related_objects

from actors.directory.models import Actor
from actors.directory.rules.choices import territory_label
from actors.directory.rules.fields import LINKS
from actors.directory.sheets.values import Texts, label_of
from actors.doubles.rules.fields import COMPARED, JOINED, default_choice, is_empty, same, value_in
from actors.doubles.rules.relations import Relation, relations_to

Piece = tuple[str, bool]
#: longer texts are shown whole, without marks on their words
MARKED = 2000


@dataclass(frozen=True)
class ComparedSide:
    """One value as people read it: pieces of text, each with True where it differs; or a list of names."""

    pieces: Sequence[Piece]
    is_empty: bool


@dataclass(frozen=True)
class Compared:
    """One line of the comparison."""

    name: str
    label: str
    winner: ComparedSide
    loser: ComparedSide
    differs: bool
    choice: str
    has_both: bool


@dataclass(frozen=True)
class Hanging:
    """How many rows of one kind name each of the sheets."""

    relation: Relation
    title: str
    winner: int
    loser: int

    def turned(self) -> "Hanging":
        """The same, seen from the other sheet."""
        return replace(self, winner=self.loser, loser=self.winner)


def fields_of(winner: Actor, loser: Actor) -> list[Compared]:
    """Every field a person compares, those that differ first."""
    prefetch_related_objects([winner, loser], "areas", "themes")
    texts = Texts()
    for sheet in (winner, loser):
        texts.learn_row("seat", sheet.seat)
        texts.learn_row("parent", sheet.parent)
    found = [_field(name, winner, loser, texts) for name in COMPARED]
    return sorted(found, key=lambda field: not field.differs)


def _field(name: str, winner: Actor, loser: Actor, texts: Texts) -> Compared:
    mine, theirs = value_in(winner, name), value_in(loser, name)
    differs = not same(mine, theirs)
    ours, others = _pieces(name, mine, theirs, texts)
    return Compared(
        name,
        label=label_of(name),
        winner=ComparedSide(ours, is_empty(mine)),
        loser=ComparedSide(others, is_empty(theirs)),
        differs=differs,
        choice=default_choice(name, winner, loser),
        has_both=name in JOINED and not is_empty(mine) and not is_empty(theirs),
    )


def _pieces(name: str, mine: Any, theirs: Any, texts: Texts) -> tuple[list[Piece], list[Piece]]:
    """Both values in pieces, the names of places and themes one by one."""
    if name in LINKS:
        return _rows(name, mine, theirs), _rows(name, theirs, mine)
    one, other = (_as_text(name, value, texts) for value in (mine, theirs))
    return ([(one, False)], [(other, False)]) if same(mine, theirs) else _marked(one, other)


def _rows(name: str, rows: Sequence[Any], others: Sequence[Any]) -> list[Piece]:
    shared = {row.pk for row in others} or {row.pk for row in rows}
    return [
        (territory_label(str(row), row.level) if name == "areas" else str(row), row.pk not in shared) for row in rows
    ]


def _as_text(name: str, value: Any, texts: Texts) -> str:
    """The value as people read it; '' where there is none."""
    return "" if is_empty(value) else texts.one(name, value)


def _marked(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts cut into words that are the same and words that differ."""
    if not one or not other or len(one) + len(other) > MARKED:
        return [(one, False)], [(other, False)]
    mine, theirs = one.split(" "), other.split(" ")
    left, right = [], []
    for act, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if a != b:
            left.append((" ".join(mine[a:b]), act != "equal"))
        if c != d:
            right.append((" ".join(theirs[c:d]), act != "equal"))
    return left, right


# What hangs on them.


def hanging_on(winner: Actor, loser: Actor) -> list[Hanging]:
    """How many rows of each kind name the one and the other, in one query; what neither has is left out."""
    relations = [relation for relation in relations_to(Actor) if not relation.rule.stay_all]
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    for number, whose, rows in _union(_counts(relations, winner, loser)):
        counts[number][whose] = rows
    return [
        Hanging(relation, relation.title, counts[number].get(winner.pk, 0), counts[number].get(loser.pk, 0))
        for number, relation in enumerate(relations)
        if counts.get(number)
    ]


def _counts(relations: Sequence[Relation], *sheets: Actor) -> Iterator[Any]:
    for number, relation in enumerate(relations):
        for sheet in sheets:
            rows = relation.rows(sheet.pk).order_by()
            counted = rows.annotate(what=Value(number, IntegerField()), whose=Value(sheet.pk, IntegerField())).values(
                "what", "whose"
            )
            yield counted.annotate(rows=Count("pk")).values_list("what", "whose", "rows")


def _union(queries: Iterator[Any]) -> list[Any]:
    """The rows of all the queries, in one."""
    all_queries = list(queries)
    if not all_queries:
        return []
    first, *others = all_queries
    return list(first.union(*others, all=True).order_by()) if others else list(first)
