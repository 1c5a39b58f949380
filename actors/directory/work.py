"""Making the PDFs of the directory: claimed under a lease, so that what a dead worker left is finished by the next."""

import logging
import traceback
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.utils import timezone

from actors.directory.models import Printout
from portal.core.names import in_language
from portal.core.pdf import render_pdf
from portal.core.work import ATTEMPTS
from portal.reference.models import Territory

log = logging.getLogger(__name__)

#: how long a file is kept; it can be ordered again
KEPT = timedelta(days=30)


def produce(pk: int, now: datetime | None = None) -> bool:
    """Make one printout that waits, or whose worker's lease ran out; True when this call finished it.

    The file is written first and the row turns to ready in one conditional update; whoever lost the lease meanwhile
    throws its file away. An error in making it turns the row to failed and is kept for administrators.
    """
    printout = Printout.objects.claim(pk, now or timezone.now())
    if printout is None:
        return False
    storage, name = printout.file.storage, _place(printout, printout.attempts)
    for attempt in range(1, ATTEMPTS + 1):
        _throw_away(storage, _place(printout, attempt))
    try:
        printout.while_mine(percent=20)
        content = render(printout)
        printout.while_mine(percent=80)
        name = storage.save(name, ContentFile(content))
    except Exception:
        log.exception("The printout %s could not be made", pk)
        _throw_away(storage, name)
        failed = Printout.State.FAILED
        printout.while_mine(state=failed, error=traceback.format_exc(), leased_until=None, percent=0)
        return False
    ready = printout.while_mine(
        state=Printout.State.READY,
        file=name,
        file_size=len(content),
        percent=100,
        error="",
        leased_until=None,
        finished_at=timezone.now(),
    )
    if not ready:
        _throw_away(storage, name)
    return ready


def resume(now: datetime | None = None) -> list[int]:
    """Make everything that waits or was abandoned; what was abandoned too often is given up. Says which were made."""
    now = now or timezone.now()
    Printout.objects.all().abandon(now, Printout.State.FAILED)
    waiting = Printout.objects.unfinished(now).order_by("requested_at", "pk").values_list("pk", flat=True)
    return [pk for pk in list(waiting) if produce(pk, max(now, timezone.now()))]


def clean(now: datetime | None = None) -> int:
    """Throw away what was ordered more than 30 days ago, with its file; says how many."""
    old = list(Printout.objects.older_than((now or timezone.now()) - KEPT).only("pk", "file"))
    for printout in old:
        if printout.file:
            _throw_away(printout.file.storage, str(printout.file.name))
        printout.delete()
    return len(old)


def render(printout: Printout) -> bytes:
    """The PDF of the frozen data; the same row gives the same pages whenever it is rendered."""
    region = Territory.objects.filter(level=Territory.Level.REGION).first()
    context: dict[str, Any] = {
        "region": in_language(region, "name", printout.language) if region else "",
        **printout.data,
        "printout": printout,
        "is_demo": settings.IS_DEMO,
    }
    template = "/printouts/".join(printout.kind.split("."))
    return render_pdf(
        f"{template}.html",
        context,
        language=printout.language,
        title=printout.title,
        author=(printout.data.get("letterhead") or {}).get("name") or "Tansiq",
        stylesheet=f"{template}.css",
    )


def _place(printout: Printout, attempt: int) -> str:
    """Where an attempt keeps its file: each attempt its own, so that no two workers write the same one."""
    return f"printouts/{printout.pk}-{attempt}.pdf"


def _throw_away(storage: Storage, name: str) -> None:
    with suppress(FileNotFoundError):
        storage.delete(name)
