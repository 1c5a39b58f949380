"""What waits for a person today, from every app: the sections of the desk, its figures, and the list of each kind."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.reading import desk as directory
from actors.doubles.reading import desk as doubles
from actors.imports.reading import desk as imports
from actors.roles.reading import desk as roles
from meetings.reading import desk as meetings
from portal.core.asking import Reader
from portal.core.quantities import percent_text
from portal.core.waiting import Line, Matter, Source, Told, Waiting, lines_of, what_waits
from portal.home import undelivered
from recommendations.reading import desk as recommendations

if TYPE_CHECKING:
    from portal.accounts.models import User

SOURCES = (
    *recommendations.SOURCES,
    *meetings.SOURCES,
    *directory.SOURCES,
    *roles.SOURCES,
    *doubles.SOURCES,
    *imports.SOURCES,
    *undelivered.SOURCES,
)
#: the most urgent first: what is late, what closes on a day, what somebody waits for, what can wait, what others do
BY_URGENCY = (
    recommendations.OVERDUE,
    meetings.REMARKS_ASKED,
    meetings.INVITED,
    recommendations.ASSIGNED,
    recommendations.SENT_BACK,
    recommendations.TO_CLEAR,
    meetings.UNREACHED,
    undelivered.LOST_MAILS,
    meetings.LATE,
    meetings.REMARKS,
    recommendations.TO_CONFIRM,
    recommendations.DUE,
    recommendations.SILENT,
    directory.OFFER,
    directory.HAND_OVER,
    roles.ROLE,
    directory.SHEET,
    meetings.MEETINGS,
    recommendations.TO_ASSIGN,
    directory.PROPOSAL,
    imports.IMPORT,
    doubles.DOUBLE,
    recommendations.ONGOING,
    recommendations.OTHERS,
)
#: every kind that has a list of its own, by its key
LISTS: dict[str, tuple[Matter, Source]] = {
    kind.key: (kind, source) for source in (*SOURCES, *recommendations.FIGURES) for kind in source.kinds
}
PER_PAGE = 25


def sections_of(reader: Reader) -> list[Waiting]:
    """What waits, by urgency; the kinds of which nothing waits are left out."""
    found = what_waits(reader, SOURCES)
    return [found[kind.key] for kind in BY_URGENCY if kind.key in found]


def list_of(user: "User", key: str, number: str | None) -> tuple[Page, list[tuple[Line, Told]]]:
    """The page `number` of everything that waits of one kind."""
    kind, source = LISTS[key]
    page = Paginator(lines_of(user, source, kind), PER_PAGE).get_page(number)
    return page, [(line, source.tell(line)) for line in (Line(*row) for row in page)]


@dataclass
class Figure:
    """A number in its own box, and the list it counts."""

    value: str
    label: str
    url: str
    tone: str = ""


def figures_of(sections: list[Waiting], completion: int | None) -> list[Figure]:
    totals = {waiting.kind.key: waiting.total for waiting in sections}

    def figure(kind: Matter, label: str, tone: str = "") -> Figure:
        total = totals.get(kind.key, 0)
        return Figure(str(total), label, address_of(kind), tone if total else "")

    figures = [
        figure(recommendations.OVERDUE, _("Overdue recommendations"), "danger"),
        figure(recommendations.DUE, _("Due dates near")),
        figure(meetings.INVITED, _("Invitations without answer")),
    ]
    if completion is not None:
        led = recommendations.LED
        figures.append(Figure(percent_text(completion), str(led.heading), address_of(led)))
    return figures


def address_of(kind: Matter) -> str:
    return reverse("home:waiting", args=[kind.key])


def title_for(institutions: list[Actor]) -> str:
    """«مهام جماعة بني أنصار» for those who work for one institution; the dashboard’s own name for the others."""
    if len(institutions) == 1:
        return _("Tasks of %(institution)s") % {"institution": institutions[0].name}
    return _("Dashboard")
