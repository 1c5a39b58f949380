"""What the platform is told: whether this server can serve, and who else gives no sign of life."""

import re
from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from portal.celery import app
from portal.core import tasks
from portal.core.models import Heartbeat
from portal.home.views.health import LIVES
from portal.notifications.models import ReminderRun

pytestmark = pytest.mark.django_db


def told():
    return Client().get("/health/ready")


@pytest.fixture
def everybody():
    for name in LIVES:
        Heartbeat.beat(name)
    ReminderRun.objects.create(started_at=timezone.now())


def test_everybody_is_there(everybody):
    answer = told()
    assert (answer.status_code, answer.json()["status"], answer.json()["missing"]) == (200, "ok", [])
    assert re.fullmatch(r"ok, \d+ s ago", answer.json()["worker_mail"])


@pytest.mark.parametrize("name", LIVES)
def test_who_is_missing_is_named_and_the_pages_go_on(everybody, name):
    Heartbeat.objects.filter(name=name).update(at=timezone.now() - LIVES[name] - timedelta(seconds=5))
    answer = told()
    missing = name if name == "clock" else f"worker_{name}"
    assert (answer.status_code, answer.json()["status"], answer.json()["missing"]) == (200, "degraded", [missing])
    assert answer.json()[missing].endswith("s ago")


def test_what_never_ran_is_said():
    told_of = told().json()
    assert {told_of[f"worker_{name}"] for name in ("short", "mail", "long")} == {told_of["clock"]} == {"never seen"}
    assert told_of["reminders"] == "missed, last never"


def test_without_a_database_it_cannot_serve_and_no_address_is_told():
    gone = OperationalError("connection to server at 10.0.0.7, user tansiq, failed")
    with connection.execute_wrapper(mock.Mock(side_effect=gone)):
        answer = told()
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    assert answer.json()["database"] == "OperationalError"
    assert "10.0.0.7" not in answer.text


def test_each_queue_is_asked_for_a_sign_of_life_by_the_clock():
    asked = {entry["args"][0]: entry for name, entry in app.conf.beat_schedule.items() if name.startswith("pulse")}
    assert asked.keys() == {"short", "mail", "long"} == LIVES.keys() - {"clock"}
    for queue, entry in asked.items():
        assert (entry["task"], entry["options"]["queue"]) == (tasks.pulse.name, queue)
        tasks.pulse(queue)
    assert set(Heartbeat.objects.values_list("name", flat=True)) == asked.keys()


def test_the_clock_lives_when_it_sends_whoever_reads_and_never_falls_over_its_sign(monkeypatch):
    monkeypatch.setattr(tasks.connection, "close", lambda: None)
    tasks.clock_is_alive(sender="another.task")
    assert not Heartbeat.objects.exists()
    tasks.clock_is_alive(sender=tasks.pulse.name)
    assert Heartbeat.objects.get().name == "clock"
    monkeypatch.setattr(Heartbeat, "beat", mock.Mock(side_effect=OperationalError("away")))
    tasks.clock_is_alive(sender=tasks.pulse.name)
