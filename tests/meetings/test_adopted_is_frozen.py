"""What minutes say of their meeting once they are adopted: title, date, place and items, whatever is edited later."""

import importlib
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils.translation import override

from meetings.actions.agenda import edit_item, move_item, remove_item
from meetings.actions.meetings import edit_meeting
from meetings.actions.minutes import adopt_minutes, circulate_minutes, record_minutes, reopen_minutes
from meetings.models import Meeting, Minutes, MinutesVersion
from meetings.reports.collect import collect
from portal.core.dates import today
from recommendations.reading.story import quote_for
from tests import factories

OLD = {"title": "العنوان القديم", "place": "القاعة القديمة", "item": "النقطة القديمة", "presenter": "المصلحة القديمة"}
NEW = {name: text.replace("القديم", "الجديد") for name, text in OLD.items()}
STARTS = datetime(2026, 11, 2, 10, tzinfo=UTC)


def adopt(minutes, by):
    circulate_minutes(minutes, until=today() + timedelta(days=5), by=by)
    return adopt_minutes(minutes, by=by, in_session=True)


@pytest.fixture
def meeting(space, association, service):
    service.name_ar = OLD["presenter"]
    service.save()
    meeting = factories.MeetingFactory(
        space=space, organiser=association, state=Meeting.State.HELD, audience=Meeting.Audience.PUBLIC,
        starts_at=STARTS, title_ar=OLD["title"], place_ar=OLD["place"],
    )  # fmt: skip
    first = factories.AgendaItemFactory(meeting=meeting, position=1, title_ar="نقطة أولى")
    item = factories.AgendaItemFactory(meeting=meeting, position=2, title_ar=OLD["item"])
    item.presenters.add(service)
    assert first.position < item.position
    return meeting


@pytest.fixture
def minutes(meeting, secretariat):
    item = meeting.items.last()
    section = record_minutes(meeting, item=item, html="<p>نص</p>", seen_revision=0, by=secretariat)
    minutes = Minutes.objects.select_related("meeting").get(pk=section.minutes_id)
    adopt(minutes, secretariat)
    return minutes


def change_everything(meeting, by):
    edit_meeting(
        meeting, title_ar=NEW["title"], place_ar=NEW["place"], starts_at=STARTS - timedelta(days=7, hours=2),
        ends_at=STARTS - timedelta(days=7), by=by,
    )  # fmt: skip
    first, item = meeting.items.all()
    edit_item(item, title_ar=NEW["item"], presenters=[], by=by)
    move_item(item, up=True, by=by)
    remove_item(first, by=by)
    meeting.refresh_from_db()


def said_by(text):
    return {name for name in OLD if OLD[name] in text}, {name for name in NEW if NEW[name] in text}


def test_the_page_shows_the_meeting_as_its_minutes_were_adopted(as_user, meeting, minutes, secretariat, visitor):
    address = reverse("meetings:minutes", args=[meeting.reference])
    assert "كما صودق عليها" not in as_user(visitor).get(address).content.decode()
    change_everything(meeting, secretariat)
    for reader in (visitor, secretariat):
        text = as_user(reader).get(address).content.decode()
        assert said_by(text) == ({"title", "place", "item"}, set())
        assert "2 نونبر 2026" in text
        assert "26 أكتوبر 2026" not in text
        assert "2. <bdi>النقطة القديمة" in text
        assert "كما صودق عليها" in text


@pytest.mark.parametrize("audience", ["public", "participants"])
def test_the_report_says_what_was_adopted(meeting, minutes, secretariat, service, audience):
    before = collect(meeting, language="ar", audience=audience)
    change_everything(meeting, secretariat)
    service.name_ar = NEW["presenter"]
    service.save()
    after = collect(Meeting.objects.get(), language="ar", audience=audience)
    for part in ("letterhead", "facts", "programme", "minutes"):
        assert after["sections"][part] == before["sections"][part]
    assert after["title"] == OLD["title"]
    assert said_by(str(after)) == (set(OLD), set())


def test_before_the_adoption_the_report_says_what_stands(meeting, secretariat):
    edit_meeting(meeting, title_ar=NEW["title"], by=secretariat)
    assert collect(Meeting.objects.get(), language="ar", audience="participants")["title"] == NEW["title"]


def test_a_correction_says_what_stands_when_it_is_adopted(as_user, meeting, minutes, secretariat, visitor):
    change_everything(meeting, secretariat)
    reopen_minutes(minutes, by=secretariat, reason="خطأ في العنوان")
    address = reverse("meetings:minutes", args=[meeting.reference])
    assert said_by(as_user(visitor).get(address).content.decode()) == ({"title", "place", "item"}, set())
    assert NEW["title"] in as_user(secretariat).get(address).content.decode()
    adopt(minutes, secretariat)
    assert said_by(as_user(visitor).get(address).content.decode()) == (set(), {"title", "place", "item"})
    assert said_by(as_user(visitor).get(f"{address}?version=1").content.decode()) == ({"title", "place", "item"}, set())


def test_a_quoted_passage_stands_under_the_title_that_was_adopted(meeting, minutes, secretariat, visitor):
    quoted = minutes.sections.get().revisions.get()
    recommendation = factories.RecommendationFactory(meeting=meeting, quote_revision=quoted, quote_text="نص")
    edit_item(meeting.items.last(), title_ar=NEW["item"], by=secretariat)
    with override("ar"):
        assert quote_for(visitor, recommendation).section == OLD["item"]


def test_versions_adopted_before_say_what_the_history_of_that_day_says(meeting, minutes, secretariat):
    version = minutes.versions.get()
    facts, [part] = version.facts, version.sections
    meeting.history.update(history_date=version.adopted_at - timedelta(days=1))
    for item in meeting.items.all():
        item.history.update(history_date=version.adopted_at - timedelta(days=1))
    MinutesVersion.objects.update(
        facts={}, sections=[{name: value for name, value in part.items() if name != "number"}]
    )
    edit_meeting(meeting, title_ar=NEW["title"], by=secretariat)
    edit_item(meeting.items.last(), title_ar=NEW["item"], by=secretariat)
    importlib.import_module("meetings.migrations.0003_adopted_is_frozen").fill(apps, None)
    version.refresh_from_db()
    assert (version.facts, version.sections) == (facts, [part])
