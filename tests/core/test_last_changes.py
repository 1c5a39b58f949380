"""What is remembered until something changes is not remembered while somebody is changing it."""

from threading import Event, Thread
from time import sleep

import pytest
from django.db import connection, transaction

from actors.directory.models import Actor
from portal.core.remembered import Remembered, last_changes
from tests.factories import ActorFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory knows one writer"),
]


def test_an_act_that_begins_first_and_ends_last_is_seen_as_soon_as_it_has_ended():
    first, _second = ActorFactory(), ActorFactory()
    counted: Remembered[int] = Remembered()
    begun, may_end = Event(), Event()

    def archive():
        with transaction.atomic():
            first.state = Actor.State.ARCHIVED
            first.save()
            begun.set()
            assert may_end.wait(10)
        connection.close()

    def published() -> int:
        return counted.recall("", last_changes(Actor), lambda: Actor.objects.published().count())

    before = published()
    thread = Thread(target=archive)
    thread.start()
    assert begun.wait(10)
    ActorFactory()
    during = published()
    may_end.set()
    thread.join()
    assert [before, during, published()] == [before, before + 1, before]


def test_once_nobody_writes_it_is_remembered():
    ActorFactory()
    counted: Remembered[int] = Remembered()
    assert counted.recall("", stamp(), lambda: 1) == counted.recall("", stamp(), lambda: 2) == 1


def stamp():
    """The tests beside this one write into databases of their own, which this one notices too."""
    return next(found for _time in range(1000) if (found := last_changes(Actor)) or sleep(0.01))
