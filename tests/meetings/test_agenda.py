"""The programme: items, their order, their hours."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from meetings.actions import agenda as actions
from meetings.forms.agenda import ItemForm
from meetings.models import AgendaItem, Meeting
from meetings.reading.programme import programme_of
from portal.core.errors import Refused
from tests import factories

pytestmark = pytest.mark.django_db
STARTS = datetime(2026, 12, 4, 10, tzinfo=UTC)


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(space=space, organiser=association, starts_at=STARTS)


@pytest.fixture
def items(meeting):
    return [
        factories.AgendaItemFactory(meeting=meeting, position=number, title_ar=f"نقطة {number}") for number in (1, 2, 3)
    ]


def titles():
    return list(AgendaItem.objects.values_list("title_ar", "position"))


def test_a_new_item_stands_at_the_end(meeting, items, commune, secretariat):
    item = actions.add_item(meeting, title_ar="نقاش", minutes_planned=45, presenters=[commune], by=secretariat)
    assert (item.position, list(item.presenters.all())) == (4, [commune])
    assert item.history.get().history_user == secretariat


def test_an_item_moves_one_place_and_stops_at_the_ends(items, secretariat):
    assert actions.move_item(items[2], up=True, by=secretariat)
    assert titles() == [("نقطة 1", 1), ("نقطة 3", 2), ("نقطة 2", 3)]
    assert actions.move_item(items[0], up=True, by=secretariat) is False
    assert actions.move_item(items[0], up=False, by=secretariat)
    assert [title for title, _ in titles()] == ["نقطة 3", "نقطة 1", "نقطة 2"]


def test_items_with_the_same_position_are_put_in_order(items, secretariat):
    AgendaItem.objects.update(position=1)
    assert actions.move_item(items[1], up=False, by=secretariat)
    assert titles() == [("نقطة 1", 1), ("نقطة 3", 2), ("نقطة 2", 3)]


def test_a_removed_item_closes_the_ranks(items, secretariat):
    actions.remove_item(items[0], by=secretariat)
    assert titles() == [("نقطة 2", 1), ("نقطة 3", 2)]


def test_an_item_with_minutes_stays(meeting, items, secretariat):
    minutes = factories.MinutesFactory(meeting=meeting)
    factories.MinutesSectionFactory(minutes=minutes, item=items[0], text="تم النقاش")
    factories.MinutesSectionFactory(minutes=minutes, item=items[1], text="")
    with pytest.raises(Refused):
        actions.remove_item(items[0], by=secretariat)
    actions.remove_item(items[1], by=secretariat)
    assert [title for title, _ in titles()] == ["نقطة 1", "نقطة 3"]


def test_an_item_with_a_recommendation_stays(meeting, items, secretariat):
    factories.RecommendationFactory(meeting=meeting, item=items[0])
    with pytest.raises(Refused):
        actions.remove_item(items[0], by=secretariat)
    assert AgendaItem.objects.count() == 3


@pytest.mark.parametrize("state", [Meeting.State.CLOSED, Meeting.State.CANCELLED])
def test_the_programme_of_a_closed_or_cancelled_meeting_stays(meeting, items, secretariat, state):
    Meeting.objects.update(state=state)
    item = AgendaItem.objects.first()
    for act in (
        lambda: actions.add_item(item.meeting, title_ar="نقاش", by=secretariat),
        lambda: actions.edit_item(item, title_ar="نقاش", by=secretariat),
        lambda: actions.move_item(item, up=False, by=secretariat),
        lambda: actions.remove_item(item, by=secretariat),
    ):
        with pytest.raises(Refused):
            act()
    assert titles() == [("نقطة 1", 1), ("نقطة 2", 2), ("نقطة 3", 3)]


def hours(meeting, items):
    return [line.starts_at and f"{line.starts_at:%H:%M}" for line in programme_of(meeting, items).lines]


def test_an_item_begins_when_those_before_it_are_over(meeting, items):
    items[0].minutes_planned = 45
    programme = programme_of(meeting, items)
    assert hours(meeting, items) == ["10:00", "10:45", "11:15"]
    assert (programme.minutes, programme.planned, programme.spare, programme.excess) == (105, 180, 75, 0)


def test_after_an_item_of_unknown_length_no_hour_is_guessed(meeting, items):
    items[1].minutes_planned = None
    assert hours(meeting, items) == ["10:00", "10:30", None]


def test_without_known_hours_no_item_has_one(meeting, items):
    meeting.times_known = False
    programme = programme_of(meeting, items)
    assert hours(meeting, items) == [None, None, None]
    assert (programme.planned, programme.spare, programme.excess) == (None, 0, 0)


def test_a_programme_longer_than_the_meeting_says_by_how_much(meeting, items):
    items[0].minutes_planned = 200
    programme = programme_of(meeting, items)
    assert (programme.spare, programme.excess) == (0, 80)


@pytest.mark.parametrize(
    ("record", "reader", "titles", "notes"),
    [
        ("ar", "ar", ["ar"], ["ar"]),
        ("ar", "fr", ["ar", "fr"], ["ar", "fr"]),
        ("fr", "fr", ["fr"], ["fr"]),
        ("fr", "en", ["fr", "en"], ["fr", "en"]),
    ],
)
def test_the_languages_of_the_reader_and_of_the_record_stand_open(meeting, record, reader, titles, notes):
    meeting.language = record
    form = ItemForm(meeting=meeting)
    with override(reader):
        assert [field.name for field in form.titles] == [f"title_{code}" for code in titles]
        assert [field.name for field in form.notes] == [f"note_{code}" for code in notes]
        shown = [field.name for field in (*form.titles, *form.notes, *form.folded)]
    names = [f"{stem}_{code}" for stem in ("title", "note") for code in ("ar", "fr", "en")]
    assert sorted(shown) == sorted(names)
