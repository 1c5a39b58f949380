"""The report tab: order a report, watch it being made, download it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from meetings.actions import reports as actions
from meetings.forms.reports import ReportOrderForm
from meetings.models import Meeting, Report
from meetings.permissions import can_make_report, check_make_report
from meetings.reading.pages import meeting_context, meeting_or_404
from portal.core.files import send
from portal.core.models import fault_of
from portal.core.pages import page, stands_on
from portal.core.saving import posted
from portal.core.work import call_worker


@login_not_required
@require_safe
def report(request: HttpRequest, reference: str) -> HttpResponse:
    """What was made, newest first; for who prepares the meeting also the form, and what is being made."""
    meeting = meeting_or_404(request, reference)
    return _report_page(request, meeting, ReportOrderForm(meeting=meeting))


def _report_page(request: HttpRequest, meeting: Meeting, form: ReportOrderForm) -> HttpResponse:
    user: Any = request.user
    makes = can_make_report(user, meeting)
    reports = Report.objects.visible_to(user).filter(meeting=meeting).defer("data")
    if not makes:
        reports = reports.filter(state=Report.State.READY)
    rows = list(reports)
    for row in rows:
        row.meeting = meeting
    context = meeting_context(request, meeting, "report") | {
        "form": form if makes else None,
        "ready": [row for row in rows if row.state == Report.State.READY],
        "unready": [row for row in rows if row.state != Report.State.READY],
        "is_administrator": user.is_administrator,
        "picture_fault": makes and fault_of(meeting.space.letterhead if meeting.space else meeting.organiser.logo),
        "picture_url": _handing_in(meeting),
    }
    return page(request, "meetings/report.html", context)


def _handing_in(meeting: Meeting) -> str:
    """Where the picture that heads its reports is handed in, by whoever makes them."""
    if meeting.space:
        return reverse("directory:edit_space", args=[meeting.space.slug])
    return reverse("directory:edit_actor", args=[meeting.organiser.slug])


@stands_on("meetings:report")
def make_report(request: HttpRequest, reference: str) -> HttpResponse:
    """Freeze what the report will say and let a worker make it; the same content leads to the report there is."""
    meeting = meeting_or_404(request, reference)
    check_make_report(request.user, meeting)
    form = ReportOrderForm(request.POST, meeting=meeting)
    answer = form.carry(
        request, actions.make_report, meeting, to=_tab(meeting), then=lambda made: _ordered(request, *made)
    )
    return answer or _report_page(request, meeting, form)


def _tab(meeting: Meeting) -> str:
    return reverse("meetings:report", args=[meeting.reference])


def _ordered(request: HttpRequest, report: Report, is_new: bool) -> None:
    if report.is_unfinished:
        call_worker(report)
    if is_new or report.is_unfinished:
        messages.success(request, _("The report is being made."))
    else:
        messages.info(
            request,
            _("Nothing has changed since report no. %(number)d: it is below, ready to download.")
            % {"number": report.number},
        )


@require_POST
def retry_report(request: HttpRequest, pk: int) -> HttpResponse:
    report, told = _seen(request, pk), _("The report is being made.")
    to, then = _tab(report.meeting), lambda _nothing: call_worker(report)
    return posted(request, actions.retry_report, report, to=to, back=to, told=told, then=then)


@require_safe
def report_status(request: HttpRequest, pk: int) -> HttpResponse:
    """How far one report is; a plain visit leads to the tab, which says the same."""
    report = _seen(request, pk)
    check_make_report(request.user, report.meeting)
    if not getattr(request, "htmx", None):
        return redirect("meetings:report", report.meeting.reference)
    context = {"report": report, "is_administrator": request.user.is_administrator}
    response = page(request, "meetings/report_status.html", context)
    if report.state == Report.State.READY:
        response.headers["HX-Refresh"] = "true"
    return response


@login_not_required
@require_safe
def download_report(request: HttpRequest, pk: int) -> FileResponse:
    """The file, for whoever may see it; for the rest it does not exist."""
    report = _seen(request, pk)
    if report.state != Report.State.READY:
        raise Http404
    return send(report)


@login_not_required
@require_safe
def download_annex(request: HttpRequest, pk: int) -> FileResponse:
    """The sheet that goes with the report, for whoever may see the report."""
    report = _seen(request, pk)
    if report.state != Report.State.READY or not report.annex:
        raise Http404
    return send(report.annexed)


def _seen(request: HttpRequest, pk: int) -> Report:
    return get_object_or_404(Report.objects.visible_to(request.user).select_related("meeting"), pk=pk)
