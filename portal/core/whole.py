"""Whoever sends or reads slowly keeps nobody else waiting.

The web server has many threads that receive and send, and few that answer. A request goes to one of those when all of
its body is here, and its answer leaves it when it is made; a body that arrives byte by byte holds a thread that does
nothing else.
"""

import socket
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile
from threading import Timer
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_path, override

#: bytes of a body that stay in memory; the rest is a file, which goes with the request
IN_MEMORY = 1 << 20
STEP = 1 << 16
#: bytes of a body that are kept; of more nothing is (the Caddyfile knows this number too)
LARGEST = 100_000_000
#: seconds a body may take
PATIENCE = 600


def _page(status: str, path: str) -> bytes:
    """What the portal says of it, in the language of the address; where the line has ended, nobody reads it."""
    if status.startswith("408"):
        return status.encode()
    with override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        return render_to_string(f"{status[:3]}.html", {"not_taken": True}).encode()


class WholeRequests:
    """A WSGI application that calls another one, `at_once` times at once, with requests that are complete."""

    def __init__(self, application: Callable[..., Any], at_once: int, folder: Path, patience: float = PATIENCE) -> None:
        self._application, self._folder, self._patience = application, folder, patience
        self._answering = ThreadPoolExecutor(at_once, "answers")

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = SpooledTemporaryFile(IN_MEMORY, dir=str(self._folder))  # noqa: SIM115 - closed below, where it may fail
        try:
            if length and (status := self._receive(environ, length, body)):
                page = _page(status, environ.get("PATH_INFO", ""))
                kind = "text/html; charset=utf-8"
                start_response(status, [("Content-Type", kind), ("Content-Length", str(len(page)))])
                return [page]
            if length:
                environ["wsgi.input"] = body
            return self._answering.submit(self._application, environ, start_response).result()
        finally:
            with suppress(OSError):  # what found no room is still to be written, for Python
                body.close()

    def _receive(self, environ: dict[str, Any], length: int, body: Any) -> str:
        """Read the body to its end; '' when all of it is in `body`, else the status that says why not."""
        why = "413 Content Too Large" if length > LARGEST else ""
        received = 0
        with self._not_for_ever(environ.get("gunicorn.socket")):
            while data := environ["wsgi.input"].read(min(STEP, length - received)):
                received += len(data)
                try:
                    if not why:
                        body.write(data)
                except OSError:  # no room; whoever sends listens only at the end
                    why = "503 Service Unavailable"
        if received < length:
            return "408 Request Timeout"
        if not why:
            body.seek(0)
        return why

    @contextmanager
    def _not_for_ever(self, line: socket.socket | None) -> Iterator[None]:
        """After a while nothing more is read from this line, so that what waits for more finds its end."""

        def end() -> None:
            with suppress(OSError):
                if line is not None:
                    line.shutdown(socket.SHUT_RD)

        clock = Timer(self._patience, end)
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()
