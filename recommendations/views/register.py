"""The register: every recommendation a reader may see, as a list, by state, by institution or by date."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Case, Exists, FilteredRelation, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponseBase
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actors.directory.models import Actor
from actors.directory.reading.standing_in import reader_of
from meetings.permissions import can_add_meeting
from portal.core.exports import export, made_of
from portal.core.lists import Listing, listing
from portal.core.names import listed
from portal.core.pages import page
from portal.core.paging import Order
from portal.core.written import Written
from recommendations.filters import RecommendationFilter, leading, leading_answers
from recommendations.models import Assignment, Recommendation, Shown, orders, sees_inside, shown_to
from recommendations.models.assignment import with_assignments
from recommendations.reading.rows import COLUMNS, KINDS, line_of, row_of, with_sessions
from recommendations.reading.standing import standing

if TYPE_CHECKING:
    from portal.accounts.models import User

NUMBERED = ("-meeting_starts_at", "meeting_id", "reference_length", "reference")
SORTS = {
    "newest": NUMBERED,
    "reference": ("meeting__reference", "reference_length", "reference"),
    "progress": ("progress_order", *NUMBERED),
    "lead": (*(BY_LEAD := ("lead_missing", "lead_order")), *NUMBERED),
    "state": ("state_order", *NUMBERED),
}
SORTS_INSIDE = SORTS | {"due": ("due_order", *NUMBERED)}
SORTS_IN_PUBLIC = SORTS | {"news": ("last_news_at", *NUMBERED)}
#: by due date: what is still open, the most overdue first, before what is not
GROUPED = {"state": ("state_order",), "institution": BY_LEAD, "due": ("settled_order", "due_order")}
#: so many institutions are asked at first for what they lead
PORTION = 8


@require_safe
@login_not_required
def recommendations(request: HttpRequest) -> HttpResponseBase:
    """The register; `?view=` groups it, `?export=` hands out exactly what it shows."""
    user = request.user
    inside = sees_inside(user)
    view = _view(request)
    rows = found_recommendations(request, view)
    if rows.export_format:
        return export(request, ShownListing(rows, user), _columns(user, inside), "recommendations")
    context = {
        "listing": rows,
        "groups": [
            (heading, [row_of(line) for line in lines])
            for heading, lines in _groups(view, shown_to(user, with_sessions(rows.page.object_list)))
        ],
        "view": view,
        "tabs": _tabs(request, view, inside),
        "inside": inside,
        "can_add": can_add_meeting(user),
        "standing": standing(user),
    }
    return page(request, "recommendations/recommendations.html", context)


def _view(request: HttpRequest) -> str:
    view = request.GET.get("view", "")
    return view if view in GROUPED and (view != "due" or sees_inside(request.user)) else "list"


def found_recommendations(request: HttpRequest, view: str = "list") -> Listing:
    """The register as the address asks for it, for this reader, in the order of the view."""
    user = request.user
    return listing(
        request,
        Written(user, reader_of(user), _rows, COLUMNS, KINDS, line_of, name="register"),
        RecommendationFilter,
        sorts=_sorts(view, sees_inside(user)),
        default_sort="newest",
        places=("newest",) if view == "list" else (),
        jumps={"newest": RecommendationFilter.jumps} if view == "list" else {},
        keys_first=True,
        parts=partial(_by_lead, user),
        is_counted_always=False,
    )


class ShownListing:
    """The listing as the export reads it: each row as this reader sees it."""

    def __init__(self, rows: Any, user: "User") -> None:
        self.export_format = rows.export_format
        self.queryset = made_of(with_assignments(rows.queryset), partial(shown_to, user))


def _rows(user: "User") -> QuerySet:
    """All that this person may see, with what the register orders them by."""
    inside = sees_inside(user)
    seen: Any = Recommendation.objects.visible_to(user).as_shown_to(user)
    lead = leading(user).filter(recommendation=OuterRef("pk")).values("actor__name_ar")[:1]
    told = Q(assignments__part=Assignment.Part.LEAD, assignments__answer__in=leading_answers(user))
    return seen.annotate(
        led=FilteredRelation("assignments", condition=told),
        progress_order=orders.by_progress(inside=inside),
        reference_length=Length("reference"),
        lead_order=Subquery(lead),
        lead_missing=Case(When(lead_order=None, then=1), default=0, output_field=IntegerField()),
        state_order=orders.by_state(inside=inside),
        due_order=orders.by_due(),
        settled_order=orders.by_settled(),
    )


def _by_lead(user: "User", rows: QuerySet, fields: Sequence[str]) -> Iterable[QuerySet]:
    """The parts of an order that begins with who leads; nothing of another one."""
    first, _name, *rest = fields
    return _led_and_unled(user, rows, first, rest) if first.removeprefix("-") == BY_LEAD[0] else ()


def _led_and_unled(user: "User", rows: QuerySet, first: str, rest: Sequence[str]) -> Iterator[QuerySet]:
    """What some institutions lead, then what the next ones lead, by their names; what nobody leads last, or first.

    A name that is looked up for each recommendation would be looked up for all of them.
    """
    is_turned = first.startswith("-")
    others = [column.ordering for column in Order(rows, rest).columns]
    unled = rows.filter(lead_order=None).order_by(*others)
    if is_turned:
        yield unled
    name = "assignments__actor__name_ar"
    led = rows.filter(assignments__part=Assignment.Part.LEAD, assignments__answer__in=leading_answers(user))
    led = led.order_by(f"-{name}" if is_turned else name, *others)
    for leads in _leads_by_name(is_turned):
        yield led.filter(lead_key__in=leads)
    if not is_turned:
        yield unled


def _leads_by_name(is_turned: bool) -> Iterator[list[int]]:
    """The keys of the institutions that lead something, by name, more and more at a time; of one name all at once."""
    rows = Actor.objects.filter(Exists(Recommendation.objects.order_by().filter(lead_key=OuterRef("pk"))))
    leads = rows.order_by("-name_ar" if is_turned else "name_ar").values_list("name_ar", "pk")
    later, most = leads, PORTION
    while found := list(later[: most + 1]):
        last = found[-1][0] if len(found) > most else None
        if keys := [key for name, key in found if name != last]:
            yield keys
        if last is None:
            return
        later = leads.filter(**{f"name_ar__{'lte' if is_turned else 'gte'}": last})
        most *= 4


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
