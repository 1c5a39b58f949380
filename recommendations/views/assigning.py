"""Asking an institution, and its answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.errors import Refused
from portal.core.pages import page
from recommendations import actions
from recommendations.forms import AssignForm, ReturnForm
from recommendations.models import Assignment, Recommendation
from recommendations.permissions import check_answer, check_assign
from recommendations.views.finding import find_recommendation, turned_away


@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    """Whom to ask, for what part, by when; the institution is invited, and answers."""
    found = find_recommendation(request, reference)
    try:
        check_assign(request.user, found)
    except Refused as refusal:
        return turned_away(request, refusal, found)
    form = AssignForm(request.POST or None, recommendation=found)
    if form.is_valid():
        try:
            assignment = actions.assign(found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal)
        else:
            messages.success(
                request, _("“%(institution)s” has been asked, and told.") % {"institution": assignment.actor}
            )
            return redirect(found)
    return page(request, "recommendations/assign.html", {"recommendation": found, "form": form})


def _find_assignment(request: HttpRequest, pk: int) -> Assignment:
    """An assignment of a recommendation this person sees, or of one of their own institutions."""
    seen = Recommendation.objects.visible_to(request.user).values("pk")
    rows = Assignment.objects.filter(recommendation__in=seen)
    return get_object_or_404(
        rows.select_related(
            "actor", "recommendation__meeting__organiser", "recommendation__meeting__space", "recommendation__space"
        ),
        pk=pk,
    )


@require_POST
def accept_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap: the institution takes it on."""
    assignment = _find_assignment(request, pk)
    try:
        actions.answer_assignment(assignment, answer=Assignment.Answer.ACCEPTED, by=request.user)
    except Refused as refusal:
        return turned_away(request, refusal, assignment.recommendation)
    messages.success(request, _("Your institution has accepted. The secretariat has been told."))
    return redirect(assignment.recommendation)


@require_http_methods(["GET", "POST"])
def answer_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept with a button, or return with a reason and perhaps the name of the competent institution."""
    assignment = _find_assignment(request, pk)
    recommendation = assignment.recommendation
    try:
        check_answer(request.user, assignment, Assignment.Answer.RETURNED)
    except Refused as refusal:
        return turned_away(request, refusal, recommendation)
    form = ReturnForm(request.POST or None, assignment=assignment)
    if form.is_valid():
        try:
            returned = Assignment.Answer.RETURNED
            actions.answer_assignment(assignment, answer=returned, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal)
        else:
            messages.success(request, _("The assignment is returned. The secretariat has been told."))
            return redirect("recommendations:recommendations")
    context = {"assignment": assignment, "recommendation": recommendation, "form": form}
    return page(request, "recommendations/answer_assignment.html", context)


@require_http_methods(["GET", "POST"])
def withdraw_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked on a page of its own, since the institution may have begun."""
    assignment = _find_assignment(request, pk)
    recommendation = assignment.recommendation
    try:
        check_assign(request.user, recommendation)
        if request.method == "POST":
            actions.withdraw_assignment(assignment, by=request.user)
            messages.success(request, _("The assignment is withdrawn."))
            return redirect(recommendation)
    except Refused as refusal:
        return turned_away(request, refusal, recommendation)
    return page(
        request,
        "recommendations/withdraw_assignment.html",
        {
            "assignment": assignment,
            "recommendation": recommendation,
            "back_url": recommendation.get_absolute_url(),
            "submit": _("Withdraw"),
        },
    )
