"""Bad input about meetings: rows that moved meanwhile, names with signs no sheet holds, an empty --now."""

import pytest
from django.core.management import CommandError, call_command

from meetings.actions import agenda, participation
from meetings.models import Attendance, Invitation, Meeting
from portal.core.errors import Refused
from tests import factories

pytestmark = pytest.mark.django_db


def _cancelled_meanwhile(space, **fields):
    """A meeting as a page read it, which somebody else has cancelled since."""
    meeting = factories.MeetingFactory(space=space, **fields)
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.CANCELLED)
    return meeting


def test_nobody_is_invited_to_a_meeting_cancelled_meanwhile(space, commune, secretariat):
    meeting = _cancelled_meanwhile(space)
    with pytest.raises(Refused):
        participation.invite(meeting, actors=[commune], by=secretariat)
    assert Invitation.objects.count() == 0


def test_nobody_is_noted_at_a_meeting_cancelled_meanwhile(space, commune, secretariat):
    meeting = _cancelled_meanwhile(space)
    now = meeting.ends_at
    with pytest.raises(Refused):
        participation.add_attendee(meeting, actor=commune, by=secretariat, now=now)
    row = participation.Presence(commune, Attendance.Status.PRESENT)
    with pytest.raises(Refused):
        participation.record_attendance(meeting, rows=[row], by=secretariat, now=now)
    assert Attendance.objects.count() == 0


def test_no_item_joins_the_programme_of_a_meeting_cancelled_meanwhile(space, secretariat):
    meeting = _cancelled_meanwhile(space)
    with pytest.raises(Refused):
        agenda.add_item(meeting, title_ar="نقطة", by=secretariat)
    assert not meeting.items.exists()


def test_a_meeting_ending_before_it_starts_keeps_every_typed_value(as_user, space, association, secretariat):
    typed = {
        "organiser": association.pk, "space": space.pk, "kind": "ordinary", "language": "ar", "audience": "members",
        "title_ar": "لقاء بعنوان محفوظ", "times_known": "on", "starts_at_day": "٠٨/٠٢/٢٠٢٧", "starts_at_time": "١٠:٠٠",
        "ends_at_day": "۰۸/۰۲/۲۰۲۷", "ends_at_time": "09:00",
    }  # fmt: skip
    response = as_user(secretariat).post("/en/meetings/add/", typed)
    assert response.status_code == 422
    assert "The meeting must end after it begins." in response.text
    for value in ("لقاء بعنوان محفوظ", "٠٨/٠٢/٢٠٢٧", "١٠:٠٠", "۰۸/۰۲/۲۰۲۷", "09:00"):
        assert f'value="{value}"' in response.text
    assert Meeting.objects.count() == 0


def test_a_meeting_in_the_year_9999_is_refused_since_its_reminders_would_run_off_the_calendar(
    as_user, space, association, secretariat
):
    typed = {
        "organiser": association.pk, "space": space.pk, "kind": "ordinary", "language": "ar", "audience": "members",
        "title_ar": "لقاء", "times_known": "on", "starts_at_day": "31/12/9999", "starts_at_time": "10:00",
        "ends_at_day": "31/12/9999", "ends_at_time": "11:00",
    }  # fmt: skip
    response = as_user(secretariat).post("/en/meetings/add/", typed)
    assert "Write a year between 1900 and 2199." in response.text
    assert Meeting.objects.count() == 0


def test_an_empty_now_is_a_mistake_and_sends_nothing():
    with pytest.raises(CommandError, match="write a day and time that exist"):
        call_command("send_reminders", now="")
