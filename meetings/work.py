"""What the worker makes of a report: the PDF of its frozen content."""

from datetime import date, datetime

from django.conf import settings

from meetings.models import Report
from meetings.reports.registry import sections
from portal.core import work
from portal.core.pdf import render_pdf

TEMPLATE = "meetings/reports/report.html"
STYLESHEET = "meetings/reports/report.css"


def produce(pk: int, now: datetime | None = None) -> bool | None:
    """Make one report that waits, or whose worker's lease ran out; True when this call finished it."""
    reports = Report.objects.select_related("meeting")
    return work.run(reports, pk, lambda report: report.keep(render(report)), now)


def render(report: Report) -> bytes:
    """The PDF of the frozen content; the same row gives the same pages whenever it is rendered."""
    frozen = report.data["sections"]
    parts = [
        {"key": section.key, "section": section, "content": frozen[section.key]}
        for section in sections()
        if section.key in frozen
    ]
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
