"""Pages of a list by the place of a row: the whole list in order, whatever is asked, and whatever is gone since."""

import base64
from datetime import timedelta
from itertools import chain
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import timezone, translation

from actors.directory.models import Actor
from meetings.models import Meeting
from portal.core import lists, paging
from portal.core.paging import Order, Pages, Stretch, letters, with_key, years
from portal.core.templatetags.components import counted
from recommendations.models import Recommendation
from tests import factories

pytestmark = pytest.mark.django_db
DATES = ("starts_at",)


@pytest.fixture
def dated(association):
    """Eleven meetings, of which three begin at one time."""
    now = timezone.now().replace(microsecond=123456)
    days = [0, 1, 2, 2, 2, 3, 4, 5, 400, 401, 402]
    return [factories.MeetingFactory(organiser=association, starts_at=now + timedelta(days=day)) for day in days]


def asked(place="", fields=DATES, rows=None, per_page=3, jumps=tuple) -> Stretch:
    rows = Meeting.objects.order_by() if rows is None else rows
    order = Order(rows, with_key(rows, fields))
    return Pages(order, QueryDict(f"q=a&page={place}"), per_page, jumps).by_place()


def place_in(address: str) -> str:
    return QueryDict(address.removeprefix("?"))["page"]


def walked(way: str, place="", **options) -> list[list]:
    pages = [asked(place, **options)]
    while address := getattr(pages[-1], way):
        pages.append(asked(place_in(address), **options))
    return [list(page) for page in pages]


@pytest.mark.parametrize("fields", [("starts_at",), ("-starts_at",), ("audience", "-starts_at"), ("-organiser__slug",)])
def test_every_row_stands_on_one_page_from_the_first_to_the_last_and_back(dated, fields):
    forward = walked("next", fields=fields)
    assert [len(page) for page in forward] == [3, 3, 3, 2]
    whole = list(chain(*forward))
    assert whole == list(Meeting.objects.order_by(*with_key(Meeting.objects.all(), fields)))

    backward = walked("previous", "last", fields=fields)
    assert [len(page) for page in backward] == [3, 3, 3, 3]
    assert backward[0] == whole[-3:]
    assert backward[-1] == whole[:3]


@pytest.mark.parametrize("fields", [("confirmed_on",), ("-confirmed_on",), ("-confirmed_on", "name_fr")])
def test_what_has_no_value_has_a_place_too(fields):
    day = timezone.now().date()
    for value in (None, day, None, day, day - timedelta(days=9), None, None):
        factories.ActorFactory(confirmed_on=value)
    rows = Actor.objects.order_by()

    forward = list(chain(*walked("next", fields=fields, rows=rows)))
    backward = [page[::-1] for page in walked("previous", "last", fields=fields, rows=rows)]
    assert len(forward) == len(set(forward)) == 7
    values = [actor.confirmed_on for actor in forward]
    assert values[:4] == [None] * 4 if fields[0].startswith("-") else values[3:] == [None] * 4
    assert list(dict.fromkeys(chain(*backward))) == forward[::-1]


def test_a_row_deleted_since_leaves_its_place(dated):
    second = place_in(asked().next)
    dated[2].delete()
    assert list(asked(second)) == dated[3:6]
    Meeting.objects.exclude(pk=dated[0].pk).delete()
    assert list(asked(second)) == [dated[0]]


def test_a_place_stays_what_it_is_under_another_filter(dated):
    second = place_in(asked().next)
    rows = Meeting.objects.filter(pk__in=[dated[1].pk, dated[5].pk])
    assert list(asked(second, rows=rows)) == [dated[5]]


def test_what_nobody_of_ours_wrote_is_the_first_page(dated):
    good = place_in(asked().next)
    other_order = place_in(asked(fields=("-starts_at",)).next)
    raw = base64.urlsafe_b64decode(good.removeprefix("after-") + "==")
    changed = base64.urlsafe_b64encode(raw[:-2] + b"9]").decode().rstrip("=")
    forged = [
        "after-", "before-", "after", "after-x", "after-%D8%B4", "before-====", "after-bnVsbA", good[:-3], other_order,
        f"after-{changed}", "at-", "at-2031", "-1", "1e9", "x", "%D9%A3", "last-",
    ]  # fmt: skip
    for place in forged:
        assert list(asked(place)) == dated[:3], place


def test_a_number_leads_as_far_as_numbers_go_and_then_to_the_end(dated, monkeypatch):
    assert list(asked("2")) == dated[3:6]
    assert list(asked("4")) == dated[9:]
    monkeypatch.setattr(paging, "WITHIN", 6)
    assert list(asked("2")) == dated[3:6]
    for place in ("3", "5", "1000000000000"):
        assert list(asked(place)) == dated[-3:]


def test_a_year_is_found_in_both_directions(dated):
    first, last = dated[0].starts_at.year, dated[-1].starts_at.year
    jumps = lambda: years("starts_at", first, last)  # noqa: E731
    shown = asked(f"at-{last}", jumps=jumps)
    assert list(shown) == [row for row in dated if row.starts_at.year == last][:3]
    assert shown.previous
    assert [name for name, _address in shown.jumps] == [str(year) for year in range(last, first - 1, -1)]
    assert not asked(f"at-{first}", jumps=jumps).previous
    newest = asked(f"at-{first}", fields=("-starts_at",), jumps=jumps)
    assert list(newest) == [row for row in dated[::-1] if row.starts_at.year == first][:3]


@pytest.mark.parametrize(
    ("language", "letter", "first"),
    [("ar", "ا", "أمل"), ("ar", "ب", "بلدية"), ("ar", "ي", "أمل"), ("fr", "E", "École"), ("fr", "B", "Bureau")],
)
def test_a_letter_is_found_whichever_sign_stands_for_it(language, letter, first):
    for name_ar, name_fr in (("أمل", "Amal"), ("بلدية", "Bureau"), ("تعاونية", "École"), ("هيئة", "Université")):
        factories.ActorFactory(name_ar=name_ar, name_fr=name_fr)
    rows, name = Actor.objects.order_by(), f"name_{language}"
    with translation.override(language):
        for fields in ((name,), (f"-{name}",)):
            shown = asked(f"at-{letter}", fields=fields, rows=rows, per_page=1, jumps=lambda: letters(name))
            expected = first if (letter, fields[0][0]) != ("ي", "-") else "هيئة"  # no name begins so: the first page
            assert [getattr(actor, name) for actor in shown] == [expected]
            whole = asked(fields=fields, rows=rows, per_page=9, jumps=lambda: letters(name))
            assert bool(shown.previous) == (whole.object_list[0] != shown.object_list[0])


def test_the_list_of_meetings_opens_at_a_year_below_those_to_come(as_user, administrator, association):
    now = timezone.now()
    for days in (*range(1, 31), *range(-800, -770)):
        begins = now + timedelta(days=days)
        state = Meeting.State.ANNOUNCED if days > 0 else Meeting.State.HELD
        factories.MeetingFactory(
            organiser=association, starts_at=begins, ends_at=begins + timedelta(hours=1), state=state
        )
    client, year = as_user(administrator), (now - timedelta(days=771)).year
    whole = [row.pk for row in Meeting.objects.order_by("-starts_at", "-pk")]
    page = client.get(f"/fr/meetings/?page=at-{year}").context["listing"].page
    assert [row.pk for row in page] == whole[30:55]
    assert [row.pk for row in client.get(f"/fr/meetings/{page.next}").context["listing"].page] == whole[55:]
    assert [row.pk for row in client.get(f"/fr/meetings/{page.previous}").context["listing"].page] == whole[5:30]


def test_a_page_far_down_asks_as_much_as_the_first(dated, django_assert_num_queries):
    place = place_in(asked(place_in(asked().next)).next)
    for where in ("", place, "last", place.replace("after", "at")):
        with django_assert_num_queries(1) as made:
            asked(where)
        assert "OFFSET" not in made[0]["sql"]


def test_an_address_of_a_page_keeps_what_else_is_asked_and_no_export(dated):
    pages = Pages(Order(Meeting.objects.all(), ["starts_at", "pk"]), QueryDict("q=a&export=csv&page=2"), 3)
    assert pages.by_place().first == "?q=a"
    assert pages.by_place().previous.startswith("?q=a&page=before-")


def test_a_reference_is_a_place_of_its_own():
    assert with_key(Recommendation.objects.all(), ["-meeting__starts_at", "reference"])[-1] == "reference"
    assert with_key(Recommendation.objects.all(), ["-meeting__starts_at"])[-1] == "-pk"


class Filter(lists.ListFilter):
    class Meta:
        model = Meeting
        fields: list[str] = []


def listed(query: str, **options) -> lists.Listing:
    request = RequestFactory().get(f"/?{query}")
    request.user = SimpleNamespace(is_authenticated=False, pk=None)
    sorts = {"date": ("starts_at",), "title": ("title_ar",)}
    return lists.listing(
        request, Meeting.objects.all(), Filter, sorts=sorts, default_sort="date", per_page=3, **options
    )


def test_an_order_without_an_index_goes_as_far_as_it_goes_and_says_so(dated, monkeypatch):
    for keys_first in (False, True):
        monkeypatch.setattr(paging, "WITHIN", 6)
        shown = listed("sort=title&page=last", keys_first=keys_first).page
        assert (len(shown), shown.next, shown.last, shown.ends_at) == (3, "", "", 6)
        assert place_in(listed("sort=title").page.next) == "2"
        monkeypatch.setattr(paging, "WITHIN", 1000)
        shown = listed("sort=title&page=4", keys_first=keys_first).page
        assert (len(shown), shown.ends_at) == (2, 0)
        assert listed("sort=title&page=99").page.object_list == shown.object_list


def test_a_list_without_rows_is_asked_for_once(db, django_assert_num_queries):
    for first, second in (("count", "page"), ("page", "count")):
        shown = listed("")
        getattr(shown, first)
        with django_assert_num_queries(0):
            assert not getattr(shown, second)


def test_what_is_too_much_to_count_is_said_so(dated, monkeypatch):
    assert (listed("").count, listed("").is_counted) == (11, True)
    monkeypatch.setattr(lists, "MOST_COUNTED", 5)
    assert (listed("").count, listed("").is_counted) == (6, False)


@pytest.mark.parametrize(
    ("language", "exact", "more"),
    [
        ("ar", "9.999", "أكثر من 10.000"),
        ("fr", "9\u202f999", "plus de 10\u202f000"),
        ("en", "9,999", "more than 10,000"),
    ],
)
def test_a_count_is_written_as_the_language_writes_it(language, exact, more):
    with translation.override(language):
        assert (counted(9_999), counted(10_001)) == (exact, more)
