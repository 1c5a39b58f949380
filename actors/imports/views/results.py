"""What became of an import, and the file of what was left out."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from actors.imports.models import ActorImport, ImportRow
from actors.imports.reading import results
from actors.imports.rules.words import Namer
from actors.imports.views.imports import PER_PAGE, seen_import, steps
from portal.core.exports import export
from portal.core.pages import page

State, Outcome = ActorImport.State, ImportRow.Outcome


@require_safe
def import_result(request: HttpRequest, pk: int) -> HttpResponse:
    """How many rows came in, which did not and why; after an undo, what stays and why."""
    run = seen_import(request, pk)
    if State(run.state).page != "import_result":
        return redirect("imports:actor_import", run.pk)
    is_undone = run.state == State.UNDONE
    rows = results.kept(run) if is_undone else results.left_out(run)
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    namer = Namer()
    context = {
        "run": run,
        "outcomes": run.counts.get("outcomes", {}),
        "is_undone": is_undone,
        "page": shown,
        "rows": [_shown(row, namer, is_undone=is_undone) for row in shown],
        "left_out": not is_undone and shown.paginator.count,
        "can_undo": run.can_be_undone,
        "steps": steps(),
    }
    return page(request, "imports/import_result.html", context)


def _shown(row: ImportRow, namer: Namer, *, is_undone: bool) -> dict:
    told = {"row": row, "title": results.title_of(row)}
    return told | ({"whys": results.whys_of(row)} if is_undone else {"reasons": results.reasons_of(row, namer)})


@require_safe
def import_left_out(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The records that were left out, with why and their original cells, as a file that can be brought in again."""
    run = seen_import(request, pk)
    if State(run.state).page != "import_result":
        return redirect("imports:actor_import", run.pk)
    listed = results.LeftOut(run, "csv" if request.GET.get("export") == "csv" else "xlsx")
    return export(request, listed, listed.columns(), f"left-out-{run.pk}")
