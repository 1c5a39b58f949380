"""Whose turn it is: everybody's first order before anybody's second, and no kind of work holds another."""

import pytest
from django.utils import timezone

from actors.directory.actions import order_printout
from actors.directory.models import Printout
from actors.doubles.actions import order_search
from actors.doubles.models import DoubleSearch
from portal.celery import CLOCK, app
from portal.core.work import LATELY, FileWork, WorkQuerySet, next_turn, work_on_next
from portal.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def made_at_once(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr("actors.directory.work.render", lambda printout: b"%PDF")


def printout_of(user):
    return order_printout("directory.hand_over", title="محضر", language="ar", data={}, by=user)


def test_who_ordered_much_waits_behind_everybodys_first(secretariat, officer, administrator):
    many = [printout_of(secretariat) for _order in range(5)]
    search = order_search(by=administrator)
    late, again = printout_of(officer), printout_of(officer)
    assert [work_on_next() for _turn in range(5)] == [
        (Printout, many[0].pk),
        (DoubleSearch, search.pk),
        (Printout, late.pk),
        (Printout, many[1].pk),
        (Printout, again.pk),
    ]
    after = printout_of(officer)
    assert next_turn(timezone.now()) == (Printout, many[2].pk)
    assert work_on_next() == (Printout, many[2].pk)
    assert next_turn(timezone.now()) == (Printout, after.pk), "the officer has had two, the other three"
    assert next_turn(timezone.now() + LATELY * 2) == (Printout, many[3].pk), "what was had long ago is forgotten"


def test_what_another_worker_was_quicker_with_is_passed_over(secretariat, monkeypatch):
    first, second = printout_of(secretariat), printout_of(secretariat)
    claim = WorkQuerySet.claim
    monkeypatch.setattr(WorkQuerySet, "claim", lambda rows, pk, now: None if pk == first.pk else claim(rows, pk, now))
    assert work_on_next() == (Printout, second.pk)
    assert work_on_next() is None


def test_mail_long_work_and_the_clock_have_queues_of_their_own():
    asked = {task for task, *_rest in CLOCK.values()} | {FileWork.WAKES, Notification.WAKES}
    queues = {task: app.amqp.router.route({}, task)["queue"].name for task in asked}
    assert {task for task, queue in queues.items() if queue == "mail"} == {
        "portal.notifications.tasks.deliver_next", "portal.notifications.tasks.deliver_waiting",
    }  # fmt: skip
    assert {task for task, queue in queues.items() if queue == "long"} == {
        "portal.core.tasks.work_on_next",
        "portal.core.tasks.resume_work",
        "actors.doubles.tasks.find_doubles_tonight",
    }
    assert set(queues.values()) == {"short", "mail", "long"}
