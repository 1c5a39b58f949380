"""The meeting’s tab: what it recommends, drafted and adopted in the room."""

from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from meetings.permissions import steers
from meetings.reading.pages import meeting_context
from portal.core.errors import Refused
from portal.core.pages import page
from recommendations import actions
from recommendations.forms import QuickDraftForm
from recommendations.models import Assignment, Recommendation, Shown, sees_inside, shown_to, strip_of
from recommendations.permissions import allowed, can_draft, check_adopting_time
from recommendations.views.finding import find_meeting, turned_away

State = Recommendation.State


@require_http_methods(["GET", "POST"])
@login_not_required
def meeting_recommendations(request: HttpRequest, reference: str) -> HttpResponse:
    """Under their axes; the secretariat drafts one more with a sentence and an axis."""
    meeting = find_meeting(request, reference)
    form = QuickDraftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields = {f"text_{meeting.language}": form.cleaned_data["text"], "axis": form.cleaned_data["axis"]}
        try:
            draft = actions.draft_recommendation(meeting, by=request.user, **fields)
        except Refused as refusal:
            return turned_away(request, refusal, meeting)
        messages.success(request, _("Draft %(reference)s is saved.") % {"reference": draft.short_reference})
        return redirect("recommendations:meeting_recommendations", meeting.reference)
    context = meeting_context(request, meeting, "recommendations")
    rows = [row for row in context["seen"].recommendations if row.state != State.DROPPED]
    prefetch_related_objects(rows, Prefetch("assignments", Assignment.objects.standing().select_related("actor")))
    shown = shown_to(request.user, rows)
    can_steer = steers(request.user, meeting)
    drafts = [row for row in shown if row.recommendation.state == State.DRAFT]
    context |= {
        "axes": _under_axes([row for row in shown if row.recommendation.state != State.DRAFT]),
        "drafts": drafts,
        "strip": strip_of(Counter(row.state for row in shown)),
        "form": form if can_draft(request.user, meeting) else None,
        "can_adopt_now": can_steer and allowed(check_adopting_time, meeting),
        "can_steer": can_steer,
        "inside": sees_inside(request.user),
    }
    return page(request, "recommendations/meeting_recommendations.html", context)


def _under_axes(rows: list[Shown]) -> list[tuple[object, list[Shown]]]:
    """Axes in their order, those without an axis last."""
    axes: dict[object, list[Shown]] = {}
    for row in rows:
        axes.setdefault(row.recommendation.axis, []).append(row)
    return sorted(
        axes.items(), key=lambda pair: (pair[0] is None, getattr(pair[0], "position", 0), getattr(pair[0], "pk", 0))
    )


@require_POST
def adopt_drafts(request: HttpRequest, reference: str) -> HttpResponse:
    """All drafts at once, as rooms do at the end of the closing session."""
    meeting = find_meeting(request, reference)
    try:
        adopted = actions.adopt_drafts(meeting, by=request.user)
    except Refused as refusal:
        return turned_away(request, refusal, meeting)
    sentence = ngettext(
        "%(count)d recommendation is adopted.", "%(count)d recommendations are adopted.", len(adopted)
    ) % {"count": len(adopted)}
    messages.success(request, sentence)
    return redirect("recommendations:meeting_recommendations", meeting.reference)
