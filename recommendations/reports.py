"""What the report of a meeting says of recommendations: those it made, and what became of earlier ones."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import Meeting, Report
from meetings.reports.registry import ReportSection, register_section
from meetings.rules.readers import meetings_told
from portal.core.dates import day_text, start_of
from recommendations.models import FollowUp, Recommendation, Shown
from recommendations.models.assignment import with_assignments


def register() -> None:
    """Make both sections part of every report; called once when the app is ready."""
    register_section(
        ReportSection(
            "recommendations",
            gettext_lazy("Recommendations"),
            60,
            collect_recommendations,
            "recommendations/reports/recommendations.html",
        )
    )
    register_section(
        ReportSection(
            "earlier_recommendations",
            gettext_lazy("What became of earlier recommendations"),
            70,
            collect_earlier,
            "recommendations/reports/earlier_recommendations.html",
        )
    )


def collect_recommendations(meeting: Meeting, language: str, audience: str, day: date) -> dict[str, Any] | None:
    """What the meeting adopted, under its axes, with lead, due date and state as of `day`."""
    rows = list(with_assignments(meeting.recommendations.adopted()).in_order())
    if not rows:
        return None
    inside = audience != Report.Audience.PUBLIC
    axes: dict[Any, list[dict[str, Any]]] = {}
    for recommendation in sorted(rows, key=_axis_order):
        axes.setdefault(recommendation.axis, []).append(_row(Shown(recommendation, inside)))
    groups = [{"axis": str(axis) if axis else "", "rows": found} for axis, found in axes.items()]
    return {"day": day_text(day), "inside": inside, "groups": groups}


def _axis_order(recommendation: Recommendation) -> tuple[bool, int, int]:
    axis = recommendation.axis
    return (axis is None, axis.position if axis else 0, axis.pk if axis else 0)


def _row(shown: Shown) -> dict[str, Any]:
    recommendation = shown.recommendation
    return {
        "reference": recommendation.reference,
        "short_reference": recommendation.short_reference,
        "text": str(recommendation.text),
        "lead": str(shown.lead.actor) if shown.lead else "",
        "supports": [str(row.actor) for row in shown.supports],
        "due": shown.due_text,
        "late": bool(shown.inside and recommendation.is_overdue),
        "state": shown.state,
        "tone": shown.state.tone,
        "state_text": str(shown.state.label),
        "progress": shown.progress,
        "updated": shown.updated_month,
    }


def collect_earlier(meeting: Meeting, language: str, audience: str, day: date) -> dict[str, Any] | None:
    """Recommendations of earlier meetings of the same space (or organiser), open when the last one was held."""
    inside = audience != Report.Audience.PUBLIC
    earlier = meetings_told(_earlier_meetings(meeting), audience)
    last = earlier.order_by("-starts_at").first()
    if last is None:
        return None
    still_to_do = Q(state__in=(*Recommendation.OPEN, Recommendation.State.DONE))
    recommendations = Recommendation.objects.adopted().filter(meeting__in=earlier.values("pk"))
    rows = with_assignments(recommendations.filter(still_to_do | Q(last_news_at__gte=last.starts_at))).in_order()
    news = _news_since(last, [row.pk for row in rows], day) if inside else {}
    found = [_row(Shown(row, inside)) | {"news": news.get(row.pk, "")} for row in rows]
    if not found:
        return None
    return {"day": day_text(day), "inside": inside, "since": day_text(last.starts_at), "rows": found}


def _earlier_meetings(meeting: Meeting) -> Any:
    earlier = Meeting.objects.filter(starts_at__lt=meeting.starts_at, state__in=Meeting.TOOK_PLACE)
    if meeting.space_id is not None:
        return earlier.filter(space=meeting.space_id)
    return earlier.filter(space=None, organiser=meeting.organiser_id)


def _news_since(last: Meeting, recommendations: list[int], day: date) -> dict[int, str]:
    """The latest account of each since the last meeting, as its institution wrote it."""
    reports = FollowUp.objects.standing().filter(recommendation__in=recommendations, kind=FollowUp.Kind.PROGRESS)
    since = reports.filter(
        cleared_at__gte=last.starts_at, cleared_at__lt=start_of(date.fromordinal(day.toordinal() + 1))
    )
    accounts: dict[int, str] = {}
    for report in since.order_by("cleared_at", "pk"):
        obstacle = report.get_obstacle_display() if report.obstacle else ""
        accounts[report.recommendation_id] = report.account or (
            _("Obstacle: %(obstacle)s") % {"obstacle": obstacle} if obstacle else ""
        )
    return accounts
