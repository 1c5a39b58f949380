"""`manage.py demo`: fills the embedded portal with the consultation of Nador and serves it until Ctrl-C."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.home.loads.demonstration import ACCOUNTS, PASSWORD

HOST = "127.0.0.1"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 15


class Command(BaseCommand):
    """Prepare, start the web server and one worker with the clock in it, say where it is, take all down at the end."""

    help = "Prepare the embedded portal with the consultation of Nador, and serve it until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="only prepare the database, serve nothing")
        parser.add_argument("--port", type=int, default=8000, help="where the web server listens (8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_another_database()
        with self._alone(), _stopping_on_signals():
            try:
                if not options["no_serve"]:
                    self._refuse_a_taken_port(options["port"])
                call_command("check", stdout=self.stdout, stderr=self.stderr)
                self._prepare()
                if not options["no_serve"]:
                    self._serve(options["port"])
            except Stop:
                self.stdout.write("Stopped; nothing is left running.")

    def _refuse_another_database(self) -> None:
        name = str(settings.DATABASES["default"].get("NAME", ""))
        if not settings.IS_EMBEDDED or connection.vendor != "sqlite" or not name.startswith(str(settings.VAR)):
            raise CommandError(
                "The demonstration is only written into the embedded database in var/. "
                "DATABASE_URL or PORTAL_ENV is set (in the environment or in .env): unset it and run again."
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One demonstration at a time in one var/: the kernel drops the lock even when the process is killed."""
        with (settings.VAR / "demo.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as held:
                lock.seek(0)
                raise CommandError(
                    f"A demonstration is already running in {settings.VAR} (process {lock.read().strip() or '?'}). "
                    "Stop it with Ctrl-C first, or give this one another folder with PORTAL_VAR."
                ) from held
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def _refuse_a_taken_port(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except (OSError, OverflowError) as taken:
                other = port + 1 if 1024 <= port < 65535 else 8123
                raise CommandError(
                    f"Port {port} cannot be used ({taken}). Choose another: make demo PORT={other}"
                ) from taken

    def _prepare(self) -> None:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if waiting:
            call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"Database: {waiting} migrations applied." if waiting else "Database: up to date.")
        call_command("load_reference", stdout=self.stdout)
        call_command("load_consultation", demonstration=True, stdout=self.stdout)

    def _serve(self, port: int) -> None:
        address = f"http://{HOST}:{port}"
        environment = {**os.environ, "SITE_ADDRESS": os.environ.get("SITE_ADDRESS", address)}
        connection.close()
        children: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for name, command in (("web server", _web(port)), ("worker", _worker())):
                # A session of its own: Ctrl-C reaches this process only, which then stops them in order.
                children[name] = subprocess.Popen(  # noqa: S603
                    command, cwd=settings.BASE_DIR, env=environment, start_new_session=True
                )
            self._wait_for(address, children)
            self._announce(address)
            _watch(children)
        finally:
            self.stdout.write("\nStopping…")
            _take_down(children)

    def _wait_for(self, address: str, children: dict[str, subprocess.Popen[bytes]]) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            _refuse_the_dead(children)
            try:
                with urllib.request.urlopen(f"{address}/health/live", timeout=2):  # noqa: S310
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise CommandError(f"The web server did not answer on {address} within {SECONDS_TO_START} seconds.")

    def _announce(self, address: str) -> None:
        width = max(len(email) for email, _ in ACCOUNTS)
        lines = [
            "",
            f"  Tansiq is served on {address}/",
            "",
            f"  Sign in with one of these accounts; the password of all is: {PASSWORD}",
            *(f"    {email:<{width}}  {who}" for email, who in ACCOUNTS),
            "",
            f"  Mail is written to {settings.VAR / 'mail'}.  Ctrl-C stops everything.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


class Stop(BaseException):
    """Somebody asked for the end; no handler of ordinary errors may swallow it."""


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """Ctrl-C, a closed terminal and `kill` raise Stop once; later ones are ignored while the children go."""

    def stop(number: int, frame: FrameType | None) -> None:
        for name in names:
            signal.signal(name, signal.SIG_IGN)
        raise Stop

    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {name: signal.signal(name, stop) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _web(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"{HOST}:{port}"),
        *("--workers", "2", "--threads", "4", "--log-level", "warning", "--graceful-timeout", "5"),
        "--no-control-socket",
    ]


def _worker() -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "--app", "portal", "--quiet", "worker", "--beat", "--loglevel", "WARNING"),
        *("--concurrency", "2", "--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def _refuse_the_dead(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise CommandError(f"The {name} ended by itself (code {child.returncode}); its last lines above say why.")


def _watch(children: dict[str, subprocess.Popen[bytes]]) -> None:
    while True:
        _refuse_the_dead(children)
        time.sleep(0.5)


def _take_down(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask first, wait, then end whatever is left of each child's process group."""
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
