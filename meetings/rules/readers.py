"""Who reads a report, and what all of them may open: nothing else is said in it."""

from actors.directory.models import Space
from meetings.models import Meeting, Report
from meetings.models.meeting import SPACES_SEEN, MeetingQuerySet

Audience = Report.Audience


def space_told(meeting: Meeting, audience: str) -> Space | None:
    """The meeting's space, where every reader of a report for `audience` sees it."""
    space = meeting.space
    told = space is None or audience == Audience.SPACE or space.audience in SPACES_SEEN[audience]
    return space if told else None


def meetings_told(meetings: MeetingQuerySet, audience: str) -> MeetingQuerySet:
    """Of other meetings of the same space or organiser those that every reader of a report for `audience` sees.

    Who was invited once takes part in that one meeting: what others kept among their participants is for the members
    of the space, who take part in them all.
    """
    if audience == Audience.SPACE:
        return meetings
    if audience == Audience.PUBLIC:
        return meetings.filter(audience=Meeting.Audience.PUBLIC)
    return meetings.exclude(audience=Meeting.Audience.PARTICIPANTS)
