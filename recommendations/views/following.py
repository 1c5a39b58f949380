"""Reporting progress, clearing it inside the institution, and reading the evidence."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.files import send
from portal.core.pages import page
from portal.core.saving import posted
from recommendations import actions
from recommendations.forms import ReportForm, SendBackForm, SupportReportForm
from recommendations.models import Assignment, Evidence, FollowUp, Recommendation, Shown
from recommendations.permissions import (
    can_report,
    check_clear,
    check_report,
    is_cleared_at_once,
    reporting_assignments,
    why_not_clear,
    why_not_report,
)
from recommendations.views.finding import find_recommendation, turned_away


@require_http_methods(["GET", "POST"])
def report_progress(request: HttpRequest, reference: str) -> HttpResponse:
    """One form for one institution; `?for=` says which where a person works for several."""
    found = find_recommendation(request, reference, to_edit=True)
    check_report(request.user, found)
    assignment = _reporting(request, found)
    leads = assignment.part == Assignment.Part.LEAD
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = (ReportForm if leads else SupportReportForm)(data, files, recommendation=found, actor=assignment.actor)
    at_once = is_cleared_at_once(request.user, assignment.actor)
    answer = form.carry(
        request,
        actions.report_progress,
        found,
        actor=assignment.actor,
        makes=True,
        to=found,
        told=lambda entry: _thanks(entry.new_state, at_once),
    )
    context = {
        "recommendation": found,
        "shown": Shown(found, inside=True),
        "assignment": assignment,
        "form": form,
        "leads": leads,
        "at_once": at_once,
    }
    return (
        answer
        or turned_away(request, found, why_not_report(found, assignment.actor))
        or page(request, "recommendations/report_progress.html", context)
    )


def _reporting(request: HttpRequest, found: Recommendation) -> Assignment:
    """The assignment reported on: the one asked for, else the lead's, else the first; one that is closed as a last."""
    rows = reporting_assignments(request.user, found)
    rows = rows or [row for row in found.assignments.all() if can_report(request.user, found, row.actor)]
    asked = request.GET.get("for", "")
    return next((row for row in rows if row.actor.slug == asked), rows[0])


def _thanks(new_state: str, at_once: bool) -> str:
    if not at_once:
        return _("Your entry is saved and waits for the validator of your institution.")
    if new_state == Recommendation.State.DONE:
        return _("Declared done. The secretariat has been asked to confirm it.")
    return _("Your entry is in the timeline. Thank you.")


@require_http_methods(["GET", "POST"])
def clear_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the entry, then let it leave the house or send it back with a note."""
    seen = FollowUp.objects.visible_to(request.user).select_related(
        "recommendation__meeting__organiser",
        "recommendation__meeting__space",
        "recommendation__space",
        "on_behalf_of",
        "drafted_by",
    )
    entry = get_object_or_404(seen.prefetch_related("evidence"), pk=pk)
    found = entry.recommendation
    check_clear(request.user, entry)
    sends_back = request.POST.get("answer") == "send_back"
    if request.method == "POST" and not sends_back:
        told = _("The entry is cleared and stands in the timeline.")
        return posted(request, actions.clear_follow_up, entry, to=found, back=found, told=told)
    form = SendBackForm(request.POST if sends_back else None)
    told = _("The entry is sent back. Its author has been told.")
    context = {"entry": entry, "recommendation": found, "shown": Shown(found, inside=True), "form": form}
    return (
        form.carry(request, actions.send_back_follow_up, entry, to=found, told=told)
        or turned_away(request, found, why_not_clear(entry))
        or page(request, "recommendations/clear_follow_up.html", context)
    )


@require_safe
def download_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself, for whoever may read the entry it belongs to."""
    evidence = get_object_or_404(Evidence.objects.visible_to(request.user), pk=pk)
    if not evidence.file:
        raise Http404
    return send(evidence)
