"""The list of meetings, coming and past."""

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings.filters import MeetingFilter
from meetings.models import Meeting
from meetings.permissions import can_add_meeting
from meetings.reading.rows import FIELDS, row_of
from portal.core.dates import clock_text, long_day
from portal.core.exports import export
from portal.core.lists import listing
from portal.core.pages import page

if TYPE_CHECKING:
    from portal.accounts.models import User

SORTS = {
    "date": ("turn", "starts_at"),
    "title": ("title_ar",),
    "organiser": ("organiser__name_ar", "-starts_at"),
    "state": ("state_rank", "-starts_at"),
}


@login_not_required
@require_safe
def meetings(request: HttpRequest) -> HttpResponseBase:
    """The latest first; those to come stand above those that are off, and these above those that are over."""
    now = timezone.now()
    rows = Meeting.objects.visible_to(request.user).select_related("organiser", "space", "project").only(*FIELDS)
    rows = rows.in_turn(now)
    if request.GET.get("sort", "").endswith("state"):
        rows = rows.annotate(state_rank=Meeting.State.rank_of("state"))
    found = listing(
        request, rows, MeetingFilter, sorts=SORTS, default_sort="-date", jumps={"date": MeetingFilter.jumps}
    )
    if found.export_format:
        return export(request, found, _columns(request.user), "meetings")  # type: ignore[arg-type]
    context = {
        "listing": found,
        "rows": [(Meeting.Turn(row.turn).label, row_of(row, request.user, now)) for row in found.page],  # type: ignore[arg-type]
        "by_date": found.sort.endswith("date"),
        "can_add": can_add_meeting(request.user),
    }
    return page(request, "meetings/meetings.html", context)


def _columns(reader: "User") -> list:
    return [
        (_("Reference"), lambda meeting: meeting.reference),
        (_("Title"), lambda meeting: meeting.title),
        (_("Date"), lambda meeting: long_day(meeting.starts_at)),
        (_("Begins"), lambda meeting: clock_text(meeting.starts_at) if meeting.times_known else ""),
        (_("Ends"), lambda meeting: clock_text(meeting.ends_at) if meeting.times_known else ""),
        (_("Place"), lambda meeting: meeting.place),
        (_("Organiser"), lambda meeting: meeting.organiser.name),
        (_("Space"), lambda meeting: meeting.space_for(reader) or ""),
        (_("Project"), lambda meeting: meeting.project.name if meeting.project else ""),
        (_("State"), lambda meeting: meeting.get_state_display()),
    ]
