"""Drafting, editing and adopting."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meetings.models import Meeting
from portal.core.pages import page
from portal.core.saving import posted
from recommendations import actions
from recommendations.forms import AdoptedRecommendationForm, RecommendationForm
from recommendations.models import Recommendation
from recommendations.permissions import check_steering, why_not_draft, why_not_edit
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
    check_steering(request.user, meeting)
    form = RecommendationForm(request.POST or None, meeting=meeting)
    answer = form.carry(
        request, actions.draft_recommendation, meeting, makes=True, to=list_of(meeting), told=draft_is_saved
    )
    context = {"meeting": meeting, "form": form}
    return (
        answer
        or turned_away(request, meeting, why_not_draft(meeting))
        or page(request, "recommendations/draft_recommendation.html", context)
    )


def list_of(meeting: Meeting) -> str:
    """The meeting’s tab with its recommendations."""
    return reverse("recommendations:meeting_recommendations", args=[meeting.reference])


def draft_is_saved(draft: Recommendation) -> str:
    return _("Draft %(reference)s is saved.") % {"reference": draft.short_reference}


@require_http_methods(["GET", "POST"])
def edit_recommendation(request: HttpRequest, reference: str) -> HttpResponse:
    """All of a draft; after adoption only what may still change."""
    found = find_recommendation(request, reference, to_edit=True)
    check_steering(request.user, found.meeting)
    form: AdoptedRecommendationForm | RecommendationForm
    if found.was_adopted:
        form = AdoptedRecommendationForm(request.POST or None, recommendation=found)
    else:
        form = RecommendationForm(request.POST or None, meeting=found.meeting, recommendation=found)
    told = _("The recommendation is saved.")
    return (
        form.carry(request, actions.edit_recommendation, found, to=found, told=told)
        or turned_away(request, found, why_not_edit(found))
        or page(request, "recommendations/edit_recommendation.html", {"recommendation": found, "form": form})
    )


@require_POST
def adopt_recommendation(request: HttpRequest, reference: str) -> HttpResponse:
    found = find_recommendation(request, reference)
    return posted(
        request,
        actions.adopt_recommendation,
        found,
        to=list_of(found.meeting) if request.POST.get("stay") == "meeting" else found,
        told=_("Recommendation %(reference)s is adopted.") % {"reference": found.short_reference},
    )
