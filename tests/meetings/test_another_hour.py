"""A meeting whose hour alone changes: its mails and pages say so, and speak of no new date."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from meetings.actions import meetings as actions
from portal.notifications.models import Notification
from portal.notifications.rules.messages import drafted, render
from portal.notifications.rules.recipients import Recipient
from tests import factories
from tests.core.test_one_way_to_save import hidden
from tests.meetings.test_editing_at_once import opened

#: a Friday
STARTS = datetime(2026, 12, 4, 10, tzinfo=UTC)
WORDS = {
    "ar": ("توقيت جديد: ", "سيُعقد في اليوم نفسه بتوقيت جديد", "تغيَّر التوقيت"),
    "fr": ("Nouvel horaire\u00a0: ", "le même jour, à un nouvel horaire", "L’horaire a changé"),
    "en": ("New time: ", "on the same day, at a new time", "The time has changed"),
}
OF_DATES = ("تغيير الموعد", "موعد جديد", "تغيَّر الموعد", "nouvelle date", "La date a", "ew date", "The date has changed")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False), translation.override("en"):
        yield


@pytest.fixture
def invitation(space, association, commune, officer):
    meeting = factories.MeetingFactory(space=space, organiser=association, starts_at=STARTS)
    return factories.InvitationFactory(meeting=meeting, actor=commune, answer="confirmed")


def move(meeting, by, how_much):
    times = {name: getattr(meeting, name) + how_much for name in ("starts_at", "ends_at")}
    return actions.edit_meeting(meeting, **times, by=by)


@pytest.mark.parametrize("language", WORDS)
def test_another_hour_of_the_same_day_is_no_new_date(language, invitation, officer, administrator, as_user):
    officer.language = language
    officer.save()
    meeting = move(invitation.meeting, administrator, timedelta(hours=2))
    mail = render(Notification.objects.get(user=officer, kind="meetings.moved"))
    hour, same_day, has_changed = WORDS[language]
    assert mail.subject.startswith(hour)
    assert "12:00" in mail.subject
    invitation.refresh_from_db()
    asked = {"earlier": "x", "earlier_date": invitation.earlier_date, "invitation": invitation.pk}
    later = render(drafted(Recipient.of(officer), "meetings.answer_missing", meeting, asked))
    with translation.override(language):
        pages = [meeting.get_absolute_url(), reverse("meetings:answer_invitation", args=[invitation.pk])]
    shown = [as_user(officer).get(page).content.decode() for page in pages]
    assert all(same_day in words for words in (mail.text, mail.html))
    assert all(has_changed in page for page in shown)
    said = [mail.subject, mail.text, mail.html, later.text, later.html, *shown]
    assert [(word, text) for word in OF_DATES for text in said if word in text] == []


@pytest.mark.parametrize("how_much", [timedelta(days=1), timedelta(days=1, hours=2)])
def test_another_day_is_a_new_date(how_much, invitation, officer, administrator):
    officer.language = "en"
    officer.save()
    move(invitation.meeting, administrator, how_much)
    mail = render(Notification.objects.get(user=officer, kind="meetings.moved"))
    assert mail.subject.startswith("New date: Saturday 5 December 2026")
    assert "will be held on a new date" in mail.text


def test_a_postponed_meeting_that_keeps_its_hour_after_all_speaks_of_no_new_one(invitation, officer, administrator):
    meeting = invitation.meeting
    officer.language = "en"
    officer.save()
    actions.postpone_meeting(meeting, reason="تعذر", by=administrator)
    actions.reannounce_meeting(meeting, starts_at=meeting.starts_at, ends_at=meeting.ends_at, by=administrator)
    assert Notification.objects.get(user=officer, kind="meetings.moved").subject.startswith("New date: ")


def test_whoever_saves_another_hour_reads_that_the_new_hour_is_told(invitation, as_user, secretariat):
    client = as_user(secretariat)
    address = reverse("meetings:edit_meeting", args=[invitation.meeting.reference])
    shown = client.post(address, opened(client, address) | {"starts_at_time": "10:30", "ends_at_time": "13:30"})
    assert hidden(shown)
    assert "told the new time at once, and asked anew" in shown.content.decode()
