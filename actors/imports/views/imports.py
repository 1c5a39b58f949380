"""Lists of institutions on their way in: handed in, watched while a worker is at them, started, undone, given up."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actors.imports import actions
from actors.imports.forms import StartForm, UploadForm
from actors.imports.models import ActorImport
from actors.imports.permissions import check_import
from portal.core.pages import page
from portal.core.saving import posted
from portal.core.work import call_worker

State = ActorImport.State
PER_PAGE = 25


def steps() -> list[str]:
    """The way of a list into the directory."""
    return [_("File"), _("Columns"), _("Preview"), _("Bringing in"), _("Result")]


def seen_import(request: HttpRequest, pk: int) -> ActorImport:
    """The import, for those who may know of it; else 404."""
    runs = ActorImport.objects.visible_to(request.user).select_related("requested_by", "run_by", "undone_by")
    return get_object_or_404(runs, pk=pk)


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Hand a list in, and see what became of earlier ones."""
    check_import(request.user)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    way = lambda run: reverse("imports:import_columns", args=[run.pk])  # noqa: E731
    if answer := form.carry(request, actions.upload_import, None, to=way):
        return answer
    earlier = (
        ActorImport.objects.visible_to(request.user).defer("facts", "error").select_related("requested_by", "run_by")
    )
    context = {"form": form, "page": Paginator(earlier, PER_PAGE).get_page(request.GET.get("page")), "steps": steps()}
    return page(request, "imports/imports.html", context)


@require_safe
def actor_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the import stands: the page of its step, or how far the worker is; it may be left and opened again."""
    run = seen_import(request, pk)
    if target := State(run.state).page:
        return redirect(f"imports:{target}", run.pk)
    begun = State(run.failed_in) if run.state == State.FAILED and run.failed_in else State(run.state)
    context = {
        "run": run,
        "begun": begun,
        "steps": steps(),
        "step": begun.step,
        "can_cancel": run.state == State.CHECKING or (run.state == State.FAILED and begun == State.CHECKING),
        "can_undo": run.can_be_undone,
    }
    return page(request, "imports/actor_import.html", context, partial="progress")


@require_POST
def start_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring in what is decided; whoever asks a second time is told so."""
    run = seen_import(request, pk)
    form = StartForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what becomes of new institutions, and who sees their contact details."))
        return redirect("imports:import_rows", run.pk)
    return _ask(request, run, actions.start_import, **form.cleaned_data)


@require_POST
def retry_import(request: HttpRequest, pk: int) -> HttpResponse:
    return _ask(request, seen_import(request, pk), actions.retry_import)


def _ask(request: HttpRequest, run: ActorImport, act: Callable[..., None], **values: Any) -> HttpResponse:
    """Do it and let a worker go on; what is refused is said on the page of the import."""
    return posted(request, act, run, to=run, then=lambda _done: call_worker(run), **values)


@require_http_methods(["GET", "POST"])
def undo_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the whole import back, after a question."""
    run = seen_import(request, pk)
    if request.method == "POST":
        return _ask(request, run, actions.undo_import)
    context = {
        "run": run,
        "outcomes": run.counts.get("outcomes", {}),
        "can_undo": run.can_be_undone,
        "submit": _("Undo the import"),
        "danger": True,
        "back_url": run.get_absolute_url(),
    }
    return page(request, "imports/undo_import.html", context)


@require_http_methods(["GET", "POST"])
def cancel_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the import up, after a question."""
    run = seen_import(request, pk)
    if request.method == "POST":
        told = _("The import was cancelled; its file was thrown away, and nothing was brought in.")
        return posted(request, actions.cancel_import, run, to=reverse("imports:imports"), told=told)
    context = {"run": run, "submit": _("Cancel the import"), "danger": True, "back_url": run.get_absolute_url()}
    return page(request, "imports/cancel_import.html", context)
