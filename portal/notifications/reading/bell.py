"""How many notifications are new to who reads a page, and how many of them lead to that very page."""

from dataclasses import dataclass
from functools import partial, reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, IntegerField, Q, QuerySet, Value
from django.http import HttpRequest

from portal.core.asking import PERSON, Reader, answers, filled, text_of
from portal.core.text import CONTROLS
from portal.notifications.models import Notification

#: what an address goes on with: a place in the page, a question
MARKS = "#?"
#: in a pattern of LIKE
ANYTHING = "%"
#: in the place of a page's addresses
STAND_INS = [f"/{code}/stand-in" for code, _name in settings.LANGUAGES]


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
    """The condition “its address is this page”, in any language, with or without a place in it or a question."""
    return _leads_to(_pages(request.path_info))


def _pages(path: str) -> list[str]:
    """The addresses of a page in every language; none where it is in none.

    Nothing leads to an address with signs that no row can hold; it is refused on a page, which has a bell too.
    """
    first, _slash, rest = path.lstrip("/").partition("/")
    codes = dict(settings.LANGUAGES)
    return [f"/{code}/{rest}" for code in codes] if first in codes and not CONTROLS.search(path) else []


def _leads_to(pages: list[str]) -> Q:
    further = (Q(path__startswith=f"{page}{mark}") for page in pages for mark in MARKS)
    return reduce(or_, further, Q(path__in=pages))


def _asked(request: HttpRequest) -> Bell:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Bell()
    keys: dict[Any, list[Any]] = {PERSON: [user.pk]}
    pages = _pages(request.path_info)
    for stand_in, page in zip(STAND_INS, pages, strict=False):
        keys[stand_in] = [page]
        begins = connection.ops.prep_for_like_query(page)
        keys |= {f"{stand_in}{mark}{ANYTHING}": [f"{begins}{mark}{ANYTHING}"] for mark in MARKS}
    text = text_of(Reader(PERSON, bool(pages), keys), _counted, partial(_counted, STAND_INS if pages else []))
    rows = answers(filled(text, keys), (IntegerField(), IntegerField()))
    every, here = rows[0] if rows else (0, 0)
    return Bell(every - here, here)


def _counted(pages: list[str], person: int) -> "QuerySet[Any]":
    mine = Notification.objects.filter(user=person).unread().order_by().values(all=Value(True))
    counted = mine.annotate(every=Count("pk"), here=Count("pk", filter=_leads_to(pages)))
    return counted.values_list("every", "here")
