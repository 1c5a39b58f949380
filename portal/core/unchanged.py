"""A visitor who asks for a page they have gets a line, not the page, as long as it says the same (304).

1. Every page of a visitor carries the mark of what it says (`ETag`), and is asked for again before it is shown again.
   Pages of the signed in carry none: no browser keeps them.
2. Where the mark that comes back is the page's, the page need not be sent; and where nothing at all has been written
   since it was last drawn, it need not be drawn either. Whether anything was, PostgreSQL says: as long as its snapshot
   is the same, nobody's transaction that wrote has begun or ended. Another database is not asked, and the page drawn.
3. What stands on a page may follow from the hour: each minute it is drawn anew.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import time

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language_from_path

from portal.core.databases import read_connection

#: a browser that has the page asks before it shows it again
ASKED_AGAIN = "private, no-cache"
VARY = ("Accept-Encoding", "Cookie", "HX-Request")
#: of so many pages each process knows when they were last found unchanged
KNOWN = 2048


class Unchanged:
    """Stands before whoever asks who it is: a visitor shows no session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        #: by address and mark, the state of the data in which the address was last answered with what has this mark
        self.known: OrderedDict[tuple[str, str], str] = OrderedDict()
        self.lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_of_a_visitor(request):
            return self.get_response(request)
        mark = request.headers.get("If-None-Match", "").removeprefix("W/")
        key, state = _address(request), state_of_the_data() if mark else ""
        if state and self.known.get((key, mark)) == state and _is_remembered(request):
            return _not_modified(mark)
        response = self.get_response(request)
        if not _says_the_same_to_all(response):
            return response
        own = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response.headers["ETag"] = own
        response.headers.setdefault("Cache-Control", ASKED_AGAIN)
        patch_vary_headers(response, VARY)
        if state and own == mark:
            self._remember(key, mark, state)
        return get_conditional_response(request, etag=own, response=response) or response

    def _remember(self, key: str, mark: str, state: str) -> None:
        """`state` was read before the page was: what was written meanwhile makes it another one."""
        with self.lock:
            self.known[key, mark] = state
            self.known.move_to_end((key, mark))
            while len(self.known) > KNOWN:
                self.known.popitem(last=False)


def _is_of_a_visitor(request: HttpRequest) -> bool:
    shown = request.COOKIES.keys() & {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name}
    return request.method in {"GET", "HEAD"} and not shown and get_language_from_path(request.path_info) is not None


def _is_remembered(request: HttpRequest) -> bool:
    """The language of the page is the one that opens the next time; else the answer has to say so."""
    language = get_language_from_path(request.path_info)
    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) == language


def _address(request: HttpRequest) -> str:
    piece = request.headers.get("HX-Request", "") + request.headers.get("HX-Target", "")
    return f"{request.method} {request.get_host()} {request.get_full_path()} {piece}"


def _says_the_same_to_all(response: HttpResponse) -> bool:
    """A page without anything that is meant for one browser only, like the token of a form."""
    own = response.cookies.keys() - {settings.LANGUAGE_COOKIE_NAME}
    is_kept = "no-store" not in response.headers.get("Cache-Control", "")
    return response.status_code == 200 and is_kept and not (own or response.streaming or response.has_header("ETag"))


def _not_modified(mark: str) -> HttpResponse:
    response = HttpResponseNotModified(headers={"ETag": mark, "Cache-Control": ASKED_AGAIN})
    patch_vary_headers(response, VARY)
    return response


def state_of_the_data() -> str:
    """The same text as long as nothing was written and the minute is the same; '' where that cannot be known.

    Inside a transaction one's own writing does not show in the snapshot. A replica's state is its own.
    """
    connection = read_connection()
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return ""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_snapshot()::text")
            (snapshot,) = cursor.fetchone()
    except (DatabaseError, InterfaceError):  # the page says that the database is away
        return ""
    return f"{connection.alias} {snapshot} {int(time() // 60)}"
