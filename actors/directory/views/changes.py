"""What an institution did, and what changed on its sheet: one change of it can be taken back."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actors.directory import actions, permissions
from actors.directory.forms.sheets import AlsoForm
from actors.directory.models import ProposedChange
from actors.directory.reading.frame import sheet_frame
from actors.directory.reading.outlook import activity_of
from actors.directory.sheets.changes import changes_of
from actors.directory.sheets.taking_back import plan_of
from actors.directory.views.sheets import follows_merges, seen_actor
from portal.core.pages import page

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
    permissions.check_see_changes(request.user, sheet)
    number = request.GET.get("page", "1")
    wanted = int(number) if number.isdecimal() and len(number) <= LONGEST_NUMBER else 1
    history = changes_of(sheet, request.user, wanted)
    return page(
        request, "directory/actor_changes.html", sheet_frame(sheet, request.user, "changes") | {"history": history}
    )


@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    sheet = seen_actor(request, slug)
    permissions.check_edit_actor(request.user, sheet)
    if (plan := plan_of(sheet, pk, request.user)) is None:
        raise Http404
    form = AlsoForm(request.POST or None, sheet=sheet)
    to = reverse("directory:actor_changes", args=[sheet.slug])
    if answer := form.carry(request, actions.take_back, sheet, revision=pk, to=to, told=_taken_back):
        return answer
    if form.is_bound:
        plan = plan_of(sheet, pk, request.user)
    return page(request, "directory/take_back.html", {"actor": sheet, "plan": plan, "form": form})


def _taken_back(waits: ProposedChange | None) -> str:
    if waits is None:
        return _("The change is taken back.")
    return _("The change is taken back; the name, the kind or the seat waits for an administrator.")
