"""Visitors' pages are read from the replica as long as it keeps up; nobody else's, and nothing that was just sent.

The replica of these tests is a second name of their own database, over the same line.
"""

import logging
from contextlib import ExitStack
from datetime import timedelta
from unittest import mock

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import MiddlewareNotUsed
from django.db import InternalError, OperationalError, connection, connections, transaction
from django.db.models import IntegerField
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actors.directory.models import Actor
from portal.core import replica as module
from portal.core.asking import Filled, answers
from portal.core.databases import PRIMARY, REPLICA, read_primary, reading
from portal.core.models import Heartbeat
from portal.core.unchanged import state_of_the_data
from portal.reference.memory import Memory
from tests.factories import PASSWORD, ActorFactory
from tests.production.test_settings import PRODUCTION, read, values

PAGE = "/fr/actors/"
LEAVE = "/fr/accounts/logout/"


@pytest.fixture
def replica(db, settings, monkeypatch):
    """The second name; a process that has not looked at it yet, and a sign of life."""
    settings.DATABASE_ROUTERS = ["portal.core.databases.Router"]
    monkeypatch.setitem(connections.settings, REPLICA, connections.settings[PRIMARY])
    for name, value in vars(module.Replica()).items():
        monkeypatch.setattr(module.replica, name, value)
    own = connections[PRIMARY]
    connections[REPLICA] = other = type(own)(own.settings_dict, REPLICA)
    other.connection, other.in_atomic_block = own.connection, True
    Heartbeat.beat("clock")
    yield other
    other.connection = None
    del connections[REPLICA]


class Asked:
    """How many questions the replica and the primary were asked by an act."""

    def __init__(self, act):
        with CaptureQueriesContext(connections[REPLICA]) as late, CaptureQueriesContext(connections[PRIMARY]) as own:
            self.answer = act()
        self.replica = [asked["sql"] for asked in late if "core_heartbeat" not in asked["sql"]]
        self.looks = len(late) - len(self.replica)
        self.primary = len(own)


def later(monkeypatch, seconds: float = module.SECONDS + 1) -> None:
    now = module.monotonic()
    monkeypatch.setattr(module, "monotonic", lambda: now + seconds)


def failing(failure: Exception):
    """The replica, as soon as anything but its sign of life is asked."""

    def execute(execute, sql, params, many, context):
        if "core_heartbeat" in sql:
            return execute(sql, params, many, context)
        raise failure

    return connections[REPLICA].execute_wrapper(execute)


def test_a_visitor_s_page_is_read_from_the_replica_alone(replica, client):
    actor = ActorFactory(state=Actor.State.PUBLISHED)
    client.get("/fr/search/?q=a")  # the names of places are read from the primary, once for all
    for address in (PAGE, actor.get_absolute_url(), "/fr/", "/fr/meetings/", "/fr/recommendations/", "/fr/search/?q=a"):
        asked = Asked(lambda address=address: client.get(address))
        assert (asked.answer.status_code, asked.primary) == (200, 0), address
        assert asked.replica, address


def test_the_signed_in_read_from_the_primary(replica, client, administrator):
    client.force_login(administrator)
    asked = Asked(lambda: client.get(PAGE))
    assert (asked.answer.status_code, asked.replica, asked.primary > 0) == (200, [], True)


def test_what_a_mailed_link_opens_is_read_from_the_primary(replica, client, administrator):
    key = f"{user_pk_to_url_str(administrator)}-{default_token_generator.make_token(administrator)}"
    asked = Asked(lambda: client.get(f"/fr/accounts/password/reset/key/{key}/"))
    assert (asked.answer.status_code, asked.replica, asked.primary > 0) == (302, [], True)


@pytest.mark.parametrize("address", ["/health/ready", "/sitemap.xml"])
def test_what_is_no_page_is_read_from_the_primary(replica, client, address):
    asked = Asked(lambda: client.get(address))
    assert (asked.replica, asked.primary > 0) == ([], True)


def test_what_is_sent_is_read_and_written_at_the_primary_and_keeps_its_sender_there(replica, client, administrator):
    form = {"login": administrator.email, "password": PASSWORD}
    asked = Asked(lambda: client.post("/fr/accounts/login/", form))
    assert (asked.answer.status_code, asked.replica) == (302, [])
    client.post(LEAVE)
    kept = client.cookies[module.JUST_SENT]
    assert (kept["httponly"], kept["samesite"], kept["max-age"]) == (True, "Lax", 190)
    assert not client.cookies.pop("sessionid").value  # a browser shows none
    asked = Asked(lambda: client.get(PAGE))
    assert (asked.replica, asked.primary > 0) == ([], True)
    del client.cookies[module.JUST_SENT]  # as a browser does when its time is over
    assert Asked(lambda: client.get(PAGE)).replica


def test_what_was_refused_keeps_nobody_at_the_primary(replica, client):
    assert client.post(PAGE).status_code == 405
    client.get(PAGE)
    assert module.JUST_SENT not in client.cookies


def test_a_replica_that_is_behind_is_not_asked_until_it_has_caught_up(replica, client, settings, monkeypatch, caplog):
    caplog.set_level(logging.INFO, module.log.name)
    Heartbeat.objects.update(at=timezone.now() - timedelta(seconds=settings.REPLICA_MAX_AGE + 5))
    for _time in range(3):
        assert Asked(lambda: client.get(PAGE)).replica == []
    assert "sign of life 18" in module.replica.why_not
    Heartbeat.beat("clock")
    assert Asked(lambda: client.get(PAGE)).replica == []  # it is not looked at before its time
    later(monkeypatch)
    assert Asked(lambda: client.get(PAGE)).replica
    Heartbeat.objects.all().delete()
    later(monkeypatch)
    assert Asked(lambda: client.get(PAGE)).replica == []
    assert module.replica.why_not == "no sign of life"
    said = [line.getMessage() for line in caplog.records if line.name == module.log.name]
    assert said == ["The replica is read", "The replica is not read any more: no sign of life"]


def test_it_is_looked_at_once_in_ten_seconds(replica, client, monkeypatch):
    assert [Asked(lambda: client.get(PAGE)).looks for _time in range(3)] == [1, 0, 0]
    later(monkeypatch)
    assert [Asked(lambda: client.get(PAGE)).looks for _time in range(2)] == [1, 0]


def test_a_page_at_which_the_replica_fails_is_made_from_the_primary(replica, client, caplog):
    client.get(PAGE)
    with failing(OperationalError("10.0.0.7 is gone")):
        answers = [client.get(PAGE) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    said = [line.getMessage() for line in caplog.records if line.name == module.log.name]
    assert said == ["The replica is not read any more: OperationalError"]
    assert Asked(lambda: client.get(PAGE)).replica == []


def test_one_that_fails_outside_a_view_is_made_from_the_primary_too(replica, client):
    client.get(PAGE)
    with failing(OperationalError("gone")), mock.patch.object(module.VisitorsReadReplica, "process_exception", None):
        assert client.get(PAGE).status_code == 200


def test_one_question_that_no_replica_answers_is_asked_of_the_primary_and_the_replica_is_kept(replica, client):
    client.get(PAGE)
    with failing(InternalError("cannot execute SELECT FOR UPDATE in a read-only transaction")):
        assert client.get(PAGE).status_code == 200
    assert Asked(lambda: client.get(PAGE)).replica


def test_a_replica_that_is_not_read_is_named_and_the_server_serves(replica, client):
    assert client.get("/health/ready").json()["replica"] == "ok"
    module.replica.leave(OperationalError("10.0.0.7 is gone"))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["replica"]) == (200, "OperationalError")
    assert "replica" in answer.json()["missing"]


def test_rows_of_the_replica_are_written_to_the_primary_and_may_be_joined(replica):
    with reading(REPLICA):
        actor = Actor.objects.get(pk=ActorFactory().pk)
        assert actor._state.db == REPLICA
        asked = Asked(lambda: Actor.objects.filter(pk=actor.pk).update(name_fr="Autre"))
        assert (asked.replica, asked.primary) == ([], 1)
        with transaction.atomic():
            assert Heartbeat.objects.get_or_create(name="x", defaults={"at": timezone.now()})[0]._state.db == PRIMARY
    assert Asked(lambda: list(actor.memberships.all())).primary == 1
    assert Asked(lambda: list(actor.memberships.all())).replica == []


def test_what_asks_in_sql_asks_where_the_rows_come_from(replica):
    question = Filled("SELECT 1", ())
    with reading(REPLICA):
        assert len(Asked(lambda: answers(question, [IntegerField()])).replica) == 1
        read_primary()
        assert Asked(lambda: answers(question, [IntegerField()])).replica == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL says in which state it is")
def test_the_state_of_a_replica_is_none_of_the_primary(replica, monkeypatch):
    with ExitStack() as outside:
        for alias in (PRIMARY, REPLICA):
            outside.enter_context(mock.patch.object(connections[alias], "in_atomic_block", False))
        with reading(REPLICA):
            late = state_of_the_data()
        own = state_of_the_data()
    assert late.startswith("replica ")
    assert own.startswith("default ")
    assert late.split()[1] == own.split()[1]


def test_a_table_that_all_use_is_read_from_the_primary(replica):
    memory = Memory(Heartbeat.objects.count)
    with reading(REPLICA):
        asked = Asked(memory.recall)
    assert (asked.looks, asked.primary) == (0, 1)


def test_without_a_replica_nothing_stands_before_the_pages():
    with pytest.raises(MiddlewareNotUsed):
        module.VisitorsReadReplica(mock.Mock())


def test_nobody_gets_the_cookie_where_there_is_no_replica(client, administrator):
    client.force_login(administrator)
    assert client.post(LEAVE).status_code == 302
    assert module.JUST_SENT not in client.cookies
    assert "replica" not in client.get("/health/ready").json()


def test_a_replica_is_named_by_its_address_and_is_otherwise_as_the_primary(tmp_path):
    address = "postgres://reader:secret@copy.example.org:5433/tansiq"
    told = values(tmp_path, "DATABASES", "DATABASE_ROUTERS", **PRODUCTION, REPLICA_URL=address)
    own, other = told["DATABASES"]["default"], told["DATABASES"]["replica"]
    assert (other["HOST"], other["PORT"], other["USER"]) == ("copy.example.org", 5433, "reader")
    assert {name: other[name] for name in ("ENGINE", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS")} == {
        name: own[name] for name in ("ENGINE", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS")
    }
    assert told["DATABASE_ROUTERS"] == ["portal.core.databases.Router"]
    assert list(values(tmp_path, "DATABASES", **PRODUCTION)["DATABASES"]) == ["default"]


def test_a_replica_of_nothing_is_refused(tmp_path):
    answer = read(tmp_path, ["DEBUG"], PORTAL_ENV="embedded", REPLICA_URL="postgres://x@localhost/x")
    assert answer.returncode != 0
    assert "REPLICA_URL needs a PostgreSQL" in answer.stderr
