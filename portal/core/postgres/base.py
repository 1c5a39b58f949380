"""Django's backend for PostgreSQL, that notices within three seconds when the server does not answer any more.

1. Who connects asks first, over a line of its own, whether the server is there; then it has CONNECT seconds.
2. A query may take as long as it takes; but each time the server was silent for SILENCE seconds it is asked in the same
   way. One that is gone, frozen or cut off does not answer, and the query ends with an error.
3. After that nobody asks for PAUSE seconds (`breakers`): the pages say at once that the database is away, and a server
   that is back is found again within as many.
"""

import socket
from collections import defaultdict
from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.errors import ConnectionTimeout, _WaitTimeout

from portal.core.breaker import Away, Breaker

CONNECT, SILENCE, ANSWER, PAUSE = 2, 1, 0.75, 1
#: a question of many parts is guessed to be dear, and compiled for longer than it takes to answer it
NO_MACHINE_CODE = "-c jit=off"
#: a request of the protocol that any server answers with one letter, before it knows who asks
WHO_IS_THERE = (8).to_bytes(4) + (80877103).to_bytes(4)
#: one for each database of the settings
breakers: defaultdict[str, Breaker] = defaultdict(lambda: Breaker(PAUSE))


class NotThere(psycopg.OperationalError):
    """The server is gone, frozen or cut off; one that refuses a connection in words is there."""


class Connection(psycopg.Connection[Any]):
    """A connection that does not wait for a server that is not there."""

    breaker: Breaker

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        steps = _resumable(gen)
        while True:
            try:
                return super().wait(steps, interval, SILENCE)
            except _WaitTimeout:
                if not is_there(self.info.host, self.info.port):
                    self.breaker.trip()
                    self.close()
                    raise NotThere("the database does not answer") from None


def _resumable(gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
    """The steps of the driver, so that who waits may stop and begin again: whoever does is told what was last waited
    for, where the driver's own would take the beginning for an answer (a large statement is still being sent)."""
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if ready is not None:
                wanted = gen.send(ready)
    except StopIteration as done:
        return done.value


class DatabaseWrapper(base.DatabaseWrapper):
    """`django.db.connection` where the database is PostgreSQL."""

    Database = SimpleNamespace(**vars(psycopg) | {"connect": Connection.connect})  # type: ignore[assignment]

    @property
    def breaker(self) -> Breaker:
        return breakers[self.alias]

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            with self.breaker.asking(NotThere):
                made = self._connected({"connect_timeout": CONNECT, "options": NO_MACHINE_CODE} | conn_params)
                made.breaker = self.breaker
                return made
        except Away:
            raise NotThere("the database did not answer a moment ago") from None

    def _connected(self, conn_params: dict[str, Any]) -> Any:
        host, port = conn_params.get("host", ""), int(conn_params.get("port") or 5432)
        if host and not is_there(host, port):  # sooner than the driver, which takes two seconds at least
            raise NotThere("the database does not answer")
        try:
            return super().get_new_connection(conn_params)
        except ConnectionTimeout as failure:
            raise NotThere(str(failure)) from failure

    def is_usable(self) -> bool:
        return not self.breaker.is_away and super().is_usable()


def is_there(host: str, port: int) -> bool:
    """Whether a server of PostgreSQL says anything at all, asked over a line of its own."""
    is_path = host.startswith("/")
    try:
        with socket.socket(socket.AF_UNIX) if is_path else socket.create_connection((host, port), ANSWER) as line:
            line.settimeout(ANSWER)
            if is_path:
                line.connect(f"{host}/.s.PGSQL.{port}")
            line.sendall(WHO_IS_THERE)
            return bool(line.recv(1))
    except OSError:
        return False
