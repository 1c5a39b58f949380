"""The documents tab: what was handed in, by item; hand in, replace, take away, download."""

from itertools import groupby
from operator import attrgetter
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.actions import documents as actions
from meetings.forms.documents import DocumentForm, RemoveDocumentForm
from meetings.models import Document, Meeting
from meetings.permissions import can_edit_documents, check_edit_documents
from meetings.reading.pages import meeting_context, meeting_or_404
from portal.core.files import send
from portal.core.pages import page


@login_not_required
@require_safe
def documents(request: HttpRequest, reference: str) -> HttpResponse:
    meeting = meeting_or_404(request, reference)
    context = meeting_context(request, meeting, "documents")
    mine = can_edit_documents(request.user, meeting)
    visible = Document.objects.visible_to(request.user).filter(meeting=meeting)
    rows = list(visible.select_related("item", "removed_by", "replaced_by").order_by("item__position", "pk"))
    context |= {
        "groups": _by_item([row for row in rows if row.removed_at is None]),
        "removed": sorted((row for row in rows if row.removed_at), key=attrgetter("removed_at"), reverse=True),
        "can_edit": mine,
        "has_items": meeting.items.exists(),
    }
    return page(request, "meetings/documents.html", context)


def _by_item(rows: list[Document]) -> list[dict[str, Any]]:
    """The current documents under their items, those of the whole meeting first, each with its earlier versions."""
    here = {row.pk: row for row in rows}
    earlier: dict[int, list[Document]] = {row.pk: [] for row in rows if row.is_current}
    for row in sorted(rows, key=attrgetter("version"), reverse=True):
        if not row.is_current and (current := _current(row, here)) in earlier:
            earlier[current].append(row)
    shown = [row for row in rows if row.pk in earlier]
    shown.sort(key=lambda row: (row.item.position if row.item else -1, row.pk))
    return [
        {"item": entries[0].item, "entries": [{"document": row, "earlier": earlier[row.pk]} for row in entries]}
        for entries in (list(group) for _key, group in groupby(shown, key=lambda row: row.item_id))
    ]


def _current(row: Document, here: dict[int, Document]) -> int:
    """The key of the newest version; those in between may be hidden from the reader."""
    while not row.is_current and (newer := row.replaced_by) is not None:
        row = here.get(newer.pk, newer)
    return row.pk


@require_http_methods(["GET", "POST"])
def add_document(request: HttpRequest, reference: str) -> HttpResponse:
    """A new file, or with `?replaces=` a newer version of one."""
    meeting = meeting_or_404(request, reference)
    check_edit_documents(request.user, meeting)
    replaces = _replaced(request, meeting)
    form = DocumentForm(
        request.POST or None,
        request.FILES or None,
        meeting=meeting,
        replaces=replaces,
        item=request.GET.get("item", ""),
    )
    return form.carry(
        request,
        actions.add_document,
        meeting,
        replaces=replaces,
        makes=True,
        to=_tab(meeting),
        told=_("The document is added."),
    ) or page(request, "meetings/add_document.html", {"meeting": meeting, "form": form, "replaces": replaces})


def _tab(meeting: Meeting) -> str:
    return reverse("meetings:documents", args=[meeting.reference])


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
    check_edit_documents(request.user, meeting)
    form = RemoveDocumentForm(request.POST or None)
    told = _("The file is taken away.")
    if answer := form.carry(request, actions.remove_document, document, to=_tab(meeting), told=told):
        return answer
    if document.removed_at is not None and not form.is_bound:
        return redirect(f"{_tab(meeting)}#taken-away")
    context = {
        "form": form,
        "meeting": meeting,
        "document": document,
        "back_url": _tab(meeting),
        "danger": True,
        "submit": _("Take a file away"),
    }
    return page(request, "meetings/remove_document.html", context)


@login_not_required
@require_safe
def download_document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, for whoever may see it; for the rest it does not exist. Whoever asks for one that was taken away reads
    that on the page of its meeting."""
    document = get_object_or_404(Document.objects.visible_to(request.user).select_related("meeting"), pk=pk)
    if document.removed_at is not None:
        return redirect(f"{_tab(document.meeting)}#taken-away")
    return send(document)
