"""The register: every recommendation a reader may see, as a list, by state, by institution or by date."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Case, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Length
from django.http import HttpRequest, HttpResponseBase
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings.permissions import can_add_meeting
from portal.core.dates import today
from portal.core.exports import export, made_of
from portal.core.lists import listing
from portal.core.names import listed
from portal.core.pages import page
from recommendations.filters import RecommendationFilter, leading
from recommendations.models import Recommendation, Shown, sees_inside, shown_to
from recommendations.models.assignment import with_assignments
from recommendations.models.states import BY_URGENCY
from recommendations.reading.standing import standing

if TYPE_CHECKING:
    from portal.accounts.models import User

State = Recommendation.State
NUMBERED = ("-meeting_starts_at", "meeting_id", "reference_length", "reference")
SORTS = {
    "newest": NUMBERED,
    "reference": ("meeting__reference", "reference_length", "reference"),
    "progress": ("progress_order", *NUMBERED),
    "lead": ("lead_missing", "lead_order", *NUMBERED),
    "state": ("state_order", *NUMBERED),
}
SORTS_INSIDE = SORTS | {"due": ("due_order", *NUMBERED)}
SORTS_IN_PUBLIC = SORTS | {"news": ("last_news_at", *NUMBERED)}
GROUPED = {"state": ("state_order",), "institution": ("lead_missing", "lead_order"), "due": ("due_rank", "due_order")}
#: under which heading of the view by due date, in their order
PAST, COMING, UNDATED, SETTLED = range(4)


@require_safe
@login_not_required
def recommendations(request: HttpRequest) -> HttpResponseBase:
    """The register; `?view=` groups it, `?export=` hands out exactly what it shows."""
    user = request.user
    inside = sees_inside(user)
    seen = Recommendation.objects.visible_to(user).as_shown_to(user)
    view = request.GET.get("view", "")
    view = view if view in GROUPED and (inside or view != "due") else "list"
    rows = listing(
        request,
        with_assignments(_ordered(seen, user)),
        RecommendationFilter,
        sorts=_sorts(view, inside),
        default_sort="newest",
        places=("newest",) if view == "list" else (),
        jumps={"newest": RecommendationFilter.jumps} if view == "list" else {},
    )
    if rows.export_format:
        return export(request, ShownListing(rows, user), _columns(user, inside), "recommendations")
    context = {
        "listing": rows,
        "groups": _groups(view, shown_to(user, rows.page.object_list)),
        "view": view,
        "tabs": _tabs(request, view, inside),
        "inside": inside,
        "can_add": can_add_meeting(user),
        "standing": standing(user),
    }
    return page(request, "recommendations/recommendations.html", context)


class ShownListing:
    """The listing as the export reads it: each row as this reader sees it."""

    def __init__(self, rows: Any, user: "User") -> None:
        self.export_format = rows.export_format
        self.queryset = made_of(rows.queryset, partial(shown_to, user))


def _ordered(queryset: Any, user: "User") -> Any:
    lead = leading(user).filter(recommendation=OuterRef("pk")).values("actor__name_ar")[:1]
    ranks = [When(shown_state=state, then=Value(rank)) for rank, state in enumerate(BY_URGENCY)]
    finished = When(shown_state__in=Recommendation.FINISHED, then=Value(100))
    return queryset.annotate(
        progress_order=Case(finished, default="progress", output_field=IntegerField()),
        reference_length=Length("reference"),
        lead_order=Subquery(lead),
        lead_missing=Case(When(lead_order=None, then=1), default=0, output_field=IntegerField()),
        state_order=Case(*ranks, default=Value(len(ranks)), output_field=IntegerField()),
        due_order=Coalesce("due_on", Value(date.max)),
        due_rank=Case(
            When(~Q(state__in=Recommendation.OPEN), then=SETTLED),
            When(due_on=None, then=UNDATED),
            When(due_on__lt=today(), then=PAST),
            default=COMING,
            output_field=IntegerField(),
        ),
    )


def _sorts(view: str, inside: bool) -> dict[str, tuple[str, ...]]:
    sorts = SORTS_INSIDE if inside else SORTS_IN_PUBLIC
    if view == "list":
        return sorts
    first = GROUPED[view]
    return {name: (*first, *(field for field in fields if field not in first)) for name, fields in sorts.items()}


def _groups(view: str, rows: list[Shown]) -> list[tuple[str, list[Shown]]]:
    """The rows of the page under their headings, in the order they come."""
    headings: dict[str, list[Shown]] = {}
    for row in rows:
        headings.setdefault(_heading(view, row), []).append(row)
    return list(headings.items())


def _heading(view: str, row: Shown) -> str:
    match view:
        case "state":
            return str(row.state.label)
        case "institution":
            return str(row.lead.actor) if row.lead else _("No lead named")
        case "due":
            return _due_heading(row.recommendation)
    return ""


def _due_heading(recommendation: Recommendation) -> str:
    if not recommendation.is_open:
        return _("Finished in the meantime")
    if recommendation.due_on is None:
        return _("No due date")
    if recommendation.is_overdue:
        return _("Past their due date")
    return _("Due within 30 days") if recommendation.is_due_soon else _("Due later")


def _tabs(request: HttpRequest, current: str, inside: bool) -> list[dict[str, object]]:
    labels = {"list": _("List"), "state": _("By state"), "institution": _("By institution"), "due": _("By due date")}
    tabs = []
    for view, label in labels.items():
        if view == "due" and not inside:
            continue
        query = request.GET.copy()
        for name in ("page", "view", "sort", "export"):
            query.pop(name, None)
        if view != "list":
            query["view"] = view
        tabs.append({"label": label, "url": f"{request.path}?{query.urlencode()}", "current": view == current})
    return tabs


def _columns(reader: "User", inside: bool) -> list[tuple[str, Any]]:
    columns = [
        (_("Reference"), lambda row: row.recommendation.reference),
        (_("Recommendation"), lambda row: row.recommendation.text),
        (_("Axis"), lambda row: row.recommendation.axis or ""),
        (_("Meeting"), lambda row: row.recommendation.meeting),
        (_("Space"), lambda row: row.recommendation.space_for(reader) or ""),
        (_("State"), lambda row: row.state.label),
        (_("Progress, per cent"), lambda row: row.progress),
        (_("Lead"), lambda row: row.lead.actor if row.lead else ""),
        (_("Supporting institutions"), lambda row: listed(support.actor for support in row.supports)),
        (_("People concerned"), lambda row: row.recommendation.get_people_display()),
        (_("Priority"), lambda row: row.recommendation.get_priority_display()),
    ]
    if inside:
        columns += [
            (_("Due"), lambda row: capfirst(row.due_text)),
            (_("To notice"), lambda row: listed(flag.label for flag in row.flags)),
        ]
    return [*columns, (_("Last update"), lambda row: row.updated_month)]
