"""Reporting progress, clearing it inside the institution, and reading the evidence."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actors.directory.models.membership import parts_by_actor
from portal.core.errors import Refused
from portal.core.files import send
from portal.core.pages import page
from recommendations import actions
from recommendations.forms import ReportForm, SendBackForm, SupportReportForm
from recommendations.models import Assignment, Evidence, FollowUp, Recommendation, Shown
from recommendations.permissions import NotYours, check_clear, check_report, is_cleared_at_once, reporting_assignments
from recommendations.views.finding import find_recommendation, turned_away


@require_http_methods(["GET", "POST"])
def report_progress(request: HttpRequest, reference: str) -> HttpResponse:
    """One form for one institution; `?for=` says which where a person works for several."""
    found = find_recommendation(request, reference)
    try:
        assignment = _reporting(request, found)
    except Refused as refusal:
        return turned_away(request, refusal, found)
    leads = assignment.part == Assignment.Part.LEAD
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ReportForm(data, files, recommendation=found) if leads else SupportReportForm(data, files)
    at_once = is_cleared_at_once(request.user, assignment.actor)
    if form.is_valid():
        try:
            actions.report_progress(found, actor=assignment.actor, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal)
        else:
            messages.success(request, _thanks(form.cleaned_data.get("new_state", ""), at_once))
            return redirect(found)
    context = {
        "recommendation": found,
        "shown": Shown(found, inside=True),
        "assignment": assignment,
        "form": form,
        "leads": leads,
        "at_once": at_once,
    }
    return page(request, "recommendations/report_progress.html", context)


def _reporting(request: HttpRequest, found: Recommendation) -> Assignment:
    """The assignment reported on: the one asked for, else the lead's, else the first; Refused with the reason."""
    rows = reporting_assignments(request.user, found)
    asked = request.GET.get("for", "")
    chosen = next((row for row in rows if row.actor.slug == asked), None) or (rows[0] if rows else None)
    if chosen is not None:
        return chosen
    own = parts_by_actor(request.user)
    for row in found.assignments.all():
        if row.actor_id in own:
            check_report(request.user, found, row.actor)
    raise NotYours(_("Only an institution asked to implement this recommendation reports on it."))


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
    sends_back = request.POST.get("answer") == "send_back"
    form = SendBackForm(request.POST if sends_back else None)
    try:
        check_clear(request.user, entry)
        if request.method == "POST" and not sends_back:
            actions.clear_follow_up(entry, by=request.user)
            messages.success(request, _("The entry is cleared and stands in the timeline."))
            return redirect(found)
        if form.is_valid():
            actions.send_back_follow_up(entry, note=form.cleaned_data["note"], by=request.user)
            messages.success(request, _("The entry is sent back. Its author has been told."))
            return redirect(found)
    except Refused as refusal:
        if refusal.field not in form.fields:
            return turned_away(request, refusal, found)
        form.add_error(refusal.field, refusal)
    context = {"entry": entry, "recommendation": found, "shown": Shown(found, inside=True), "form": form}
    return page(request, "recommendations/clear_follow_up.html", context)


@require_safe
def download_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself, for whoever may read the entry it belongs to."""
    evidence = get_object_or_404(Evidence.objects.visible_to(request.user), pk=pk)
    if not evidence.file:
        raise Http404
    return send(evidence)
