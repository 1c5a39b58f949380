"""Making a report: claimed under a lease, so that what a dead worker left is finished by the next."""

import logging
import traceback
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db.models import F, QuerySet
from django.utils import timezone

from meetings.models import Report
from meetings.reports.registry import sections
from portal.core.pdf import render_pdf

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
ATTEMPTS = 3
TEMPLATE = "meetings/reports/report.html"
STYLESHEET = "meetings/reports/report.css"


def produce(pk: int, now: datetime | None = None) -> bool:
    """Make the PDF of one report that waits, or whose worker's lease ran out; True when this call finished it.

    The file is written first and the row turns to ready in one conditional update; whoever lost the lease meanwhile
    throws its file away. An error in making it turns the row to failed and is kept for administrators.
    """
    report = claim(pk, now or timezone.now())
    if report is None:
        return False
    storage, name = report.file.storage, _place(report, report.attempts)
    try:
        content = render(report)
        _progress(report, "saving", 80)
        name = storage.save(name, ContentFile(content))
    except Exception:
        log.exception("The report %s could not be made", pk)
        _throw_away(storage, name)
        _mine(report).update(
            state=Report.State.FAILED, error=traceback.format_exc(), leased_until=None, step="", percent=0
        )
        return False
    ready = _mine(report).update(
        state=Report.State.READY,
        file=name,
        file_size=len(content),
        percent=100,
        step="",
        error="",
        leased_until=None,
        finished_at=timezone.now(),
    )
    if not ready:
        _throw_away(storage, name)
    return bool(ready)


def claim(pk: int, now: datetime) -> Report | None:
    """Take the report for the length of a lease, and sweep away what an earlier attempt left; None when it is taken."""
    taken = (
        Report.objects.unfinished(now)
        .filter(pk=pk, attempts__lt=ATTEMPTS)
        .update(
            state=Report.State.WORKING,
            leased_until=now + LEASE,
            attempts=F("attempts") + 1,
            step="rendering",
            percent=20,
        )
    )
    if not taken:
        return None
    report = Report.objects.select_related("meeting").get(pk=pk)
    for attempt in range(1, ATTEMPTS + 1):
        _throw_away(report.file.storage, _place(report, attempt))
    return report


def resume(now: datetime | None = None) -> list[int]:
    """Make everything that waits or was abandoned; what was abandoned too often is given up. Says which were made."""
    now = now or timezone.now()
    Report.objects.unfinished(now).filter(attempts__gte=ATTEMPTS).update(
        state=Report.State.FAILED,
        error=f"Abandoned {ATTEMPTS} times by the worker.",
        leased_until=None,
        step="",
        percent=0,
    )
    waiting = Report.objects.unfinished(now).order_by("requested_at", "pk").values_list("pk", flat=True)
    return [pk for pk in list(waiting) if produce(pk, max(now, timezone.now()))]


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
        "meeting_language": report.meeting.language,
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


def _mine(report: Report) -> QuerySet[Report]:
    """The row, as long as nobody else has claimed it since."""
    return Report.objects.filter(
        pk=report.pk, state=Report.State.WORKING, attempts=report.attempts, leased_until=report.leased_until
    )


def _progress(report: Report, step: str, percent: int) -> None:
    _mine(report).update(step=step, percent=percent)


def _place(report: Report, attempt: int) -> str:
    """Where an attempt keeps its file: each attempt its own, so that no two workers write the same one."""
    return f"reports/{report.pk}-{report.fingerprint[:24]}-{attempt}.pdf"


def _throw_away(storage: Storage, name: str) -> None:
    with suppress(FileNotFoundError):
        storage.delete(name)
