"""Forms as no page of ours would send them, and addresses as no link of ours would ask."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import BaseForm
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from portal.core.keys import KEY, bearer_of, new_base
from tests.answers import content_of, typed
from tests.people import Person, client_of
from tests.security.pages import PAGES
from tests.security.world import Walked
from tests.test_one_road import takes_post
from tests.test_routes import SAMPLE, Route, every_route, routes

#: what is written in the place of a value, by what is wrong with it
VALUES: dict[str, list[Any]] = {
    "control signs": ["\0", "a\x08b", "\x1b[31m", "نص\x7f", "\x0b", "a\tb\r\nc", "\x85\x9f"],
    "huge numbers": [str(10**20), str(-(2**63) - 1), "9" * 400, "1e400", "NaN", "-0", "٩" * 30, "1_000", "0x7f"],
    "numbers of 5,000 digits": ["9" * 5000, f"-{'1' * 5000}", "٩" * 5000],
    "overlong": ["م" * 5000, "a" * 40_000, "<p>" * 3000],
    "wrong types": ["true", "null", "[]", "{}", "2026-02-30", "0000-00-00", "25:61", "undefined", "مرحبا", "-", "%s"],
    "foreign ids": ["0", "1", "2", "7", "40", "987654", "-1", "association", "../../etc/passwd", "02.1"],
    "bidi marks": ["\u202eabc\u202c", "\u2066\u2067", "\u200f", "\u200e١\u200f", "\ufeff"],
    "halves of letters": ["\ud800", "a\udfffb", "\\ud800", '"\\ud800"', "\ufffe\uffff"],
    "deep JSON": ["[" * 20_000 + "]" * 20_000, '{"a":' * 5000 + "1" + "}" * 5000, f"[{'9' * 5000}]", '"\\u0000"'],
    "markup": ["<script>alert(1)</script>", "{{ 7*7 }}{% now 'Y' %}", "<img src=x onerror=1>", "' OR 1=1 --"],
}
HALF = re.compile("[\ud800-\udfff]")
#: what is done to a whole form
WHOLE = ("missing", "doubled", "empty", "file in place of text", "unknown names", "broken key", "broken stamp")
KINDS = (*VALUES, *WHOLE)
#: names that views ask an address for
ASKED = (
    *("q", "sort", "page", "export", "view", "territory", "theme", "space", "state", "kind", "on", "province", "item"),
    *("replaces", "answer", "for", "back", "next", "show", "version", "among", "measure", "winner", "loser", "part"),
    *("layout", "revision", "text", "first", "second", "organiser", "year", "when", "lead", "axis", "of", "due"),
)
#: names that buttons send
PRESSED = (
    "answer",
    "audience",
    "step",
    "back",
    "pk",
    "language",
    "query",
    "route",
    "name",
    "next",
    "decision",
    "verdict",
)
#: who may most; the first to whom a page shows its form fills it in
FILLING = ("secretariat", "manager", "validator", "administrator", "invited", "visitor")
#: others' forms: but signing out, which would leave those after it to a visitor
OTHERS = ("account_login", "account_change_password", "account_set_password", "account_reset_password",
          "account_reset_password_from_key", "account_reauthenticate", "account_signup")  # fmt: skip


@dataclass
class Sample:
    """An address that takes a form, whom it is shown to, and what a browser would send."""

    route: Route
    address: str
    who: str
    data: dict[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = PRESSED


def samples(world: Walked) -> list[Sample]:
    """One of every address that takes a form."""
    with override("ar"):
        taking = [route for route in every_route() if route.name in OTHERS or (route in routes() and takes_post(route))]
        return [sample for route in taking for sample in [_sample(route, world)] if sample]


def _sample(route: Route, world: Walked) -> Sample | None:
    bare = None
    for who in FILLING:
        client = client_of(world.people[who])
        client.raise_request_exception = False
        for address in _addresses(route, world, who):
            bare = bare or Sample(route, address, who)
            answer = client.get(address)
            content_of(answer)
            shown = (answer.context or {}).get("form") if answer.status_code == 200 else None
            if isinstance(shown, BaseForm):
                return Sample(route, address, who, typed(shown), tuple({*shown.fields, *typed(shown), *PRESSED}))
    return bare


def _addresses(route: Route, world: Walked, who: str) -> Iterator[str]:
    page = PAGES.get(route.name)
    if page is None:
        yield route.address if not route.arguments else reverse(route.name, kwargs=_named(route, world))
        return
    (argument,) = route.arguments
    for row in page.rows(world.people[who]).order_by("pk")[:4]:
        yield reverse(route.name, args=[getattr(row, argument)])


def _named(route: Route, world: Walked) -> dict[str, Any]:
    known = SAMPLE | {"token": world.rows["letter"], "slug": "commune-a", "pk": world.rows["revision"], "name": "x",
             "theme": "health", "territory": "02", "kind": "answers"}  # fmt: skip
    return {name: known[name] for name in route.arguments}


def mutated(sample: Sample, kind: str, chance: Random) -> dict[str, Any]:
    """What is sent instead of what a browser would."""
    data = dict(sample.data)
    name = chance.choice(sample.names)
    match kind:
        case "missing":
            data.pop(name, None)
        case "doubled":
            data[name] = [data.get(name, "x"), data.get(name, "y"), "z"]
        case "empty":
            data = dict.fromkeys(data, "")
        case "file in place of text":
            data[name] = SimpleUploadedFile("صورة\u202egnp.exe", b"MZ\x00\xff")
        case "unknown names":
            data |= {f"{name}-{number}": "x" for number in range(50)} | {"a[b]": "1", "__class__": "2", "é": "3"}
        case "broken key":
            data["key"] = chance.choice(["", "x.0", "9" * 5000, "a:b:c", ["a", "b"], "م"])
        case "broken stamp":
            data["seen"] = chance.choice(["", "-1", "9" * 5000, "1,2,3", "x" * 3000, ["1", "2"], "1circulated2-57"])
        case _:
            data[name] = chance.choice(VALUES[kind])
    return {key: value for key, value in data.items() if value is not None}


def send(client: Client, address: str, data: dict[str, Any]) -> Any:
    """Halves of letters go as the bytes that would stand for them: no browser's encoding has them."""
    pairs = [(name, one) for name, value in data.items() for one in (value if isinstance(value, list) else [value])]
    if not any(isinstance(one, str) and HALF.search(one) for _name, one in pairs):
        return client.post(address, data)
    if isinstance(client, Person) and KEY not in data:
        pairs.append((KEY, f"{new_base(bearer_of(client.user))}.0"))
    body = urlencode([(name, str(one).encode("utf-8", "surrogatepass")) for name, one in pairs])
    return client.post(address, body, content_type="application/x-www-form-urlencoded")


def asked(number: int, chance: Random) -> Iterator[tuple[str, str, dict[str, str]]]:
    """So many addresses with a query: what is wrong, the address, the query."""
    with override("ar"):
        known = [route.address for route in routes() if not route.arguments]
    values = [(kind, value) for kind, found in VALUES.items() for value in found]
    every = list(product(known, ASKED))
    for _time in range(number):
        address, name = chance.choice(every)
        kind, value = chance.choice(values)
        query = {name: value} | ({chance.choice(ASKED): chance.choice(values)[1]} if chance.random() < 0.3 else {})
        yield kind, address, query
