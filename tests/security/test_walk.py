"""Every page by every kind of person: the answer is what `visible_to` and the rules say, not what was seen once."""

import inspect
import re
from copy import deepcopy
from functools import partial
from itertools import cycle
from random import Random
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from django.utils.translation import override

from tests.answers import content_of
from tests.people import Person, client_of
from tests.security.conftest import LONG
from tests.security.doors import DOORS, doors, may_be_answered
from tests.security.forms import ASKED, KINDS, asked, mutated, samples, send
from tests.security.pages import ACTS, OTHERWISE, PAGES, answers, is_public
from tests.security.words import EXPORTS, MADE, NOT_MADE, hidden, read_by, told_in
from tests.security.world import WHO, build
from tests.test_one_road import takes_post
from tests.test_routes import PK, REFERENCE, SLUG, WITHOUT_ACCOUNT, every_route, routes, rows

#: of each kind of page the quick walk opens the first and the last
SOME = 2
WALKERS = WHO if LONG else ("visitor", "invited", "officer")
#: what stands for a thing in an address of `Route`
NAMED = re.compile(f"{PK}|{SLUG}|{REFERENCE}")
NOWHERE = {"pk": 987654, "slug": "no-such-thing", "reference": "NO-SUCH-99"}


@pytest.fixture(scope="module")
def made(once_for_the_module, tmp_path_factory):
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")), override("ar"):
        walked = build()
        walked.forms = samples(walked)
        yield walked


@pytest.fixture
def world(db, made):
    return deepcopy(made)


def test_every_address_of_a_thing_stands_in_the_table():
    with_things = {route.name for route in routes() if route.arguments}
    assert with_things == {*PAGES} | OTHERWISE
    assert {door.name for door in doors() if not door.name.startswith("admin:")} == {*DOORS}


def test_every_act_and_every_view_that_hands_out_a_file_stands_in_the_table():
    assert {route.name for route in routes() if takes_post(route) and not route.arguments} == {*ACTS}
    handing_out = re.compile(r"\b(export|export_sheets|send)\(|FileResponse|Content-Disposition|content_type=")
    found = {route.name for route in routes() if handing_out.search(inspect.getsource(route.function))}
    assert found == EXPORTS | MADE | NOT_MADE


def answered(client, send):
    """The content of the answer, what is wrong with it (a crash, or that a browser would keep what the signed in
    read), and the status; what was written is undone."""
    client.raise_request_exception = False
    with transaction.atomic():
        answer = send()
        content = content_of(answer)
        transaction.set_rollback(True)
    fault = getattr(answer, "exc_info", None) if answer.status_code >= 500 else None
    crash = repr(fault[1])[:300] if fault else "" if answer.status_code < 500 else str(answer.status_code)
    if isinstance(client, Person) and "no-store" not in answer.headers.get("Cache-Control", ""):
        crash = crash or "kept by the browser"
    is_led_to_sign_in = "/accounts/login/" in answer.headers.get("Location", "")
    return content, crash, "sign in" if is_led_to_sign_in else answer.status_code


def told(client, address):
    """The status, or what is wrong with the answer."""
    _content, crash, status = answered(client, partial(client.get, address))
    return crash or status


def addresses(route, page, user):
    """Each thing's address with the thing, and whether this person sees it; then neighbours that are not there."""
    (argument,) = route.arguments
    open_to = user.is_authenticated or is_public(route)
    seen = set(page.rows(user).values_list("pk", flat=True)) if open_to else set()
    every = list(page.model.objects.order_by("pk"))
    with override("ar"):
        for row in every if LONG or len(every) <= SOME else (every[0], every[-1]):
            yield reverse(route.name, args=[getattr(row, argument)]), row.pk in seen, row
        yield reverse(route.name, args=[NOWHERE[argument]]), False, None


@pytest.mark.parametrize("who", WALKERS)
def test_each_person_is_answered_as_the_rules_say(world, counted, who):
    user, wrong = world.people[who], []
    client = client_of(user)
    for route in routes():
        page = PAGES.get(route.name)
        for address, is_seen, row in addresses(route, page, user) if page else ():
            may_be, answer = answers(route, user, is_seen, row), told(client, address)
            counted["pages asked for, by their thing", who] += 1
            if answer not in may_be:
                wrong.append((route.name, str(row), answer, may_be))
    assert wrong == []


@pytest.mark.parametrize("who", WALKERS)
def test_nobody_who_may_not_acts_by_sending_the_form(world, counted, who):
    """The acts themselves: tests/test_rights_of_acts.py. Here each form of theirs, filled in as by one who may."""
    user, wrong, before = world.people[who], [], rows()
    client = client_of(user)
    for form in world.forms:
        page = PAGES.get(form.route.name)
        for address, is_seen, row in addresses(form.route, page, user) if page else ():
            if row is not None and not (is_seen and (page.rule is None or page.rule(user, row))):
                wrong += refused(client, form, address)
                counted["forms sent by who may not", who] += 1
        if form.route.name in ACTS and not ACTS[form.route.name](user):
            wrong += refused(client, form, form.address)
            counted["forms sent by who may not", who] += 1
    assert (wrong, rows()) == ([], before)


def refused(client, form, address):
    """What is wrong with the answer to whoever may not."""
    _content, crash, answer = answered(client, partial(client.post, address, dict(form.data)))
    may_be = {403 if isinstance(client, Person) else "sign in", 404}
    return [(form.route.name, address, crash or answer)] if crash or answer not in may_be else []


@pytest.mark.parametrize("who", WALKERS)
def test_the_doors_are_open_to_those_they_are_for(world, counted, who):
    """Signing in, the admin, what programs ask."""
    reader, wrong = Reader(world.people[who], world), []
    for door in doors():
        content, crash, answer = answered(reader.client, partial(reader.client.get, door.address))
        counted["addresses of the sign-in, the admin and programs", who] += 1
        leaked = reader.leaks(content)
        if crash or leaked or answer not in may_be_answered(door, reader.user):
            wrong.append((door.name, crash or leaked or answer))
    assert wrong == []


@pytest.mark.parametrize("who", WALKERS)
def test_no_list_breaks_for_anybody(world, counted, who):
    client, broken = client_of(world.people[who]), []
    for route in routes():
        if not route.arguments:
            with override("ar"):
                answer = told(client, reverse(route.name))
            counted["lists and pages without a thing", who] += 1
            if answer not in {200, 302, 403, 404, 405, "sign in"}:
                broken.append((route.name, answer))
    assert broken == []


@pytest.mark.parametrize("who", WALKERS)
def test_no_made_file_says_more_than_the_pages_and_none_says_what_is_hidden(world, counted, who):
    user = world.people[who]
    shown, made, numbers = read_by(client_of(user), user, world)
    for kind, number in numbers.items():
        counted[f"read word by word: {kind}", who] += number
        counted[f"words found in {kind}", who] += len(made.get(kind, shown))
    assert (len(made["exports"]) > 20, numbers["reports"] > 0, len(made["pictures"]) > 0) == (True, True, True)
    assert (numbers["printouts"] > 0, len(made["mails"]) > 0) == (user.is_authenticated, user.is_authenticated)
    assert {kind: sorted(map(str, told - shown)) for kind, told in made.items() if told - shown} == {}
    assert sorted(map(str, hidden(shown.union(*made.values()), user, {}))) == []


class Reader:
    """One person at a browser, and what they may be told."""

    def __init__(self, user, world):
        self.client, self.user, self.world = client_of(user), user, world
        self.rows = {}

    def leaks(self, content):
        return hidden(told_in(content, self.world.words), self.user, self.rows)


@pytest.mark.parametrize("part", range(10 if LONG else 1))
def test_no_mutated_form_breaks_a_page_or_tells_what_is_hidden(world, counted, part):
    """10,000 forms in the long walk, each another thing that is wrong; none is answered with a fault of ours."""
    chance, wrong = Random(2026 + part), []
    readers = {who: Reader(user, world) for who, user in world.people.items()}
    found, kinds = world.forms, cycle(KINDS[part:] + KINDS[:part])
    assert len(found) > 90
    for number in range(1000 if LONG else 250):
        kind, sample = next(kinds), found[number % len(found)] if number < len(found) else chance.choice(found)
        who = sample.who if chance.random() < 0.8 else chance.choice(WHO)
        data = mutated(sample, kind, chance)
        client = readers[who].client
        content, crash, _status = answered(client, partial(send, client, sample.address, data))
        counted[f"mutated forms: {kind}", who] += 1
        # Whoever has the link of a mail reads as the office that it was written to.
        leaked = [] if sample.route.name in WITHOUT_ACCOUNT else readers[who].leaks(content)
        if crash or leaked:
            wrong.append((sample.route.name, kind, who, crash or leaked, str(data)[:200]))
    assert wrong == []


@pytest.mark.parametrize("value", ["\0", "9" * 5000, "\ud800", "x" * 3000])
def test_no_address_breaks_that_is_asked_everything_at_once(world, counted, value):
    """Whatever name a view reads is among them, and whatever stands for a thing in the path; a NUL reaches no query."""
    wrong, written = [], value.encode("utf-8", "surrogatepass")
    readers = {who: client_of(world.people[who]) for who in ("visitor", "administrator")}
    query = urlencode(dict.fromkeys(ASKED, written))
    for route in every_route():
        address = NAMED.sub(quote(written), route.address) if route.arguments else f"{route.address}?{query}"
        for who, client in readers.items():
            _content, crash, _status = answered(client, partial(client.get, address))
            counted["addresses asked everything at once", who] += 1
            wrong += [(route.name, crash)] if crash else []
    assert wrong == []


def test_no_mutated_address_breaks_a_page_or_tells_what_is_hidden(world, counted):
    chance, wrong = Random(2027), []
    readers = {who: Reader(user, world) for who, user in world.people.items()}
    for kind, address, query in asked(3000 if LONG else 120, chance):
        who = chance.choice(WHO)
        text = urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in query.items()})
        client = readers[who].client
        content, crash, _status = answered(client, partial(client.get, f"{address}?{text}"))
        counted[f"mutated addresses: {kind}", who] += 1
        if crash or (leaked := readers[who].leaks(content)):
            wrong.append((address, kind, who, crash or leaked, text[:200]))
    assert wrong == []
