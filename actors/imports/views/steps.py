"""The steps of an import in which a person decides: the columns, and the rows of the preview."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actors.directory.models import Actor
from actors.directory.rules.choices import Choices, territory_choices
from actors.imports import actions
from actors.imports.forms import NOWHERE, ColumnsForm, DecideRowsForm, DecisionForm, StartForm, column_name
from actors.imports.models import ActorImport, ImportRow
from actors.imports.reading import preview
from actors.imports.rules.decisions import decisions_for
from actors.imports.rules.words import heading
from actors.imports.table.files import NO_HEADINGS, FileSheet, proposal_for, sheets_of
from actors.imports.views.imports import PER_PAGE, seen_import, steps
from portal.core.pages import own_path, page
from portal.core.saving import posted
from portal.core.work import call_worker

State, Verdict, Decision = ActorImport.State, ImportRow.Verdict, ImportRow.Decision
#: states in which the columns can still be changed
BEFORE = (State.COLUMNS, State.READY)
CHOOSE = ("", gettext_lazy("choose…"))
#: what separates the cells of a text, in words
DELIMITERS = {";": gettext_lazy("semicolon"), ",": gettext_lazy("comma"), "\t": gettext_lazy("tabulator")}
#: how many rows of the file are shown, and how many of them above the headings
ROWS, ABOVE = 10, 2


# Columns.


@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """The first rows of the file, with what each column is taken for; the sheet and the row of headings are chosen in
    the address."""
    run = seen_import(request, pk)
    failed = run.state == State.FAILED and run.failed_in == State.CHECKING
    if run.state not in BEFORE and not failed:
        return redirect("imports:actor_import", run.pk)
    sheets = sheets_of(run.facts)
    asked = request.POST if request.method == "POST" else request.GET
    sheet = sheets[_number(asked.get("sheet"), run.facts["sheet"], len(sheets) - 1)]
    form, is_remembered = _columns_form(request, run, sheet)
    begin = lambda _done: call_worker(run)  # noqa: E731
    if answer := form.carry(request, actions.set_columns, run, to=run, then=begin, sheet=sheet.number):
        return answer
    context = {
        "run": run,
        "form": form,
        "sheets": sheets,
        "sheet": sheet,
        "is_remembered": is_remembered,
        "delimiter": DELIMITERS.get(run.facts["delimiter"], run.facts["delimiter"]),
        "steps": steps(),
    }
    return page(request, "imports/import_columns.html", context | _first_rows(form, sheet))


def _first_rows(form: ColumnsForm, sheet: FileSheet) -> dict[str, Any]:
    """The row of headings with a few rows around it, column by column."""
    header_row = _number(form["header_row"].value(), 1, 10**6)
    rows = [row for row in sheet.rows if row.number >= header_row - ABOVE][:ROWS]
    kinds = ["heads" if row.number == header_row else "above" if row.number < header_row else "" for row in rows]
    header = sheet.row(header_row)
    columns = [
        {
            "field": form[column_name(place)],
            "head": header.cells[place] if header else "",
            "cells": [{"text": row.cells[place], "kind": kind} for row, kind in zip(rows, kinds, strict=True)],
        }
        for place in form.places
    ]
    texts = ((row.number, " · ".join(cell.strip() for cell in row.cells if cell.strip())) for row in sheet.rows)
    return {
        "header_row": header_row,
        "rows": rows,
        "form_columns": columns,
        "recognised": sum(bool(form[column_name(place)].value()) for place in form.places),
        "header_choices": [(number, f"{number} – {Truncator(text).chars(60)}") for number, text in texts if text]
        + [(NO_HEADINGS, _("None: the first row is an institution already"))],
    }


def _columns_form(request: HttpRequest, run: ActorImport, sheet: FileSheet) -> tuple[ColumnsForm, bool]:
    """The form, and whether its columns are remembered from an earlier file."""
    is_kept = sheet.number == run.facts["sheet"] and "row" not in request.GET
    asked = _number(request.GET.get("row"), run.header_row if is_kept else 1, 10**6)
    if is_kept:
        columns, is_remembered = {int(place): key for place, key in run.columns.items()}, run.facts["remembered"]
    else:
        proposal = proposal_for(sheet, asked)
        columns, is_remembered = proposal.columns, proposal.remembered
    data = request.POST if request.method == "POST" else None
    return ColumnsForm(data, sheet=sheet, header_row=asked, columns=columns), is_remembered


def _number(text: object, otherwise: int, most: int) -> int:
    """A number in the address; what is none, or too large, is `otherwise`."""
    number = int(str(text)) if str(text).isdecimal() and len(str(text)) < 10 else otherwise
    return number if number <= most else otherwise


# The preview.


@require_safe
def import_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Every row with its verdict, its reasons and what will be done with it; each decision can be changed."""
    run = seen_import(request, pk)
    if run.state != State.READY:
        return redirect("imports:actor_import", run.pk)
    show = _shown_in(request.get_full_path())
    summary = preview.summary_of(run)
    paginator = Paginator(preview.rows_shown(run, show), PER_PAGE)
    paginator.count = preview.count_shown(summary, show)
    shown = paginator.get_page(request.GET.get("page"))
    reading = preview.PreviewReading(shown.object_list)
    back = request.get_full_path()
    rows = [_with_form(preview.RowShown(row, reading), back) for row in shown]
    context = {
        "run": run,
        "rows": rows,
        "page": shown,
        "show": show,
        "tabs": _tabs(summary, show),
        "bulk": _bulk_form(show, summary),
        "steps": steps(),
        "step": State.READY.step,
    }
    return page(request, "imports/import_rows.html", context | _start_context(run, summary))


def _start_context(run: ActorImport, summary: preview.Summary) -> dict[str, Any]:
    initial = {"new_state": run.new_state, "contact_audience": run.contact_audience}
    return {"summary": summary, "start": StartForm(initial=initial)}


def _tabs(summary: preview.Summary, show: str) -> list[dict[str, Any]]:
    """The filters of the preview, each with its number of rows; empty ones are left out."""
    found = [("", _("All rows"), summary.total), (preview.SHOWS_WAITING, _("Waiting for your choice"), summary.waiting)]
    found += [(verdict.value, str(verdict.heading), summary.verdicts[verdict]) for verdict in Verdict]
    return [
        {"url": f"?show={key}" if key else "?", "label": label, "count": count, "current": key == show}
        for key, label, count in found
        if count or key in {"", show}
    ]


def _bulk_form(show: str, summary: preview.Summary) -> DecideRowsForm | None:
    """One decision for the verdict that is shown, where there is one to take."""
    if summary.verdicts[show] < 2 or not (allowed := decisions_for(show)):
        return None
    labels = dict(Decision.choices)
    return DecideRowsForm(
        initial={"verdict": show}, choices=[(decision, labels[Decision(decision)]) for decision in allowed]
    )


def _with_form(shown: preview.RowShown, back: str, data: Any = None, *, everything: bool = False) -> preview.RowShown:
    """The row and the form that decides about it; `everything` offers every territory, not only the likely ones."""
    place = shown.row.choices.get("territory")
    shown.back = back
    shown.form = DecisionForm(
        data,
        row=shown.row,
        decisions=shown.options if shown.chosen else [CHOOSE, *shown.options],
        kinds=[CHOOSE, *Actor.Kind.choices] if shown.asks("kind") else (),
        places=_places(shown, everything=everything) if shown.asks("territory") else (),
        initial={
            "decision": shown.chosen,
            "kind": shown.row.choices.get("kind", ""),
            "territory": NOWHERE if place == "" else place,
        },
    )
    return shown


def _places(shown: preview.RowShown, *, everything: bool) -> Choices:
    likely = list(shown.places)
    if not everything:
        return [CHOOSE, *likely, (NOWHERE, _("no place is kept"))]
    return [
        CHOOSE,
        *([(_("Likely"), likely)] if likely else []),
        (NOWHERE, _("no place is kept")),
        *territory_choices(),
    ]


@require_POST
def decide_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision for all rows of a verdict."""
    run = seen_import(request, pk)
    verdict = request.POST.get("verdict", "")
    shown = f"?show={verdict}" if verdict in Verdict.values else ""
    address = f"{reverse('imports:import_rows', args=[run.pk])}{shown}"
    return posted(
        request,
        actions.decide_rows,
        run,
        verdict=verdict,
        decision=request.POST.get("decision", ""),
        to=address,
        back=address,
        told=lambda count: (
            ngettext("%(count)s row was decided.", "%(count)s rows were decided.", count) % {"count": count}
        ),
    )


@require_http_methods(["GET", "POST"])
def decide_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row in full, beside what it looks like, and the decision about it; to htmx, the row of the preview."""
    seen = ImportRow.objects.filter(run__in=ActorImport.objects.visible_to(request.user))
    row = get_object_or_404(seen.select_related("run", "same_as"), pk=pk)
    if row.run.state != State.READY:
        return redirect("imports:actor_import", row.run_id)
    back = _back(request, row)
    asked = request.GET.get("q", "")
    others, nearest = preview.other_institutions(asked)
    shown = preview.RowShown(row, preview.PreviewReading([row], others=others), others=others)
    data = request.POST if request.method == "POST" else None
    _with_form(shown, back, data, everything=not _by_htmx(request))
    told = "" if _by_htmx(request) else lambda _done: _told(_row_now(pk))
    if answer := shown.form.carry(
        request, actions.decide_row, row, to=lambda _done: _landing(_row_now(pk), back), told=told
    ):
        return _decided_row(request, pk, back) if _by_htmx(request) else answer
    status = 422 if data is not None else 0
    if _by_htmx(request) and data is not None:
        return page(request, "imports/import_row.html", {"shown": shown}, status=status)
    context = {
        "run": row.run,
        "shown": shown,
        "cells": _cells(row),
        "sides": [{"target": target, "lines": shown.beside(target)} for target in shown.targets],
        "asked": asked,
        "found": len(others),
        "nearest": nearest,
        "kept": f"&{urlencode({'back': back})}",
        "steps": steps(),
        "step": State.READY.step,
    }
    return page(request, "imports/decide_row.html", context, status=status)


def _decided_row(request: HttpRequest, pk: int, back: str) -> HttpResponse:
    """The row as it stands now, with the counts beside the list."""
    shown = _with_form(_row_now(pk), back)
    run = shown.row.run
    summary = preview.summary_of(run)
    context = {"run": run, "shown": shown, "tabs": _tabs(summary, _shown_in(back)), "out_of_band": True}
    return page(request, "imports/import_row.html", context | _start_context(run, summary))


def _row_now(pk: int) -> preview.RowShown:
    row = ImportRow.objects.select_related("run", "same_as").get(pk=pk)
    return preview.RowShown(row, preview.PreviewReading([row]))


def _told(shown: preview.RowShown) -> str:
    """What was decided, for whom no script changes the row before their eyes."""
    return _("Line %(line)s: %(what)s") % {"line": shown.row.line, "what": shown.what}


def _landing(shown: preview.RowShown, back: str) -> str:
    """The row on the page of the preview; the page alone where only rows that wait are shown, and it waits no more."""
    return back if _shown_in(back) == preview.SHOWS_WAITING and not shown.waits else f"{back}#row-{shown.row.number}"


def _shown_in(address: str) -> str:
    """Which rows a page of the preview shows."""
    return QueryDict(urlsplit(address).query).get("show", "")


def _by_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", None))


def _back(request: HttpRequest, row: ImportRow) -> str:
    """The page of the preview somebody came from."""
    asked = request.POST.get("back") or request.GET.get("back") or ""
    return own_path(asked) or reverse("imports:import_rows", args=[row.run_id])


def _cells(row: ImportRow) -> list[tuple[str, str, str]]:
    """The row as it stands in the file: (heading in the file, what it is taken for, cell)."""
    run = row.run
    sheet = sheets_of(run.facts)[run.facts["sheet"]]
    header = sheet.row(run.header_row)
    heads = header.cells if header else []
    return [
        (heads[place] if place < len(heads) else "", heading(run.columns.get(str(place), "")), cell)
        for place, cell in enumerate(row.cells)
        if cell.strip() or (place < len(heads) and heads[place].strip())
    ]
