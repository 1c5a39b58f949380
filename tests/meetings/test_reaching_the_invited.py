"""Who will receive an invitation is shown before it leaves; whom no mail reaches is shown with a telephone."""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone, translation

from meetings.actions import meetings as actions
from meetings.models import Invitation, Meeting
from portal.notifications import work as delivery
from portal.notifications.actions import notify
from portal.notifications.models import Notification
from portal.notifications.rules.messages import render
from portal.notifications.rules.recipients import Recipient
from tests import factories

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
STARTS = datetime(2026, 12, 4, 10, tzinfo=UTC)
ARRIVES_NOT, NO_ADDRESS = "The invitation did not arrive, please telephone", "No address for mail, please telephone"
UNSURE = "Not known whether the invitation arrived, please telephone"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def mute(space):
    """An institution with a telephone alone."""
    actor = factories.ActorFactory(name_ar="مؤسسة بالهاتف", name_fr="Institution au téléphone")
    factories.ContactFactory(actor=actor, email="", phone="+212536001122")
    return actor


@pytest.fixture
def meeting(space, association, commune, service, mute, officer):
    """In preparation, a person, a mailbox and a telephone to be invited by; the record is kept in French."""
    meeting = factories.MeetingFactory(
        reference="TST-2026-01", space=space, organiser=association, state=Meeting.State.DRAFT, starts_at=STARTS,
        language="fr",
    )  # fmt: skip
    factories.ContactFactory(actor=service, email="bureau@example.org", phone="+212536003344")
    for actor in (commune, service, mute):
        factories.InvitationFactory(meeting=meeting, actor=actor, sent_at=None)
    return meeting


def url(name, meeting):
    return reverse(f"meetings:{name}", args=[meeting.reference])


def seen(answer):
    """The text of the page, its spaces and lines joined."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def planned(answer):
    return {"planned": answer.context["planned"]}


def test_an_institution_without_mail_or_telephone_is_said_as_a_sentence(meeting, mute, as_user, secretariat):
    mute.contacts.all().delete()
    told = seen(as_user(secretariat).get(url("announce_meeting", meeting)))
    assert f"{NO_ADDRESS} No telephone number in the directory" in told


def test_announcing_shows_first_who_receives_which_mail(meeting, officer, as_user, secretariat):
    page = as_user(secretariat).get(url("announce_meeting", meeting))
    told = seen(page)
    for text in (officer.email, "bureau@example.org", f"{NO_ADDRESS} 05 36 00 11 22"):
        assert text in told
    assert 'href="tel:+212536001122"' in page.text
    for opening in ("سلام تام بوجود مولانا الإمام، وبعد،", "l’expression de nos salutations distinguées"):
        assert told.count(opening) == 1
    assert "Dear Sir or Madam" not in told
    assert "Invitation : vendredi 4 décembre 2026" in told
    meeting.refresh_from_db()
    assert (meeting.state, Notification.objects.count()) == (Meeting.State.DRAFT, 0)


def test_who_announces_sees_that_they_themselves_get_no_mail(meeting, association, secretariat, as_user):
    factories.InvitationFactory(meeting=meeting, actor=association, sent_at=None)
    client = as_user(secretariat)
    shown = client.get(url("announce_meeting", meeting))
    assert "You answer for it yourself: no mail is sent to you." in seen(shown)
    assert secretariat.email not in {email for line in shown.context["lines"] for email, _language in line["to"]}
    assert client.post(url("announce_meeting", meeting), planned(shown)).status_code == 302
    assert not Notification.objects.filter(email=secretariat.email).exists()


def test_what_was_shown_is_what_is_sent(meeting, officer, as_user, secretariat):
    client = as_user(secretariat)
    shown = client.get(url("announce_meeting", meeting))
    answer = client.post(url("announce_meeting", meeting), planned(shown))
    assert (answer.status_code, answer.url) == (302, meeting.get_absolute_url())
    rows = Notification.objects.filter(kind="meetings.invited").select_related("user")
    assert sorted((row.email, row.language) for row in rows) == [("bureau@example.org", "fr"), (officer.email, "ar")]
    texts = {language: message for _name, language, _with_account, message in shown.context["texts"]}
    for row in rows:
        assert shown_as(render(row)) == texts[row.language]
    assert "The meeting is announced." in seen(client.get(answer.url))


def shown_as(message):
    """The personal link is made as the mail leaves: what was shown says only what it will look like."""
    parts = {name: re.sub(r"/answer/[\w-]+/", "/answer/…/", getattr(message, name)) for name in ("text", "html")}
    return replace(message, **parts)


@pytest.mark.parametrize("change", ["invited", "address", "date"])
def test_what_has_changed_since_it_was_shown_is_looked_at_again(meeting, service, as_user, secretariat, change):
    client = as_user(secretariat)
    shown = client.get(url("announce_meeting", meeting))
    match change:
        case "invited":
            factories.InvitationFactory(meeting=meeting, sent_at=None)
        case "address":
            service.contacts.update(email="autre@example.org")
        case "date":
            Meeting.objects.update(starts_at=datetime(2026, 12, 4, 11, tzinfo=UTC))
    answer = client.post(url("announce_meeting", meeting), planned(shown))
    assert answer.status_code == 422
    assert "has changed since you looked" in seen(answer)
    assert (Meeting.objects.get().state, Notification.objects.count()) == ("draft", 0)
    again = client.post(url("announce_meeting", meeting), planned(answer))
    assert (again.status_code, Meeting.objects.get().state) == (302, "announced")


def test_of_a_meeting_that_has_begun_no_answer_is_asked_neither_in_what_is_shown_nor_in_what_is_sent(
    meeting, as_user, secretariat
):
    client, url_of_it = as_user(secretariat), url("announce_meeting", meeting)
    early = client.get(url_of_it)
    assert "de bien vouloir" in seen(early)
    with time_machine.travel(STARTS + timedelta(minutes=30), tick=False):
        assert client.post(url_of_it, planned(early)).status_code == 422
        shown = client.get(url_of_it)
        assert client.post(url_of_it, planned(shown)).status_code == 302
        texts = {language: message for _name, language, _with_account, message in shown.context["texts"]}
        rows = Notification.objects.filter(kind="meetings.invited").select_related("user")
        assert {row.language: render(row) for row in rows} == texts
        assert {row.context["asks"] for row in rows} == {False}


def test_a_meeting_that_is_announced_already_has_no_such_page(meeting, as_user, secretariat):
    actions.announce_meeting(meeting, by=secretariat)
    answer = as_user(secretariat).get(url("announce_meeting", meeting))
    assert (answer.status_code, answer.url) == (302, meeting.get_absolute_url())


def test_a_new_date_too_shows_first_who_is_told(meeting, officer, as_user, secretariat):
    actions.announce_meeting(meeting, by=secretariat)
    actions.postpone_meeting(meeting, reason="تأجيل", by=secretariat)
    told = seen(as_user(secretariat).get(url("reannounce_meeting", meeting)))
    for text in (officer.email, "bureau@example.org", f"{NO_ADDRESS} 05 36 00 11 22"):
        assert text in told


@pytest.mark.parametrize(("name", "queries"), [("announce_meeting", 20), ("participation", 10)])
@pytest.mark.parametrize("rows", [1, 4])
def test_many_institutions_cost_no_more_queries_than_few(
    meeting, as_user, secretariat, django_assert_num_queries, name, queries, rows
):
    """Two languages go out: the mail of each asks for its office, that of a mailbox what everybody sees."""
    for _row in range(rows):
        factories.ContactFactory(actor=factories.InvitationFactory(meeting=meeting, sent_at=None).actor)
        factories.InvitationFactory(meeting=meeting, sent_at=None)
    client = as_user(secretariat)
    client.get(url(name, meeting))
    with django_assert_num_queries(queries):
        client.get(url(name, meeting))


@pytest.fixture
def announced(meeting, as_user, secretariat):
    actions.announce_meeting(meeting, by=secretariat)
    return meeting


def give_up(**which):
    Notification.objects.filter(**which).update(state=Notification.State.GIVEN_UP)


def test_an_institution_without_an_address_is_told_apart_with_its_telephone(announced, mute, as_user, secretariat):
    told = seen(as_user(secretariat).get(url("participation", announced)))
    assert told.count(NO_ADDRESS) == 1
    assert f"{NO_ADDRESS} 05 36 00 11 22" in told
    assert ARRIVES_NOT not in told


def test_an_invitation_that_was_refused_is_told_apart_with_the_telephone(announced, service, as_user, secretariat):
    give_up(email="bureau@example.org")
    client = as_user(secretariat)
    assert f"{ARRIVES_NOT} 05 36 00 33 44" in seen(client.get(url("participation", announced)))
    invitation = announced.invitations.get(actor=service)
    answering = client.get(reverse("meetings:answer_invitation", args=[invitation.pk]))
    assert "05 36 00 33 44" in seen(answering)
    invitation.answer = Invitation.Answer.CONFIRMED
    invitation.save()
    assert ARRIVES_NOT not in seen(client.get(url("participation", announced)))


def test_an_invitation_whose_mail_may_have_arrived_is_told_apart(announced, service, as_user, secretariat):
    Notification.objects.filter(email="bureau@example.org").update(state=Notification.State.UNKNOWN)
    client = as_user(secretariat)
    told = seen(client.get(url("participation", announced)))
    assert "Not known whether the invitation arrived, please telephone 05 36 00 33 44" in told
    assert ARRIVES_NOT not in told
    assert "not known whether it arrived" in seen(client.get("/en/"))


def test_an_invitation_one_mailbox_took_has_arrived(announced, commune, officer, as_user, secretariat):
    invitation = announced.invitations.get(actor=commune)
    alternate = Recipient("second@example.org", "ar")
    context = {"actor": commune, "invitation": invitation.pk}
    [second] = notify(alternate, kind="meetings.invited", about=announced, context=context)
    give_up(user=officer)
    for state, is_told in (("waiting", False), ("failed", False), ("sent", False), ("given_up", True)):
        Notification.objects.filter(pk=second.pk).update(state=state)
        told = seen(as_user(secretariat).get(url("participation", announced)))
        assert (ARRIVES_NOT in told) == is_told, state


def test_only_who_prepares_the_meeting_learns_whom_no_mail_reaches(announced, as_user, member, officer, outsider):
    give_up(email="bureau@example.org")
    Meeting.objects.update(audience="public")
    for person in (member, officer, outsider):
        told = seen(as_user(person).get(url("participation", announced)))
        assert ARRIVES_NOT not in told
        assert NO_ADDRESS not in told


# Who is answered.


def delivered(to, about, kind="meetings.coming"):
    [row] = notify(to, kind=kind, about=about)
    assert delivery.deliver(row.pk)
    return mail.outbox[-1]


def header(sent, name):
    """A header as its reader sees it."""
    return str(message_from_bytes(sent.message().as_bytes(), policy=default)[name])


def test_a_mail_is_answered_to_the_secretariat_and_gives_its_telephone(announced, association):
    factories.ContactFactory(
        actor=association, person="موظف تجريبي", consent_on=NOW, email="person@example.org", audience="public"
    )
    factories.ContactFactory(actor=association, email="kitaba@example.org", phone="+212536556677", audience="public")
    sent = delivered(Recipient("office@example.org", "ar"), announced)
    assert header(sent, "Reply-To") == f"{association.name_fr} <kitaba@example.org>"
    assert "\u206805 36 55 66 77\u2069" in sent.body
    assert '<a class="ltr nowrap" dir="ltr" href="tel:+212536556677">05 36 55 66 77</a>' in sent.alternatives[0].content


@pytest.mark.parametrize(("language", "name"), [("ar", "تنسيق"), ("fr", "Tansiq"), ("en", "Tansiq")])
def test_the_portal_sends_under_its_name_in_the_readers_language(announced, language, name):
    sent = delivered(Recipient.of(factories.UserFactory(language=language, is_administrator=True)), announced)
    assert header(sent, "From") == f"{name} <tansiq@example.org>"


def said(sent):
    """All that leaves with a mail."""
    return sent.message().as_string() + sent.body + sent.alternatives[0].content


@pytest.mark.parametrize(
    ("details", "member_is_told", "mailbox_is_told"),
    [
        ({"audience": "public"}, True, True),
        ({"audience": "members"}, True, False),
        ({"audience": "administrators"}, False, False),
        ({"audience": "public", "person": "موظف", "consent_on": NOW}, True, True),
        ({"audience": "members", "person": "موظف", "consent_on": NOW}, False, False),
        ({"audience": "public", "ends_on": "2026-11-22"}, False, False),
    ],
)
@pytest.mark.parametrize("kind", ["meetings.invited", "meetings.coming", "recommendations.due"])
def test_of_the_secretariat_each_is_told_what_they_may_see(
    announced, association, officer, details, member_is_told, mailbox_is_told, kind
):
    factories.ContactFactory(actor=association, email="canary@example.org", phone="+212536990099", **details)
    Meeting.objects.update(audience="public")
    recommendation = factories.RecommendationFactory(meeting=announced, due_on=STARTS)
    about = announced if kind.startswith("meetings") else recommendation
    told = {
        Recipient.of(officer): member_is_told,
        Recipient("office@example.org", "ar"): mailbox_is_told,
        Recipient.of(factories.UserFactory()): mailbox_is_told,
    }
    for reader, is_told in told.items():
        mail = said(delivered(reader, about, kind))
        assert [word in mail for word in ("canary@example.org", "05 36 99 00 99")] == [is_told] * 2


def test_a_mailbox_that_is_told_of_no_office_answers_the_portal(announced, association, commune, settings):
    settings.CONTACT_EMAIL = "portal@example.org"
    reader = Recipient("office@example.org", "ar")
    for about, kind in ((announced, "meetings.invited"), (commune, "directory.sheet_stale")):
        sent = delivered(reader, about, kind)
        assert header(sent, "Reply-To").endswith("<portal@example.org>")
        assert "\u2068«\xa0Tansiq\xa0»\u2069" in sent.body or "\u2068بوابة «تنسيق»\u2069" in sent.body
    factories.ContactFactory(actor=association, email="", phone="+212536556677", audience="public")
    sent = delivered(reader, announced, "meetings.invited")
    assert header(sent, "Reply-To") == "Tansiq <portal@example.org>"
    assert f"\u2068{association.name_fr}\u2069\xa0: \u206805 36 55 66 77\u2069" in sent.body


def test_where_there_is_no_space_the_organiser_is_answered(officer, service):
    factories.ContactFactory(actor=service, email="organiser@example.org", audience="public")
    meeting = factories.MeetingFactory(organiser=service, space=None)
    recommendation = factories.RecommendationFactory(meeting=meeting)
    Meeting.objects.update(audience="public")
    for about, kind in ((meeting, "meetings.coming"), (recommendation, "recommendations.silent")):
        assert (
            delivered(Recipient("office@example.org", "ar"), about, kind)
            .reply_to[0]
            .endswith("<organiser@example.org>")
        )


def test_nobody_is_told_to_write_to_their_own_office(announced, association, secretariat):
    factories.ContactFactory(actor=association, email="kitaba@example.org", audience="public")
    assert delivered(Recipient.of(secretariat), announced).reply_to == []
    assert "kitaba@" not in delivered(Recipient("Kitaba@example.org", "ar"), announced).reply_to[0]


# Whose clock.


@pytest.mark.parametrize("link", ["https://example.org/join", ""])
def test_the_clock_is_named_where_somebody_may_join_from_elsewhere(announced, as_user, secretariat, link):
    Meeting.objects.update(link=link)
    client = as_user(secretariat)
    invitation = announced.invitations.first()
    zone, is_online = "Morocco time (GMT)", bool(link)
    for address in (
        announced.get_absolute_url(),
        reverse("meetings:meetings"),
        reverse("meetings:answer_invitation", args=[invitation.pk]),
    ):
        assert (zone in client.get(address).content.decode()) == is_online, address
    entry = client.get(url("calendar", announced)).content.decode().replace("\r\n ", "")
    assert zone in entry, "the telephone it goes to may go by an old clock"
    announced.refresh_from_db()
    sent = delivered(Recipient.of(secretariat), announced)
    assert ("بتوقيت المغرب (غرينيتش)" in sent.body) == is_online


def test_a_mail_that_is_being_handed_over_is_not_said_to_be_unsure(announced, service, as_user, secretariat):
    Notification.objects.update(state=Notification.State.UNKNOWN, leased_until=timezone.now() + timedelta(minutes=5))
    assert UNSURE not in seen(as_user(secretariat).get(url("participation", announced)))
    Notification.objects.update(leased_until=None)
    assert UNSURE in seen(as_user(secretariat).get(url("participation", announced)))
