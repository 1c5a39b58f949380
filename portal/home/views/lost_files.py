"""Files that are kept and cannot be used, for the administrators: where each is to be handed in again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from actors.directory.permissions import check_see_upkeep
from portal.core.models import FileFault
from portal.core.pages import page

#: where a file is handed in again, and what its row is read with; else the page of the row it belongs to
PLACES: dict[str, tuple[str, Callable[[Any], str]]] = {
    "meetings.document": ("meeting", lambda row: reverse("meetings:documents", args=[row.meeting.reference])),
    "recommendations.evidence": (
        "follow_up__recommendation",
        lambda row: row.follow_up.recommendation.get_absolute_url(),
    ),
}


@dataclass(frozen=True)
class LostFile:
    """A file as it is listed: whose it is, where that is mended, what is wrong and since when."""

    title: str
    kind: str
    url: str
    fault: str
    found_at: datetime


@require_safe
def lost_files(request: HttpRequest) -> HttpResponse:
    check_see_upkeep(request.user)
    faults = FileFault.objects.order_by("model", "pk")
    found = [one for label, group in groupby(faults, key=lambda fault: fault.model) for one in _listed(label, group)]
    return page(request, "home/lost_files.html", {"files": found})


def _listed(label: str, faults: Any) -> list[LostFile]:
    model: Any = apps.get_model(label)
    beside, place = PLACES.get(label, ("", lambda row: row.get_absolute_url()))
    by_row = {fault.row: fault for fault in faults}
    rows = model._base_manager.filter(pk__in=by_row).select_related(*([beside] if beside else []))
    return [
        LostFile(str(row), model._meta.verbose_name, _place(row, place), fault.get_fault_display(), fault.found_at)
        for row in rows
        if (fault := by_row[str(row.pk)])
    ]


def _place(row: Any, place: Callable[[Any], str]) -> str:
    """A document of a space alone has no meeting."""
    return place(row) if getattr(row, "meeting", row) is not None else row.space.get_absolute_url()
