"""`manage.py demo`: fills the embedded portal with the consultation of Nador and serves it until Ctrl-C."""

import fcntl
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from portal.core.static import build_static
from portal.home.loads.demonstration import ACCOUNTS, PASSWORD
from portal.home.management.children import Child, Children
from portal.home.management.older_database import set_aside_older_database
from portal.home.management.stopping import Signals, Stop

HOST = "127.0.0.1"
SECONDS_TO_START = 60


class Command(BaseCommand):
    """Prepare, keep a web server, a worker and the clock running, say where it is, take all down at the end."""

    help = "Prepare the embedded portal with the consultation of Nador, and serve it until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="only prepare the database, serve nothing")
        parser.add_argument("--port", type=int, default=8000, help="where the web server listens (8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_another_database()
        with self._alone(), Signals().caught() as signals:
            try:
                if not options["no_serve"]:
                    self._refuse_a_taken_port(options["port"])
                call_command("check", stdout=self.stdout, stderr=self.stderr)
                self._prepare()
                if not options["no_serve"]:
                    if not settings.DEBUG and build_static():
                        self.stdout.write("Style sheets and scripts: built.")
                    self._serve(options["port"], signals)
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
        if older := set_aside_older_database(timezone.localtime()):
            self.stdout.write(
                f"The database in {settings.VAR} is another version's and cannot be brought up to date. "
                f"It was set aside in {older.name}, whole, and a new one is made. Uploaded files stay where they are."
            )
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if waiting:
            call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"Database: {waiting} migrations applied." if waiting else "Database: up to date.")
        call_command("load_reference", stdout=self.stdout)
        call_command("load_consultation", demonstration=True, stdout=self.stdout)

    def _serve(self, port: int, signals: Signals) -> None:
        address = f"http://{HOST}:{port}"
        environment = {**os.environ, "SITE_ADDRESS": os.environ.get("SITE_ADDRESS", address)}
        connection.close()
        children = Children(_children(port), self._say, cwd=settings.BASE_DIR, env=environment)
        signals.only_note = True  # a process just started must be known before it can be taken down
        with children.running():
            self._wait_for(address, children, signals)
            if not signals.asked:
                self._announce(address)
            while not signals.asked:
                children.look()
                time.sleep(0.3)
            self._say("Stopping…")
        raise Stop

    def _wait_for(self, address: str, children: Children, signals: Signals) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        web = children.children[0]
        while time.monotonic() < deadline and not signals.asked:
            if web.process is None or web.process.poll() is not None:
                raise CommandError("The web server does not start; its last lines above say why.")
            with suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"{address}/health/live", timeout=2).close()  # noqa: S310
                return
            time.sleep(0.2)
        if not signals.asked:
            raise CommandError(f"The web server did not answer on {address} within {SECONDS_TO_START} seconds.")

    def _say(self, line: str) -> None:
        with suppress(OSError):  # the terminal is gone; the children still have to be taken down
            self.stdout.write(f"{timezone.localtime():%H:%M:%S} {line}")
            self.stdout.flush()

    def _announce(self, address: str) -> None:
        width = max(len(email) for email, _ in ACCOUNTS)
        lines = [
            "",
            f"  Tansiq is served on {address}/",
            "",
            f"  Sign in with one of these accounts; the password of all is: {PASSWORD}",
            *(f"    {email:<{width}}  {who}" for email, who in ACCOUNTS),
            "",
            f"  {_where_mail_goes()}  Ctrl-C stops everything.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _where_mail_goes() -> str:
    options: Any = settings.MAILERS["default"]["OPTIONS"]
    if "file_path" in options:
        return f"Mail is written to {options['file_path']}."
    return f"Mail is sent through {options['host']}:{options['port']}, as EMAIL_URL says."


def _children(port: int) -> list[Child]:
    celery = [sys.executable, "-m", "celery", "--app", "portal", "--quiet"]
    web = [
        *(sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"{HOST}:{port}"),
        *("--log-level", "warning", "--graceful-timeout", "5"),  # the rest: gunicorn.conf.py
    ]
    worker = [
        *(*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]
    clock = [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]
    return [
        Child("web server", web, "the pages are away until then"),
        Child("worker", worker, "the pages go on, and mail and reports wait for it"),
        Child("clock", clock, "the pages go on, and reminders wait for it"),
    ]
