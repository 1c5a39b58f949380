"""Whatever changes something goes one road: the views, the forms and the acts, each held to its part of it."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from tests.test_conventions import LEVEL, actions
from tests.test_routes import Route, routes

ROOT = Path(__file__).resolve().parents[1]
#: forms that belong to others, that a visitor’s page may hold, or that are sent once more with the key they had
OTHERS = ("account/", "allauth/", "components/top_bar.html", "unsent.html")
#: nobody's act: what an act is made of, or what the postman does
PARTS = {
    "actors.directory.actions.checked.end_term",
    "actors.directory.actions.checked.save_checked",
    "actors.directory.actions.saving.save_sheet",
    "portal.notifications.actions.notify",
}


def takes_post(route: Route) -> bool:
    """True for a view that no decorator keeps to GET."""
    source = inspect.getsource(route.function)
    return "@require_safe" not in source and "@require_GET" not in source


def says(function: object, pattern: re.Pattern, seen: set) -> bool:
    """True where the function, or one of its own module that it calls, says it."""
    if function in seen:
        return False
    seen.add(function)
    if pattern.search(inspect.getsource(function)):
        return True
    known = inspect.getclosurevars(function).globals.values()
    return any(
        says(value, pattern, seen)
        for value in known
        if inspect.isfunction(value) and value.__module__ == function.__module__
    )


ROAD = re.compile(r"\.carry\(\s*request\b|\bposted\(\s*request\b")


def test_every_view_that_takes_a_form_goes_the_road():
    posting = [route for route in routes() if takes_post(route)]
    assert len(posting) >= 16
    assert [route.name for route in posting if not says(route.function, ROAD, set())] == []


def test_no_view_catches_a_refusal_or_acts_as_the_portal():
    found = []
    for path in sorted(path for app in LEVEL for path in (ROOT / app.replace(".", "/")).glob("views/*.py")):
        text = path.read_text(encoding="utf-8")
        found += [f"{path.name}: {word}" for word in ("except Refused", "THE_PORTAL", "require(") if word in text]
    assert found == []


def test_every_form_of_ours_carries_a_key():
    bare = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        name, text = str(path.relative_to(ROOT / "templates")), path.read_text(encoding="utf-8")
        if name.startswith(OTHERS):
            continue
        forms = re.findall(r'<form\b[^>]*method="(?:post|\{\{)[^>]*>.*?</form>', text, re.DOTALL)
        bare += [name for form in forms if "{% form_key" not in form]
        if "{% csrf_token %}" in text:
            bare.append(f"{name}: csrf_token")
    assert bare == []


# The acts.


def acts() -> Iterator[tuple[str, object]]:
    for name, function in actions():
        if name not in PARTS and "by" in inspect.signature(function).parameters:
            yield name, inspect.unwrap(function)


def first_line(function: object) -> ast.stmt:
    body = ast.parse(inspect.getsource(function).lstrip()).body[0].body
    return body[1] if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else body[0]


def begins_with_its_check(function: object) -> bool:
    return re.match(r"check_\w+\(by\b", ast.unparse(first_line(inspect.unwrap(function)))) is not None


def test_every_act_begins_with_its_check():
    found = dict(acts())
    assert len(found) >= 40
    assert [name for name, function in found.items() if not begins_with_its_check(function)] == []


def test_a_check_answers_for_all_who_act():
    """Made by `rule`, so that the portal and the bearer of a link are not forgotten."""
    loose = []
    for app in LEVEL:
        if (ROOT / app.replace(".", "/") / "permissions.py").exists() and app != "portal.core":
            module = importlib.import_module(f"{app}.permissions")
            checks = {name: value for name, value in vars(module).items() if name.startswith("check_")}
            loose += [name for name, check in checks.items() if check.__qualname__ != "rule.<locals>.check"]
    assert loose == []
