"""A page that says the same to every visitor is drawn once in each process as long as nothing was written, and sent
once to each browser.

1. Every page of a visitor carries the mark of what it says (`ETag`), and is asked for again before it is shown again.
   Pages of the signed in carry none: no browser keeps them. Whose mark is the page's gets a line, not the page (304).
2. Where nothing at all has been written since a page was drawn, it is not drawn again. Whether anything was, PostgreSQL
   says: as long as its snapshot is the same, nobody's transaction that wrote has begun or ended. Another database is
   not asked, and the page drawn. So it is for a piece of a page, for a browser with any cookie but the language's, and
   for one that asks past what is kept (`Cache-Control: no-cache`).
3. What stands on a page may follow from the hour: each minute it is drawn anew.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from copy import copy
from threading import Event, Lock
from time import time
from typing import NamedTuple

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language_from_path

from portal.core.databases import read_connection

#: a browser that has the page asks before it shows it again
ASKED_AGAIN = "private, no-cache"
VARY = ("Accept-Encoding", "Cookie", "HX-Request")
STATE = """
    SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text ELSE pg_current_snapshot()::text END
"""
#: seconds that one waits for a page which another is drawing
PATIENCE = 2
#: so many pages each process keeps
KEPT = 64


class Drawn(NamedTuple):
    """A page as it was drawn, and in which state of the data."""

    state: str
    mark: str
    answer: HttpResponse


class Unchanged:
    """Stands before whoever asks who it is: a visitor shows no session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        #: by address, and the language of the last page, which an answer may have to change
        self.kept: OrderedDict[str, Drawn] = OrderedDict()
        #: what is being drawn now: who asks for the same meanwhile waits for it, for a while
        self.drawing: dict[str, Event] = {}
        self.lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_of_a_visitor(request):
            return self.get_response(request)
        key = _address(request) if _shows_nothing(request) else ""
        state = state_of_the_data() if key else ""  # before the page is drawn: what is written meanwhile is another
        if not state:
            return self._drawn(request)
        if (kept := self._kept(request, key, state)) is not None:
            return kept
        with self.lock:
            others = self.drawing.get(key)
            own = None if others else self.drawing.setdefault(key, Event())
        if others and others.wait(PATIENCE) and (kept := self._kept(request, key, state)) is not None:
            return kept
        try:
            return self._drawn(request, key, state)
        finally:
            if own:
                with self.lock:
                    del self.drawing[key]
                own.set()

    def _kept(self, request: HttpRequest, key: str, state: str) -> HttpResponse | None:
        drawn = self.kept.get(key)
        if drawn is None or drawn.state != state:
            return None
        response = _copy(drawn.answer)
        return get_conditional_response(request, etag=drawn.mark, response=response) or response

    def _drawn(self, request: HttpRequest, key: str = "", state: str = "") -> HttpResponse:
        response = self.get_response(request)
        if not _says_the_same_to_all(response):
            return response
        mark = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response.headers["ETag"] = mark
        response.headers.setdefault("Cache-Control", ASKED_AGAIN)
        patch_vary_headers(response, VARY)
        if state:
            self._keep(key, Drawn(state, mark, _copy(response)))
        return get_conditional_response(request, etag=mark, response=response) or response

    def _keep(self, key: str, drawn: Drawn) -> None:
        with self.lock:
            self.kept[key] = drawn
            self.kept.move_to_end(key)
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)


def _is_of_a_visitor(request: HttpRequest) -> bool:
    shown = request.COOKIES.keys() & {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name}
    return request.method in {"GET", "HEAD"} and not shown and get_language_from_path(request.path_info) is not None


def _shows_nothing(request: HttpRequest) -> bool:
    """Whoever comes with nothing but the language of the last page is like everybody else who does."""
    own = request.COOKIES.keys() - {settings.LANGUAGE_COOKIE_NAME}
    return not (own or "HX-Request" in request.headers or asks_anew(request))


def asks_anew(request: HttpRequest) -> bool:
    """Past what is kept, as a browser does whose reader reloads a page."""
    return "no-cache" in request.headers.get("Cache-Control", "")


def _address(request: HttpRequest) -> str:
    last = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return f"{request.method} {request.scheme} {request.get_host()} {request.get_full_path()} {last}"


def _copy(response: HttpResponse) -> HttpResponse:
    """Of its own: whoever stands outside compresses what they are given."""
    answer = HttpResponse(response.content, headers=response.headers)
    answer.cookies = copy(response.cookies)
    return answer


def _says_the_same_to_all(response: HttpResponse) -> bool:
    """A page without anything that is meant for one browser only, like the token of a form."""
    own = response.cookies.keys() - {settings.LANGUAGE_COOKIE_NAME}
    is_kept = "no-store" not in response.headers.get("Cache-Control", "")
    return response.status_code == 200 and is_kept and not (own or response.streaming or response.has_header("ETag"))


def state_of_the_data() -> str:
    """The same text as long as nothing was written and the minute is the same; '' where that cannot be known.

    Inside a transaction one's own writing does not show in the snapshot. A replica's snapshot does not say which
    transactions have ended; how far it has come does.
    """
    connection = read_connection()
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return ""
    try:
        with connection.cursor() as cursor:
            cursor.execute(STATE)
            (snapshot,) = cursor.fetchone()
    except (DatabaseError, InterfaceError):  # the page says that the database is away
        return ""
    return f"{connection.alias} {snapshot} {int(time() // 60)}"
