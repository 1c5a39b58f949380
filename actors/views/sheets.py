"""One institution: its sheet, its edit form, its logo, what changed."""

import copy
import mimetypes

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actors import actions, permissions
from actors.changes import changes_of
from actors.forms import ActorForm
from actors.models import Actor, Contact, SpaceMember
from actors.outlook import led_by, meetings_of
from actors.scope import themes_and_areas
from portal.core.dates import today
from portal.core.errors import Refused
from portal.core.pages import page
from portal.core.permissions import require


def seen_actor(request: HttpRequest, slug: str) -> Actor:
    """The sheet at this address, or 404 for whoever may not see it."""
    sheets = Actor.objects.visible_to(request.user).select_related("seat", "parent").defer("seat__outline")
    return get_object_or_404(sheets, slug=slug)


def require_edit(request: HttpRequest, actor: Actor) -> None:
    require(
        permissions.can_edit_actor(request.user, actor),
        _("Only the institution’s managers and administrators edit its sheet."),
    )


@login_not_required
@require_safe
def actor(request: HttpRequest, slug: str) -> HttpResponse:
    sheet = seen_actor(request, slug)
    user, day = request.user, today()
    can_edit = permissions.can_edit_actor(user, sheet)
    members = (
        SpaceMember.objects.visible_to(user).on(day).filter(actor=sheet).select_related("space").order_by("part", "pk")
    )
    parent = sheet.parent if sheet.parent and (can_edit or sheet.parent.state == Actor.State.PUBLISHED) else None
    themes, areas = themes_and_areas(sheet)
    context = {
        "actor": sheet,
        "parent": parent,
        "areas": areas,
        "themes": themes,
        "contacts": Contact.objects.visible_to(user).filter(actor=sheet).with_post(day),
        "spaces": members,
        "meetings": meetings_of(sheet.organised_meetings, user),
        "led": led_by(sheet, user),
        "people": sheet.memberships.on(day).select_related("user").order_by("-part", "pk") if can_edit else (),
        "can_edit": can_edit,
        "works_here": permissions.works_for(user, sheet),
    }
    return page(request, "actors/actor.html", context)


@require_http_methods(["GET", "POST"])
def add_actor(request: HttpRequest) -> HttpResponse:
    require(permissions.can_add_actor(request.user), _("Only administrators add institutions to the directory."))
    form = ActorForm(request.POST or None, request.FILES or None, user=request.user)
    if form.is_valid():
        try:
            sheet = actions.add_actor(**form.changes, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, refusal)
        else:
            messages.success(request, _("The sheet is in the directory. Add its contact details next."))
            return redirect(sheet)
    return page(request, "actors/add_actor.html", {"form": form})


@require_http_methods(["GET", "POST"])
def edit_actor(request: HttpRequest, slug: str) -> HttpResponse:
    sheet = seen_actor(request, slug)
    require_edit(request, sheet)
    form = ActorForm(request.POST or None, request.FILES or None, instance=copy.copy(sheet), user=request.user)
    if form.is_valid():
        try:
            actions.edit_actor(sheet, **form.changes, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, refusal)
        else:
            messages.success(request, _("The sheet is saved."))
            return redirect(sheet)
    return page(request, "actors/edit_actor.html", {"form": form, "actor": Actor.objects.get(pk=sheet.pk)})


@require_POST
def confirm_actor(request: HttpRequest, slug: str) -> HttpResponse:
    sheet = seen_actor(request, slug)
    require_edit(request, sheet)
    actions.confirm_actor(sheet, by=request.user)
    messages.success(request, _("Thank you: the sheet is confirmed as of today."))
    return redirect(sheet)


@require_safe
def actor_changes(request: HttpRequest, slug: str) -> HttpResponse:
    sheet = seen_actor(request, slug)
    require(
        permissions.can_see_changes(request.user, sheet),
        _("Only the institution’s managers and administrators see what changed."),
    )
    return page(request, "actors/actor_changes.html", {"actor": sheet, "revisions": changes_of(sheet)})


@login_not_required
@require_safe
def actor_logo(request: HttpRequest, slug: str) -> FileResponse:
    """The logo as a picture; its kind was checked when it was handed in."""
    sheet = seen_actor(request, slug)
    if not sheet.logo:
        raise Http404
    kind = mimetypes.guess_type(str(sheet.logo.name))[0] or "application/octet-stream"
    response = FileResponse(sheet.logo.open("rb"), content_type=kind)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
