"""Log lines: UTC time, level, logger, message, and the number of the request it came from; one for each request."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

log = logging.getLogger("portal.requests")

#: the number of the request this thread answers
number: ContextVar[str] = ContextVar("number", default="")
#: what is to be said in the line of the request this thread answers; None where none is
notes: ContextVar[list[str] | None] = ContextVar("notes", default=None)
#: what a proxy may call a request
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
#: what an address names a secret by, in the routes that have one
SECRETS = ("token", "key")


class UTCFormatter(logging.Formatter):
    """One line per record, stamped in UTC whatever the machine's clock says."""

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging calls it so
        line = super().formatMessage(record)
        return f"{line} [{number.get()}]" if number.get() else line


class RefusalsInOneLine(logging.Filter):
    """Django tells each refusal a second time, with the inside of it: ours says who and where, and that is enough.

    Of a failure it tells where as well: with nothing in it that opens a door.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", 500)
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(place(request) if arg == request.path else arg for arg in record.args)
        if status == 503:  # the server that is away is named; where the portal asked it is no news
            record.exc_info = None
        return status >= 500


class RequestLog:
    """A line for each request: what, who by the key of their account, how it ended, how long it took.

    Its number is the proxy's (X-Request-ID), or a new one, and is given back; every line of the log has it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        mine = given if GIVEN.fullmatch(given) else uuid.uuid4().hex
        said: list[str] = []
        before, noted, begun = number.set(mine), notes.set(said), time.monotonic()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = mine
            took = 1000 * (time.monotonic() - begun)
            is_refused = bool(said) or response.status_code in {400, 403, 404, 405, 413, 429, 503}
            # Who it is was found out, or nobody asked: the log does not ask the database.
            person = getattr(request, "_cached_user", None)
            log.log(
                logging.WARNING if is_refused else logging.INFO, "%s %s %s, user %s, %d ms%s",
                response.status_code, request.method, place(request), getattr(person, "pk", None) or "-", took,
                "".join(f": {why}" for why in said),
            )  # fmt: skip
            return response
        finally:
            number.reset(before)
            notes.reset(noted)


def refused(why: str) -> None:
    """Say in the line of this request why it was refused; in a line of its own where no request is answered."""
    said = notes.get()
    if said is None:
        log.warning(why)
    else:
        said.append(why)


def place(request: HttpRequest) -> str:
    """The path, with nothing in it that opens a door, and nothing that would begin a line of its own."""
    path = request.path
    for name, value in (request.resolver_match.kwargs if request.resolver_match else {}).items():
        if name in SECRETS:
            path = path.replace(str(value), f"<{name}>")
    return path.encode("unicode_escape").decode() if not path.isprintable() else path
