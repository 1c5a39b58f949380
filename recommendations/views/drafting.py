"""Drafting, editing and adopting."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meetings.models import Meeting
from portal.core.errors import Refused
from portal.core.pages import page
from recommendations import actions
from recommendations.forms import AdoptedRecommendationForm, RecommendationForm
from recommendations.permissions import check_draft, check_edit
from recommendations.views.finding import find_meeting, find_recommendation, turned_away

NEWEST_MEETINGS = 30


@require_safe
def add_recommendation(request: HttpRequest) -> HttpResponse:
    """Which meeting agreed it? The newest ones this person prepares."""
    meetings = Meeting.objects.visible_to(request.user).steered_by(request.user).filter(state__in=Meeting.RUNNING)
    newest = meetings.select_related("organiser", "space").order_by("-starts_at")[:NEWEST_MEETINGS]
    return page(
        request,
        "recommendations/add_recommendation.html",
        {"meetings": newest, "register_url": reverse("recommendations:recommendations")},
    )


@require_http_methods(["GET", "POST"])
def draft_recommendation(request: HttpRequest, reference: str) -> HttpResponse:
    """The whole form of a draft, for whoever has the time; the meeting’s tab has the quick one."""
    meeting = find_meeting(request, reference)
    try:
        check_draft(request.user, meeting)
    except Refused as refusal:
        return turned_away(request, refusal, meeting)
    form = RecommendationForm(request.POST or None, meeting=meeting)
    if form.is_valid():
        try:
            draft = actions.draft_recommendation(meeting, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal)
        else:
            messages.success(request, _("Draft %(reference)s is saved.") % {"reference": draft.short_reference})
            return redirect("recommendations:meeting_recommendations", meeting.reference)
    return page(request, "recommendations/draft_recommendation.html", {"meeting": meeting, "form": form})


@require_http_methods(["GET", "POST"])
def edit_recommendation(request: HttpRequest, reference: str) -> HttpResponse:
    """All of a draft; after adoption only what may still change."""
    found = find_recommendation(request, reference)
    try:
        check_edit(request.user, found)
    except Refused as refusal:
        return turned_away(request, refusal, found)
    form: AdoptedRecommendationForm | RecommendationForm
    if found.was_adopted:
        form = AdoptedRecommendationForm(request.POST or None, recommendation=found)
    else:
        form = RecommendationForm(request.POST or None, meeting=found.meeting, recommendation=found)
    if form.is_valid():
        try:
            actions.edit_recommendation(found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal)
        else:
            messages.success(request, _("The recommendation is saved."))
            return redirect(found)
    return page(request, "recommendations/edit_recommendation.html", {"recommendation": found, "form": form})


@require_POST
def adopt_recommendation(request: HttpRequest, reference: str) -> HttpResponse:
    found = find_recommendation(request, reference)
    try:
        actions.adopt_recommendation(found, by=request.user)
    except Refused as refusal:
        return turned_away(request, refusal, found)
    messages.success(request, _("Recommendation %(reference)s is adopted.") % {"reference": found.short_reference})
    if request.POST.get("stay") == "meeting":
        return redirect("recommendations:meeting_recommendations", found.meeting.reference)
    return redirect(found)
