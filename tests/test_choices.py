"""A choice is listed beside itself: whoever lists it elsewhere is named here, and leaves nothing out."""

import ast
import importlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.db.models import Choices, Field, Model
from django.template import engines
from django.template.base import Template
from django.template.defaulttags import IfNode
from django.template.loader import get_template
from django.utils.translation import override

from actors.directory.models import Actor
from meetings.models import Attendance, Meeting
from portal.accounts.models import User
from portal.core.choices import Choice
from portal.core.templatetags.components import icon
from recommendations.models import Recommendation
from recommendations.models.states import BY_URGENCY, PUBLIC_TEXTS, STRIP
from tests.test_conventions import PACKAGES, ROOT, every_template, sources, where

#: from so many values on it is a list
LISTED = 3
#: what lists all values of a choice, or all of a set that has its name beside the choice
COMPLETE = {
    "actors.directory.reading.coverage.reading.Land.read",
    "actors.directory.signals.RUNGS",
    "actors.imports.rules.decisions.decisions_for",
    "actors.imports.rules.words.word",
    "actors.imports.table.vocabulary.KINDS",
    "actors.imports.work.STEPS",
    "actors.roles.reading.question.MatrixFrame.read",
    "meetings.permissions.why_not_answer",
    "meetings.reading.calendar.STATUS",
    "meetings.reading.next_steps._for_the_secretariat",
    "meetings.reading.participation.participation_totals",
    "meetings.rules.pasted_items.KINDS",
    "recommendations.permissions.why_not_draft",
    "recommendations.permissions.why_not_drop",
    "recommendations.permissions.why_not_report",
    "recommendations.reading.next_step._awaited",
}
#: “is not this one” speaks of all others
OTHERS = ast.Constant(None)
#: the rows of the demonstration are data
DATA = ROOT / "portal" / "home" / "loads"


class Listing(NamedTuple):
    """Values of one choice, listed at one place: those written out, and those that sets named beside them add."""

    place: str
    choice: type[Choices]
    written: frozenset
    named: frozenset
    is_set: bool = False

    @property
    def is_complete(self) -> bool:
        return self.written | self.named in (frozenset(self.choice), *named_sets(self.choice))


def choices(base: type = Choices) -> Iterator[type[Choices]]:
    """Every choice of ours; that of the languages is the settings'."""
    for one in base.__subclasses__():
        yield from choices(one)
        if one.__module__.split(".")[0] in PACKAGES and list(one) and one is not User.Language:
            yield one


def named_sets(choice: type[Choices]) -> list[frozenset]:
    """The sets of its values that have a name in its module or in a model's class."""
    spaces = [vars(importlib.import_module(choice.__module__)), *(vars(model) for model in apps.get_models())]
    held = [value for space in spaces for value in space.values() if isinstance(value, tuple | frozenset) and value]
    return [frozenset(value) for value in held if all(isinstance(one, choice) for one in value)]


def listings(module: str, tree: ast.AST, names: dict[str, Any]) -> Iterator[Listing]:
    """What a module lists in a dict, list, tuple or set, and what a function compares one thing with."""
    for node in ast.walk(tree):  # short names that a function gives a choice
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found = read(node.value, names)
            if isinstance(found, type) and issubclass(found, Choices):
                names = {**names, node.targets[0].id: found}
    for place, node in placed(tree):
        if isinstance(node, ast.Dict):
            yield from gathered(f"{module}.{place}", (key for key in node.keys if key), names)
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            first = (row.elts[0] if isinstance(row, ast.Tuple) and row.elts else row for row in node.elts)
            plain = not any(isinstance(one, ast.Starred | ast.Tuple) for one in node.elts)
            yield from gathered(f"{module}.{place}", first, names, is_set=plain)
        elif isinstance(node, ast.FunctionDef):
            for values in compared_in(node).values():
                yield from gathered(f"{module}.{place}", values, names)


def placed(tree: ast.AST, place: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Each node, and the function, class or name of the module in which it stands."""
    for node in ast.iter_child_nodes(tree):
        name = getattr(node, "name", "") if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""
        if isinstance(tree, ast.Module) and isinstance(node, ast.Assign | ast.AnnAssign):
            name = ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
        here = ".".join(part for part in (place, name) if part)
        yield here, node
        yield from placed(node, here)


def compared_in(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    """What each thing is compared with, in `match` and `if`."""
    compared: dict[str, list[ast.expr]] = defaultdict(list)
    for node in ast.walk(function):
        if isinstance(node, ast.Match):
            found = [one.value for one in ast.walk(node) if isinstance(one, ast.MatchValue)]
            compared[ast.unparse(node.subject)] += found
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.In | ast.NotEq | ast.NotIn):
            other = node.comparators[0]
            values = list(other.elts) if isinstance(other, ast.Tuple | ast.Set | ast.List) else [other]
            if isinstance(node.ops[0], ast.NotEq | ast.NotIn):
                values.append(OTHERS)
            compared[ast.unparse(node.left)] += values
    return compared


def read(node: ast.expr, names: dict[str, Any]) -> Any:
    """What an expression of names stands for; None where it takes more to know."""
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return names.get(node.id)
        case ast.Attribute():
            return getattr(read(node.value, names), node.attr, None)
    return None


def gathered(place: str, values: Iterable[ast.expr], names: dict[str, Any], **more: bool) -> Iterator[Listing]:
    """The values by their choice; plain words count where all of them are values of one."""
    written, named, words = defaultdict(set), defaultdict(set), set()
    values = list(values)
    for value in values:
        found = read(value.value if isinstance(value, ast.Starred) else value, names)
        if isinstance(found, Choices):
            written[type(found)].add(found)
        elif isinstance(found, str):
            words.add(found)
        elif isinstance(found, tuple | list | frozenset):
            for one in found:
                if isinstance(one, Choices):
                    named[type(one)].add(one)
    for choice in choices():
        if len(words) >= LISTED and words <= set(choice.values):
            written[choice] |= {choice(word) for word in words}
    for choice, members in written.items():
        others = choice if OTHERS in values else named[choice]
        yield Listing(place, choice, frozenset(members), frozenset(others), **more)


def compared_by(name: str, template: Template) -> Iterator[Listing]:
    """What one `{% if %}` with its `{% elif %}` compares a thing with."""
    for node in template.nodelist.get_nodes_by_type(IfNode):
        compared = defaultdict(set)
        asked = [condition for condition, _nodes in node.conditions_nodelists if condition]
        while asked:
            one = asked.pop()
            sides = [side for side in (getattr(one, "first", None), getattr(one, "second", None)) if side]
            asked += sides
            if getattr(one, "id", "") in {"==", "!="}:
                words = {side.value.var for side in sides if isinstance(side.value.var, str)}
                things = [side.text for side in sides if not isinstance(side.value.var, str)]
                compared[" ".join(things)] |= words
        for words in compared.values():
            for choice in choices():
                if len(words) >= LISTED and words <= set(choice.values):
                    yield Listing(name, choice, frozenset(map(choice, words)), frozenset())


@pytest.fixture(scope="module")
def found() -> list[Listing]:
    """Every listing outside the models, in modules and in templates."""
    found = []
    for path in sources():
        if "models" not in {path.stem, path.parent.name} and DATA not in path.parents:
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            names = dict(vars(importlib.import_module(module)))
            found += listings(module, ast.parse(path.read_text(encoding="utf-8")), names)
    with override("en"):
        found += [listing for name in every_template() for listing in compared_by(name, get_template(name).template)]
    return [one for one in found if not one.place.startswith(one.choice.__module__)]


def test_whoever_lists_a_choice_outside_its_model_is_named_here(found):
    assert {one.place for one in found if len(one.written) >= LISTED} == COMPLETE


def test_who_is_named_here_leaves_no_value_out(found):
    long = [one for one in found if len(one.written) >= LISTED]
    left_out = {one.place: set(one.choice) - one.written - one.named for one in long if not one.is_complete}
    assert left_out == {}


def test_a_set_of_values_that_stands_twice_or_has_a_name_is_called_by_its_name(found):
    sets = [(one.choice, one.written) for one in found if one.is_set and len(one.written) > 1]
    nameless = {key for key, number in Counter(sets).items() if number > 1 or key[1] in named_sets(key[0])}
    assert [one.place for one in found if one.is_set and (one.choice, one.written) in nameless] == []


def test_the_search_for_listings_finds_them():
    code = """
ROWS = [(State.HELD, 1), (State.CLOSED, 2), (State.DRAFT, 3)]
TABLE = {"draft": 1, "announced": 2, "held": 3, "postponed": 4}
WORDS = {"draft": 1, "announced": 2, "soon": 3}
def act(meeting):
    short = Meeting.State
    if meeting.state == short.DRAFT or meeting.state in {short.HELD, short.CLOSED}:
        return 1
def told(meeting):
    match meeting.state:
        case State.DRAFT | State.ANNOUNCED if meeting.is_over:
            return 1
        case State.POSTPONED:
            return 2
        case _ if meeting.state in Meeting.TOOK_PLACE:
            return 3
        case State.CANCELLED:
            return 4
def kept(meeting):
    return meeting.state == State.DRAFT or meeting.state == State.HELD or meeting.state != State.CLOSED
"""
    names = {"Meeting": Meeting, "State": Meeting.State}
    found = [one for one in listings("m", ast.parse(code), names) if len(one.written) >= LISTED]
    assert {(one.place, one.is_complete) for one in found} == {
        ("m.ROWS", False),
        ("m.TABLE", False),
        ("m.act", False),
        ("m.told", True),
        ("m.kept", True),
    }


def test_the_search_for_listings_reads_templates():
    chain = "{% if a.state == 'draft' %}{% elif a.state == 'held' or b %}{% elif 'closed' == a.state %}{% endif %}"
    apart = "{% if a.state == 'draft' %}{% endif %}{% if a.state == 'held' or b.state == 'closed' %}{% endif %}"
    assert [one.choice for one in compared_by("t", engines["django"].from_string(chain).template)] == [Meeting.State]
    assert list(compared_by("t", engines["django"].from_string(apart).template)) == []


# What a choice carries.


def test_a_value_without_what_its_choice_carries_is_refused():
    with pytest.raises(ValueError, match="shorter"):

        class Mood(Choice):
            tone: str

            GLAD = "glad", "ok", "glad"
            SAD = "sad", "sad"


def test_a_choice_knows_its_order_in_python_and_in_the_database(association, commune, service):
    assert [kind.rank for kind in Actor.Kind] == list(range(len(Actor.Kind)))
    by_kind = Actor.objects.order_by(Actor.Kind.rank_of("kind").desc()).values_list("kind", flat=True)
    assert list(by_kind) == ["association", "deconcentrated_service", "commune"]


def test_every_look_can_be_drawn():
    style = (ROOT / "static/css/components/chip.css").read_text(encoding="utf-8")
    tones = {"", *re.findall(r'data-tone="(\w+)"', style)}
    for choice in choices(Choice):
        for member in choice:
            assert getattr(member, "tone", "") in tones
            assert not getattr(member, "icon", "") or "<svg" in icon(member.icon)


def test_no_list_is_sorted_by_the_letters_of_a_value():
    """Unless they say the order, as `1_high` does; in code, names that some model writes so are not looked for."""
    fields = [field for model in apps.get_models() for field in model._meta.fields if field.choices]
    lettered = {field.name for field in fields} - {field.name for field in fields if is_in_order(field)}
    found = [
        f"{model.__name__}.{name}"
        for model in apps.get_models()
        for name in model._meta.ordering
        if isinstance(name, str) and (field := field_of(model, name)) and field.choices and not is_in_order(field)
    ]
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {name.lstrip("-").rsplit("__", 1)[-1] for name in sorted_by(node)}
            found += [where(path, node.lineno) for _name in names & lettered]
    assert found == []


def sorted_by(node: ast.AST) -> Iterator[str]:
    """The columns by which a call sorts rows, or the links of a list may."""
    rows: list[ast.AST] = []
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "order_by":
        rows = [*node.args]
    elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("SORTS"):
        rows = [one for table in ast.walk(node) if isinstance(table, ast.Tuple) for one in table.elts]
    yield from (one.value for one in rows if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_the_search_for_lettered_sorts_reads_calls_and_tables():
    call, table = ast.parse('rows.order_by("-kind", Kind.rank_of("state"))\nSORTS = {"state": ("kind", "pk")}').body
    assert list(sorted_by(call.value)) == ["-kind"]
    assert list(sorted_by(table)) == ["kind", "pk"]


def is_in_order(field: Field) -> bool:
    values = [value for value, _label in field.flatchoices]
    return sorted(values) == values


def field_of(model: type[Model], name: str) -> Field | None:
    for part in name.lstrip("-").split("__"):
        field = next((one for one in model._meta.fields if one.name == part), None)
        model = field.related_model if field and field.related_model else model
    return field


# The public face.


def test_in_public_nobody_is_late_blocked_or_contested():
    shown = {status.in_public for status in Attendance.HERE}
    assert shown == {Attendance.Status.PRESENT, Attendance.Status.REPRESENTED}
    agreed = {state.in_public for state in Recommendation.State if state not in Recommendation.NOT_AGREED}
    assert agreed == set(PUBLIC_TEXTS)
    assert agreed.isdisjoint({Recommendation.State.BLOCKED, Recommendation.State.CONTESTED})


def test_the_orders_of_the_states_leave_none_out():
    assert sorted(BY_URGENCY) == sorted(Recommendation.State)
    assert sorted(STRIP) == sorted(state for state in Recommendation.State if state not in Recommendation.NOT_AGREED)
    assert set(Recommendation.TRANSITIONS) == set(Recommendation.State)
    assert set(Meeting.TRANSITIONS) == set(Meeting.State)
