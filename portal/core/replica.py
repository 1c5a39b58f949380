"""Visitors' pages are read from a replica, where there is one (`REPLICA_URL`) and it keeps up.

1. A visitor shows no session. Everybody else reads from the primary; so does whatever is sent, and what a link with a
   secret opens, which was mailed a moment ago.
2. The clock's sign of life is a row. What was written before the newest one on the replica was, is there too: its age
   is how far behind the replica may be. Each SECONDS one request of a process looks; where it is older than
   `REPLICA_MAX_AGE`, or nobody answers, all read from the primary.
3. Whoever sent something carries a cookie that keeps them at the primary until no replica that is read can lack it.
4. A page at which the replica fails is made once more, from the primary.
"""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language_from_path

from portal.core.databases import REPLICA, is_replica_read, read_primary, reading
from portal.core.logs import SECRETS
from portal.core.models import Heartbeat

log = logging.getLogger(__name__)

#: how long a process goes on with what it knows of the replica
SECONDS = 10
#: the cookie of who sent something
JUST_SENT = "just_sent"


class Replica:
    """What this process knows of the replica: `why_not` it is asked, '' where it is."""

    def __init__(self) -> None:
        self.why_not = "not looked at yet"
        self._until = 0.0

    def is_asked(self) -> bool:
        if monotonic() >= self._until:
            self._until = monotonic() + SECONDS  # this one looks, and the others go on with what is known
            self._note(_why_not())
        return not self.why_not

    def leave(self, failure: Exception) -> None:
        self._until = monotonic() + SECONDS
        self._note(type(failure).__name__)

    def _note(self, why_not: str) -> None:
        if bool(why_not) != bool(self.why_not):
            said = f"not read any more: {why_not}" if why_not else "read"
            log.log(logging.WARNING if why_not else logging.INFO, "The replica is %s", said)
        self.why_not = why_not


def _why_not() -> str:
    try:
        newest = Heartbeat.objects.using(REPLICA).aggregate(at=Max("at"))["at"]
    except (DatabaseError, InterfaceError) as failure:
        return type(failure).__name__
    age = (timezone.now() - newest).total_seconds() if newest else None
    if age is not None and age <= settings.REPLICA_MAX_AGE:
        return ""
    return "no sign of life" if age is None else f"sign of life {age:.0f} s old"


replica = Replica()


class VisitorsReadReplica:
    """Stands before all that asks the database, so that it can ask it once more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if REPLICA not in connections.settings:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _may_be_late(request) and replica.is_asked():
            with reading(REPLICA):
                response = self.get_response(request)
            if response.status_code != 503:
                return response
        response = self.get_response(request)
        if request.method not in {"GET", "HEAD"} and (response.status_code < 400 or response.status_code == 503):
            response.set_cookie(
                JUST_SENT,
                "1",
                max_age=settings.REPLICA_MAX_AGE + SECONDS,
                secure=bool(settings.SESSION_COOKIE_SECURE),
                httponly=True,
                samesite="Lax",
            )
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if kwargs.keys() & {*SECRETS}:
            read_primary()

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not (is_replica_read() and isinstance(exception, DatabaseError | InterfaceError)):
            return None
        if isinstance(exception, OperationalError | InterfaceError):
            replica.leave(exception)
        else:  # a lock, say, which no replica gives: the page is no visitor's to read from it
            log.warning("Made once more, from the primary: %r", exception)
        return HttpResponse(status=503)  # nobody sees it


def _may_be_late(request: HttpRequest) -> bool:
    """A page is asked for by a visitor who sent nothing a moment ago."""
    shown = request.COOKIES.keys() & {settings.SESSION_COOKIE_NAME, JUST_SENT}
    return request.method in {"GET", "HEAD"} and not shown and get_language_from_path(request.path_info) is not None
