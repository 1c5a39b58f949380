"""Two people with the same page of a meeting open: an act is done on what stands there now, or it is refused."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from meetings.actions import agenda, meetings, minutes, participation
from meetings.models import Invitation, Meeting, Minutes
from portal.core.dates import start_of, today
from portal.core.errors import Refused
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def meeting(space, association, commune):
    meeting = factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.HELD)
    factories.InvitationFactory(meeting=meeting, actor=commune)
    return meeting


@pytest.fixture
def draft(meeting, secretariat):
    return minutes.record_minutes(meeting, html="<p>نص</p>", seen_revision=0, by=secretariat).minutes


def circulate(text, by):
    minutes.circulate_minutes(text, until=today() + timedelta(days=9), by=by)


def opened(row):
    """The row as another person read it, before anything happened."""
    return type(row).objects.get(pk=row.pk)


@pytest.mark.parametrize(
    ("settle", "sentence"),
    [
        ("adopt", "These minutes are adopted"),
        ("reopen", "The secretariat has taken these minutes back"),
    ],
)
def test_no_word_is_given_on_minutes_that_were_settled_meanwhile(
    draft, commune, officer, secretariat, settle, sentence
):
    circulate(draft, secretariat)
    old = opened(draft)
    if settle == "adopt":
        minutes.adopt_minutes(draft, in_session=True, by=secretariat)
    else:
        minutes.reopen_minutes(draft, by=secretariat)
    with pytest.raises(Refused, match=sentence):
        minutes.review_minutes(old, actor=commune, answer="approves", by=officer)
    assert not draft.reviews.exists()


def test_a_text_circulated_from_an_old_page_carries_no_word_on_the_text_before(draft, commune, officer, secretariat):
    old = opened(draft)
    circulate(draft, secretariat)
    minutes.review_minutes(draft, actor=commune, answer="approves", by=officer)
    minutes.reopen_minutes(draft, by=secretariat)
    circulate(old, secretariat)
    assert (old.circulation, old.reviews.count(), old.reviews.current().count()) == (2, 1, 0)


def test_a_correction_begun_from_an_old_page_is_the_next_version(draft, secretariat):
    for version in (1, 2):
        circulate(draft, secretariat)
        minutes.adopt_minutes(draft, in_session=True, by=secretariat)
        if version == 1:
            old = opened(draft)
            minutes.reopen_minutes(draft, reason="تصويب", by=secretariat)
    minutes.reopen_minutes(old, reason="تصويب", by=secretariat)
    assert Minutes.objects.get().version == 3


def test_an_item_taken_off_meanwhile_is_neither_moved_nor_taken_off_again(meeting, secretariat):
    item = factories.AgendaItemFactory(meeting=meeting)
    old = opened(item)
    agenda.remove_item(item, by=secretariat)
    for act in (
        lambda: agenda.move_item(old, up=True, by=secretariat),
        lambda: agenda.remove_item(old, by=secretariat),
    ):
        with pytest.raises(Refused, match="This has been removed meanwhile"):
            act()
    assert old.history.filter(history_type="-").count() == 1


def test_nobody_is_reminded_of_a_meeting_cancelled_meanwhile(space, association, commune, secretariat):
    factories.ContactFactory(actor=commune)
    meeting = factories.MeetingFactory(space=space, organiser=association, starts_at=today_at_ten(5))
    old = opened(factories.InvitationFactory(meeting=meeting, actor=commune))
    assert old.meeting.state == Meeting.State.ANNOUNCED
    meetings.cancel_meeting(opened(meeting), reason="ظرف طارئ", by=secretariat)
    with pytest.raises(Refused, match="This meeting is cancelled"):
        participation.remind_invitation(old, by=secretariat)


def test_an_invitation_sent_meanwhile_stays_on_the_list(space, association, commune, secretariat):
    meeting = factories.MeetingFactory(
        space=space, organiser=association, state=Meeting.State.DRAFT, starts_at=today_at_ten(5)
    )
    old = opened(factories.InvitationFactory(meeting=meeting, actor=commune, sent_at=None))
    meetings.announce_meeting(meeting, by=secretariat)
    with pytest.raises(Refused, match="This invitation has been sent"):
        participation.withdraw_invitation(old, by=secretariat)
    assert Invitation.objects.filter(meeting=meeting).exists()


def today_at_ten(days):
    return start_of(today()) + timedelta(days=days, hours=10)
