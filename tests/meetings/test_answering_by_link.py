"""Whoever has the mailbox of an invited institution answers by the personal link of its mails, without an account."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation

from actors.directory.models import Actor, Contact
from actors.doubles.actions import merge_actors
from meetings.actions import meetings as acts
from meetings.actions import participation as actions
from meetings.models import Invitation, Meeting
from portal.core.acting import Bearer
from portal.core.errors import Forbidden
from portal.core.logs import RefusalsInOneLine
from portal.core.models import OneTimeKey
from portal.notifications.actions import notify
from portal.notifications.models import Notification, SignedLink
from portal.notifications.rules.messages import drafted, render
from portal.notifications.rules.recipients import Recipient
from portal.notifications.tasks import forget_links
from portal.notifications.work import deliver
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
STARTS = datetime(2026, 12, 4, 10, tzinfo=UTC)
OFFICE = "office@example.org"


@pytest.fixture(autouse=True)
def _in_november_and_in_english():
    with time_machine.travel(NOW, tick=False) as clock, translation.override("en"):
        yield clock


@pytest.fixture
def town(commune):
    """It has a mailbox, and nobody with an account."""
    factories.ContactFactory(actor=commune, email=OFFICE)
    return commune


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(space=space, organiser=association, starts_at=STARTS, title_en="Third meeting")


@pytest.fixture
def invitation(meeting, town):
    return factories.InvitationFactory(meeting=meeting, actor=town)


def link_in(message):
    """The path of the personal link in a mail, whichever language it is in."""
    return urlsplit(re.search(r"https?://\S+/answer/\S+/", message.body)[0]).path


def mailed(meeting, invitation, kind="meetings.invited", email=OFFICE, **context):
    """The path in the mail as it arrives, in English."""
    context = {"actor": invitation.actor, "invitation": invitation.pk} | context
    [row] = notify(Recipient(email, "ar"), kind=kind, about=meeting, context=context)
    assert deliver(row.pk)
    return f"/en{link_in(mail.outbox[-1])[3:]}"


def filled(page, **changes):
    """The form of the page as a browser would send it."""
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    form = page.context["form"]
    shown = {name: form[name].value() or "" for name in form.fields}
    return shown | fields | changes


def sends(client, path, **changes):
    page = client.get(path)
    return client.post(path, filled(page, **changes), follow=True)


@pytest.fixture
def path(meeting, invitation):
    return mailed(meeting, invitation)


def answered(invitation):
    invitation.refresh_from_db()
    return invitation.answer, invitation.representative, invitation.note


# The link.


def test_a_plain_yes_is_one_button_and_the_secretariat_learns_how_it_came(
    path, invitation, secretariat, as_user, meeting
):
    page = sends(Client(), path)
    assert "Your attendance is confirmed" in page.text
    assert answered(invitation) == ("confirmed", "", "")
    assert (invitation.by_mailbox, invitation.by_phone, invitation.answered_by) == (OFFICE, False, None)
    record = invitation.history.first()
    assert (record.history_user, record.history_by) == (None, OFFICE)
    [told] = Notification.objects.filter(kind="meetings.answered")
    assert told.user == secretariat
    assert f"Answered by the personal link sent to \u2068{OFFICE}\u2069" in render_in_english(told)
    tab = as_user(secretariat).get(reverse("meetings:participation", args=[meeting.reference]))
    assert "· by personal link" in tab.text
    assert f'<span class="ltr">{OFFICE}</span>' in tab.text


def render_in_english(row):
    row.language = "en"
    return render(row).text


def test_every_answer_is_given_with_its_words(path, invitation):
    client = Client()
    sends(client, path, representative="Mme X, vice-présidente")
    assert answered(invitation) == ("confirmed", "Mme X, vice-présidente", "")
    sends(client, f"{path}?change=1", answer="delegated", stand_in="M. Y, chef de division", mandate="Signer")
    assert (*answered(invitation), invitation.mandate) == ("confirmed", "M. Y, chef de division", "", "Signer")
    page = client.get(path)
    assert "M. Y, chef de division" in page.text
    page = sends(client, f"{path}?change=1", answer="declined", note="اجتماع آخر")
    assert "Your apologies are noted" in page.text
    assert (*answered(invitation), invitation.mandate) == ("declined", "", "اجتماع آخر", "")


def test_who_delegates_names_somebody(path, invitation):
    refused = sends(Client(), path, answer="delegated", stand_in=" ")
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"stand_in"}
    assert answered(invitation)[0] == "none"


def test_a_contact_of_the_sheet_stays_named_as_long_as_its_name_does(path, invitation, town):
    contact = Contact.objects.get(email=OFFICE)
    Invitation.objects.filter(pk=invitation.pk).update(represented_by=contact, answer="confirmed", answered_at=NOW)
    page = Client().get(f"{path}?change=1")
    sends(Client(), f"{path}?change=1", note="نعم")
    invitation.refresh_from_db()
    assert (invitation.represented_by, invitation.representative) == (contact, "")
    assert page.context["form"]["representative"].value() == str(contact)
    sends(Client(), f"{path}?change=1", representative="M. Y")
    invitation.refresh_from_db()
    assert (invitation.represented_by, invitation.representative) == (None, "M. Y")


def test_a_point_that_is_asked_for_reaches_the_secretariat(path, invitation, secretariat, member, as_user, meeting):
    sends(Client(), path, asked_point="استمارة التوجيه")
    invitation.refresh_from_db()
    assert invitation.asked_point == "استمارة التوجيه"
    [told] = Notification.objects.filter(kind="meetings.answered")
    assert "Asks to add to the agenda: \u2068استمارة التوجيه\u2069" in render_in_english(told)
    tab = reverse("meetings:participation", args=[meeting.reference])
    assert "استمارة التوجيه" in as_user(secretariat).get(tab).text
    assert "استمارة التوجيه" not in as_user(member).get(tab).text


def test_a_point_is_asked_for_from_an_account_as_well(invitation, officer, as_user):
    page = as_user(officer).get(reverse("meetings:answer_invitation", args=[invitation.pk]))
    assert 'name="asked_point"' in page.text


@pytest.mark.parametrize("kind", ["meetings.answer_missing", "meetings.coming", "meetings.moved", "meetings.changed"])
def test_every_mail_of_the_invitation_carries_the_same_link(path, meeting, invitation, kind):
    assert mailed(meeting, invitation, kind) == path
    assert SignedLink.objects.count() == 1


def test_a_meeting_that_is_announced_again_makes_old_mails_good_again(path, meeting, invitation, secretariat, clock):
    acts.postpone_meeting(meeting, reason="…", by=secretariat)
    page = Client().get(path)
    assert "This meeting is postponed" in page.text
    assert page.context["shows_form"] is False
    clock.move_to(STARTS + timedelta(days=60))
    assert Client().get(path).status_code == 410
    begins = STARTS + timedelta(days=90)
    acts.reannounce_meeting(meeting, starts_at=begins, ends_at=begins + timedelta(hours=2), by=secretariat)
    assert mailed(meeting, invitation, "meetings.moved") == path
    assert "Your attendance is confirmed" in sends(Client(), path).text


@pytest.fixture
def clock(_in_november_and_in_english):
    return _in_november_and_in_english


def test_who_has_an_account_signs_in_as_before(meeting, commune, officer, secretariat):
    draft = factories.MeetingFactory(organiser=meeting.organiser, space=meeting.space, starts_at=STARTS)
    actions.invite(draft, actors=[commune], by=secretariat)
    [row] = Notification.objects.filter(kind="meetings.invited")
    assert "/invitations/" in render(row).text
    assert not SignedLink.objects.exists()


def test_looking_at_what_would_be_sent_makes_no_link(meeting, town):
    text = render(drafted(Recipient(OFFICE, "ar"), "meetings.invited", meeting, {"actor": town, "invitation": None}))
    assert "/answer/…/" in text.text
    assert not SignedLink.objects.exists()


def test_what_is_kept_of_the_mail_opens_nothing(path):
    row = Notification.objects.get(kind="meetings.invited")
    token = path.split("/")[-2]
    assert token not in row.body
    assert token not in f"{row.path}{row.context}"


def test_a_button_without_the_field_keeps_the_point_that_was_asked_for(invitation, officer, as_user, meeting):
    actions.answer_invitation(invitation, answer="declined", asked_point="استمارة", by=officer)
    page = as_user(officer).get(reverse("meetings:answer_invitation", args=[invitation.pk]))
    tap = {"answer": "confirmed", "seen": page.context["form"].stamp}
    as_user(officer).post(reverse("meetings:answer_invitation", args=[invitation.pk]), tap)
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.asked_point) == ("confirmed", "استمارة")


# Nothing secret is kept, nothing is told.


def test_nothing_that_opens_the_link_is_kept(path, invitation):
    sends(Client(), path)
    mark = path.split("/")[-2].partition("-")[2]
    kept = [*SignedLink.objects.values_list(), *OneTimeKey.objects.values_list(), *Notification.objects.values_list()]
    assert kept
    assert mark not in repr(kept)


def test_no_token_is_logged(path, caplog, monkeypatch):
    token = path.split("/")[-2]
    client = Client(raise_request_exception=False)
    with caplog.at_level("DEBUG"):
        client.get(path)
        sends(client, path)
        client.put(path)
        client.get(path.replace(token, f"{token[:-1]}x"))
        monkeypatch.setattr("meetings.views.answering.programme_of", None)
        assert client.get(path).status_code == 500
    lines = [record for record in caplog.records if record.name in {"portal.requests", "django.request"}]
    assert any(record.levelname == "ERROR" for record in lines)
    console = RefusalsInOneLine()
    told = [record.getMessage() for record in lines if console.filter(record) or record.name == "portal.requests"]
    assert "/en/answer/<token>/" in " ".join(told)
    assert token[4:-1] not in " ".join(told)


def test_the_page_is_kept_by_nobody_and_tells_no_other_site_its_address(path):
    for answer in (Client().get(path), sends(Client(), path), Client().get(f"{path}calendar.ics")):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "no-store" in answer.headers["Cache-Control"]
    page = Client().get(path).text
    assert re.findall(r'(?:src|href)="(https?://[^"]+)"', page) == []
    assert "og:" not in page
    assert "/accounts/login/" not in page


def test_the_page_asks_no_cookie(path, invitation):
    """A browser says `Origin: null` of a page that tells nobody its address, and some keep no cookies."""
    client = Client(enforce_csrf_checks=True)
    data = filled(client.get(path))
    client.cookies.clear()
    assert client.post(path, data, headers={"Origin": "null"}).status_code == 302
    assert answered(invitation)[0] == "confirmed"


def test_an_invited_institution_is_told_of_the_meeting_and_of_nobody_else(path, meeting, service):
    factories.AgendaItemFactory(meeting=meeting, title_en="Referral form")
    factories.InvitationFactory(meeting=meeting, actor=service, note="سر", representative="شخص")
    factories.ContactFactory(actor=service, email="other@example.org", audience="members")
    page = Client().get(path).text
    assert "Referral form" in page
    for word in ("other@example.org", service.name_ar, service.name_fr, "سر", "شخص"):
        assert word not in page


def test_the_calendar_entry_has_the_link_to_join(path, meeting):
    factories.resave(Meeting.objects.all(), link="https://example.org/join")
    entry = Client().get(f"{path}calendar.ics").content.replace(b"\r\n ", b"")
    assert b"https://example.org/join" in entry


# Bad input.


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_changes_nothing(path, invitation, method):
    before = repr(list(SignedLink.objects.values_list())), invitation.history.count()
    for _time in range(3):
        assert getattr(Client(), method)(path, headers={"Sec-Purpose": "prefetch"}).status_code == 200
    assert answered(invitation)[0] == "none"
    assert (repr(list(SignedLink.objects.values_list())), invitation.history.count()) == before


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: t[:-1] + ("0" if t[-1] != "0" else "1"),
                                   lambda t: f"9{t}", lambda t: "é" * 40, lambda t: t.replace("-", ":"),
                                   lambda t: "-", lambda t: "z" * 13 + t])  # fmt: skip
def test_a_token_that_is_not_whole_opens_nothing(path, invitation, spoil):
    token = path.split("/")[-2]
    wrong = path.replace(token, spoil(token))
    for answer in (Client().get(wrong), Client().post(wrong, {"answer": "declined"})):
        assert answer.status_code == 404
        assert "This link is not complete" in answer.text
    assert answered(invitation)[0] == "none"


def test_a_form_sent_twice_answers_once(path, invitation):
    client = Client()
    data = filled(client.get(path))
    for _time in range(2):
        assert client.post(path, data, follow=True).status_code == 200
    assert invitation.history.filter(answer="confirmed").count() == 1


def test_the_link_is_used_again_to_change_the_answer(path, invitation):
    sends(Client(), path)
    assert "Change the answer" in Client().get(path).text
    sends(Client(), f"{path}?change=1", answer="declined")
    assert answered(invitation)[0] == "declined"


def test_of_two_who_answer_at_once_the_second_is_told(path, invitation):
    early, late = Client(), Client()
    data = filled(late.get(path), answer="declined", note="مانع")
    sends(early, path, representative="Mme X")
    refused = late.post(path, data)
    assert refused.status_code == 422
    assert "it now says: “confirmed”" in refused.text
    assert "مانع" in refused.text
    assert answered(invitation) == ("confirmed", "Mme X", "")


OVER = "This meeting began on"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": "cancelled"}, "This meeting is cancelled"),
        ({"state": "postponed"}, "This meeting is postponed"),
        ({"starts_at": NOW - timedelta(minutes=1)}, OVER),
        ({"starts_at": NOW - timedelta(days=2), "ends_at": NOW - timedelta(days=1)}, OVER),
        ({"state": "held"}, OVER),
    ],
)
def test_a_meeting_that_takes_no_answers_says_why_and_keeps_what_was_typed(path, invitation, change, sentence):
    client = Client()
    data = filled(client.get(path), answer="declined", note="كلمة طويلة")
    factories.resave(Meeting.objects.all(), **change)
    late = client.post(path, data)
    assert (late.status_code, sentence in late.text, "كلمة طويلة" in late.text) == (422, True, True)
    page = client.get(path)
    assert sentence in page.text
    assert "<textarea" not in page.text
    assert answered(invitation)[0] == "none"


def test_a_date_that_moved_since_the_page_was_opened_is_told(path, invitation, meeting, secretariat):
    client = Client()
    data = filled(client.get(path), note="كلمة")
    day = STARTS + timedelta(days=3)
    acts.edit_meeting(meeting, starts_at=day, ends_at=day + timedelta(hours=2), by=secretariat)
    refused = client.post(path, data)
    assert refused.status_code == 422
    assert "The date of this meeting has changed" in refused.text
    assert "كلمة" in refused.text


def test_ten_thousand_characters_are_kept_and_told_how_many_there_may_be(path, invitation):
    refused = sends(Client(), path, answer="declined", note="ك" * 10_000)
    assert refused.status_code == 422
    assert "at most 300 characters" in refused.text
    assert "ك" * 10_000 in refused.text
    assert answered(invitation)[0] == "none"


def test_a_link_that_was_withdrawn_says_so_and_the_next_mail_brings_another(
    path, meeting, invitation, secretariat, officer, as_user
):
    assert as_user(officer).post(reverse("meetings:revoke_links", args=[invitation.pk])).status_code == 403
    page = as_user(secretariat).get(reverse("meetings:answer_invitation", args=[invitation.pk]))
    assert OFFICE in page.text
    as_user(secretariat).post(reverse("meetings:revoke_links", args=[invitation.pk]))
    for answer in (Client().get(path), Client().post(path, {"answer": "declined"})):
        assert answer.status_code == 410
        assert "have withdrawn it" in answer.text
        assert "Third meeting" not in answer.text
    new = mailed(meeting, invitation)
    assert new != path
    assert Client().get(new).status_code == 200


def test_a_link_that_is_over_says_until_when_it_was_good(path, clock):
    clock.move_to(STARTS + timedelta(days=8))
    page = Client().get(path)
    assert page.status_code == 410
    assert "It could be used until 11 December 2026" in page.text


def test_a_mailbox_that_answers_no_more_is_told(path, invitation):
    Contact.objects.filter(email=OFFICE).update(ends_on="2026-11-20")
    page = Client().get(path)
    assert page.status_code == 410
    assert "no longer answers for this institution" in page.text


def test_an_institution_that_is_no_longer_published_is_told(path, town):
    Actor.objects.filter(pk=town.pk).update(state="archived")
    assert Client().get(path).status_code == 410


def test_an_invitation_that_is_gone_is_told(path, invitation):
    Invitation.objects.filter(pk=invitation.pk).delete()
    page = Client().get(path)
    assert page.status_code == 410
    assert "is no longer there" in page.text


@pytest.mark.parametrize("both_invited", [True, False])
def test_the_link_of_an_institution_that_was_merged_answers_for_the_one_it_became(
    path, meeting, invitation, service, town, administrator, both_invited
):
    if both_invited:
        factories.InvitationFactory(meeting=meeting, actor=service)
    merge_actors(service, loser=town, by=administrator)
    page = sends(Client(), path)
    assert "Your attendance is confirmed" in page.text
    [stays] = meeting.invitations.all()
    assert (stays.actor, stays.answer, stays.by_mailbox) == (service, "confirmed", OFFICE)


def test_who_is_signed_in_as_somebody_else_answers_by_the_link(path, invitation, outsider, as_user):
    client = as_user(outsider)
    assert "You are signed in as" in client.get(path).text
    sends(client, path)
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.answered_by, invitation.by_mailbox) == ("confirmed", None, OFFICE)


def test_the_bearer_of_a_link_does_nothing_else(invitation, meeting, service):
    other = factories.InvitationFactory(meeting=meeting, actor=service)
    bearer = Bearer(Recipient(OFFICE, "ar"), invitation, "note_answer")
    with pytest.raises(Forbidden):
        actions.answer_invitation(other, answer="declined", by=bearer)
    with pytest.raises(Forbidden):
        actions.revoke_links(invitation, by=bearer)


def test_a_link_of_an_act_opens_no_other(path, town):
    token = path.split("/")[-2]
    assert Client().get(reverse("directory:confirm_from_mail", args=[token])).status_code == 404


def test_opening_and_answering_are_limited(path, settings):
    cache.clear()
    settings.LIMITS = settings.LIMITS | {"links": (2, 600), "link_answers": (1, 3600)}
    client = Client()
    sends(client, path)
    typed = {"answer": "declined", "note": "كلمة طويلة"}
    refused = client.post(path, typed, headers={"Sec-Fetch-Site": "same-origin"})
    assert (refused.status_code, "كلمة" in refused.text) == (429, True)
    assert client.get(path).status_code == 429


def test_a_key_that_was_changed_opens_the_links_it_made_as_long_as_it_is_known(path, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, as long as it has to be for the checks of Django"
    assert Client().get(path).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert Client().get(path).status_code == 404


def test_links_that_are_long_over_are_forgotten(path, clock):
    clock.move_to(STARTS + timedelta(days=180))
    forget_links()
    assert SignedLink.objects.count() == 1
    clock.move_to(STARTS + timedelta(days=190))
    forget_links()
    assert not SignedLink.objects.exists()


@pytest.mark.parametrize(("items", "queries"), [(1, 6), (3, 6)])
def test_the_page_asks_the_database_as_little_for_many_items(path, meeting, items, queries, django_assert_num_queries):
    for _number in range(items):
        factories.AgendaItemFactory(meeting=meeting)
    Client().get(path)
    with django_assert_num_queries(queries):
        Client().get(path)
