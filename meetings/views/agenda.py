"""The programme's items: added, changed, moved, removed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from meetings.actions import agenda as actions
from meetings.forms.agenda import ItemForm, ItemsForm
from meetings.models import AgendaItem, Meeting
from meetings.permissions import check_edit_agenda
from meetings.reading.pages import meeting_or_404
from meetings.reading.programme import lines_read
from meetings.views.meetings import programme_context
from portal.core.forms import PortalForm
from portal.core.pages import page
from portal.core.saving import posted
from portal.core.stamps import with_stamp


@require_http_methods(["GET", "POST"])
def add_item(request: HttpRequest, reference: str) -> HttpResponse:
    meeting = meeting_or_404(request, reference)
    check_edit_agenda(request.user, meeting)
    form = ItemForm(request.POST or None, meeting=meeting, initial={"minutes_planned": 30})
    another = reverse("meetings:add_item", args=[meeting.reference])
    told = _("The item is on the programme.")
    to = another if "another" in request.POST else meeting
    return form.carry(request, actions.add_item, meeting, makes=True, to=to, told=told) or page(
        request, "meetings/edit_item.html", {"form": form, "meeting": meeting}
    )


@require_http_methods(["GET", "POST"])
def add_items(request: HttpRequest, reference: str) -> HttpResponse:
    """Items pasted as lines: read and shown as they will stand, then added."""
    meeting = meeting_or_404(request, reference)
    check_edit_agenda(request.user, meeting)
    form = ItemsForm(request.POST or None, meeting=meeting)
    if "add" in request.POST and (
        answer := form.carry(request, actions.add_items, meeting, makes=True, to=meeting, told=_told_of(form))
    ):
        return answer
    context: dict[str, Any] = {"form": form, "meeting": meeting}
    if form.is_bound and form.is_valid():
        lines, programme = lines_read(meeting, form.read, form.items)
        context |= {"lines": lines, "programme": programme, "left": form.left}
    return page(request, "meetings/add_items.html", context)


def _told_of(form: ItemsForm) -> str:
    count = len(form.read) if form.is_valid() else 0
    return ngettext("%(count)d item is on the programme.", "%(count)d items are on the programme.", count) % {
        "count": count
    }


@require_http_methods(["GET", "POST"])
def edit_item(request: HttpRequest, pk: int) -> HttpResponse:
    item, meeting = _item(request, pk)
    form = ItemForm(request.POST or None, meeting=meeting, instance=item)
    return form.carry(request, actions.edit_item, item, to=meeting, told=_("The item is saved.")) or page(
        request, "meetings/edit_item.html", {"form": form, "item": item, "meeting": meeting}
    )


@require_POST
def move_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down; htmx gets the programme alone, where an arrow that goes hands the focus to the other."""
    item, meeting = _item(request, pk)
    place = f"{meeting.get_absolute_url()}#item-{item.pk}"
    answer = posted(request, actions.move_item, item, up=request.POST.get("direction") == "up", to=place, back=place)
    if not getattr(request, "htmx", None):
        return answer
    context = programme_context(request, meeting, moved=item)
    return page(request, "meetings/meeting.html", context, partial="programme")


@require_http_methods(["GET", "POST"])
def remove_item(request: HttpRequest, pk: int) -> HttpResponse:
    """A page asks first; what hangs on the item keeps it."""
    item, meeting = _item(request, pk)
    form = PortalForm(request.POST or None)
    if answer := form.carry(request, actions.remove_item, item, to=meeting, told=_("The item is off the programme.")):
        return answer
    refused = " ".join(form.non_field_errors())
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
    rows = with_stamp(AgendaItem.objects.select_related("meeting__organiser", "meeting__space"))
    item = get_object_or_404(rows, pk=pk, meeting__in=seen)
    check_edit_agenda(request.user, item.meeting)
    return item, meeting_or_404(request, item.meeting.reference)
