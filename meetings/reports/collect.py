"""Freezing what a report will say."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import override

from meetings.models import Meeting, Report
from meetings.reports.registry import Annex, sections
from meetings.rules.adopted import adopted_version, as_adopted
from meetings.rules.readers import space_told
from portal.core.dates import today


def collect(
    meeting: Meeting, *, language: str, audience: str, left_out: Iterable[str] = (), day: date | None = None
) -> dict[str, Any]:
    """Everything the report says, as JSON, in the words of `language`, as of `day`.

    Once minutes are adopted the meeting is the one they were adopted of, whatever was changed since.
    """
    meeting = as_adopted(meeting, adopted_version(meeting, audience))
    day, left_out = day or today(), set(left_out)
    with override(language):
        found = {
            section.key: content
            for section in sections()
            if not (section.optional and section.key in left_out)
            and (content := section.collect(meeting, language, audience, day))
        }
        return {
            "day": day.isoformat(),
            "title": meeting.title,
            "author": str(space_told(meeting, audience) or meeting.organiser),
            "sections": found,
        }


def annex_of(report: Report) -> Annex | None:
    """What goes with the report as a workbook, in its language; nothing where its pages say all there is."""
    meeting = as_adopted(report.meeting, adopted_version(report.meeting, report.audience))
    frozen = report.data["sections"]
    for section in sections():
        if section.annex is not None and section.key in frozen:
            found = section.annex(meeting, report.language, report.audience, frozen[section.key])
            if found is not None:
                return found
    return None
