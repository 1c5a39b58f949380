"""An older database is set aside whole and said so; one that can be brought up to date stays."""

import sqlite3
from contextlib import closing
from datetime import datetime
from io import StringIO

import pytest
from django.db import connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from portal.core.dates import CASABLANCA
from portal.home.management.commands import demo
from portal.home.management.older_database import set_aside_older_database

NOW = datetime(2026, 11, 29, 23, 15, 7, tzinfo=CASABLANCA)


@pytest.fixture
def var(tmp_path, settings, django_db_blocker):
    """A folder with a database that some migrations were applied to, a message that waits, and an upload."""
    options = {"init_command": "PRAGMA journal_mode=WAL", "timeout": 0.1}
    file = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "tansiq.sqlite3", "OPTIONS": options}
    usual = connections["default"]
    connections["default"] = own = DatabaseWrapper(usual.settings_dict | file)
    settings.VAR = tmp_path
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path / "broker" / "queue")}
    for name in ("broker/queue/1.celery.msg", "media/minutes.pdf"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    with django_db_blocker.unblock():
        MigrationExecutor(own).migrate([("auth", "0012_alter_user_first_name_max_length")])
        yield tmp_path
        own.close()
    connections["default"] = usual


def change(var, *statements):
    with closing(sqlite3.connect(var / "tansiq.sqlite3")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


OLDER = {
    "a migration that is no more": "INSERT INTO django_migrations (app, name, applied) VALUES ('actors', '0009_x', '')",
    "one missing before another": "DELETE FROM django_migrations WHERE app = 'auth' AND name = '0001_initial'",
    "a column more": "ALTER TABLE auth_group ADD COLUMN colour text",
    "a column less": "ALTER TABLE auth_permission RENAME COLUMN codename TO code",
    "a table less": "DROP TABLE auth_group_permissions",
}


@pytest.mark.parametrize("statement", OLDER.values(), ids=OLDER)
def test_an_older_database_is_set_aside_with_all_that_belongs_to_it(statement, var):
    change(var, statement, "INSERT INTO auth_group (name) VALUES ('kept')")
    folder = set_aside_older_database(NOW)
    assert folder == var / "older-2026-11-29-231507"
    assert sorted(path.name for path in var.iterdir()) == ["broker", "media", folder.name]
    assert (var / "media" / "minutes.pdf").exists()
    assert not list((var / "broker").iterdir())
    assert sorted(path.name for path in folder.iterdir()) == ["queue", "tansiq.sqlite3"]
    assert [path.name for path in (folder / "queue").iterdir()] == ["1.celery.msg"]
    with closing(sqlite3.connect(folder / "tansiq.sqlite3")) as database:
        assert database.execute("SELECT name FROM auth_group").fetchall() == [("kept",)]


def test_what_was_only_in_the_log_beside_the_database_goes_along(var):
    """The demonstration was killed: its last writes wait in the -wal file, and somebody still has it open."""
    change(var, OLDER["a migration that is no more"])
    with closing(sqlite3.connect(var / "tansiq.sqlite3")) as another:
        another.execute("BEGIN")
        another.execute("SELECT * FROM auth_group")  # nothing newer can be written back while this is read
        change(var, "INSERT INTO auth_group (name) VALUES ('late')")
        folder = set_aside_older_database(NOW)
        assert sorted(path.name for path in var.glob("tansiq*")) == []
        with closing(sqlite3.connect(folder / "tansiq.sqlite3")) as database:
            assert database.execute("SELECT name FROM auth_group").fetchall() == [("late",)]


@pytest.mark.parametrize(
    "statements",
    [
        [],
        [
            "DELETE FROM django_migrations WHERE app = 'auth' AND name LIKE '0012%'",
            "INSERT INTO auth_group (name) VALUES ('mine')",
        ],
    ],
    ids=["up to date", "waiting for one more"],
)
def test_a_database_of_this_version_stays(statements, var):
    change(var, *statements)
    assert set_aside_older_database(NOW) is None
    assert (var / "tansiq.sqlite3").exists()
    assert list((var / "broker" / "queue").iterdir())


def test_where_there_was_no_database_nothing_is_set_aside(var):
    connection.close()
    (var / "tansiq.sqlite3").unlink()
    assert set_aside_older_database(NOW) is None
    assert not list(var.glob("older-*"))


def test_the_demonstration_says_what_it_set_aside_and_begins_afresh(var, monkeypatch):
    change(var, OLDER["a migration that is no more"])
    called, out = [], StringIO()
    monkeypatch.setattr(demo, "call_command", lambda name, **options: called.append(name))
    demo.Command(stdout=out)._prepare()
    [folder] = var.glob("older-*")
    first, second = out.getvalue().splitlines()
    assert first == (
        f"The database in {var} is another version's and cannot be brought up to date. "
        f"It was set aside in {folder.name}, whole, and a new one is made. Uploaded files stay where they are."
    )
    assert second.startswith("Database: ")
    assert second.endswith(" migrations applied.")
    assert called == ["migrate", "load_reference", "load_consultation"]
