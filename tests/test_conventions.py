"""The promises that no other tool holds: where foreign keys point, which names agree, what never happens."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models
from django.template.loader import get_template
from django.utils.translation import override

from actors.directory.models import HandOver
from portal.reference.models import Territory

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("portal", "actors", "meetings", "recommendations")
#: from the lowest to the highest; those on one level do not know each other
LEVELS = (
    ("portal.core",),
    ("portal.reference", "portal.accounts"),
    ("portal.notifications",),
    ("actors.directory",),
    ("actors.doubles",),
    ("actors.roles",),
    ("actors.imports",),
    ("meetings",),
    ("recommendations",),
    ("portal.home",),
)
LEVEL = {name: number for number, names in enumerate(LEVELS) for name in names}
#: acts of the postman and not of a person
WITHOUT_PERSON = {"portal.notifications.actions.notify"}
PHYSICAL = re.compile(
    r"(margin|padding|border)-(left|right)|(^|[^-])(left|right):|float: *(left|right)|text-align: *(left|right)"
)
WRITES = re.compile(r"atomic|history\.|\bmove\(|\.(save|create|delete|update|get_or_create|bulk_create)\(|notify\(")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INLINE = re.compile(r'<script>|<style>| style="| on(click|change|submit|load)="')
MAIL = ("notifications", "mail", "reports", "email")


def sources() -> Iterator[Path]:
    """Every module of ours except migrations."""
    for package in PACKAGES:
        yield from (path for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts)


def where(path: Path, line: int = 0) -> str:
    return f"{path.relative_to(ROOT)}{f':{line}' if line else ''}"


def our_models() -> list:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_config.name in LEVEL]


def models_with_history() -> list:
    return [model for model in apps.get_models() if hasattr(model, "history")]


# The house.


def test_foreign_keys_point_down():
    up = []
    for model in our_models():
        here = model._meta.app_config.name
        for field in (*model._meta.fields, *model._meta.many_to_many):
            if field.related_model is None or field.related_model._meta.app_config.name not in LEVEL:
                continue
            there = field.related_model._meta.app_config.name
            if there != here and LEVEL[there] >= LEVEL[here]:
                up.append(f"{here}.{model.__name__}.{field.name} -> {there}")
    assert up == []


def test_what_hangs_on_an_actor_a_space_or_a_meeting_from_above_protects_it():
    loose = []
    for model in apps.get_models():
        here = model.__module__.split(".")[0]
        for field in model._meta.fields:
            target = field.related_model
            if (
                target is None
                or target.__name__ not in {"Actor", "Space", "Meeting"}
                or model.__name__.startswith("Historical")
            ):
                continue
            if target.__module__.split(".")[0] != here and field.remote_field.on_delete.__name__ != "PROTECT":
                loose.append(f"{here}.{model.__name__}.{field.name}")
    assert loose == []


def said_badly(model) -> list[str]:
    """What in the name of a row is no word for people: keys, codes, days as machines write them."""
    source = inspect.getsource(model.__str__)
    found = re.findall(r"\w+_id\b|\bpk\b|%Y|fingerprint", source)
    for name in re.findall(r"self\.(\w+)[:}]", source):
        field = next((one for one in model._meta.fields if one.name == name), None)
        if isinstance(field, models.DateField | models.JSONField) or getattr(field, "choices", None):
            found.append(name)
    return found


def test_a_row_is_called_by_words_and_not_by_its_number():
    ours = [one for one in our_models() if not one.__name__.startswith("Historical") and not one._meta.auto_created]
    assert {model.__name__: bad for model in ours if (bad := said_badly(model))} == {}


def test_the_search_for_names_that_are_numbers_finds_them():
    class Numbered:
        _meta = HandOver._meta

        def __str__(self) -> str:
            return f"{self.actor_id}: {self.post}, {self.day}"

    assert said_badly(Numbered) == ["actor_id", "post", "day"]


def test_only_the_map_reads_the_shape_of_a_territory():
    """It is heavy; it stands beside the territory so that nobody else has to leave it out of what is read."""
    reads = re.compile(r"""TerritoryShape|["'._]shape(?![a-z])""")
    pages = [*sources(), *(path for path in sorted((ROOT / "templates").rglob("*")) if path.is_file())]
    above = [path for path in pages if not path.is_relative_to(ROOT / "portal/reference")]
    found = [where(path) for path in above if reads.search(path.read_text(encoding="utf-8"))]
    assert found == ["actors/directory/reading/coverage/reading.py"]
    assert {"outline", "path"}.isdisjoint(field.name for field in Territory._meta.fields)


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


def test_every_module_opens_with_a_sentence():
    silent = []
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if tree.body and not ast.get_docstring(tree):
            silent.append(where(path))
    assert silent == []


def test_a_name_of_a_class_means_one_thing():
    where_defined: dict[str, set[Path]] = {}
    for path in sources():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and "management" not in path.parts:
                where_defined.setdefault(node.name, set()).add(path)
    assert len(where_defined) > 300
    assert {name: sorted(map(where, paths)) for name, paths in where_defined.items() if len(paths) > 1} == {}


def test_no_file_is_longer_than_a_person_keeps_in_mind():
    paths = [*sources(), *(ROOT / "tests").rglob("*.py")]
    assert [where(path) for path in paths if len(path.read_text(encoding="utf-8").splitlines()) > 500] == []


# Actions and history.


def actions() -> Iterator[tuple[str, object]]:
    """Every public function written in an app's actions."""
    for app in LEVEL:
        try:
            module = importlib.import_module(f"{app}.actions")
        except ModuleNotFoundError:
            continue
        modules = [module]
        if hasattr(module, "__path__"):
            modules += [
                importlib.import_module(f"{app}.actions.{info.name}") for info in pkgutil.iter_modules(module.__path__)
            ]
        for one in modules:
            for name, function in inspect.getmembers(one, inspect.isfunction):
                if inspect.unwrap(function).__module__ == one.__name__ and not name.startswith("_"):
                    yield f"{one.__name__}.{name}", function


def test_an_action_takes_the_thing_first_and_then_names_who_acts():
    loose = []
    for name, function in actions():
        parameters = list(inspect.signature(function).parameters.values())
        if name in WITHOUT_PERSON or not WRITES.search(inspect.getsource(function)):
            continue
        by = next((parameter for parameter in parameters if parameter.name == "by"), None)
        if by is None or by.kind is not by.KEYWORD_ONLY:
            loose.append(f"{name}: by is not keyword-only")
        if sum(parameter.kind is parameter.POSITIONAL_OR_KEYWORD for parameter in parameters) > 1:
            loose.append(f"{name}: more than the thing acted on is positional")
    assert loose == []


def unwritten_history(path: Path, tree: ast.AST, classes: set[str], reverse: set[str]) -> Iterator[int]:
    """Lines that change rows of a model with history behind its back, through a queryset or a variable with one."""
    assigned = {
        node.targets[0].id: ast.unparse(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in {"update", "bulk_create", "bulk_update", "abulk_create", "abulk_update", "aupdate"}:
            continue
        chain = ast.unparse(node.func.value)
        root = re.match(r"\w+", chain)
        chain = f"{assigned.get(root.group(), '')} {chain}" if root else chain
        managed = re.search(r"\b(\w+)\.(_base_manager|_default_manager|objects)\b", chain)
        related = re.search(
            rf"\.({'|'.join(reverse)})\.(all|filter|exclude|order_by|select_related)\(", f"{chain}.all("
        )
        if (managed and managed.group(1) in classes) or related:
            yield node.lineno


def test_no_model_with_history_is_changed_behind_its_back():
    classes = {model.__name__ for model in models_with_history()}
    reverse = {
        relation.get_accessor_name()
        for model in apps.get_models()
        for relation in model._meta.related_objects
        if hasattr(relation.related_model, "history") and relation.one_to_many and relation.get_accessor_name()
    }
    allowed = {ROOT / "portal/core/history.py", ROOT / "portal/core/search.py"}
    found = []
    for path in sources():
        if path not in allowed:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += [where(path, line) for line in unwritten_history(path, tree, classes, reverse)]
    assert found == []


def test_the_search_for_changes_behind_the_back_finds_them():
    code = (
        "Meeting.objects.filter(pk=1).update(state='held')\n"
        "meeting.invitations.filter(pk=1).update(answer='none')\n"
        "rows = Actor.objects.all()\nrows.update(name_ar='')\n"
        "Actor._default_manager.bulk_create(new)\n"
        "context.update(page=1)\nNotification.objects.update(state='sent')\n"
    )
    lines = unwritten_history(ROOT, ast.parse(code), {"Meeting", "Actor", "Invitation"}, {"invitations"})
    assert sorted(lines) == [1, 2, 4, 5]


# Pages and mails.


def test_no_style_sheet_knows_left_from_right():
    found = []
    for path in sorted((ROOT / "static").rglob("*.css")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if PHYSICAL.search(line):
                found.append(where(path, number))
    assert found == []


def test_what_is_said_to_be_important_says_why():
    loud = []
    for path in sorted((ROOT / "static").rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        if "!important" in COMMENT.sub("", text) and not any("!important:" in said for said in COMMENT.findall(text)):
            loud.append(where(path))
    assert loud == []


def test_no_page_carries_script_or_style():
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if not set(MAIL) & set(path.relative_to(ROOT).parts[:-1]):
            lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
            found += [where(path, number) for number, line in lines if INLINE.search(line)]
    assert found == []


def every_template() -> list[str]:
    root = ROOT / "templates"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.suffix in {".html", ".txt"})


@pytest.mark.parametrize("name", every_template())
def test_every_template_compiles(name):
    with override("ar"):
        assert get_template(name).template.nodelist is not None


def kinds() -> dict[str, set[str]]:
    """Each kind that has any template, with the endings it has."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "templates").glob("*/notifications/*.*.*"):
        name, ending = path.name.split(".", 1)
        if not name.startswith("_"):
            found.setdefault(f"{path.parts[-3]}.{name}", set()).add(ending)
    return found


def told_kinds() -> set[str]:
    """Each kind that some code tells people."""
    pattern = re.compile(r"""kind=["'](\w+\.\w+)["']""")
    return {kind for path in sources() for kind in pattern.findall(path.read_text(encoding="utf-8"))}


def test_every_kind_of_notification_has_its_subject_text_and_page():
    complete = {"subject.txt", "body.txt", "body.html"}
    found = kinds()
    assert {kind: sorted(endings) for kind, endings in found.items() if not complete <= endings} == {}
    assert told_kinds() - set(found) == set()


# Words.


def catalogues() -> list[Path]:
    return sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))


def test_arabic_and_french_have_a_catalogue():
    assert {path.parts[-3] for path in catalogues()} >= {"ar", "fr"}


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parts[-3])
def test_the_catalogue_is_complete(path):
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parts[-3], abort_invalid=True)
    wanting = []
    for entry in catalogue:
        if not entry.id:
            continue
        texts = entry.string if isinstance(entry.string, list | tuple) else (entry.string,)
        if entry.fuzzy or not all(texts) or (entry.pluralizable and len(texts) != catalogue.num_plurals):
            wanting.append(entry.id)
    assert wanting == []
    assert [entry.id for entry, errors in catalogue.check() if errors] == []


def test_arabic_counts_in_six_forms_and_french_in_two():
    expected = {"ar": 6, "fr": 2}
    for path in catalogues():
        with path.open("rb") as file:
            language = path.parts[-3]
            assert read_po(file, locale=language).num_plurals == expected.get(language, 2)


def test_no_arabic_or_french_sentence_stands_in_the_code():
    """Texts are English in the code; names in models' choices, loads and formats are data."""
    arabic = re.compile(r"""gettext\w*\(\s*["'][^"']*[\u0600-\u06ff]|\b_\(\s*["'][^"']*[\u0600-\u06ff]""")
    assert [where(path) for path in sources() if arabic.search(path.read_text(encoding="utf-8"))] == []


def test_what_isolates_a_name_is_written_in_one_place():
    by_hand = [where(path) for path in sources() if re.search("[\u2068]|\\\\u2068", path.read_text())]
    assert by_hand == ["portal/core/text.py"]


def test_the_languages_are_those_of_the_design():
    assert [code for code, _ in settings.LANGUAGES] == ["ar", "fr", "en"]
