"""What the worker makes of a report: the PDF of its frozen content, and the workbook that goes with it, if any."""

from datetime import date, datetime
from itertools import pairwise
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.core.files import File
from django.utils.translation import override

from meetings.models import Report
from meetings.reports.collect import annex_of
from meetings.reports.registry import sections
from portal.core import work
from portal.core.exports import write_workbook
from portal.core.html import plain
from portal.core.pdf import render_pdf

TEMPLATE = "meetings/reports/report.html"
STYLESHEET = "meetings/reports/report.css"
#: signs of a paragraph of the minutes that may be a heading, typed or pasted as plain text
LINE = 80
ENDS = (".", "!", "?", "؟", "…", "؛", ";")


def produce(pk: int, now: datetime | None = None) -> bool | None:
    """Make one report that waits, or whose worker's lease ran out; True when this call finished it."""
    reports = Report.objects.select_related("meeting")
    return work.run(reports, pk, make, now)


def make(report: Report) -> bool:
    """The pages, and beside them the sheet of what they have no room for."""
    content = render(report)
    with override(report.language):
        annex = annex_of(report)
        if annex is None:
            return report.keep(content)
        with TemporaryFile(dir=settings.VAR) as file:
            write_workbook(file, [annex.sheet], annex.rows)
            return report.keep(content, annex=File(file))


def render(report: Report) -> bytes:
    """The PDF of the frozen content; the same row gives the same pages whenever it is rendered."""
    frozen = report.data["sections"]
    parts = [
        {"key": section.key, "section": section, "content": frozen[section.key]}
        for section in sections()
        if section.key in frozen
    ]
    for part in frozen.get("minutes", {}).get("parts", []):
        _keep_headings(part["blocks"])
    context = {
        "report": report,
        "parts": parts,
        "day": date.fromisoformat(report.data["day"]),
        "audience": report.audience,
        "minutes_apart": report.audience == Report.Audience.PUBLIC and "minutes" not in frozen,
        "is_demo": settings.IS_DEMO,
    }
    return render_pdf(
        TEMPLATE,
        context,
        language=report.language,
        title=report.data["title"],
        author=report.data["author"],
        stylesheet=STYLESHEET,
    )


def _keep_headings(blocks: list[dict[str, Any]]) -> None:
    """A short line that no sentence ends with stands with the text beneath; of many such lines, the last one."""
    for block, following in pairwise(blocks):
        block["heads"] = _may_head(plain(block["html"])) and not _may_head(plain(following["html"]))


def _may_head(text: str) -> bool:
    return len(text) <= LINE and "\n" not in text and not text.endswith(ENDS)
