"""The next meeting takes over what it has in common with the one before it, and sends nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from actors.directory.models import Actor, SpaceMember
from meetings.actions.meetings import prepare_next
from meetings.models import AgendaItem, Invitation, Meeting
from meetings.rules.following import items_after, proposed_after
from portal.reference.models import Holiday
from tests import factories
from tests.answers import typed

pytestmark = pytest.mark.django_db
#: a Tuesday
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def held(space, association):
    meeting = factories.MeetingFactory(
        space=space, organiser=association, state=Meeting.State.HELD, starts_at=TUESDAY, place_ar="مقر الجماعة"
    )
    for number, (title, kind) in enumerate([("كلمة افتتاحية", "opening"), ("نقاش", "discussion")], start=1):
        factories.AgendaItemFactory(meeting=meeting, position=number, title_ar=title, kind=kind, minutes_planned=30)
    return meeting


def wall(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def on(day: str) -> dict[str, str]:
    """The boxes of a day and its hours, which are two for each moment."""
    hours = {"starts_at_time": "10:00", "ends_at_time": "13:00"}
    return {"starts_at_day": day, "ends_at_day": day, "times_known": "on"} | hours


def test_the_next_one_is_proposed_as_long_after_as_this_one_was(held, space, association):
    assert [wall(moment) for moment in proposed_after(held)] == ["2026-12-22 10:00", "2026-12-22 13:00"]  # four weeks
    factories.MeetingFactory(space=space, organiser=association, starts_at=TUESDAY - timedelta(weeks=2, days=1))
    assert wall(proposed_after(held)[0]) == "2026-12-08 10:00"


def test_what_is_proposed_lies_ahead_on_a_working_day_at_the_same_hour_of_morocco(held):
    held.starts_at = datetime(2024, 9, 26, 9, tzinfo=UTC)  # 10:00 under the clock of that year
    held.ends_at = datetime(2024, 9, 27, 16, tzinfo=UTC)
    begins, ends = proposed_after(held)
    assert (wall(begins)[11:], wall(ends)[11:]) == ("10:00", "17:00")
    assert begins > NOW
    assert ends - begins == timedelta(days=1, hours=7)
    Holiday.objects.create(day=date(2027, 1, 1), name_ar="رأس السنة", name_fr="Jour de l’an", is_day_off=True)
    held.starts_at = datetime(2026, 12, 4, 10, tzinfo=UTC)
    held.ends_at = datetime(2026, 12, 4, 12, tzinfo=UTC)
    assert wall(proposed_after(held)[0]) == "2027-01-08 10:00"  # four weeks later is the first of January


def test_what_became_of_the_last_recommendations_stands_behind_the_opening_once(held):
    items = items_after(held)
    assert [item["title_ar"] for item in items] == ["كلمة افتتاحية", "مآل توصيات اللقاء السابق", "نقاش"]
    assert items[1]["title_fr"] == "Suites données aux recommandations de la réunion précédente"
    other = factories.AgendaItemFactory(meeting=held, position=3, title_ar="مآل توصيات اللقاء السابق")
    assert len(items_after(held)) == 3
    AgendaItem.objects.filter(pk=other.pk).update(title_ar="وضعية تنفيذ التوصيات السابقة")
    assert len(items_after(held)) == 3
    held.state = Meeting.State.ANNOUNCED
    assert [item["title_ar"] for item in items_after(held)][:2] == ["كلمة افتتاحية", "نقاش"]


def test_the_form_is_filled_in_and_one_button_makes_the_draft(as_user, secretariat, held, commune, space):
    invited = factories.InvitationFactory(meeting=held, actor=factories.ActorFactory(state=Actor.State.PUBLISHED))
    gone = factories.InvitationFactory(meeting=held, actor=factories.ActorFactory(state=Actor.State.ARCHIVED))
    client, address = as_user(secretariat), reverse("meetings:prepare_next", args=[held.reference])
    page = client.get(held.get_absolute_url())
    assert address in page.text
    form = client.get(address).context["form"]
    answer = client.post(address, typed(form) | on("22/12/2026"))
    assert answer.status_code == 302, answer.context["form"].errors
    made = Meeting.objects.exclude(pk=held.pk).get()
    assert answer.url == made.get_absolute_url()
    assert (made.state, made.space, made.organiser, made.place_ar) == ("draft", space, held.organiser, "مقر الجماعة")
    assert AgendaItem.objects.filter(meeting=made).count() == 3
    convened = set(Invitation.objects.filter(meeting=made).values_list("actor", flat=True))
    members = set(SpaceMember.objects.filter(space=space).values_list("actor", flat=True))
    assert convened == (members | {invited.actor_id}) - {held.organiser_id}
    assert gone.actor_id not in convened
    assert not Invitation.objects.sent().filter(meeting=made).exists()
    assert mail.outbox == []


def test_what_is_not_wanted_is_left_behind(secretariat, held, space, association):
    factories.InvitationFactory(meeting=held)
    when = {"starts_at": NOW + timedelta(days=7), "ends_at": NOW + timedelta(days=7, hours=2)}
    made = prepare_next(association, after=held, by=secretariat, space=space, title_ar="لقاء", **when)
    assert (made.items.count(), made.invitations.count()) == (0, 0)
    assert held.items.count() == 2


def test_only_who_prepares_a_meeting_prepares_the_next_one(as_user, officer, held):
    assert as_user(officer).get(reverse("meetings:prepare_next", args=[held.reference])).status_code == 403


def test_a_date_on_a_day_of_rest_is_asked_about_and_what_was_typed_stays(as_user, secretariat, held):
    client, address = as_user(secretariat), reverse("meetings:prepare_next", args=[held.reference])
    data = typed(client.get(address).context["form"])
    data |= on("02/01/2027") | {"title_ar": "لقاء آخر"}
    page = client.post(address, data)
    assert page.status_code == 422
    assert page.context["form"].warnings
    assert "لقاء آخر" in page.text
    assert Meeting.objects.count() == 1
