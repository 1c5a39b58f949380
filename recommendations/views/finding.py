"""What every page of one recommendation begins with, and how it turns somebody away."""

from typing import TYPE_CHECKING, TypedDict

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from meetings.models import Meeting
from meetings.reading.pages import meeting_or_404
from portal.core.pages import page
from portal.core.stamps import with_stamp
from portal.core.typed import typed_in
from recommendations.models import Recommendation
from recommendations.models.assignment import with_assignments

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class MeetingSeen(TypedDict):
        meeting_is_seen: bool


def find_recommendation(
    request: HttpRequest, reference: str, *, to_edit: bool = False
) -> "WithAnnotations[Recommendation, MeetingSeen]":
    """The recommendation this person may see, with what its pages name, and its stamp `to_edit`; 404 otherwise."""
    seen = with_assignments(Recommendation.objects.visible_to(request.user))
    named = ("axis", "space", "territory", "item", "meeting__space", "meeting__organiser")
    quoted = ("quote_revision__section__item", "quote_revision__section__minutes__meeting")
    meetings = Meeting.objects.visible_to(request.user).filter(pk=OuterRef("meeting"))
    seen = seen.select_related(*named, *quoted).annotate(meeting_is_seen=Exists(meetings))
    return get_object_or_404(with_stamp(seen) if to_edit else seen, reference=reference)


def find_meeting(request: HttpRequest, reference: str) -> Meeting:
    """The meeting this person may see; 404 otherwise."""
    return meeting_or_404(request, reference)


def turned_away(request: HttpRequest, back: Recommendation | Meeting, reason: str) -> HttpResponse | None:
    """Who comes too late is told the reason where the thing now stands; None where there is none.

    Where something was typed for it, the words are given back on a page of their own.
    """
    if not reason:
        return None
    typed = typed_in(request)
    if typed.texts:
        return page(request, "403.html", {"reason": reason, "typed": typed, "back": back}, status=409)
    messages.error(request, reason)
    return redirect(back)
