"""The orders of the register: what indexes answer, beside the same rows sorted one by one."""

from datetime import UTC, date, datetime, timedelta
from itertools import chain, cycle, product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory

from meetings.models import Meeting
from portal.accounts.models import User
from portal.core.copies import repeat
from portal.core.dates import today
from portal.core.paging import Order, with_key
from portal.core.search import reindex
from recommendations.models import Assignment, Recommendation, Shown, sees_inside
from recommendations.models.states import BY_URGENCY
from recommendations.views import register
from tests import factories, people

State, Answer = Recommendation.State, Assignment.Answer
WHO = ("visitor", "member", "secretariat", "administrator")
BEGUN = datetime(2026, 9, 1, 9, tzinfo=UTC)
DUE = (None, date(2026, 11, 1), date(2026, 11, 1), date(2027, 3, 1))
ORDERS = [
    (view, f"{turn}{sort}")
    for view in ("", "state", "institution", "due")
    for sort in ("newest", "reference", "progress", "lead", "state", "due", "news")
    for turn in ("", "-")
]


@pytest.fixture
def world(db, monkeypatch):
    """Three meetings with every state, led by institutions of which two have one name, or by nobody."""
    monkeypatch.setattr(register, "PORTION", 1)
    world = people.make_everything() | {"visitor": AnonymousUser()}
    leads = cycle([
        *((factories.ActorFactory(name_ar=name), answer) for name in ("باء", "باء", "", "ألف") for answer in Answer),
        (None, ""),
    ])  # fmt: skip
    moments = cycle([None, *(BEGUN + timedelta(days=days) for days in (1, 1, 9))])
    for number, audience in enumerate(Meeting.Audience):
        meeting = factories.MeetingFactory(
            space=world["space"], organiser=world["association"], state=Meeting.State.HELD, audience=audience,
            starts_at=BEGUN + timedelta(days=number // 2),
        )  # fmt: skip
        rows = Recommendation.objects.bulk_create(
            Recommendation(
                meeting=meeting, space=meeting.space, reference=f"{meeting.reference}-R{place}", text_ar="توصية",
                state=state, adopted_at=None if state == State.DRAFT else BEGUN, drop_reason="سبب", due_on=due,
                progress=25 * (place % 5), last_news_at=next(moments),
            )
            for place, (state, due) in enumerate(product(State, DUE))
        )  # fmt: skip
        repeat(Recommendation, "meeting", meeting.pk)
        for row in rows:
            actor, answer = next(leads)
            if actor:
                reason = "سبب" if answer == Answer.RETURNED else ""
                Assignment.objects.create(recommendation=row, actor=actor, answer=answer, return_reason=reason)
    return world


def reader(world, who):
    return world[who] if who == "visitor" else User.objects.get(pk=world[who].pk)


def seen_by(user) -> list[Shown]:
    rows = Recommendation.objects.visible_to(user).adopted().prefetch_related("assignments__actor", "meeting")
    return [Shown(row, sees_inside(user)) for row in rows]


def place(line: Shown, column: str):
    row, lead = line.recommendation, line.lead
    match column:
        case "state_order":
            return BY_URGENCY.index(line.state)
        case "progress_order":
            return 100 if line.state in Recommendation.FINISHED else row.progress
        case "lead_missing":
            return lead is None
        case "lead_order":
            return lead.actor.name_ar if lead else ""
        case "due_order":
            return row.due_on or date.max
        case "settled_order":
            return (
                not row.is_open, row.is_open and row.due_on is None,
                row.is_open and row.due_on is not None and row.due_on >= today(),
            )  # fmt: skip
        case "last_news_at":
            return (row.last_news_at is None, row.last_news_at or BEGUN)
        case "meeting_starts_at":
            return row.meeting.starts_at
        case "meeting__reference":
            return row.meeting.reference
        case "reference_length":
            return len(row.reference)
    return getattr(row, column)


def sorted_slowly(lines: list[Shown], fields) -> list[str]:
    for field in reversed(fields):
        lines = sorted(lines, key=lambda line: place(line, field.removeprefix("-")), reverse=field.startswith("-"))
    return [line.recommendation.reference for line in lines]


def fields_of(view: str, sort: str, user) -> list[str]:
    sorts = register._sorts(view or "list", sees_inside(user))
    fields = sorts.get(sort.lstrip("-"))
    if fields is None:
        return []
    turned = [field[1:] if field.startswith("-") else f"-{field}" for field in fields]
    return with_key(Recommendation.objects.all(), turned if sort.startswith("-") else fields)


def pages_of(user, view: str, **query: str) -> list[str]:
    found: list[str] = []
    number = 1
    while True:
        request = RequestFactory().get("/", query | {"page": number})
        request.user = user
        page = register.found_recommendations(request, view or "list").page
        found += [row.reference for row in page]
        if not page.next:
            return found
        number += 1


@pytest.mark.parametrize("who", WHO)
def test_every_order_is_what_it_is_when_each_row_is_asked(world, who):
    user = reader(world, who)
    lines = seen_by(user)
    assert len(lines) > 25
    compared = 0
    for view, sort in ORDERS:
        if view == "due" and not sees_inside(user):
            continue
        if fields := fields_of(view, sort, user):
            assert pages_of(user, view, sort=sort) == sorted_slowly(lines, fields), (view, sort)
            compared += 1
    assert compared == (48 if sees_inside(user) else 36)


def test_a_page_begins_where_the_one_before_it_ended_in_any_part(world):
    user = reader(world, "administrator")
    whole = sorted_slowly(seen_by(user), fields_of("institution", "newest", user))
    for state in ("blocked", "confirmed"):
        some = [line for line in seen_by(user) if line.recommendation.state == state]
        expected = sorted_slowly(some, fields_of("institution", "newest", user))
        assert pages_of(user, "institution", state=state) == expected
        assert set(expected) < set(whole)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL how it would answer")
@pytest.mark.parametrize(
    ("who", "view", "sort", "index"),
    [
        ("member", "list", "newest", "recommendation_newest"),
        ("member", "state", "newest", "recommendation_by_state"),
        ("member", "list", "-state", "recommendation_by_state"),
        ("visitor", "state", "newest", "recommendation_by_look"),
        ("member", "list", "progress", "recommendation_by_progress"),
        ("visitor", "list", "progress", "recommendation_by_step"),
        ("member", "due", "newest", "recommendation_by_due_date"),
        ("member", "list", "due", "recommendation_by_due"),
        ("visitor", "list", "news", "recommendation_by_news"),
    ],
)
def test_an_index_has_the_words_of_its_order(world, who, view, sort, index):
    user = reader(world, who)
    rows = register._rows(user).adopted()
    asked = Order(rows, fields_of("" if view == "list" else view, sort, user)).ordered.values("pk")[:3]
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(*_explained(asked))
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert f" {index} " in plan


def _explained(rows):
    sql, values = rows.query.sql_with_params()
    return f"EXPLAIN {sql}", values


def walked(user, way: str, place: str = "", **query: str) -> list[list[str]]:
    pages: list[list[str]] = []
    while True:
        request = RequestFactory().get("/", query | {"page": place})
        request.user = user
        page = register.found_recommendations(request).page
        pages.append([row.reference for row in page])
        if not (address := getattr(page, way)):
            return pages
        place = QueryDict(address.removeprefix("?"))["page"]


@pytest.mark.parametrize("query", [{}, {"state": "confirmed"}, {"q": "توصية"}])
def test_the_newest_are_walked_by_their_places_to_the_end_and_back_whoever_asked_before(world, query):
    reindex(Recommendation.objects.all())
    for who in ("visitor", "outsider", "member", "officer", "secretariat", "administrator", "outsider"):
        user = reader(world, who)
        lines = [line for line in seen_by(user) if line.state == query.get("state", line.state)]
        expected = sorted_slowly(lines, fields_of("", "newest", user))
        assert list(chain(*walked(user, "next", **query))) == expected, who
        back = walked(user, "previous", "last", **query)
        assert back[0] == expected[-25:], who
        assert list(dict.fromkeys(chain(*reversed(back)))) == expected, who
