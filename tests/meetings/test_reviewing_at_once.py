"""Words on circulated minutes: nobody undoes a colleague’s unread, speaks of another text, or settles one unheard."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from meetings.actions import minutes as actions
from meetings.models import Meeting, Minutes, MinutesReview
from portal.core.dates import today
from tests import factories
from tests.answers import typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def minutes(space, association, commune, service, secretariat):
    meeting = factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.HELD)
    for actor in (commune, service):
        factories.InvitationFactory(meeting=meeting, actor=actor)
    section = actions.record_minutes(meeting, html="<p>نص</p>", seen_revision=0, by=secretariat)
    minutes = Minutes.objects.get(pk=section.minutes_id)
    actions.circulate_minutes(minutes, until=today() + timedelta(days=10), by=secretariat)
    return minutes


def at(minutes, act="review_minutes") -> str:
    return reverse(f"meetings:{act}", args=[minutes.meeting.reference])


def opened(client, minutes, act="review_minutes") -> dict:
    return typed(client.get(at(minutes, act)).context["form"])


def said(minutes, actor) -> tuple[str, str] | None:
    word = MinutesReview.objects.current().filter(minutes=minutes, actor=actor).first()
    return word and (word.answer, word.text)


def test_a_word_that_a_colleague_gave_meanwhile_is_told_and_saved_over_when_sent_again(
    minutes, commune, officer, manager, as_user
):
    client = as_user(officer)
    old = opened(client, minutes) | {"answer": "approves"}
    actions.review_minutes(minutes, actor=commune, answer="remarks", text="تصويب", by=manager)
    refused = client.post(at(minutes), old)
    form = refused.context["form"]
    assert (refused.status_code, list(form.errors)) == (422, ["answer", "text"])
    assert f"{manager} has changed this meanwhile; it now says: “remarks”." in form.errors["answer"][0]
    assert "“تصويب”" in form.errors["text"][0]
    assert said(minutes, commune) == ("remarks", "تصويب")
    assert client.post(at(minutes), old | {"seen": form.stamp}).status_code == 302
    assert said(minutes, commune) == ("approves", "")


def test_what_is_changed_once_more_after_one_was_told_is_told_again(minutes, commune, officer, manager, as_user):
    client = as_user(officer)
    old = opened(client, minutes) | {"answer": "remarks", "text": "لي"}
    actions.review_minutes(minutes, actor=commune, answer="remarks", text="أول", by=manager)
    told = client.post(at(minutes), old).context["form"].stamp
    actions.review_minutes(minutes, actor=commune, answer="remarks", text="ثان", by=manager)
    again = client.post(at(minutes), old | {"seen": told})
    assert list(again.context["form"].errors) == ["text"]
    assert "“ثان”" in again.context["form"].errors["text"][0]


def test_approving_over_a_remark_a_colleague_has_written_anew_is_told(minutes, commune, officer, manager, as_user):
    actions.review_minutes(minutes, actor=commune, answer="remarks", text="أول", by=manager)
    client = as_user(officer)
    old = opened(client, minutes)
    actions.review_minutes(minutes, actor=commune, answer="remarks", text="ثان", by=manager)
    refused = client.post(at(minutes), old | {"answer": "approves"})
    assert (refused.status_code, said(minutes, commune)) == (422, ("remarks", "ثان"))


def test_a_word_of_another_institution_changes_nothing(minutes, service, commune, officer, member, as_user):
    client = as_user(officer)
    old = opened(client, minutes) | {"answer": "approves"}
    actions.review_minutes(minutes, actor=service, answer="remarks", text="تصويب", by=member)
    assert client.post(at(minutes), old).status_code == 302
    assert (said(minutes, commune), said(minutes, service)) == (("approves", ""), ("remarks", "تصويب"))


def test_who_speaks_for_two_institutions_does_not_undo_the_word_the_form_did_not_show(
    minutes, service, commune, officer, member, as_user
):
    factories.MembershipFactory(actor=service, user=officer)
    actions.review_minutes(minutes, actor=commune, answer="approves", by=officer)
    actions.review_minutes(minutes, actor=service, answer="remarks", text="تصويب", by=member)
    client = as_user(officer)
    form = client.get(at(minutes)).context["form"]
    assert form.given.actor == commune
    answer = client.post(at(minutes), typed(form) | {"actor": service.pk, "answer": "approves"})
    assert (answer.status_code, said(minutes, service)) == (422, ("remarks", "تصويب"))


def test_a_word_on_a_text_that_was_circulated_again_since_is_not_taken_for_the_new_one(
    minutes, commune, officer, secretariat, as_user
):
    client = as_user(officer)
    old = opened(client, minutes) | {"answer": "approves"}
    actions.reopen_minutes(minutes, by=secretariat)
    actions.circulate_minutes(minutes, until=today() + timedelta(days=10), by=secretariat)
    refused = client.post(at(minutes), old)
    assert (refused.status_code, said(minutes, commune)) == (422, None)
    form = refused.context["form"]
    assert "have moved on since you opened this page: circulated for remarks until" in form.non_field_errors()[0]
    assert client.post(at(minutes), old | {"seen": form.stamp}).status_code == 302
    assert said(minutes, commune) == ("approves", "")


def test_a_word_taken_away_meanwhile_is_given_anew(minutes, commune, officer, manager, as_user):
    word = actions.review_minutes(minutes, actor=commune, answer="approves", by=manager)
    client = as_user(officer)
    old = opened(client, minutes) | {"answer": "remarks", "text": "تصويب"}
    word.delete()
    assert client.post(at(minutes), old).status_code == 302
    assert said(minutes, commune) == ("remarks", "تصويب")


FORGED = ["", "0", "nonsense", "1circulated1", "1circulated1-x", "1circulated1-999999", "1circulated1-" + "9" * 30]


@pytest.mark.parametrize("stamp", FORGED)
def test_a_forged_stamp_gives_no_word_and_adopts_nothing(minutes, commune, officer, secretariat, as_user, stamp):
    answer = as_user(officer).post(at(minutes), {"actor": commune.pk, "answer": "approves", "seen": stamp})
    assert (answer.status_code, said(minutes, commune)) == (422, None)
    form = answer.context["form"]
    assert "what you had before you" in form.non_field_errors()[0]
    adopting = as_user(secretariat).post(at(minutes, "adopt_minutes"), {"in_session": "on", "seen": stamp})
    minutes.refresh_from_db()
    assert (adopting.status_code, minutes.state) == (422, "circulated")
    again = {"actor": commune.pk, "answer": "approves", "seen": form.stamp}
    assert as_user(officer).post(at(minutes), again).status_code == 302


# The secretariat settles them.


@pytest.mark.parametrize("act", ["adopt_minutes", "reopen_minutes"])
def test_a_word_given_meanwhile_is_read_before_the_minutes_are_settled(
    minutes, commune, officer, secretariat, as_user, act
):
    client = as_user(secretariat)
    more = {"in_session": "on"} if act == "adopt_minutes" else {"reason": "تصويب"}
    old = opened(client, minutes, act) | more
    actions.review_minutes(minutes, actor=commune, answer="remarks", text="تصويب", by=officer)
    refused = client.post(at(minutes, act), old)
    form = refused.context["form"]
    minutes.refresh_from_db()
    assert (refused.status_code, minutes.state) == (422, "circulated")
    assert f"their word on the minutes: {commune}." in form.non_field_errors()[0]
    assert client.post(at(minutes, act), old | {"seen": form.stamp}).status_code == 302


def test_taking_back_a_text_that_was_adopted_meanwhile_begins_no_correction(minutes, secretariat, as_user):
    client = as_user(secretariat)
    old = opened(client, minutes, "reopen_minutes") | {"reason": "تصويب"}
    actions.adopt_minutes(minutes, in_session=True, by=secretariat)
    refused = client.post(at(minutes, "reopen_minutes"), old)
    minutes.refresh_from_db()
    assert (refused.status_code, minutes.state, minutes.version) == (422, "adopted", 1)
