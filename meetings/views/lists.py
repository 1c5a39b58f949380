"""The meetings as a list, coming and past, and month by month as a calendar."""

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from meetings.filters import MeetingFilter, MonthFilter
from meetings.models import Meeting
from meetings.permissions import can_add_meeting
from meetings.reading.month import FIELDS_OF_ENTRIES, Month, asked_month
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
    return page(request, "meetings/meetings.html", context | _ways(request))


@login_not_required
@require_safe
def month(request: HttpRequest) -> HttpResponseBase:
    """The month of the address (`?month=2026-11`), this one where it names none, with the filters of the list."""
    first = asked_month(request.GET.get("month", ""))
    rows = Meeting.objects.visible_to(request.user).select_related("space").only(*FIELDS_OF_ENTRIES)
    found = listing(request, rows, MonthFilter, sorts={"date": ("starts_at",)}, default_sort="date")
    shown = Month(first, found.queryset, request.user)
    context = {"listing": found, "month": shown, "month_key": shown.key, "can_add": can_add_meeting(request.user)}
    turns = {name: _address(request, month=key) for name, key in shown.turns.items() if key}
    context |= {"turns": turns, "nearest": [] if shown.count else _nearest(shown)}
    return page(request, "meetings/month.html", context | _ways(request))


def _nearest(shown: Month) -> list[tuple[Meeting, str]]:
    words = (_("The last one before"), _("The next one"))
    return [(row, word) for row, word in zip(shown.nearest, words, strict=True) if row is not None]


#: of an address, what belongs to one of the two ways to see the meetings alone
OF_ONE_WAY = ("page", "sort", "export", "when", "year", "month", "before", "after", "at")


def _ways(request: HttpRequest) -> dict[str, list[dict[str, object]]]:
    """List or calendar, and whose meetings, each with the filters that are on."""
    here = request.resolver_match.url_name if request.resolver_match else ""
    kept = dict.fromkeys(OF_ONE_WAY, "")
    tabs = [
        {"label": label, "url": _address(request, f"meetings:{name}", **kept), "current": name == here}
        for name, label in (("meetings", pgettext("meetings", "List")), ("month", pgettext("meetings", "Calendar")))
    ]
    is_own = request.GET.get("mine") == "1"
    whose = [
        {"label": label, "url": _address(request, mine=mine, page=""), "current": (mine == "1") == is_own}
        for mine, label in (("", _("All meetings")), ("1", _("Meetings of my institution")))
    ]
    return {"tabs": tabs, "whose": whose if request.user.is_authenticated else []}


def _address(request: HttpRequest, route: str = "", **changes: str) -> str:
    """This page, or that of `route`, with other values in its query; an empty one is taken out."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    path = reverse(route) if route else request.path
    return f"{path}?{query.urlencode()}" if query else path


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
