"""PDFs of the directory: watched while a worker makes them, then downloaded."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from actors.directory.actions.printouts import retry_printout as retry
from actors.directory.models import Printout
from actors.directory.permissions import is_administrator
from portal.core.files import send
from portal.core.pages import page
from portal.core.saving import posted
from portal.core.work import call_worker


@require_safe
def printout(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the file is; the page may be left and opened again, then it offers the download."""
    row = _seen(request, pk)
    context = {"printout": row, "back": row.data.get("back"), "administers": is_administrator(request.user)}
    return page(request, "directory/printout.html", context, partial="progress")


@require_POST
def retry_printout(request: HttpRequest, pk: int) -> HttpResponse:
    row = _seen(request, pk)
    return posted(request, retry, row, to=row, then=lambda _done: call_worker(row))


@require_safe
def download_printout(request: HttpRequest, pk: int) -> FileResponse:
    """The file, for who asked for it and for administrators; for the rest it does not exist."""
    row = _seen(request, pk)
    if row.state != Printout.State.READY:
        raise Http404
    return send(row)


def _seen(request: HttpRequest, pk: int) -> Printout:
    return get_object_or_404(Printout.objects.visible_to(request.user), pk=pk)
