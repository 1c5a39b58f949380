"""Asking an institution, and its answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.pages import page
from portal.core.saving import posted
from portal.core.stamps import with_stamp
from recommendations import actions
from recommendations.forms import AssignForm, ReturnForm
from recommendations.models import Assignment, Recommendation
from recommendations.permissions import check_answer, check_steering, why_not_answer, why_not_assign
from recommendations.views.finding import find_recommendation, turned_away


@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    """Whom to ask, for what part, by when; the institution is invited, and answers."""
    found = find_recommendation(request, reference, to_edit=True)
    check_steering(request.user, found.meeting)
    form = AssignForm(request.POST or None, recommendation=found)
    answer = form.carry(
        request,
        actions.assign,
        found,
        to=found,
        told=lambda row: _("“%(institution)s” has been asked, and told.") % {"institution": row.actor},
    )
    context = {"recommendation": found, "form": form}
    return (
        answer
        or turned_away(request, found, why_not_assign(found))
        or page(request, "recommendations/assign.html", context)
    )


def _find_assignment(request: HttpRequest, pk: int, *, to_edit: bool = False) -> Assignment:
    """An assignment of a recommendation this person sees, or of one of their own institutions."""
    seen = Recommendation.objects.visible_to(request.user).values("pk")
    rows = Assignment.objects.filter(recommendation__in=seen)
    return get_object_or_404(
        (with_stamp(rows) if to_edit else rows).select_related(
            "actor", "recommendation__meeting__organiser", "recommendation__meeting__space", "recommendation__space"
        ),
        pk=pk,
    )


@require_POST
def accept_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap: the institution takes it on."""
    assignment = _find_assignment(request, pk)
    return posted(
        request,
        actions.answer_assignment,
        assignment,
        answer=Assignment.Answer.ACCEPTED,
        to=assignment.recommendation,
        back=assignment.recommendation,
        told=_("Your institution has accepted. The secretariat has been told."),
    )


@require_http_methods(["GET", "POST"])
def answer_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept with a button, or return with a reason and perhaps the name of the competent institution."""
    assignment = _find_assignment(request, pk, to_edit=True)
    check_answer(request.user, assignment)
    recommendation, returned = assignment.recommendation, Assignment.Answer.RETURNED
    form = ReturnForm(request.POST or None, assignment=assignment, reader=request.user)
    answer = form.carry(
        request,
        actions.answer_assignment,
        assignment,
        answer=returned,
        to=reverse("recommendations:recommendations"),
        told=_("The assignment is returned. The secretariat has been told."),
    )
    context = {"assignment": assignment, "recommendation": recommendation, "form": form}
    return (
        answer
        or turned_away(request, recommendation, why_not_answer(assignment, returned))
        or page(request, "recommendations/answer_assignment.html", context)
    )


@require_http_methods(["GET", "POST"])
def withdraw_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked on a page of its own, since the institution may have begun."""
    assignment = _find_assignment(request, pk)
    recommendation = assignment.recommendation
    check_steering(request.user, recommendation.meeting)
    if request.method == "POST":
        told = _("The assignment is withdrawn.")
        return posted(
            request, actions.withdraw_assignment, assignment, to=recommendation, back=recommendation, told=told
        )
    context = {
        "assignment": assignment,
        "recommendation": recommendation,
        "back_url": recommendation.get_absolute_url(),
        "submit": _("Withdraw"),
    }
    return turned_away(request, recommendation, why_not_assign(recommendation)) or page(
        request, "recommendations/withdraw_assignment.html", context
    )
