"""What every page of one meeting shows around its tab: title, state, facts, tabs."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from meetings.models import Meeting
from meetings.reading.seen import Seen, meetings_seen_by
from meetings.reading.tabs import tabs_for


def meeting_or_404(request: HttpRequest, reference: str) -> Meeting:
    """The meeting, if this person may see it, with what its pages show at once."""
    return get_object_or_404(meetings_seen_by(request.user), reference=reference)  # type: ignore[arg-type]


def meeting_context(request: HttpRequest, meeting: Meeting, tab: str) -> dict[str, Any]:
    """The context of a template that extends meetings/frame.html (block `tab`)."""
    if not hasattr(meeting, "ready_report"):
        meeting = meeting_or_404(request, meeting.reference)
    seen = Seen(request.user, meeting)  # type: ignore[arg-type]
    return {
        "meeting": meeting,
        "seen": seen,
        "tab": tab,
        "tabs": tabs_for(seen, tab),
        "can_steer": seen.steers,
        "sees_inside": seen.inside,
    }
