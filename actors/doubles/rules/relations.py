"""What hangs on a row, found from the models themselves: foreign keys, links, generic links, and texts that name it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import CheckConstraint, DateField, F, OuterRef, Q, QuerySet, Subquery, UniqueConstraint, Value
from django.db.models.functions import Coalesce
from django.utils.text import capfirst
from simple_history.models import HistoricalChanges

from actors.doubles.registry import Pairs, Rule, rule_for, text_columns
from portal.core.dates import today
from portal.core.journal import Plan
from portal.core.rows import column

#: the look-ups of a condition that hold whichever sheet a row names
HARMLESS = {"isnull"}
#: what an empty first or last day means
BOUNDS = {"starts_on": date.min, "ends_on": date.max}


@dataclass(frozen=True)
class Relation:
    """Rows of `model` that name a row of `target` in the column `column`."""

    model: type[models.Model]
    target: type[models.Model]
    #: the field's name, and the column that holds the key
    name: str
    column: str
    #: for generic links: the column that says of which model the key is
    kind_column: str = ""
    #: for texts that name a row: what stands before its key
    prefix: str = ""

    @property
    def label(self) -> str:
        """`directory.membership.actor`, for code and tests."""
        return f"{self.model._meta.label_lower}.{self.name}"

    @property
    def title(self) -> str:
        """What people call the rows: “invitations”; with the field where the model names sheets in two."""
        owner = self._linked_by
        if owner is not None:
            return f"{capfirst(owner.model._meta.verbose_name_plural)} – {owner.verbose_name}"
        title = capfirst(str(self.model._meta.verbose_name_plural))
        several = [other for other in relations_to(self.target) if other.model is self.model]
        if len(several) > 1 and (several[0].name != self.name or self.model is self.target):
            return f"{title} – {self.model._meta.get_field(self.name).verbose_name}"  # type: ignore[union-attr]
        return title

    @property
    def _linked_by(self) -> Any:
        """The many-to-many field whose links the model keeps."""
        if not self.model._meta.auto_created:
            return None
        owners = (field for model in apps.get_models() for field in model._meta.local_many_to_many)
        return next((field for field in owners if field.remote_field.through is self.model), None)

    @property
    def rule(self) -> Rule:
        return rule_for(self.model, self.name) or Rule()

    def key(self, pk: Any) -> Any:
        """The key as the column holds it."""
        if self.prefix:
            return f"{self.prefix}{pk}"
        return self.model._meta.get_field(self.column).to_python(pk)  # type: ignore[union-attr]

    def naming(self, pk: Any) -> dict[str, Any]:
        """What the columns of a row say that names `pk`."""
        kind = {self.kind_column: ContentType.objects.get_for_model(self.target).pk} if self.kind_column else {}
        return {self.column: self.key(pk), **kind}

    def rows(self, pk: Any) -> QuerySet[Any]:
        """The rows that name `pk`, in the order of their keys."""
        return self.model._base_manager.filter(**self.naming(pk)).order_by("pk")

    def uniques(self) -> "list[Unique]":
        """What may stand only once and hangs on this relation."""
        meta = self.model._meta
        found = [Unique(tuple(fields), None) for fields in meta.unique_together]
        for constraint in meta.constraints:
            if isinstance(constraint, UniqueConstraint):
                plain = not constraint.contains_expressions
                fields = tuple(constraint.fields) if plain else tuple(sorted(_named(constraint)))
                found.append(Unique(fields, constraint.condition, is_plain=plain))
        field = meta.get_field(self.name if not self.kind_column else self.column)
        if getattr(field, "unique", False):
            found.append(Unique((field.name,), None))
        own = {self.name, self.column}
        return [unique for unique in found if own & (set(unique.fields) | names_in(unique.condition))]

    def checks(self) -> list[str]:
        """The names of checks that compare the sheet named here with something, or that name it at all."""
        own = {self.name, self.column}
        return [
            constraint.name
            for constraint in self.model._meta.constraints
            if isinstance(constraint, CheckConstraint) and own & names_in(constraint.condition)
        ]

    def twins(self, winner: Any, loser: Any, plan: Plan) -> Pairs:
        """The pairs of rows of which only one may stand: (the loser's, the winner's)."""
        rule = self.rule
        if rule.stay_all:
            return []
        if rule.twins is not None:
            return rule.twins(winner, loser, plan)
        found = self._planned_twins(winner, loser, plan) if plan.touches(self.model) else {}
        for query in self._twin_queries(winner, loser):
            for gone, stays in query.values_list("pk", "twin"):
                found.setdefault(gone, stays)
        return list(found.items())

    def _planned_twins(self, winner: Any, loser: Any, plan: Plan) -> dict[Any, Any]:
        """Rows that meet only once the plan is written: the database does not know of them yet."""
        ours, theirs = (plan.rows(self.model, **self.naming(pk)) for pk in (winner, loser))
        found: dict[Any, Any] = {}
        for unique in self.uniques():
            if unique.is_plain and unique.condition is None:
                fields = [column(self.model, name).attname for name in unique.fields]
                same = [name for name in fields if name not in self.naming(winner)]
                stand = {tuple(getattr(row, name) for name in same): row.pk for row in reversed(ours)}
                keys = {row.pk: stand.get(tuple(getattr(row, name) for name in same)) for row in theirs}
                found |= {gone: stays for gone, stays in keys.items() if stays is not None}
        return found

    def _twin_queries(self, winner: Any, loser: Any) -> Iterator[QuerySet[Any]]:
        """The loser's rows that meet one of the winner's, with its key as `twin`; one query for each uniqueness."""
        own = {self.name, self.column, self.kind_column}
        alike = [
            (unique.fields, unique.condition or Q(), Q())
            for unique in self.uniques()
            if unique.is_plain and not self.rule.at_once
        ]
        if self.rule.at_once:
            alike = [(self.rule.at_once, running(), _overlapping())]
        for fields, condition, of_both in alike:
            same = {name: OuterRef(name) for name in fields if name not in own}
            theirs = self.rows(winner).filter(condition, of_both, **same).order_by("pk").values("pk")[:1]
            yield self.rows(loser).filter(condition).annotate(twin=Subquery(theirs)).exclude(twin=None)


def running() -> Q:
    """Terms that are not over."""
    return Q(ends_on=None) | Q(ends_on__gte=today())


def _overlapping() -> Q:
    """Terms that have a day in common with the outer row's, where an empty first or last day has no bound."""
    begun, over = (Coalesce(OuterRef(name), Value(bound, DateField())) for name, bound in BOUNDS.items())
    return (Q(ends_on=None) | Q(ends_on__gte=begun)) & (Q(starts_on=None) | Q(starts_on__lte=over))


@dataclass(frozen=True)
class Unique:
    """Fields that together may stand only once, among the rows of the condition."""

    fields: tuple[str, ...]
    condition: Q | None
    is_plain: bool = True


@cache
def relations_to(target: type[models.Model]) -> "tuple[Relation, ...]":
    """Everything that names a row of `target`, what others depend on first.

    Left out: histories, which stay with their own record and tell what was true then; and the links of the model's
    own many-to-many fields, which are part of the sheet itself.
    """
    own_links = {field.remote_field.through for field in target._meta.many_to_many}
    found = [
        relation
        for model in apps.get_models(include_auto_created=True)
        if not is_history(model) and model not in own_links and not model._meta.proxy and model._meta.managed
        for relation in (*_foreign_keys(model, target), *_generic_links(model, target))
    ]
    found += [Relation(model, target, name, name, prefix=prefix) for model, name, prefix in text_columns(target)]
    return tuple(sorted(found, key=lambda relation: not relation.rule.first))


def is_history(model: type[models.Model]) -> bool:
    """A table in which simple-history keeps what rows were."""
    return issubclass(model, HistoricalChanges)


def _foreign_keys(model: type[models.Model], target: type[models.Model]) -> Iterator[Relation]:
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey) and field.related_model is target:
            yield Relation(model, target, field.name, field.attname)


def _generic_links(model: type[models.Model], target: type[models.Model]) -> Iterator[Relation]:
    for field in model._meta.private_fields:
        if isinstance(field, GenericForeignKey):
            kind = model._meta.get_field(field.ct_field)
            yield Relation(model, target, field.name, field.fk_field, kind.attname)  # type: ignore[union-attr]


def names_in(condition: Any) -> set[str]:
    """The fields a condition names, without those it only asks to be empty or not."""
    if condition is None:
        return set()
    names: set[str] = set()
    for part in condition.children if isinstance(condition, Q) else [condition]:
        if isinstance(part, Q):
            names |= names_in(part)
        elif isinstance(part, tuple):
            name, _sep, lookup = part[0].partition("__")
            if part[1] is not None and lookup not in HARMLESS:
                names.add(name)
                names |= _named(part[1])
        else:
            names |= _named(part)
    return names


def _named(expression: Any) -> set[str]:
    """The fields an expression or a constraint of expressions names."""
    if isinstance(expression, F):
        return {str(expression.deconstruct()[1][0]).partition("__")[0]}
    parts = getattr(expression, "expressions", None) or getattr(expression, "get_source_expressions", list)()
    return {name for part in parts if part is not None for name in _named(part)}
