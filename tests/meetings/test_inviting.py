"""Whom to invite is searched without losing whom one has ticked, and seen before anything is sent."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from actors.directory.models import Actor
from meetings.actions import participation as actions
from meetings.models import Invitation, Meeting
from portal.core.dates import today
from portal.core.errors import Refused
from portal.core.search import reindex
from portal.notifications.models import Notification
from portal.notifications.rules.messages import render
from tests import factories


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(space=space, organiser=association, state="draft", reference="TST-2026-09")


@pytest.fixture
def page(meeting):
    return reverse("meetings:invite", args=[meeting.reference])


@pytest.fixture
def faculty(db):
    seat = factories.TerritoryFactory(
        code="02.113.05.03.", level="commune", kind="commune", name_ar="العروي", name_fr="Al Aaroui"
    )
    row = factories.ActorFactory(
        name_ar="كلية الحقوق", name_fr="Faculté de droit", acronym="FDO", aliases=["Collège juridique"], seat=seat
    )
    reindex(Actor.objects.all())
    return row


def boxes(response):
    """Key and state of every box of the page."""
    found = re.findall(r'name="actors" value="(\d+)"( checked)?', response.text)
    assert len({key for key, _checked in found}) == len(found)
    return {int(key): bool(checked) for key, checked in found}


def test_searching_keeps_every_tick(as_user, secretariat, page, faculty, association, commune, service):
    client = as_user(secretariat)
    assert boxes(client.get(page))[commune.pk] is True

    found = client.post(page, {"search": "1", "q": "faculté", "actors": [commune.pk]})
    assert boxes(found) == {association.pk: False, commune.pk: True, service.pk: False, faculty.pk: False}
    again = client.post(page, {"search": "1", "q": "qqqq", "actors": [commune.pk, faculty.pk]})
    assert boxes(again) == {association.pk: False, commune.pk: True, service.pk: False, faculty.pk: True}
    assert 'value="qqqq"' in again.text
    assert not Invitation.objects.exists()

    assert client.post(page, {"q": "qqqq", "actors": [commune.pk, faculty.pk]}).status_code == 302
    assert set(Invitation.objects.values_list("actor", flat=True)) == {commune.pk, faculty.pk}


def test_what_may_have_been_meant_is_a_button_that_keeps_every_tick(as_user, secretariat, page, faculty, commune):
    client = as_user(secretariat)
    missed = client.post(page, {"search": "1", "q": "facultte", "actors": [commune.pk]})
    assert 'name="near" value="Faculté"' in missed.text

    meant = boxes(client.post(page, {"near": "Faculté", "q": "facultte", "actors": [commune.pk]}))
    assert (meant[faculty.pk], meant[commune.pk]) == (False, True)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("query", ["droit", "FDO", "Collège juridique", "Al Aaroui", "العروي"])
def test_an_institution_is_found_by_whatever_it_is_called_and_where_it_is(as_user, secretariat, page, faculty, query):
    for number in range(45):
        factories.ActorFactory(name_ar=f"ا {number}")
    assert faculty.pk not in boxes(as_user(secretariat).get(page))
    assert faculty.pk in boxes(as_user(secretariat).post(page, {"search": "1", "q": query}))


def test_everybody_can_be_reached_page_by_page(as_user, secretariat, page, commune):
    last = [factories.ActorFactory(name_ar=f"ي {number:02}") for number in range(45)][-1]
    client = as_user(secretariat)
    first = client.get(page)
    assert last.pk not in boxes(first)
    assert first.context["more"] == 40

    more = client.post(page, {"more": "40", "q": "", "actors": [commune.pk]})
    assert boxes(more)[last.pk] is False
    assert boxes(more)[commune.pk] is True


def test_what_is_refused_keeps_the_ticks(as_user, secretariat, page, faculty, commune):
    answer = as_user(secretariat).post(page, {"q": "droit", "actors": [commune.pk, 987654]})
    assert answer.status_code == 422
    assert boxes(answer)[commune.pk] is True
    assert faculty.pk in boxes(answer)


def test_a_member_is_found_as_anybody_else(as_user, secretariat, page, commune):
    reindex(Actor.objects.all())
    found = as_user(secretariat).post(page, {"search": "1", "q": "commune", "actors": [commune.pk]})
    assert found.context["found"] == [(commune, True)]
    assert boxes(found)[commune.pk] is True


def hidden_of(response):
    """What the page that shows the mails sends back."""
    return {
        "actors": re.findall(r'type="hidden" name="actors" value="(\d+)"', response.text),
        "planned": response.context["planned"],
    }


@pytest.fixture
def announced(meeting, commune):
    begins = timezone.now() + timedelta(days=9)
    Meeting.objects.update(state="announced", starts_at=begins, ends_at=begins + timedelta(hours=2))
    factories.ContactFactory(actor=commune, email="office@example.org")
    return meeting


def test_inviting_to_an_announced_meeting_shows_first_who_receives_which_mail(
    as_user, secretariat, page, announced, commune, faculty
):
    client = as_user(secretariat)
    shown = client.post(page, {"actors": [commune.pk, faculty.pk]})
    assert (shown.status_code, Invitation.objects.count(), Notification.objects.count()) == (200, 0, 0)
    assert hidden_of(shown)["actors"] == [str(row.pk) for row in shown.context["actors"]]
    assert announced.title_fr in shown.text.partition("</title>")[0]
    for text in ("office@example.org", "No address for mail, please telephone", announced.title_ar):
        assert text in shown.text
    back = client.post(page, hidden_of(shown) | {"search": "1"})
    assert {boxes(back)[commune.pk], boxes(back)[faculty.pk]} == {True}
    assert client.post(page, hidden_of(shown)).status_code == 302
    assert set(Invitation.objects.sent().values_list("actor", flat=True)) == {commune.pk, faculty.pk}
    assert [row.email for row in Notification.objects.all()] == ["office@example.org"]


def test_what_is_shown_to_be_sent_to_the_next_institution_asks_for_its_answer_as_the_mail_does(
    as_user, secretariat, page, announced, service
):
    person = factories.MembershipFactory(actor=service, user__language="en").user
    shown = as_user(secretariat).post(page, {"actors": [service.pk]})
    [(_name, _language, with_account, text)] = shown.context["texts"]
    assert with_account
    assert "Answer the invitation" in text.text
    assert "/meetings/invitations/…/answer/" in text.text

    actions.invite(announced, actors=[service], by=secretariat)
    sent = render(Notification.objects.get(user=person))
    number = Invitation.objects.get().pk
    assert sent.text == text.text.replace("…", str(number))


def test_who_is_invited_once_the_meeting_has_begun_is_not_asked_whether_they_come(
    secretariat, announced, commune, service
):
    factories.MembershipFactory(actor=service, user__language="en")
    announced.refresh_from_db()
    with time_machine.travel(announced.starts_at + timedelta(minutes=1)):
        actions.invite(announced, actors=[commune, service], by=secretariat)
        for row in Notification.objects.all():
            row.language = "en"
            told = render(row).text
            assert "The meeting has begun: no answer is asked for." in told
            for asks in ("Please let us know", "Answer the invitation", "please reply to this message"):
                assert asks not in told


def test_invitations_whose_mails_have_changed_since_are_looked_at_again(
    as_user, secretariat, page, announced, commune, faculty
):
    client = as_user(secretariat)
    shown = client.post(page, {"actors": [commune.pk]})
    commune.contacts.update(email="other@example.org")
    refused = client.post(page, hidden_of(shown))
    assert (refused.status_code, Notification.objects.count()) == (422, 0)
    assert "has changed since you looked" in refused.text
    assert "other@example.org" in refused.text
    assert client.post(page, hidden_of(refused)).status_code == 302


def test_a_meeting_announced_meanwhile_mails_nobody_unseen(secretariat, announced, commune):
    with pytest.raises(Refused, match="has changed since you looked"):
        actions.invite(announced, actors=[commune], by=secretariat, planned="")


@pytest.mark.parametrize("name", ["cancel_meeting", "postpone_meeting", "circulate_minutes", "adopt_minutes"])
def test_whatever_mails_the_invited_shows_first_who_receives_it(as_user, secretariat, announced, commune, name):
    factories.InvitationFactory(meeting=announced, actor=commune)
    if "minutes" in name:
        state, until = ("draft", None) if name == "circulate_minutes" else ("circulated", today())
        Meeting.objects.update(state="held")
        factories.MinutesSectionFactory(
            minutes=factories.MinutesFactory(meeting=announced, state=state, remarks_until=until), text="نص", revision=1
        )
    shown = as_user(secretariat).get(reverse(f"meetings:{name}", args=[announced.reference]))
    assert shown.status_code == 200
    assert "Institutions that are told (1)" in shown.text
    assert "office@example.org" in shown.text


@pytest.mark.parametrize(
    ("answer", "offered", "not_offered"),
    [
        ("none", "Note a telephone answer", "Correct the answer"),
        ("confirmed", "Correct the answer", "Note a telephone answer"),
        ("declined", "Correct the answer", "Note a telephone answer"),
    ],
)
def test_an_answer_that_was_given_is_corrected_not_noted_again(
    as_user, secretariat, announced, commune, answer, offered, not_offered
):
    invitation = factories.InvitationFactory(meeting=announced, actor=commune, answer=answer, by_phone=True)
    client = as_user(secretariat)
    for address in (
        reverse("meetings:participation", args=[announced.reference]),
        reverse("meetings:answer_invitation", args=[invitation.pk]),
    ):
        seen = client.get(address).text
        assert (offered in seen, not_offered in seen) == (True, False)
