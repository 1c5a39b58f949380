"""How many notifications are new to who reads a page, and how many of them lead to that very page."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest

from portal.core.text import CONTROLS
from portal.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Bell:
    """What is new elsewhere, and what is read by reading this page."""

    unread: int = 0
    here: int = 0


def bell_of(request: HttpRequest) -> Bell:
    """One query for each request of who is signed in."""
    if not hasattr(request, "bell"):
        request.bell = _asked(request)  # type: ignore[attr-defined]
    return request.bell  # type: ignore[attr-defined]


def leads_here(request: HttpRequest) -> Q:
    """The condition “its address is this page”, in any language, with or without a place in it or a question.

    Nothing leads to an address with signs that no row can hold; it is refused on a page, which has a bell too.
    """
    if CONTROLS.search(request.path_info):
        return Q(pk=None)
    first, _slash, rest = request.path_info.lstrip("/").partition("/")
    codes = dict(settings.LANGUAGES) if first in dict(settings.LANGUAGES) else {}
    pages = [f"/{code}/{rest}" for code in codes]
    further = (Q(path__startswith=f"{page}{mark}") for page in pages for mark in "#?")
    return reduce(or_, further, Q(path__in=pages))


def _asked(request: HttpRequest) -> Bell:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Bell()
    mine = Notification.objects.of(user).unread()
    found = mine.aggregate(every=Count("pk"), here=Count("pk", filter=leads_here(request)))
    return Bell(found["every"] - found["here"], found["here"])
