"""A server that takes the line and says nothing, as a frozen one does: it is waited for once and shortly."""

import socket
import time
from collections import defaultdict

import psycopg
import pytest
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.db import connection

from portal.core import breaker as breakers
from portal.core import cache as caches
from portal.core.postgres import base


@pytest.fixture
def silent():
    """The port of somebody who listens and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listening:
        yield listening.getsockname()[1]


def seconds(act):
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


@pytest.fixture
def closed(monkeypatch):
    """Breakers that know of no failure yet."""
    monkeypatch.setattr(caches, "breaker", breakers.Breaker(caches.PAUSE))
    monkeypatch.setattr(base, "breakers", defaultdict(lambda: breakers.Breaker(base.PAUSE)))


def test_a_database_is_waited_for_once_and_then_refused_at_once(silent, closed):
    values = {"ENGINE": "portal.core.postgres", "NAME": "x", "USER": "x", "HOST": "127.0.0.1", "PORT": silent}
    database = base.DatabaseWrapper(connection.settings_dict | values | {"PASSWORD": "", "OPTIONS": {}}, "other")

    def ask():
        with pytest.raises(base.NotThere):
            database.get_new_connection(database.get_connection_params())

    assert seconds(ask) < 3
    assert seconds(ask) < 0.1
    assert [name for name, breaker in base.breakers.items() if breaker.is_away] == ["other"]


def test_whether_a_database_is_there_is_asked_on_a_line_of_its_own(silent):
    assert not base.is_there("127.0.0.1", silent)
    assert not base.is_there("/nowhere", 5432)
    if connection.vendor == "postgresql":
        asked = connection.settings_dict
        assert base.is_there(asked["HOST"], int(asked["PORT"] or 5432))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a PostgreSQL that answers")
@pytest.mark.django_db
def test_a_query_that_takes_long_is_not_taken_for_a_server_that_is_gone(monkeypatch):
    monkeypatch.setattr(base, "SILENCE", 0.2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.7)")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a PostgreSQL that answers")
@pytest.mark.django_db
def test_a_statement_that_takes_long_to_send_is_sent_whole(monkeypatch):
    monkeypatch.setattr(base, "SILENCE", 0.001)
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(%s)", ["ا" * 30_000_000])
        assert cursor.fetchone() == (30_000_000,)


def test_a_question_to_a_server_that_froze_ends_with_an_error(silent, closed, monkeypatch):
    monkeypatch.setattr(
        base.Connection, "info", property(lambda self: type("Info", (), {"host": "127.0.0.1", "port": silent}))
    )
    monkeypatch.setattr(base.Connection, "close", lambda self: None)

    def freezes(self, gen, interval, timeout):
        raise base._WaitTimeout

    monkeypatch.setattr(psycopg.Connection, "wait", freezes)
    frozen = base.Connection.__new__(base.Connection)
    frozen.breaker = breakers.Breaker(base.PAUSE)
    with pytest.raises(base.NotThere):
        base.Connection.wait(frozen, iter(()))
    assert frozen.breaker.is_away


def test_a_cache_is_waited_for_once_and_then_nobody_asks(silent, closed):
    cache = caches.GuardedCache(f"redis://127.0.0.1:{silent}/0", {})
    assert seconds(lambda: cache.set("a", 1, DEFAULT_TIMEOUT)) < 1
    assert seconds(lambda: cache.get("a")) < 0.05
    assert cache.get("a", "nothing") == "nothing"
    assert cache.add("lock", True) is True
    assert cache.get_many(["a"]) == {}
    assert cache.has_key("a") is False
    cache.delete("lock")
    cache.clear()


def test_after_the_pause_one_asks_and_the_others_wait_for_what_it_hears():
    breaker = breakers.Breaker(0.05)
    with pytest.raises(ValueError, match="x"), breaker.asking(ValueError):
        raise ValueError("x")
    assert breaker.is_away
    time.sleep(0.06)
    with breaker.asking(ValueError), pytest.raises(breakers.Away), breaker.asking(ValueError):
        pass
    with breaker.asking(ValueError), breaker.asking(ValueError):
        pass
