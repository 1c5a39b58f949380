"""Everything at once: actors, spaces, meetings and recommendations that hold all the words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from actors.directory.models import Actor, Space
from meetings.models import Meeting
from portal.core.dates import long_day
from portal.core.pages import page
from portal.core.search import find
from recommendations.models import Recommendation

SHOWN = 6


@dataclass
class Hit:
    """One thing found: its name, its address, its reference or acronym, and a word about it."""

    title: str
    url: str
    reference: str = ""
    note: str = ""


@dataclass
class Group:
    """What was found of one kind: the first few, and the list where the rest is."""

    title: str | Promise
    route: str
    hits: list[Hit]


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:200]
    groups = [group for group in _groups(request, query) if group.hits] if query else []
    context = {"query": query, "query_in_address": quote(query), "groups": groups}
    return page(request, "home/search.html", context)


def _groups(request: HttpRequest, query: str) -> list[Group]:
    user = request.user

    def first(rows: QuerySet, hit: Callable[[Any], Hit]) -> list[Hit]:
        return [hit(row) for row in find(rows, query)[:SHOWN]]

    return [
        Group(
            _("Actors"),
            "directory:actors",
            first(
                Actor.objects.visible_to(user),
                lambda row: Hit(str(row), row.get_absolute_url(), row.acronym, row.get_kind_display()),
            ),
        ),
        Group(
            _("Coordination spaces"),
            "directory:spaces",
            first(
                Space.objects.visible_to(user),
                lambda row: Hit(str(row), row.get_absolute_url(), row.code, row.get_kind_display()),
            ),
        ),
        Group(
            _("Meetings"),
            "meetings:meetings",
            first(
                Meeting.objects.visible_to(user),
                lambda row: Hit(str(row), row.get_absolute_url(), row.reference, long_day(row.starts_at)),
            ),
        ),
        Group(
            _("Recommendations"),
            "recommendations:recommendations",
            first(
                Recommendation.objects.visible_to(user),
                lambda row: Hit(str(row), row.get_absolute_url(), row.reference),
            ),
        ),
    ]
