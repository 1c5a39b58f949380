"""Whoever adds a relation to institutions is told here to say what becomes of its rows in a merge."""

from collections.abc import Iterator
from itertools import count

import pytest
from django.apps import apps
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Lower
from django.test.utils import isolate_apps

from actors.directory.models import Actor, Contact
from actors.doubles import registry
from actors.doubles.registry import rule_for
from actors.doubles.rules import fields
from actors.doubles.rules.relations import Relation, is_history, relations_to
from actors.imports.models import ActorImport, ImportRow
from meetings.models import Invitation

#: JSON that names no sheet by its key: texts, codes, counts, values frozen as they were
NAMES_NO_SHEET = {
    "imports.ImportRow.choices", "accounts.AccountEvent.said",
    "directory.Actor.aliases", "imports.ActorImport.columns", "imports.ActorImport.counts",
    "imports.ActorImport.facts", "doubles.Double.reasons", "directory.HandOver.open_items",
    "directory.HandOver.parties",
    "directory.HandOver.parts", "directory.HandOver.written", "imports.ImportLayout.columns", "imports.ImportRow.cells",
    "imports.ImportRow.done", "imports.ImportRow.fields", "imports.ImportRow.kept", "imports.ImportRow.reasons",
    "imports.ImportRow.seen", "doubles.Merge.changes", "doubles.Merge.kept",
    "directory.Printout.data", "directory.ProposedChange.values", "meetings.MinutesVersion.sections",
    "meetings.MinutesVersion.facts",
    "meetings.Report.data",
    "meetings.Report.left_out", "notifications.Notification.context",
}  # fmt: skip
OURS = {"portal", "actors", "meetings", "recommendations"}


def unsettled(relation: Relation) -> str:
    """Why the rows of the relation cannot simply be moved, where nobody says what becomes of them; else ''."""
    rule = rule_for(relation.model, relation.name)
    uniques = relation.uniques()
    if rule is None and (uniques or relation.checks()):
        return f"{relation.label}: a uniqueness or a check hangs on it; register a rule (actors.doubles.registry)"
    if any(not unique.is_plain for unique in uniques) and (rule is None or rule.twins is None):
        return f"{relation.label}: a uniqueness of expressions; the rule must find the rows that meet (twins)"
    return ""


def merged_models() -> Iterator[type[models.Model]]:
    """Institutions, and every model of which a merge sets rows aside."""
    seen: list[type[models.Model]] = []
    waiting: list[type[models.Model]] = [Actor]
    while waiting:
        model = waiting.pop()
        if model in seen:
            continue
        seen.append(model)
        yield model
        for relation in relations_to(model):
            rule = relation.rule
            meets = relation.uniques() or rule.twins is not None
            if meets and rule.aside and not rule.stay_all:
                waiting.append(relation.model)


def test_every_relation_has_a_rule_or_needs_none():
    relations = [relation for model in merged_models() for relation in relations_to(model)]
    assert len(relations) > 25
    assert [why for relation in relations if (why := unsettled(relation))] == []


def test_what_a_merge_sets_aside_has_no_links_of_its_own_that_would_be_lost():
    linked = [model._meta.label for model in merged_models() if model is not Actor and model._meta.many_to_many]
    assert linked == []


def test_the_walk_finds_every_foreign_key():
    own_links = {field.remote_field.through for field in Actor._meta.many_to_many}
    keys = {
        (model, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if field.is_relation and field.related_model is Actor
    }
    found = {(relation.model, relation.name) for relation in relations_to(Actor)}
    left_out = {model for model, name in keys if (model, name) not in found}
    assert {model for model in left_out if not is_history(model)} == own_links


def test_the_walk_finds_generic_links():
    labels = {relation.label for relation in relations_to(Actor)}
    assert {"notifications.ledgerentry.subject", "notifications.notification.about"} <= labels


def test_a_rule_that_was_forgotten_is_noticed(monkeypatch):
    monkeypatch.setattr(registry, "_rules", dict(registry._rules))
    registry.forget(Invitation, "actor")
    found = [why for relation in relations_to(Actor) if (why := unsettled(relation))]
    assert len(found) == 1
    assert found[0].startswith("meetings.invitation.actor: a uniqueness")


@isolate_apps("actors.directory")
def test_uniqueness_is_noticed_in_every_form_it_is_written_in():
    def relation_of(**meta):
        body = {
            "__module__": __name__,
            "Meta": type("Meta", (), {"app_label": "directory", **meta}),
            "actor": models.ForeignKey(Actor, models.CASCADE, related_name="+"),
            "other": models.ForeignKey(Actor, models.CASCADE, related_name="+", null=True),
            "word": models.CharField(max_length=5),
        }
        return Relation(type(f"Made{next(number)}", (models.Model,), body), Actor, "actor", "actor_id")

    number = count()

    def named(**meta):
        return unsettled(relation_of(**meta))

    assert named() == ""
    assert named(constraints=[UniqueConstraint(fields=["word"], name="a")]) == ""
    assert named(constraints=[CheckConstraint(condition=Q(actor__isnull=False), name="b")]) == ""
    assert "register a rule" in named(unique_together=[("actor", "word")])
    assert "register a rule" in named(constraints=[UniqueConstraint(fields=["actor"], name="c")])
    assert "register a rule" in named(
        constraints=[UniqueConstraint(fields=["word"], condition=Q(actor__gt=1), name="d")]
    )
    assert "register a rule" in named(constraints=[CheckConstraint(condition=~Q(other=F("actor")), name="e")])
    assert "register a rule" in named(constraints=[UniqueConstraint(Lower("word"), "actor", name="f")])


@isolate_apps("actors.directory")
def test_a_one_to_one_relation_needs_a_rule():
    class Single(models.Model):
        actor = models.OneToOneField(Actor, models.CASCADE, related_name="+")

        class Meta:
            app_label = "directory"

        def __str__(self):
            return "single"

    assert "register a rule" in unsettled(Relation(Single, Actor, "actor", "actor_id"))


def test_every_json_field_is_known_to_name_sheets_or_not_to():
    known = {f"{model._meta.label}.{field}" for model, field in registry.json_fields()} | NAMES_NO_SHEET
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.JSONField)
        and model.__module__.split(".")[0] in OURS
        and not is_history(model)
        and not model._meta.label.startswith("reference.")
    }
    assert found - known == set()


def test_every_field_of_a_sheet_is_compared_or_known_not_to_be():
    names = {field.name for field in (*Actor._meta.fields, *Actor._meta.many_to_many)}
    beside = {name.removesuffix("_id") for rest in fields.WITH.values() for name in rest}
    own = {"id", "slug", "aliases", "merged_into", "search_text", "created_at"}
    assert names == {*fields.COMPARED, *fields.SILENT, *own, *beside}


@pytest.mark.django_db
def test_titles_say_which_rows_are_meant():
    titles = [relation.title for relation in relations_to(Actor)]
    assert len(titles) == len(set(titles))
    assert {relation.target for relation in relations_to(Contact)} == {Contact}
    assert any(relation.model is ImportRow for relation in relations_to(ActorImport))
