"""What an institution did, and what changed on its sheet: one change of it can be taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actors.directory import actions, permissions
from actors.directory.reading.frame import sheet_frame
from actors.directory.reading.outlook import activity_of
from actors.directory.sheets.changes import changes_of
from actors.directory.sheets.stamps import stamp_of
from actors.directory.sheets.taking_back import plan_of
from actors.directory.views.sheets import follows_merges, require_edit, seen_actor
from portal.core.errors import Refused
from portal.core.pages import page
from portal.core.permissions import require

#: digits of a page number worth asking the database for
LONGEST_NUMBER = 6


@login_not_required
@require_safe
@follows_merges
def actor_activity(request: HttpRequest, slug: str) -> HttpResponse:
    sheet = seen_actor(request, slug)
    frame = sheet_frame(sheet, request.user, "activity")
    return page(request, "directory/actor_activity.html", frame | {"activity": activity_of(sheet, request.user)})


@require_safe
@follows_merges
def actor_changes(request: HttpRequest, slug: str) -> HttpResponse:
    sheet = seen_actor(request, slug)
    require(
        permissions.can_see_changes(request.user, sheet),
        _("Only the institution’s managers and administrators see what changed."),
    )
    number = request.GET.get("page", "1")
    wanted = int(number) if number.isdecimal() and len(number) <= LONGEST_NUMBER else 1
    history = changes_of(sheet, request.user, wanted)
    return page(
        request, "directory/actor_changes.html", sheet_frame(sheet, request.user, "changes") | {"history": history}
    )


@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    sheet = seen_actor(request, slug)
    require_edit(request, sheet)
    plan = plan_of(sheet, pk, request.user)
    if plan is None:
        raise Http404
    chosen, seen, error = request.POST.getlist("also"), request.POST.get("seen", ""), ""
    if request.method == "POST":
        try:
            waits = actions.take_back(sheet, revision=pk, also=chosen, seen=seen, by=request.user)
        except Refused as refusal:
            error = str(refusal)
            plan = plan_of(sheet, pk, request.user)
        else:
            done = _("The change is taken back.")
            asked = _("The change is taken back; the name, the kind or the seat waits for an administrator.")
            messages.success(request, asked if waits else done)
            return redirect("directory:actor_changes", slug=sheet.slug)
    context = {"actor": sheet, "plan": plan, "chosen": chosen, "error": error, "stamp": stamp_of(sheet)}
    return page(request, "directory/take_back.html", context, status=422 if error else 200)
