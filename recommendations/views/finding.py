"""What every page of one recommendation begins with, and how it turns somebody away."""

from typing import TYPE_CHECKING, TypedDict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from meetings.models import Meeting
from meetings.reading.pages import meeting_or_404
from portal.core.errors import Refused
from portal.core.pages import page
from portal.core.typed import typed_in
from recommendations.models import Recommendation
from recommendations.permissions import NotYours

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class MeetingSeen(TypedDict):
        meeting_is_seen: bool


def find_recommendation(request: HttpRequest, reference: str) -> "WithAnnotations[Recommendation, MeetingSeen]":
    """The recommendation this person may see, with what its pages name; 404 otherwise."""
    seen = Recommendation.objects.visible_to(request.user).with_assignments()
    named = ("axis", "space", "territory", "item", "meeting__space", "meeting__organiser")
    quoted = ("quote_revision__section__item", "quote_revision__section__minutes__meeting")
    meetings = Meeting.objects.visible_to(request.user).filter(pk=OuterRef("meeting"))
    seen = seen.select_related(*named, *quoted).annotate(meeting_is_seen=Exists(meetings))
    return get_object_or_404(seen, reference=reference)


def find_meeting(request: HttpRequest, reference: str) -> Meeting:
    """The meeting this person may see; 404 otherwise."""
    return meeting_or_404(request, reference)


def turned_away(request: HttpRequest, refusal: Refused, back: Recommendation | Meeting) -> HttpResponse:
    """Who may not do this at all gets 403; who comes too late is told so where the thing now stands.

    Where something was typed for it, the words are given back on a page of their own.
    """
    if isinstance(refusal, NotYours):
        raise PermissionDenied(str(refusal))
    if typed := typed_in(request):
        return page(request, "403.html", {"reason": str(refusal), "typed": typed, "back": back}, status=409)
    messages.error(request, str(refusal))
    return redirect(back)
