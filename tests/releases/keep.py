"""Keeps the demonstration of this version: `python -m tests.releases.keep 0.1` from a checkout of it.

Writes `0.1.sqlite.sql.gz` beside this file and, with DATABASE_URL naming an empty PostgreSQL database,
`0.1.postgresql.sql.gz`. test_upgrade.py brings each of them up to date; neither is ever written again.
"""

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent
FILL = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_reference")
call_command("load_consultation", demonstration=True)
"""


def keep(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _fill({"PORTAL_VAR": folder})
        with closing(sqlite3.connect(Path(folder, "tansiq.sqlite3"))) as database:
            _write(name, "sqlite", "\n".join(database.iterdump()))
        if address := os.environ.get("DATABASE_URL"):
            _fill({"PORTAL_VAR": folder, "DATABASE_URL": address})
            dump = ["pg_dump", "--inserts", "--rows-per-insert=200", "--no-owner", "--no-privileges", address]
            said = subprocess.run(dump, check=True, capture_output=True, text=True).stdout
            _write(name, "postgresql", "\n".join(line for line in said.splitlines() if not line.startswith("\\")))


def _fill(environment: dict[str, str]) -> None:
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    code = f"import django; django.setup()\n{FILL}"
    ours |= {"PORTAL_ENV": "embedded", "DJANGO_SETTINGS_MODULE": "portal.settings"} | environment
    subprocess.run([sys.executable, "-c", code], check=True, env=ours, cwd=HERE.parents[1])


def _write(name: str, vendor: str, script: str) -> None:
    (HERE / f"{name}.{vendor}.sql.gz").write_bytes(gzip.compress(script.encode(), 9, mtime=0))


if __name__ == "__main__":
    keep(sys.argv[1])
