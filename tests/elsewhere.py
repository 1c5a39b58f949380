"""A portal of its own beside the tests': a folder, a database other processes can open, and these processes."""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created

SECONDS = 120
#: what a process needs first to be this very portal
SETUP = "import django; django.setup()\n"
MIGRATE = "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
#: the tests' own database as `migrate` left it, where it is SQLite, and whose turn it is among the processes of a run
MIGRATED = Path(os.environ["PORTAL_TEST_VAR"], "migrated.sqlite3")
TURN = os.open(MIGRATED.with_suffix(".turn"), os.O_CREAT | os.O_RDWR)


def begin_with_what_migrate_left() -> None:
    """One process of a run makes the tables; those that come after it fill their database in memory with a copy."""
    if connection.vendor == "sqlite":
        fcntl.flock(TURN, fcntl.LOCK_EX)
        if MIGRATED.exists():
            connection_created.connect(_fill)


def _fill(connection, **_signal) -> None:
    with closing(sqlite3.connect(MIGRATED)) as file:
        file.backup(connection.connection)


def keep_what_migrate_left() -> None:
    """Keeps the copy, for other processes and for portals elsewhere, which need not make the tables again."""
    connection_created.disconnect(_fill)
    if connection.vendor == "sqlite" and not MIGRATED.exists():
        connection.ensure_connection()
        with closing(sqlite3.connect(MIGRATED)) as file:
            connection.connection.backup(file)
    fcntl.flock(TURN, fcntl.LOCK_UN)


class Elsewhere:
    def __init__(self, folder: Path) -> None:
        self.folder, self.database = folder, folder / "tansiq.sqlite3"
        ours = ("TEST_", "PYTEST", "PORTAL", "COV", "DATABASE")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {
            "PORTAL_ENV": "embedded",
            "PORTAL_VAR": str(folder),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PYTHONPATH": str(settings.BASE_DIR),
            "LOG_LEVEL": "ERROR",
        }
        if MIGRATED.exists():
            shutil.copy(MIGRATED, self.database)
        else:
            self.run(MIGRATE)

    def start(self, *arguments: object, **options: object) -> subprocess.Popen:
        """A process that runs beside the test."""
        return subprocess.Popen(
            [sys.executable, *map(str, arguments)], env=self.environment, cwd=settings.BASE_DIR, text=True, **options
        )

    def run(self, code: str, *, ends: int = 0) -> str:
        """What the code writes, in a process that ends with this status."""
        process = self.start("-c", SETUP + code, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said, complained = process.communicate(timeout=SECONDS)
        assert process.returncode == ends, complained
        return said.strip()

    def ask(self, query: str) -> list[tuple]:
        """The rows of a query, without another process."""
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute(query).fetchall()
