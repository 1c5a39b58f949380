"""A visitor's page that says the same is neither drawn nor sent again; one that does not, or is not theirs, is."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from actors.directory.models import Actor
from portal.core import unchanged
from portal.core.unchanged import Unchanged, state_of_the_data
from tests.factories import ActorFactory


@pytest.fixture
def institution(db):
    return ActorFactory(name_ar="جمعية الأفق", name_fr="Association Horizon", state=Actor.State.PUBLISHED)


def asked_again(client, address: str, mark: str):
    return client.get(address, headers={"If-None-Match": mark})


def test_a_visitor_s_page_is_asked_for_again_and_not_sent_again(client, institution):
    for address in (reverse("home:home"), reverse("directory:actors"), institution.get_absolute_url()):
        first = client.get(address)
        assert first.headers["Cache-Control"] == "private, no-cache", address
        again = asked_again(client, address, first.headers["ETag"])
        assert (again.status_code, again.content) == (304, b""), address
        assert again.headers["ETag"] == first.headers["ETag"]
        # as a proxy or the middleware that compresses has made it
        assert asked_again(client, address, f"W/{first.headers['ETag']}").status_code == 304


def test_what_was_changed_meanwhile_is_sent(client, institution):
    address = institution.get_absolute_url()
    mark = client.get(address).headers["ETag"]
    assert asked_again(client, address, mark).status_code == 304
    Actor.objects.update(name_ar="جمعية الفجر")
    again = asked_again(client, address, mark)
    assert again.status_code == 200
    assert "جمعية الفجر" in again.text
    assert again.headers["ETag"] != mark


def test_the_mark_of_a_page_is_none_of_another_page_nor_of_another_language(client, institution):
    mark = client.get("/ar/actors/").headers["ETag"]
    for other in ("/fr/actors/", "/ar/actors/?q=الأفق", "/ar/spaces/"):
        assert asked_again(client, other, mark).status_code == 200, other


def test_the_language_of_a_page_that_is_not_sent_again_is_remembered_all_the_same(client, institution):
    mark = client.get("/ar/actors/").headers["ETag"]
    client.get("/fr/actors/")
    again = asked_again(client, "/ar/actors/", mark)
    assert again.status_code == 304
    assert again.cookies["django_language"].value == "ar"


def test_whoever_signs_in_gets_their_own_page_and_no_mark(client, institution, administrator):
    mark = client.get("/ar/actors/").headers["ETag"]
    client.force_login(administrator)
    own = asked_again(client, "/ar/actors/", mark)
    assert (own.status_code, own.headers["Cache-Control"]) == (200, "private, no-store")
    assert "ETag" not in own.headers
    assert institution.name_ar in own.text
    client.logout()
    assert asked_again(client, "/ar/actors/", mark).status_code == 304


def test_a_page_with_the_token_of_a_form_has_no_mark(client, db):
    assert "ETag" not in client.get("/ar/accounts/login/").headers


class Drawn:
    """Whoever draws the page, and how often that was asked of them."""

    def __init__(self, text: str = "page") -> None:
        self.text, self.times = text, 0

    def __call__(self, request) -> HttpResponse:
        self.times += 1
        return HttpResponse(self.text)


@pytest.fixture
def state(monkeypatch):
    """What the database says of its state, as it is set."""
    said = ["1:1: 1"]
    monkeypatch.setattr(unchanged, "state_of_the_data", lambda: said[0])
    return said


def ask(door: Unchanged, mark: str = "", path: str = "/ar/", **cookies: str) -> HttpResponse:
    request = RequestFactory().get(path, headers={"If-None-Match": mark} if mark else {})
    request.COOKIES = {"django_language": path[1:3]} | cookies
    return door(request)


def test_where_nothing_was_written_the_page_is_not_even_drawn(state):
    page = Drawn()
    door = Unchanged(page)
    first = ask(door)
    second = ask(door)
    assert (first.text, second.text, page.times) == ("page", "page", 1)
    assert dict(second.items()) == dict(first.items())
    second.content = b"compressed"
    assert ask(door).text == "page"
    assert [ask(door, first["ETag"]).status_code for _time in range(3)] == [304] * 3
    assert page.times == 1


def test_who_asks_while_a_page_is_drawn_waits_for_that_one(state):
    page, begun, may_end = Drawn(), Event(), Event()

    def slow(request) -> HttpResponse:
        begun.set()
        assert may_end.wait(5)
        return page(request)

    door = Unchanged(slow)
    with ThreadPoolExecutor(5) as threads:
        answers = [threads.submit(ask, door)]
        assert begun.wait(5)
        answers += [threads.submit(ask, door) for _number in range(4)]
        may_end.set()
        assert [answer.result().text for answer in answers] == ["page"] * 5
    assert page.times == 1
    assert door.drawing == {}


def test_who_waited_in_vain_draws_the_page(state, monkeypatch):
    monkeypatch.setattr(unchanged, "PATIENCE", 0.05)
    page, may_end = Drawn(), Event()
    first = iter([True])

    def hangs_once(request) -> HttpResponse:
        if next(first, False):
            assert may_end.wait(5)
        return page(request)

    door = Unchanged(hangs_once)
    with ThreadPoolExecutor(1) as threads:
        hangs = threads.submit(ask, door)
        while not door.drawing:
            sleep(0.01)
        assert ask(door).text == "page"
        may_end.set()
        assert hangs.result().text == "page"
    assert page.times == 2


def test_once_something_was_written_or_the_minute_is_over_it_is_drawn(state):
    page = Drawn()
    door = Unchanged(page)
    mark = ask(door)["ETag"]
    state[0], page.text = "1:2: 1", "another page"
    again = ask(door, mark)
    assert (again.status_code, again.text, page.times) == (200, "another page", 2)
    # back to the former state nothing leads; its mark is not taken for the page of now
    assert ask(door, mark).status_code == 200


def test_what_was_written_while_a_page_was_drawn_is_on_the_next(state):
    page = Drawn()

    def overtaken(request) -> HttpResponse:
        state[0] = "1:2: 1"
        return page(request)

    door = Unchanged(overtaken)
    ask(door)
    page.text = "another page"
    assert ask(door).text == "another page"


def test_what_is_kept_is_of_one_address_and_of_visitors_who_show_nothing(state):
    page = Drawn()
    door = Unchanged(page)
    mark = ask(door)["ETag"]
    page.text = "another page"
    assert ask(door).text == "page"
    for cookies in ({"sessionid": "a"}, {"messages": "a"}, {"anything": "a"}, {"django_language": "fr"}):
        assert ask(door, mark, **cookies).text == "another page", cookies
    for path in ("/fr/", "/ar/?page=2"):
        assert ask(door, mark, path).text == "another page", path
    # a browser that is told to reload, and a piece of the page, which more headers shape than one
    for headers in ({"Cache-Control": "no-cache"}, {"HX-Request": "true"}, {"HX-Request": "tru", "HX-Target": "e"}):
        request = RequestFactory().get("/ar/", headers=headers)
        request.COOKIES = {"django_language": "ar"}
        assert door(request).text == "another page", headers
    assert ask(door).text == "page"


def test_an_answer_that_failed_or_that_carries_something_of_its_own_is_not_kept(state):
    def refused(request) -> HttpResponse:
        answers.append(HttpResponse("page", status=404 if len(answers) else 200))
        answers[-1].set_cookie("csrftoken", "a")
        return answers[-1]

    answers: list[HttpResponse] = []
    door = Unchanged(refused)
    ask(door)
    ask(door)
    ask(door)
    assert (len(answers), len(door.kept)) == (3, 0)


def test_only_so_many_pages_are_kept(state, monkeypatch):
    monkeypatch.setattr(unchanged, "KEPT", 3)
    door = Unchanged(Drawn())
    for number in range(6):
        ask(door, path=f"/ar/?page={number}")
    assert len(door.kept) == 3


@pytest.mark.django_db(transaction=True)
def test_the_state_is_another_after_whatever_was_written():
    if connection.vendor != "postgresql":
        assert state_of_the_data() == ""
        return
    for write in (
        ActorFactory,
        lambda: Actor.objects.update(name_fr="Autre"),
        lambda: Actor.objects.all().delete(),
    ):
        before = state_of_the_data()
        write()
        assert state_of_the_data() != before
    with transaction.atomic():
        assert state_of_the_data() == ""
