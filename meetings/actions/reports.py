"""Ordering a report: a row that waits for a worker."""

import hashlib
import json
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from meetings.models import Meeting, Report
from meetings.permissions import check_make_report
from meetings.rules.readers import space_told
from portal.core.acting import Acting, person
from portal.core.errors import Refused
from portal.core.limits import within_limit_of

TRIES = 5


def make_report(
    meeting: Meeting, *, language: str, audience: str, data: dict, left_out: Iterable[str] = (), by: Acting
) -> tuple[Report, bool]:
    """The report of this content, and whether it is new: the same content is never made twice.

    A new one waits for a worker with its `data` frozen; one that had failed waits again. Refused for the members of a
    space where the meeting is of none.
    """
    check_make_report(by, meeting)
    if audience == Report.Audience.SPACE and meeting.space is None:
        raise Refused(_("This meeting is held in no coordination space: choose other readers."), field="audience")
    mark = fingerprint(data)
    same = Report.objects.filter(meeting=meeting, language=language, audience=audience, fingerprint=mark)
    for _attempt in range(TRIES):
        if (report := same.first()) is not None:
            if report.state == Report.State.FAILED:
                retry_report(report, by=by)
            return report, False
        within_limit_of(by, "orders")
        number = (Report.objects.filter(meeting=meeting).aggregate(last=Max("number"))["last"] or 0) + 1
        try:
            with transaction.atomic():
                return Report.objects.create(
                    meeting=meeting,
                    space=space_told(meeting, audience),
                    language=language,
                    audience=audience,
                    number=number,
                    left_out=sorted(left_out),
                    data=data,
                    fingerprint=mark,
                    requested_by=person(by),
                ), True
        except IntegrityError:
            continue
    raise Refused(_("Several reports of this meeting are being ordered at once. Try again in a moment."))


def retry_report(report: Report, *, by: Acting) -> None:
    """Let a report that could not be made wait for a worker again."""
    check_make_report(by, report.meeting)
    within_limit_of(by, "orders")
    if not report.retry():
        raise Refused(_("This report is already being made, or is ready."))


def fingerprint(data: dict) -> str:
    """SHA-256 over the content alone: neither when it was made nor the day its states are as of count."""
    content = {
        key: {name: value for name, value in section.items() if name != "day"}
        for key, section in data["sections"].items()
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
