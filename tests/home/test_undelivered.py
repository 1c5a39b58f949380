"""What did not arrive of what institutions were sent, on the desk of who answers for it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from actors.directory.models import Membership
from portal.notifications.actions import notify
from portal.notifications.models import Notification
from portal.notifications.rules.recipients import Recipient
from tests import factories
from tests.desk import on_desk

State = Notification.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(space, association, commune):
    """Tells one mailbox of each sort of thing, and leaves the mail in a state."""
    meeting = factories.MeetingFactory(space=space, organiser=association, state="held")
    recommendation = factories.RecommendationFactory(meeting=meeting)

    def send(kind, state=State.GIVEN_UP, by=None):
        about = {"meetings": meeting, "recommendations": recommendation, "directory": commune}[kind.partition(".")[0]]
        context = {"version": 1, "until": timezone.now().date(), "actor": commune, "part": "lead"}
        [mail] = notify(Recipient("office@example.org", "ar"), kind=kind, about=about, by=by, context=context)
        Notification.objects.filter(pk=mail.pk).update(state=state)
        return mail

    send.pages = {
        "meetings": reverse("meetings:minutes", args=[meeting.reference]),
        "recommendations": recommendation.get_absolute_url(),
        "directory": commune.get_absolute_url(),
    }
    return send


@pytest.mark.parametrize("state", [State.GIVEN_UP, State.UNKNOWN])
@pytest.mark.parametrize("kind", ["meetings.minutes_circulated", "recommendations.assigned"])
def test_the_secretariat_reads_which_mail_did_not_arrive(kind, state, sent, secretariat, member, officer, as_user):
    mail = sent(kind, state)
    assert on_desk(secretariat, "lost-mails") == [str(mail.pk)]
    assert [on_desk(person, "lost-mails") for person in (member, officer)] == [[], []]
    page = as_user(secretariat).get(reverse("home:home")).content.decode()
    assert "office@example.org" in page
    assert f'href="{sent.pages[kind.partition(".")[0]]}"' in page


def test_of_a_sheet_who_manages_it_or_asked_reads_it(sent, commune, secretariat, officer, administrator):
    manager = factories.MembershipFactory(actor=commune, part=Membership.Part.MANAGER).user
    mail = sent("directory.sheet_stale", by=administrator)
    assert [on_desk(person, "lost-mails") for person in (manager, administrator)] == [[str(mail.pk)]] * 2
    assert [on_desk(person, "lost-mails") for person in (secretariat, officer)] == [[], []]


@pytest.mark.parametrize("state", [State.WAITING, State.SENT, State.FAILED, State.DROPPED])
def test_what_arrived_or_may_yet_is_not_there(state, sent, secretariat):
    sent("meetings.minutes_circulated", state)
    assert on_desk(secretariat, "lost-mails") == []


def test_a_later_mail_or_a_week_settles_it(sent, secretariat):
    first = sent("recommendations.assigned")
    second = sent("recommendations.assigned")
    assert on_desk(secretariat, "lost-mails") == [str(second.pk)]
    Notification.objects.filter(pk=second.pk).update(state=State.SENT)
    assert on_desk(secretariat, "lost-mails") == []
    Notification.objects.filter(pk=second.pk).delete()
    assert on_desk(secretariat, "lost-mails") == [str(first.pk)]
    Notification.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert on_desk(secretariat, "lost-mails") == []
