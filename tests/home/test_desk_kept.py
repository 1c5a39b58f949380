"""What a desk says is asked again as soon as anything is written, and is nobody else's."""

from time import sleep

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from actors.directory.models import Membership
from meetings.models import Meeting
from portal.core.unchanged import state_of_the_data
from portal.home.views import home
from recommendations.models import Assignment, Recommendation
from tests import factories

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL says that nothing was written"),
]


@pytest.fixture
def leads(db):
    """Two institutions, each with its person, and of each one recommendation that waits for its answer."""
    call_command("load_reference", verbosity=0)
    found = []
    for text in ("إحداث خلية استقبال", "فتح مركز للتوجيه"):
        person = factories.UserFactory()
        actor = factories.MembershipFactory(user=person, part=Membership.Part.MANAGER).actor
        meeting = factories.MeetingFactory(state=Meeting.State.HELD, audience=Meeting.Audience.MEMBERS)
        row = factories.RecommendationFactory(meeting=meeting, text_ar=text, state=Recommendation.State.ADOPTED)
        factories.AssignmentFactory(recommendation=row, actor=actor, answer=Assignment.Answer.WAITING)
        client = Client()
        client.force_login(person)
        found.append((client, text, row))
    return found


@pytest.fixture
def asked(monkeypatch):
    """In whose name a desk was asked, each time."""
    found, whole = [], home._asked
    monkeypatch.setattr(home, "_asked", lambda user: found.append(user) or whole(user))
    return found


def quietly(*pages) -> list[str]:
    """The pages in turn, while nobody writes: tests beside this one write into databases of the same server."""
    for _time in range(1000):
        before = state_of_the_data()
        shown = [page() for page in pages]
        if before == state_of_the_data():
            return shown
        sleep(0.01)
    raise AssertionError("somebody writes all the time")


def desk(client: Client, **headers: str):
    return lambda: client.get("/ar/", headers=headers).text


def test_a_desk_is_asked_once_as_long_as_nothing_is_written(leads, asked):
    (client, text, _row), _other = leads
    first, second = quietly(asked.clear, home._desks.forget, desk(client), desk(client))[2:]
    assert (text in first, text in second) == (True, True)
    assert len(asked) == 1


def test_a_desk_is_its_reader_s(leads):
    (one, text, _row), (other, others_text, _other_row) = leads
    for page in quietly(desk(one), desk(one)):
        assert (text in page, others_text in page) == (True, False)
    for page in quietly(desk(one), desk(other), desk(other))[1:]:
        assert (text in page, others_text in page) == (False, True)


def test_whatever_is_written_shows_at_once(leads):
    (client, text, row), _other = leads
    assert text in quietly(desk(client))[0]
    Recommendation.objects.filter(pk=row.pk).update(text_ar="إحداث مركز استماع")  # past the history
    [page] = quietly(desk(client))
    assert (text in page, "إحداث مركز استماع" in page) == (False, True)
    row.assignments.update(answer=Assignment.Answer.ACCEPTED)
    assert 'id="assigned"' not in quietly(desk(client))[0]


def test_whoever_reloads_asks_past_what_is_kept(leads, asked):
    (client, text, _row), _other = leads
    reloaded = quietly(desk(client), asked.clear, desk(client, **{"Cache-Control": "no-cache"}))[2]
    assert text in reloaded
    assert len(asked) == 1
