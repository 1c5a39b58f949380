"""Whatever changes something goes one road: the views, the forms and the acts, each held to its part of it."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from portal.core.forms import PortalForm, PortalModelForm, Typed
from portal.core.saving import Carried
from tests.test_conventions import LEVEL, actions
from tests.test_routes import Route, routes

ROOT = Path(__file__).resolve().parents[1]
#: forms that belong to others, that a visitor’s page may hold, or that are sent once more with the key they had
OTHERS = (
    "account/",
    "allauth/",
    "components/top_bar.html",
    "unsent.html",
    "429.html",
    "503.html",
    "components/kept.html",
)
#: nobody's act: what an act is made of, or what the postman does
PARTS = {
    "actors.directory.actions.checked.end_term",
    "actors.directory.actions.checked.save_checked",
    "actors.directory.actions.saving.save_sheet",
    "meetings.actions.telling.tell_invited",
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


def test_a_piece_that_is_drawn_once_and_has_forms_is_drawn_where_they_get_keys():
    """`{% fixed %}` leaves only the place of a key, which `{% fixed_rows %}` fills."""
    templates = ROOT / "templates"
    texts = {str(path.relative_to(templates)): path.read_text(encoding="utf-8") for path in templates.rglob("*.html")}

    def has_forms(name: str) -> bool:
        text = texts.get(name, "")
        return "{% form_key" in text or any(map(has_forms, re.findall(r'{% include "([^"]+)"', text)))

    drawn = {tag: set(re.findall(rf'{{% {tag} "(\w+)"', "".join(texts.values()))) for tag in ("fixed", "fixed_rows")}
    assert [name for name in drawn["fixed"] if has_forms(f"components/{name}.html")] == []
    assert {name for name in drawn["fixed_rows"] if has_forms(f"components/{name}.html")} >= {"participation_row"}


def test_a_form_that_shows_its_fields_gives_its_stamp():
    """`{% form_key form %}`: a form written out by hand forgets no stamp that it may carry."""
    forgotten = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for form in re.findall(r'<form\b[^>]*method="(?:post|\{\{)[^>]*>.*?</form>', text, re.DOTALL):
            shown = re.search(r'form_errors ([\w.]+)|error_summary\.html" with form=([\w.]+)', form)
            if shown and f"{{% form_key {shown[1] or shown[2]} %}}" not in form:
                forgotten.append(str(path.relative_to(ROOT / "templates")))
    assert [name for name in forgotten if not name.startswith(OTHERS)] == []


# What was seen.

MAKES = "makes a row of its own"
MOVES = "moves a state once: of two people one is refused"
ASKS = "asks a question of a list, and changes nothing"
#: forms that carry no stamp, and why they undo nobody
UNSTAMPED = {
    "actors.directory.forms.people.EndForm": "only ever shortens a term; one that is over is refused",
    "actors.directory.forms.people.FocalPointForm": MAKES,
    "actors.directory.forms.people.HandOverForm": "is foreseen, shown and written as one plan",
    "actors.directory.forms.people.MemberForm": MAKES,
    "actors.directory.forms.offers.AcceptOfferForm": MOVES,
    "actors.directory.forms.offers.OfferForm": MAKES,
    "actors.directory.forms.people.SheetReportForm": "tells the administrators a word",
    "actors.directory.forms.sheets.RefuseForm": MOVES,
    "actors.directory.reading.coverage.question.CoverageForm": ASKS,
    "actors.directory.views.batch.BatchForm": "asks one value for many sheets, each judged as it stands then",
    "actors.doubles.forms.MergeForm": "chooses between two sheets: what each says is read when it is written",
    "actors.imports.forms.ColumnsForm": "checks the rows afresh; refused once the import is under way",
    "actors.imports.forms.DecideRowsForm": "leaves what somebody decided by hand",
    "actors.imports.forms.DecisionForm": "the last decision on a row counts until the import is started",
    "actors.imports.forms.StartForm": MOVES,
    "actors.imports.forms.UploadForm": MAKES,
    "actors.roles.reading.question.MatrixForm": ASKS,
    "meetings.forms.agenda.ItemsForm": MAKES,
    "meetings.forms.documents.DocumentForm": "makes a version; of two that replace the same file one is refused",
    "meetings.forms.documents.RemoveDocumentForm": MOVES,
    "meetings.forms.meetings.AnnounceForm": "says by a digest what was shown, which the act compares",
    "meetings.forms.meetings.CallOffForm": MOVES,
    "meetings.forms.minutes.CirculateForm": MOVES,
    "meetings.forms.minutes.MinutesForm": "its stamp is the number of the revision, which the act compares",
    "meetings.forms.participation.AddAttendeeForm": MAKES,
    "meetings.forms.participation.InviteForm": MAKES,
    "meetings.forms.reports.ReportOrderForm": MAKES,
    "portal.home.views.saved_views.SaveViewForm": MAKES,
    "portal.home.views.styleguide.SampleForm": ASKS,
    "recommendations.forms.AdoptDraftsForm": "says of all drafts which were shown, and as they were",
    "recommendations.forms.ConfirmForm": MOVES,
    "recommendations.forms.QuickDraftForm": MAKES,
    "recommendations.forms.ReasonForm": MOVES,
    "recommendations.forms.SendBackForm": MOVES,
    "recommendations.forms.SupportReportForm": MAKES,
}
#: parts of forms, in no view by themselves
MIXINS = {"DueMixin", "SetsDate", "TextsMixin"}


def forms_of_ours() -> dict[str, type]:
    """Every form that can be carried to an act; the views have been read with the table of addresses."""
    assert routes()
    found, waiting = {}, [PortalForm, PortalModelForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.partition(".")[0] in {"portal", "actors", "meetings", "recommendations"}:
            found[f"{form.__module__}.{form.__name__}"] = form
    core = {name for name in found if name.startswith("portal.core.")}
    return {name: form for name, form in found.items() if name not in core and form.__name__ not in MIXINS}


def carries_a_stamp(form: type) -> bool:
    """It says what it `edits`, or compares what was seen itself."""
    ours = [one for one in form.__mro__ if one.__module__.partition(".")[0] != "django" and one not in CORE]
    return any(
        re.search(r"\bself\.edits\b[^=\n]*= |def own\(", inspect.getsource(one)) for one in ours if one is not object
    )


CORE = {PortalForm, PortalModelForm, Typed, Carried}


def test_every_form_over_a_row_that_exists_carries_the_stamp_of_what_was_seen():
    found = forms_of_ours()
    assert len(found) >= 40
    assert sorted(name for name, form in found.items() if not carries_a_stamp(form)) == sorted(UNSTAMPED)


def test_every_form_over_a_models_fields_carries_a_stamp():
    assert [name for name in UNSTAMPED if issubclass(forms_of_ours()[name], PortalModelForm)] == []


def test_a_button_that_answers_a_stamped_form_gives_its_stamp():
    """A form of one tap, without fields to show, sends the stamp of what stood beside it."""
    stamped = {name.rpartition(".")[2] for name in forms_of_ours() if name not in UNSTAMPED}
    views = {
        route.name: set(re.findall(r"\w+Form\b", inspect.getsource(route.function))) & stamped
        for route in routes()
        if takes_post(route)
    }
    bare = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for form in re.findall(r'<form\b[^>]*method="post"[^>]*>.*?</form>', text, re.DOTALL):
            asked = re.search(r'<form[^>]*action="{% url "([\w:]+)"', form)
            if asked and views.get(asked[1]) and "{% form_key %}" in form and 'name="seen"' not in form:
                bare.append(f"{path.relative_to(ROOT / 'templates')}: {asked[1]}")
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
