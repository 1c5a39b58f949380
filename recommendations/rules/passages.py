"""Finding the quoted words in the text of the minutes."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from meetings.models import Meeting, MinutesRevision
from portal.core.errors import refuse


@dataclass(frozen=True)
class Quotation:
    """Words that stand in one revision of the minutes, at an offset of its plain text."""

    revision: MinutesRevision
    text: str
    offset: int


def passage_in(meeting: Meeting, *, revision: MinutesRevision, text: str, offset: int | None = None) -> Quotation:
    """The passage as it really stands in the revision.

    The words count, not how a browser breaks lines between them; where they occur twice, the place nearest to
    `offset` is meant. Raises Refused when the revision is another meeting's or the words do not occur in it.
    """
    refuse(why_not_quote(meeting, revision, text), field="text")
    match = min(_places(revision, text), key=lambda place: abs(place.start() - (offset or 0)))
    return Quotation(revision, match.group(), match.start())


def why_not_quote(meeting: Meeting, revision: MinutesRevision, text: str) -> str:
    """Why these words are no passage of the revision; '' where they are one."""
    if revision.section.minutes.meeting_id != meeting.pk:
        return _("These minutes belong to another meeting.")
    if not text.split():
        return _("Choose the passage in the minutes.")
    if not _places(revision, text):
        return _("These words do not occur in this version of the minutes. Copy the passage as it is written there.")
    return ""


def _places(revision: MinutesRevision, text: str) -> list[re.Match[str]]:
    return list(re.finditer(r"\s+".join(map(re.escape, text.split())), revision.text))
