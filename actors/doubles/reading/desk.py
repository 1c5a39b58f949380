"""The pairs of sheets that wait for an administrator's word."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actors.doubles.models import Double
from actors.doubles.permissions import can_merge
from portal.core.names import written
from portal.core.quantities import percent_text
from portal.core.waiting import Line, Mark, Matter, Source, Told, WaitingRows, lines

if TYPE_CHECKING:
    from portal.accounts.models import User

DOUBLE = Matter("doubles", gettext_lazy("Sheets that look alike"), gettext_lazy("Compare"))


def _rows(user: "User") -> WaitingRows | None:
    if not can_merge(user):
        return None
    return lines(
        Double.objects.open(), DOUBLE, key="pk", title=written("first__name"), who=written("second__name"),
        number="score", at="found_at",
    )  # fmt: skip


def _tell(line: Line) -> Told:
    url = reverse("doubles:duplicate", args=[line.key])
    alike = _("Likeness: %(score)s") % {"score": percent_text(line.number or 0)}
    return Told(url, url, names=[line.who], chips=[Mark(alike, "attention", "copy")])


SOURCES = (Source((DOUBLE,), _rows, _tell, many=True),)
