"""Finding the quoted words in the text of the minutes."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from meetings.models import Meeting, MinutesRevision
from portal.core.errors import Refused


@dataclass(frozen=True)
class Passage:
    """Words that stand in one revision of the minutes, at an offset of its plain text."""

    revision: MinutesRevision
    text: str
    offset: int


def passage_in(meeting: Meeting, *, revision: MinutesRevision, text: str, offset: int | None = None) -> Passage:
    """The passage as it really stands in the revision.

    The words count, not how a browser breaks lines between them; where they occur twice, the place nearest to
    `offset` is meant. Raises Refused when the revision is another meeting's or the words do not occur in it.
    """
    if revision.section.minutes.meeting_id != meeting.pk:
        raise Refused(_("These minutes belong to another meeting."), field="text")
    words = text.split()
    if not words:
        raise Refused(_("Choose the passage in the minutes."), field="text")
    found = list(re.finditer(r"\s+".join(map(re.escape, words)), revision.text))
    if not found:
        raise Refused(
            _("These words do not occur in this version of the minutes. Copy the passage as it is written there."),
            field="text",
        )
    match = min(found, key=lambda place: abs(place.start() - (offset or 0)))
    return Passage(revision, match.group(), match.start())
