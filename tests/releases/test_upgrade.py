"""The demonstration of each release, as it was left, is brought up to date and loses nothing."""

import gzip
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.db import connection

HERE = Path(__file__).parent


@pytest.fixture(params=sorted(HERE.glob(f"*.{connection.vendor}.sql.gz")), ids=lambda path: path.name.split(".sql")[0])
def kept(request, portal_elsewhere):
    """A portal elsewhere with the demonstration of a release in its database."""
    script = gzip.decompress(request.param.read_bytes()).decode()
    if connection.vendor == "sqlite":
        portal_elsewhere.database.unlink()
        with closing(sqlite3.connect(portal_elsewhere.database)) as database:
            database.executescript(script)
        yield portal_elsewhere
        return
    own = connection.settings_dict
    where = {"host": own["HOST"], "port": own["PORT"], "user": own["USER"], "password": own["PASSWORD"]}
    name = f"kept_{os.getpid()}"
    with closing(psycopg.connect(**where, dbname="postgres", autocommit=True)) as beside:
        beside.execute(f'CREATE DATABASE "{name}"')
        try:
            with psycopg.connect(**where, dbname=name) as database:
                database.execute(script)
            address = f"postgres://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}/{name}"
            portal_elsewhere.environment["DATABASE_URL"] = address
            yield portal_elsewhere
        finally:
            beside.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_kept_demonstration_is_brought_up_to_date(kept):
    """Its migrations are still ours, no row of it is lost, and each of its people reads what they read."""
    said = json.loads(kept.run((HERE / "upgrade.py").read_text()).splitlines()[-1])
    assert said["can"]
    assert said["lost"] == {}
    assert len(said["pages"]) > 30
    assert [page for page in said["pages"] if page[2] != 200] == []
