"""The meeting’s tab: what it recommends, drafted and adopted in the room."""

from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from meetings.permissions import steers
from meetings.reading.pages import meeting_context
from portal.core.pages import page
from recommendations import actions
from recommendations.forms import AdoptDraftsForm, QuickDraftForm
from recommendations.models import Assignment, Recommendation, Shown, sees_inside, shown_to, strip_of
from recommendations.permissions import check_steering, why_not_adopt_yet, why_not_draft
from recommendations.rules.drafts import drafts_of, stamp_of
from recommendations.views.drafting import draft_is_saved, list_of
from recommendations.views.finding import find_meeting, turned_away

State = Recommendation.State


@require_http_methods(["GET", "POST"])
@login_not_required
def meeting_recommendations(request: HttpRequest, reference: str) -> HttpResponse:
    """Under their axes; the secretariat drafts one more with a sentence and an axis."""
    meeting = find_meeting(request, reference)
    form = QuickDraftForm(request.POST or None, meeting=meeting)
    if request.method == "POST":
        check_steering(request.user, meeting)
        answer = form.carry(
            request, actions.draft_recommendation, meeting, makes=True, to=list_of(meeting), told=draft_is_saved
        ) or turned_away(request, meeting, why_not_draft(meeting))
        if answer:
            return answer
    context = meeting_context(request, meeting, "recommendations")
    rows = [row for row in context["seen"].recommendations if row.state != State.DROPPED]
    prefetch_related_objects(rows, Prefetch("assignments", Assignment.objects.named()))
    shown = shown_to(request.user, rows)
    can_steer = steers(request.user, meeting)
    drafts = [row for row in shown if row.recommendation.state == State.DRAFT]
    context |= {
        "axes": _under_axes([row for row in shown if row.recommendation.state != State.DRAFT]),
        "drafts": drafts,
        "strip": strip_of(Counter(row.state for row in shown)),
        "form": form if can_steer and not why_not_draft(meeting) else None,
        "can_adopt_now": can_steer and not why_not_adopt_yet(meeting),
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


@require_http_methods(["GET", "POST"])
def adopt_drafts(request: HttpRequest, reference: str) -> HttpResponse:
    """All drafts at once, as rooms do at the end of the closing session: they are read once more before."""
    meeting = find_meeting(request, reference)
    check_steering(request.user, meeting)
    form = AdoptDraftsForm(request.POST if request.method == "POST" else None)
    answer = form.carry(request, actions.adopt_drafts, meeting, to=list_of(meeting), told=_adopted_text)
    if answer := answer or turned_away(request, meeting, why_not_adopt_yet(meeting)):
        return answer
    drafts = drafts_of(meeting).select_related("axis")
    if not drafts:
        for sentence in form.non_field_errors():
            messages.error(request, sentence)
        return redirect(list_of(meeting))
    context = {"meeting": meeting, "form": form, "drafts": drafts, "shown": stamp_of(drafts)}
    context |= {"back_url": list_of(meeting), "submit": _("Adopt all drafts")}
    return page(request, "recommendations/adopt_drafts.html", context)


def _adopted_text(adopted: list[Recommendation]) -> str:
    return ngettext("%(count)d recommendation is adopted.", "%(count)d recommendations are adopted.", len(adopted)) % {
        "count": len(adopted)
    }
