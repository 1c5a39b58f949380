"""What the worker makes of a printout: the PDF of its frozen data, kept for a while."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from actors.directory.models import Printout
from portal.core import work
from portal.core.names import in_language
from portal.core.pdf import render_pdf
from portal.reference.models import Territory

#: how long a file is kept; it can be ordered again
KEPT = timedelta(days=30)


def produce(pk: int, now: datetime | None = None) -> bool | None:
    """Make one printout that waits, or whose worker's lease ran out; True when this call finished it."""
    return work.run(Printout.objects.all(), pk, lambda printout: printout.keep(render(printout)), now)


def clean(now: datetime | None = None) -> int:
    """Throw away what was ordered more than 30 days ago, with its file; says how many."""
    old = list(Printout.objects.older_than((now or timezone.now()) - KEPT).only("pk", "file"))
    for printout in old:
        printout.file.delete(save=False)
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
