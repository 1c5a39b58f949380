"""The programme's items: added, changed, moved, removed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from meetings.actions import agenda as actions
from meetings.forms.agenda import ItemForm
from meetings.models import AgendaItem, Meeting
from meetings.permissions import can_edit_agenda
from meetings.reading.pages import meeting_or_404
from meetings.views.meetings import programme_context
from portal.core.errors import Refused
from portal.core.pages import page
from portal.core.permissions import require


@require_http_methods(["GET", "POST"])
def add_item(request: HttpRequest, reference: str) -> HttpResponse:
    meeting = meeting_or_404(request, reference)
    _require(request, meeting)
    form = ItemForm(request.POST or None, meeting=meeting, initial={"minutes_planned": 30})
    if form.is_valid():
        try:
            actions.add_item(meeting, **form.changes, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, refusal)
        else:
            messages.success(request, _("The item is on the programme."))
            return redirect("meetings:add_item", meeting.reference) if "another" in request.POST else redirect(meeting)
    return page(request, "meetings/add_item.html", {"form": form, "meeting": meeting})


@require_http_methods(["GET", "POST"])
def edit_item(request: HttpRequest, pk: int) -> HttpResponse:
    item, meeting = _item(request, pk)
    form = ItemForm(request.POST or None, meeting=meeting, instance=item)
    if form.is_valid():
        try:
            actions.edit_item(item, **form.changes, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, refusal)
        else:
            messages.success(request, _("The item is saved."))
            return redirect(meeting)
    return page(request, "meetings/edit_item.html", {"form": form, "item": item, "meeting": meeting})


@require_POST
def move_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down; htmx gets the programme alone."""
    item, meeting = _item(request, pk)
    try:
        actions.move_item(item, up=request.POST.get("direction") == "up", by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    if not getattr(request, "htmx", None):
        return redirect(f"{meeting.get_absolute_url()}#item-{item.pk}")
    return page(request, "meetings/meeting.html", programme_context(request, meeting), partial="programme")


@require_http_methods(["GET", "POST"])
def remove_item(request: HttpRequest, pk: int) -> HttpResponse:
    """A page asks first; what hangs on the item keeps it."""
    item, meeting = _item(request, pk)
    refused = ""
    if request.method == "POST":
        try:
            actions.remove_item(item, by=request.user)
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("The item is off the programme."))
            return redirect(meeting)
    context = {
        "item": item,
        "meeting": meeting,
        "refused": refused,
        "back_url": meeting.get_absolute_url(),
        "danger": True,
        "submit": _("Remove the item"),
    }
    return page(request, "meetings/remove_item.html", context, status=409 if refused else 0)


def _item(request: HttpRequest, pk: int) -> tuple[AgendaItem, Meeting]:
    """The item of a meeting this person sees and prepares."""
    seen = Meeting.objects.visible_to(request.user)
    item = get_object_or_404(
        AgendaItem.objects.select_related("meeting__organiser", "meeting__space"), pk=pk, meeting__in=seen
    )
    _require(request, item.meeting)
    return item, meeting_or_404(request, item.meeting.reference)


def _require(request: HttpRequest, meeting: Meeting) -> None:
    require(can_edit_agenda(request.user, meeting), _("Only those who prepare the meeting change its programme."))
