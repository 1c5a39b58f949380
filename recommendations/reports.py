"""What the report of a meeting says of recommendations: those it made, and what became of earlier ones."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import Meeting, Report
from meetings.reports.registry import Annex, ReportSection, register_section
from meetings.rules.readers import meetings_told
from portal.core.dates import day_text, start_of, today
from portal.core.exports import ExportSheet, made_of
from portal.core.names import listed
from recommendations.models import FollowUp, Recommendation, Shown
from recommendations.models.assignment import with_assignments
from recommendations.models.states import BY_URGENCY, State

#: as many earlier recommendations as a report lists; the others are figures, and rows of its annex
LISTED = 15


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
            annex=annexed,
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
    """Recommendations of earlier meetings of the same space (or organiser), open when the last one was held.

    All of them while they are few. Of many, those that moved since, the latest first to be taken, and the others in
    figures: a sheet annexed to the report has the whole.
    """
    last = _last_meeting(meeting, audience)
    if last is None:
        return None
    inside = audience != Report.Audience.PUBLIC
    whole = _followed(meeting, audience, last)
    numbers = _numbers(whole, last, day)
    total, moved = (sum(row[name] for row in numbers) for name in ("number", "moved"))
    if not total:
        return None
    chosen = whole
    if total > LISTED:
        latest = whole.filter(last_news_at__gte=last.starts_at).order_by("-last_news_at", "-pk")
        chosen = Recommendation.objects.filter(pk__in=list(latest.values_list("pk", flat=True)[:LISTED]))
    listed = list(with_assignments(chosen).in_order())
    news = _news_since(last, [row.pk for row in listed], day) if inside else {}
    rows: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for one in listed:
        has_moved = one.last_news_at is not None and one.last_news_at >= last.starts_at
        rows[has_moved].append(_row(Shown(one, inside)) | {"news": news.get(one.pk, "")})
    return {
        "day": day_text(day), "inside": inside, "since": day_text(last.starts_at), "total": total, "moved": moved,
        "rows": rows[True], "still": rows[False], "others": _others(numbers, listed, day, inside=inside),
    }  # fmt: skip


def annexed(meeting: Meeting, language: str, audience: str, content: dict[str, Any]) -> Annex | None:
    """The whole as a sheet, as it stands when the report is made; none where the report itself has every one."""
    last = _last_meeting(meeting, audience) if content.get("others") else None
    if last is None:
        return None
    inside, day = audience != Report.Audience.PUBLIC, today()
    whole = with_assignments(_followed(meeting, audience, last)).in_order()

    def lines(portion: Sequence[Recommendation]) -> Iterator[tuple[Shown, str]]:
        news = _news_since(last, [row.pk for row in portion], day) if inside else {}
        return ((Shown(row, inside), news.get(row.pk, "")) for row in portion)

    title = _("Recommendations")
    return Annex(ExportSheet(_columns(inside, day), title=title, language=language), made_of(whole, lines))


def _columns(inside: bool, day: date) -> list[tuple[str, Any]]:
    columns: list[tuple[str, Any]] = [
        (_("Reference"), lambda line: line[0].recommendation.reference),
        (_("Recommendation"), lambda line: line[0].recommendation.text),
        (_("Axis"), lambda line: line[0].recommendation.axis or ""),
        (_("Meeting"), lambda line: line[0].recommendation.meeting),
        (_("Lead"), lambda line: line[0].lead.actor if line[0].lead else ""),
        (_("Supporting institutions"), lambda line: listed(row.actor for row in line[0].supports)),
        (_("State of implementation, as of %(day)s") % {"day": day_text(day)}, lambda line: line[0].state.label),
        (_("Progress, per cent"), lambda line: line[0].progress),
    ]
    if inside:
        columns += [
            (_("Due"), lambda line: capfirst(line[0].due_text)),
            (_("To notice"), lambda line: listed(flag.label for flag in line[0].flags)),
            (_("Since the last meeting"), lambda line: line[1]),
        ]
    return [*columns, (_("Last update"), lambda line: line[0].updated_month)]


def _last_meeting(meeting: Meeting, audience: str) -> Meeting | None:
    """The last one before this that every reader may be told of."""
    return meetings_told(_earlier_meetings(meeting), audience).order_by("-starts_at").first()


def _followed(meeting: Meeting, audience: str, last: Meeting) -> Any:
    earlier = meetings_told(_earlier_meetings(meeting), audience)
    still_to_do = Q(state__in=(*Recommendation.OPEN, Recommendation.State.DONE))
    recommendations = Recommendation.objects.adopted().filter(meeting__in=earlier.values("pk"))
    return recommendations.filter(still_to_do | Q(last_news_at__gte=last.starts_at))


def _numbers(whole: Any, last: Meeting, day: date) -> list[dict[str, Any]]:
    """By state, how many there are, how many of them moved since, and how many are late."""
    late = Count("pk", filter=Q(state__in=Recommendation.OPEN, due_on__lt=day))
    moved = Count("pk", filter=Q(last_news_at__gte=last.starts_at))
    return list(whole.order_by().values("state").annotate(number=Count("pk"), moved=moved, late=late))


def _others(
    numbers: list[dict[str, Any]], listed: list[Recommendation], day: date, *, inside: bool
) -> list[dict[str, Any]]:
    """Those that are not listed: how many of them stand in which state as the readers are shown it, how many late."""
    left: Counter[State] = Counter()
    late: Counter[State] = Counter()
    for row in numbers:
        left[_shown_state(row["state"], inside)] += row["number"]
        late[_shown_state(row["state"], inside)] += row["late"]
    for one in listed:
        left[_shown_state(one.state, inside)] -= 1
        late[_shown_state(one.state, inside)] -= one.is_open and one.due_on is not None and one.due_on < day
    return [
        {"state_text": str(state.label), "tone": state.tone, "count": left[state], "late": late[state] if inside else 0}
        for state in BY_URGENCY
        if left[state]
    ]


def _shown_state(state: str, inside: bool) -> State:
    return State(state) if inside else State(state).in_public


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
