"""What every page of one meeting shows around its tab: title, state, facts, tabs."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from meetings.models import Meeting
from meetings.permissions import why_not_hold
from meetings.reading.calendar import ways_of
from meetings.reading.seen import Seen, meeting_seen_by, meetings_seen_by
from meetings.reading.tabs import tabs_for
from portal.core.stamps import with_stamp


def meeting_or_404(request: HttpRequest, reference: str, *, to_edit: bool = False) -> Meeting:
    """The meeting, if this person may see it, with what its pages show at once, and its stamp `to_edit`."""
    if to_edit:
        return get_object_or_404(with_stamp(meetings_seen_by(request.user)), reference=reference)  # type: ignore[arg-type]
    if (meeting := meeting_seen_by(request.user, reference)) is None:  # type: ignore[arg-type]
        raise Http404
    return meeting


def meeting_context(request: HttpRequest, meeting: Meeting, tab: str) -> dict[str, Any]:
    """The context of a template that extends meetings/frame.html (block `tab`)."""
    if not hasattr(meeting, "ready_report"):
        meeting = meeting_or_404(request, meeting.reference)
    seen = Seen(request.user, meeting)  # type: ignore[arg-type]
    return {
        "meeting": meeting,
        "space": meeting.space_for(request.user),  # type: ignore[arg-type]
        "seen": seen,
        "tab": tab,
        "tabs": tabs_for(seen, tab),
        "can_steer": seen.steers,
        "can_hold": seen.steers and Meeting.State.HELD in meeting.moves and not why_not_hold(meeting),
        "sees_inside": seen.inside,
        "ways": ways_of(meeting) if meeting.state == Meeting.State.ANNOUNCED and not meeting.is_over else None,
    }
