"""The one table of a sheet's fields: it holds every field of its models, and no other list of them stands anywhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.directory.models import Actor, Contact
from actors.directory.rules.fields import COLUMNS, SECTIONS, TABLE, Hand

ACTORS = Path(__file__).resolve().parents[3] / "actors"
#: what acts and the clock write beside the fields of a sheet, and what details hang on
BESIDE = {
    Actor: {"id", "slug", "confirmed_by", "confirmed_mailbox", "search_text", "created_at"},
    Contact: {"id", "actor"},
}
#: the models, and the table itself
HOME = ("directory/models/", "directory/rules/fields.py")
#: what is no list of a sheet's fields though it names some: which, and what it is
SOMETHING_ELSE = {
    "directory/admin.py ActorAdmin.list_display": "a few columns for a look at the rows",
    "directory/admin.py ActorAdmin.search_fields": "by what one finds a row",
    "directory/admin.py ContactAdmin.list_display": "a few columns for a look at the rows",
    "directory/forms/people.py ContactForm.Meta.help_texts": "sentences beside fields that need one",
    "directory/forms/people.py SpaceForm.Meta.fields": "the fields of a space",
    "directory/views/batch.py VALUES": "by which field of a form a change is told",
    "directory/views/sheets.py actor.context": "what the page of a sheet shows",
    "doubles/rules/candidates.py read_sheets.columns": "by what two sheets are found to be alike",
    "imports/rules/apply.py TELLING": "what no two sheets have in common",
    "imports/table/vocabulary.py HEADINGS": "words of headings: a column without any is known by its own",
    "imports/table/vocabulary.py TOPICS": "words of headings",
}


def names_of(model: type) -> set[str]:
    """The fields of the model that people fill in."""
    return {field.name for field in TABLE if field.model is model and field.set_by is not Hand.PORTAL}


def lists_of_fields(source: str) -> Iterator[str]:
    """Where three or more fields of a sheet, or of contact details, are written one beside the other.

    The names of a thing in three languages are no list of fields: places and themes have them, too.
    """
    for scope, node in literals(ast.parse(source), ()):
        written = node.keys if isinstance(node, ast.Dict) else node.elts
        words = {part.value for part in written if isinstance(part, ast.Constant)}
        for model in (Actor, Contact):
            found = words & names_of(model)
            if len(found) > 2 and not all(name.startswith("name_") for name in found):
                yield ".".join(scope)


def literals(node: ast.AST, scope: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], ast.Dict | ast.Tuple]]:
    """Every list, tuple, set and dict with the names it stands under."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        scope = (*scope, node.name)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        scope = (*scope, ast.unparse(target))
    elif isinstance(node, ast.Dict | ast.Tuple | ast.List | ast.Set):
        yield scope, node
    for child in ast.iter_child_nodes(node):
        yield from literals(child, scope)


def test_no_other_list_of_a_sheet_s_fields_stands_anywhere():
    found = {
        f"{name} {where}"
        for path in sorted(ACTORS.rglob("*.py"))
        if "migrations" not in path.parts
        and not (name := path.relative_to(ACTORS).as_posix()).startswith(HOME)
        for where in lists_of_fields(path.read_text(encoding="utf-8"))
    }  # fmt: skip
    assert found == set(SOMETHING_ELSE)


@pytest.mark.parametrize(
    ("source", "where"),
    [
        ('FIELDS = ("acronym", "address", "notes")', ["FIELDS"]),
        ('class Form:\n    shown = ["kind", "seat", *others, "themes"]', ["Form.shown"]),
        ('def read():\n    return {"phone": 1, "email": 2, "person": 3}', ["read"]),
        ('FEW = {"acronym", "address"}', []),
        ('NAMES = ("name_ar", "name_fr", "name_en")', []),
    ],
)
def test_a_list_of_fields_is_known_by_three_of_them(source, where):
    assert list(lists_of_fields(source)) == where


@pytest.mark.parametrize("model", [Actor, Contact])
def test_every_field_of_the_models_is_in_the_table_once(model):
    kept = {field.name for field in (*model._meta.fields, *model._meta.many_to_many)}
    listed = [field.name for field in TABLE if field.model is model]
    assert sorted([*listed, *BESIDE[model]]) == sorted(kept)


def test_the_columns_of_lists_have_keys_places_and_headings_of_their_own():
    for said in ("key", "place", "ar", "fr", "en", "hxl"):
        written = [getattr(column, said) for column in COLUMNS]
        assert len(written) == len(set(written)), said
    assert [column.place for column in COLUMNS] == sorted(column.place for column in COLUMNS)


def test_what_a_form_asks_for_has_a_section():
    asked = [field for field in TABLE if field.set_by is not Hand.PORTAL]
    assert {field.section for field in asked if field.model is Actor} == set(SECTIONS)
    assert all(field.section for field in asked)
