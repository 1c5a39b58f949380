"""Whom to invite is searched without losing whom one has ticked."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from actors.directory.models import Actor
from meetings.models import Invitation
from portal.core.search import reindex
from tests import factories


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(space=space, organiser=association, state="draft", reference="TST-2026-09")


@pytest.fixture
def page(meeting):
    return reverse("meetings:invite", args=[meeting.reference])


@pytest.fixture
def faculty(db):
    seat = factories.TerritoryFactory(
        code="02.113.05.03.", level="commune", kind="commune", name_ar="العروي", name_fr="Al Aaroui"
    )
    row = factories.ActorFactory(
        name_ar="كلية الحقوق", name_fr="Faculté de droit", acronym="FDO", aliases=["Collège juridique"], seat=seat
    )
    reindex(Actor.objects.all())
    return row


def boxes(response):
    """Key and state of every box of the page."""
    found = re.findall(r'name="actors" value="(\d+)"( checked)?', response.text)
    assert len({key for key, _checked in found}) == len(found)
    return {int(key): bool(checked) for key, checked in found}


def test_searching_keeps_every_tick(as_user, secretariat, page, faculty, association, commune, service):
    client = as_user(secretariat)
    assert boxes(client.get(page))[commune.pk] is True

    found = client.post(page, {"search": "1", "q": "faculté", "actors": [commune.pk]})
    assert boxes(found) == {association.pk: False, commune.pk: True, service.pk: False, faculty.pk: False}
    again = client.post(page, {"search": "1", "q": "qqqq", "actors": [commune.pk, faculty.pk]})
    assert boxes(again) == {association.pk: False, commune.pk: True, service.pk: False, faculty.pk: True}
    assert 'value="qqqq"' in again.text
    assert not Invitation.objects.exists()

    assert client.post(page, {"q": "qqqq", "actors": [commune.pk, faculty.pk]}).status_code == 302
    assert set(Invitation.objects.values_list("actor", flat=True)) == {commune.pk, faculty.pk}


@pytest.mark.parametrize("query", ["droit", "FDO", "Collège juridique", "Al Aaroui", "العروي"])
def test_an_institution_is_found_by_whatever_it_is_called_and_where_it_is(as_user, secretariat, page, faculty, query):
    for number in range(45):
        factories.ActorFactory(name_ar=f"ا {number}")
    assert faculty.pk not in boxes(as_user(secretariat).get(page))
    assert faculty.pk in boxes(as_user(secretariat).post(page, {"search": "1", "q": query}))


def test_everybody_can_be_reached_page_by_page(as_user, secretariat, page, commune):
    last = [factories.ActorFactory(name_ar=f"ي {number:02}") for number in range(45)][-1]
    client = as_user(secretariat)
    first = client.get(page)
    assert last.pk not in boxes(first)
    assert first.context["more"] == 40

    more = client.post(page, {"more": "40", "q": "", "actors": [commune.pk]})
    assert boxes(more)[last.pk] is False
    assert boxes(more)[commune.pk] is True


def test_what_is_refused_keeps_the_ticks(as_user, secretariat, page, faculty, commune):
    answer = as_user(secretariat).post(page, {"q": "droit", "actors": [commune.pk, 987654]})
    assert answer.status_code == 422
    assert boxes(answer)[commune.pk] is True
    assert faculty.pk in boxes(answer)


def test_a_member_is_found_as_anybody_else(as_user, secretariat, page, commune):
    reindex(Actor.objects.all())
    found = as_user(secretariat).post(page, {"search": "1", "q": "commune", "actors": [commune.pk]})
    assert found.context["found"] == [(commune, True)]
    assert boxes(found)[commune.pk] is True
