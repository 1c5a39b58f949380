"""The documents tab: what was handed in, by item; hand in, replace, take away, download."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.actions import documents as actions
from meetings.forms.documents import DocumentForm
from meetings.models import Document, Meeting
from meetings.permissions import can_edit_documents
from meetings.reading.pages import meeting_context, meeting_or_404
from portal.core.errors import Refused
from portal.core.files import send
from portal.core.pages import page
from portal.core.permissions import require


@login_not_required
@require_safe
def documents(request: HttpRequest, reference: str) -> HttpResponse:
    meeting = meeting_or_404(request, reference)
    context = meeting_context(request, meeting, "documents")
    mine = can_edit_documents(request.user, meeting)
    visible = Document.objects.visible_to(request.user).filter(meeting=meeting)
    rows = list(visible.select_related("item").order_by("item__position", "pk"))
    context |= {"groups": _by_item(rows), "can_edit": mine, "has_items": meeting.items.exists()}
    return page(request, "meetings/documents.html", context)


def _by_item(rows: list[Document]) -> list[dict[str, Any]]:
    """The current documents under their items, those of the whole meeting first, each with its earlier versions."""
    before = {row.replaced_by_id: row for row in rows if row.replaced_by_id}
    current = [row for row in rows if row.replaced_by_id is None]
    current.sort(key=lambda row: (row.item.position if row.item else -1, row.pk))
    return [
        {"item": entries[0].item, "entries": [{"document": row, "earlier": _earlier(row, before)} for row in entries]}
        for entries in (list(group) for _key, group in groupby(current, key=lambda row: row.item_id))
    ]


def _earlier(document: Document, before: dict[int, Document]) -> list[Document]:
    found = []
    earlier = before.get(document.pk)
    while earlier is not None:
        found.append(earlier)
        earlier = before.get(earlier.pk)
    return found


@require_http_methods(["GET", "POST"])
def add_document(request: HttpRequest, reference: str) -> HttpResponse:
    """A new file, or with `?replaces=` a newer version of one."""
    meeting = _edited(request, reference)
    replaces = _replaced(request, meeting)
    form = DocumentForm(
        request.POST or None,
        request.FILES or None,
        meeting=meeting,
        replaces=replaces,
        item=request.GET.get("item", ""),
    )
    if form.is_valid():
        try:
            actions.add_document(meeting, **form.changes, replaces=replaces, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, refusal)
        else:
            messages.success(request, _("The document is added."))
            return redirect("meetings:documents", meeting.reference)
    return page(request, "meetings/add_document.html", {"meeting": meeting, "form": form, "replaces": replaces})


def _replaced(request: HttpRequest, meeting: Meeting) -> Document | None:
    wanted = request.GET.get("replaces", "")
    return get_object_or_404(meeting.documents.current(), pk=wanted) if wanted.isdecimal() else None


@require_http_methods(["GET", "POST"])
def remove_document(request: HttpRequest, pk: int) -> HttpResponse:
    document = get_object_or_404(
        Document.objects.visible_to(request.user).exclude(meeting=None).select_related("meeting"),
        pk=pk,
    )
    meeting = document.meeting
    require(can_edit_documents(request.user, meeting), _("Only those who prepare the meeting take files away."))
    if request.method == "POST":
        actions.remove_document(document, by=request.user)
        messages.success(request, _("The file is taken away."))
        return redirect("meetings:documents", meeting.reference)
    context = {
        "meeting": meeting,
        "document": document,
        "back_url": reverse("meetings:documents", args=[meeting.reference]),
        "danger": True,
        "submit": _("Take a file away"),
    }
    return page(request, "meetings/remove_document.html", context)


@login_not_required
@require_safe
def download_document(request: HttpRequest, pk: int) -> FileResponse:
    """The file, for whoever may see it; for the rest it does not exist."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    return send(document)


def _edited(request: HttpRequest, reference: str) -> Meeting:
    meeting = meeting_or_404(request, reference)
    require(can_edit_documents(request.user, meeting), _("Only those who prepare the meeting add files."))
    return meeting
