"""Each institution confirms its sheet once a year: asked by the clock or a person, by one click, or on its page."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core import mail, signing
from django.test import Client
from django.urls import reverse
from django.utils import translation

from actors.directory import actions
from actors.directory.models import Actor, FocalPoint, Membership, ReminderRule
from actors.directory.rules import confirmation
from actors.directory.rules.confirmation import letter_of, token_for
from actors.directory.rules.recipients import recipients_of
from portal.core import history
from portal.core.acting import Bearer
from portal.core.errors import Forbidden, Refused
from portal.core.keys import KEY, new_base
from portal.core.keys import bearer_of as key_of
from portal.core.models import OneTimeKey
from portal.notifications.actions import resend
from portal.notifications.models import LedgerEntry, LinkStanding, Notification, SignedLink
from portal.notifications.reading.story import story_of
from portal.notifications.reminders import due_reminders, send_due
from portal.notifications.rules.recipients import Recipient
from portal.notifications.work import deliver
from tests import factories

pytestmark = pytest.mark.django_db
#: a Friday
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
TODAY = date(2026, 11, 20)
YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def _in_november_and_in_english():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def sheet(commune):
    """Confirmed a year ago to the day; its focal point is an office's mailbox without an account."""
    confirm(commune, TODAY - YEAR)
    contact = factories.ContactFactory(actor=commune, email="office@example.org", phone="+212536600000")
    factories.FocalPointFactory(contact=contact)
    return commune


def confirm(actor, day):
    Actor.objects.filter(pk=actor.pk).update(confirmed_on=day, created_at=datetime(2020, 1, 1, tzinfo=UTC))
    actor.refresh_from_db()


def told(lines):
    return [(line.rung, line.recipient, line.outcome) for line in lines]


def office_of(actor):
    return recipients_of(actor)[0]


def link(actor, recipient=None):
    return reverse("directory:confirm_from_mail", args=[token_for(actor, recipient or office_of(actor))])


def bearer_of(actor):
    return Bearer(office_of(actor), actor, "answer_from_mail")


def press(client, url, data=None, key=None):
    """The button of the page behind a link, with its key where the page has one."""
    page = client.get(url.removesuffix("wrong/")).content.decode()
    keys = re.findall(rf'name="{KEY}" value="([^"]*)"', page)
    return client.post(url, (data or {}) | ({KEY: key or keys[0]} if key or keys else {}), follow=True)


def at(month, day, year=2026):
    return datetime(year, month, day, 9, tzinfo=UTC)


# The clock.


def test_a_sheet_is_asked_about_after_a_year_and_again_each_month(sheet):
    key = office_of(sheet).key
    assert send_due(at(11, 19)) == []
    assert told(send_due(at(11, 20))) == [("directory.sheet_stale+365", key, "sent")]
    assert send_due(at(12, 18)) == []
    # Thirty days later is a Sunday: the Monday after.
    assert told(send_due(at(12, 21))) == [("directory.sheet_stale+365", key, "sent")]
    assert send_due(at(12, 21)) == []
    assert [row.email for row in Notification.objects.all()] == ["office@example.org"] * 2


def test_a_missed_clock_catches_up_with_one_mail(sheet):
    assert len(send_due(at(3, 15, 2027))) == 1
    assert Notification.objects.count() == 1


def test_a_confirmed_sheet_is_armed_anew_for_the_year_after(sheet):
    send_due(NOW)
    actions.confirm_from_mail(letter_of(token_for(sheet, office_of(sheet))), by=bearer_of(sheet))
    assert due_reminders(at(11, 18, 2027)) == []
    assert [owed.rung.occurrence for owed in due_reminders(at(11, 22, 2027))] == ["2026-11-20+1"]


def test_a_sheet_nobody_has_confirmed_hangs_on_the_day_it_was_entered(commune, manager):
    Actor.objects.update(created_at=datetime(2025, 11, 20, 12, tzinfo=UTC), confirmed_on=None)
    assert [owed.recipient.user for owed in due_reminders(NOW)] == [manager]
    Actor.objects.update(created_at=datetime(2025, 11, 21, 12, tzinfo=UTC))
    assert due_reminders(NOW) == []


@pytest.mark.parametrize("state", [Actor.State.DRAFT, Actor.State.ARCHIVED])
def test_only_published_sheets_are_asked_about(sheet, state):
    Actor.objects.filter(pk=sheet.pk).update(state=state)
    assert due_reminders(NOW) == []


def test_a_rung_taken_out_of_use_asks_nobody(sheet):
    ReminderRule.objects.filter(kind=ReminderRule.Kind.SHEET_STALE).update(is_active=False)
    assert due_reminders(NOW) == []


def test_whoever_answers_that_day_is_asked(sheet, manager):
    FocalPoint.objects.update(ends_on=TODAY - timedelta(days=1))
    assert [owed.recipient.user for owed in due_reminders(NOW)] == [manager]


def test_the_panel_of_a_sheet_says_what_comes_next(sheet):
    confirm(sheet, TODAY)
    coming = story_of(sheet, NOW).coming
    assert [(step.label, step.due_at.date(), step.recipients) for step in coming] == [
        ("The sheet is to be confirmed (365 days after)", date(2027, 11, 22), ["office@example.org"])
    ]


@pytest.mark.parametrize("number", [3, 60])
def test_the_clock_asks_in_batches(number, django_assert_num_queries):
    actors = factories.ActorFactory.create_batch(number)
    for actor in actors:
        confirm(actor, TODAY - YEAR - timedelta(days=3))
        factories.FocalPointFactory(contact=factories.ContactFactory(actor=actor))
    send_due(NOW)
    assert Notification.objects.count() == number
    with django_assert_num_queries(11):
        assert due_reminders(NOW) == []


# The mail.


def test_the_mail_shows_what_is_on_the_sheet_and_a_link_that_needs_no_password(sheet):
    send_due(NOW)
    assert deliver(Notification.objects.get().pk, NOW)
    [sent] = mail.outbox
    html = str(sent.alternatives[0].content)
    with translation.override("ar"):
        kind = str(sheet.get_kind_display())
    for text in (sent.body, html):
        for shown in (sheet.name_ar, kind, "05 36 60 00 00", "office@example.org"):
            assert shown in text
    path = re.search(r"/ar/actors/confirm/[^/\s]+/", sent.body).group()
    assert path in html
    answer = Client().get(path)
    assert (answer.status_code, "05 36 60 00 00" in answer.content.decode()) == (200, True)


def test_the_row_of_the_mail_keeps_no_link_that_confirms_and_sent_again_it_has_one(sheet, administrator):
    """Administrators, backups and exports read the row."""
    send_due(NOW)
    waiting = Notification.objects.get()
    assert deliver(waiting.pk, NOW)
    row = Notification.objects.get()
    assert "/confirm/" not in waiting.path + row.path + row.body
    assert row.path == f"/ar/actors/{sheet.slug}/"
    assert f"{settings.SITE_ADDRESS}{row.path}" in row.body
    resend(row, by=administrator)
    assert deliver(row.pk)
    assert ["/ar/actors/confirm/" in sent.body for sent in mail.outbox] == [True, True]


def test_what_a_row_of_an_earlier_release_keeps_leads_to_the_directory(sheet):
    send_due(NOW)
    path = link(sheet)
    Notification.objects.update(path=path, body=f"https://example.org{path}\n")
    import_module("actors.directory.migrations.0005_no_link_kept").forget_links(apps, None)
    row = Notification.objects.get()
    assert (row.path, row.body) == ("/en/actors/", "https://example.org/en/actors/\n")


def test_each_recipient_has_a_link_of_their_own_without_an_address_in_it(sheet):
    first = token_for(sheet, Recipient(email="a@example.org", language="ar"))
    second = token_for(sheet, Recipient(email="b@example.org", language="ar"))
    assert first != second
    assert "example" not in first
    assert len(link(sheet)) < 200


# The page behind the link.


def test_opening_the_link_changes_nothing(sheet):
    client, url = Client(), link(sheet)
    history = sheet.history.count()
    for _scan in range(3):
        assert client.get(url).status_code == 200
        assert client.head(url).status_code == 200
    sheet.refresh_from_db()
    assert (sheet.confirmed_on, sheet.history.count()) == (TODAY - YEAR, history)


def test_one_click_confirms_and_the_history_names_the_mailbox(sheet):
    client, url = Client(), link(sheet)
    answer = press(client, url)
    assert "Thank you" in answer.content.decode()
    sheet.refresh_from_db()
    assert (sheet.confirmed_on, sheet.confirmed_by, sheet.confirmed_mailbox) == (TODAY, None, "office@example.org")
    record = sheet.history.latest()
    assert (record.history_user, record.history_by, history.who(record)) == (None, *["office@example.org"] * 2)


def test_the_button_works_in_a_browser_and_no_other_site_learns_the_link(sheet):
    """A page that forbids every referrer makes browsers send its forms from “null”, and some keep no cookies."""
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(link(sheet))
    assert page["Referrer-Policy"] == "no-referrer"
    key = re.search(rf'name="{KEY}" value="([^"]*)"', page.content.decode())[1]
    browser.cookies.clear()
    answer = browser.post(link(sheet), {KEY: key}, headers={"Origin": "null"})
    assert answer.status_code == 302
    sheet.refresh_from_db()
    assert sheet.confirmed_on == TODAY


def test_the_account_of_who_got_the_mail_stands_in_the_history(sheet, manager):
    FocalPoint.objects.all().delete()
    press(Client(), link(sheet, Recipient.of(manager)))
    sheet.refresh_from_db()
    assert (sheet.confirmed_by, sheet.confirmed_mailbox) == (manager, "")
    assert sheet.history.latest().history_user == manager


def test_a_button_that_was_not_shown_confirms_nothing(sheet):
    Client().post(link(sheet))
    sheet.refresh_from_db()
    assert sheet.confirmed_on == TODAY - YEAR


def mailed_earlier(actor, recipient):
    """A link as it was mailed before there were rows for links."""
    mark = f"u{recipient.user.pk}" if recipient.user else confirmation._mark(recipient)
    said = [actor.pk, mark, actor.confirmed_on.isoformat()]
    return reverse("directory:confirm_from_mail", args=[signing.dumps(said, salt=confirmation.SALT)])


def test_a_link_that_was_mailed_before_there_were_rows_works_until_it_is_over(sheet):
    url = mailed_earlier(sheet, office_of(sheet))
    assert Client().get(url).status_code == 200
    assert not SignedLink.objects.exists()
    with time_machine.travel(NOW + timedelta(days=91), tick=False):
        late = Client().get(url)
        assert (late.status_code, "for 90 days" in late.text) == (410, True)
    press(Client(), url)
    sheet.refresh_from_db()
    assert (sheet.confirmed_on, sheet.confirmed_mailbox) == (TODAY, "office@example.org")
    assert Client().get(url).status_code == 410


def test_a_mail_that_is_sent_again_carries_the_same_link_and_the_next_years_another(sheet):
    url = link(sheet)
    assert link(sheet) == url
    press(Client(), url)
    sheet.refresh_from_db()
    assert link(sheet) != url
    assert url.split("/")[-2].partition("-")[2] not in repr(
        [*SignedLink.objects.values_list(), *OneTimeKey.objects.values_list()]
    )


def test_a_link_is_useless_once_the_sheet_was_confirmed_anew(sheet, administrator):
    url = link(sheet)
    actions.confirm_actor(sheet, by=administrator)
    answer = Client().get(url)
    page = answer.content.decode()
    assert (answer.status_code, "was confirmed on" in page, "05 36 60 00 00" in page) == (410, True, False)
    assert press(Client(), url).status_code == 410
    assert sheet.history.latest().history_user == administrator


def test_a_link_is_useless_for_who_no_longer_answers(sheet, manager):
    url = link(sheet)
    FocalPoint.objects.update(ends_on=TODAY - timedelta(days=1))
    assert press(Client(), url).status_code == 410
    sheet.refresh_from_db()
    assert sheet.confirmed_on == TODAY - YEAR
    assert letter_of(url.rstrip("/").rsplit("/", 1)[-1]).standing == LinkStanding.VOID


def test_a_link_expires_after_ninety_days(sheet):
    url = link(sheet)
    with time_machine.travel(NOW + timedelta(days=89), tick=False):
        assert Client().get(url).status_code == 200
    with time_machine.travel(NOW + timedelta(days=91), tick=False):
        assert Client().get(url).status_code == 410
        assert press(Client(), url).status_code == 410
    sheet.refresh_from_db()
    assert sheet.confirmed_on == TODAY - YEAR


def test_a_forged_link_does_not_exist(sheet):
    for token in ("nonsense", f"{token_for(sheet, office_of(sheet))}x"):
        assert Client().get(reverse("directory:confirm_from_mail", args=[token])).status_code == 404


def test_a_sheet_that_is_no_longer_published_shows_nothing(sheet):
    url = link(sheet)
    Actor.objects.filter(pk=sheet.pk).update(state=Actor.State.ARCHIVED)
    answer = Client().get(url)
    assert (answer.status_code, "05 36 60 00 00" in answer.content.decode()) == (410, False)


def test_who_opens_the_link_can_say_what_is_wrong(sheet, administrator):
    url = reverse("directory:report_from_mail", args=[token_for(sheet, office_of(sheet))])
    assert press(Client(), url, {"text": " "}).status_code == 422
    assert "have been told" in press(Client(), url, {"text": "الهاتف تغير"}).content.decode()
    told = Notification.objects.get()
    assert (told.user, told.context) == (administrator, {"text": "الهاتف تغير", "sender": "office@example.org"})
    sheet.refresh_from_db()
    assert sheet.confirmed_on == TODAY - YEAR


def test_the_administrators_are_not_flooded(sheet, administrator):
    url = reverse("directory:report_from_mail", args=[token_for(sheet, office_of(sheet))])
    answers = [press(Client(), url, {"text": f"{number}"}).status_code for number in range(5)]
    assert answers == [200, 200, 200, 422, 422]
    assert Notification.objects.filter(kind="directory.sheet_reported").count() == 3


def test_the_page_of_a_link_costs_few_queries(sheet, django_assert_max_num_queries):
    client, url = Client(), link(sheet)
    with django_assert_max_num_queries(8):
        client.get(url)


# A person asks.


def test_an_administrator_asks_now_and_not_twice_in_a_week(sheet, service, administrator):
    confirm(service, TODAY)
    asked = actions.ask_confirmation([sheet, service], by=administrator)
    assert (asked.sent, asked.unreachable) == ([sheet], [service])
    assert actions.ask_confirmation([sheet], by=administrator).recent == [sheet]
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        assert actions.ask_confirmation([sheet], by=administrator).sent == [sheet]
    assert Notification.objects.filter(kind="directory.sheet_stale").count() == 2


def test_what_a_person_asked_the_clock_does_not_ask_the_same_day(sheet, administrator):
    actions.ask_confirmation([sheet], by=administrator)
    assert [(line.outcome, line.reason) for line in send_due(NOW)] == [("skipped", "superseded")]
    assert LedgerEntry.objects.filter(rung="directory.sheet_stale").count() == 1
    assert len(told(send_due(at(12, 21)))) == 1


def test_drafts_are_not_asked_about(sheet, administrator):
    Actor.objects.filter(pk=sheet.pk).update(state=Actor.State.DRAFT)
    sheet.refresh_from_db()
    assert actions.ask_confirmation([sheet], by=administrator).unpublished == [sheet]


# What an old confirmation means.


def test_a_sheet_is_dimmed_after_a_year_hidden_from_visitors_after_eighteen_months_and_never_deleted(
    sheet, visitor, member
):
    def seen_by(user):
        return sheet in Actor.objects.visible_to(user)

    for days, dimmed, hidden in ((365, False, False), (366, True, False), (548, True, False), (549, True, True)):
        confirm(sheet, TODAY - timedelta(days=days))
        assert (sheet.is_stale, sheet in Actor.objects.stale()) == (dimmed, dimmed)
        assert (sheet.is_hidden_from_visitors, seen_by(visitor), seen_by(member)) == (hidden, not hidden, True)
    assert Client().get(sheet.get_absolute_url()).status_code == 404
    actions.confirm_from_mail(letter_of(token_for(sheet, office_of(sheet))), by=bearer_of(sheet))
    assert Client().get(sheet.get_absolute_url()).status_code == 200


def test_a_letter_that_was_overtaken_is_refused(sheet):
    letter = letter_of(token_for(sheet, office_of(sheet)))
    confirm(sheet, TODAY)
    with pytest.raises(Refused):
        actions.confirm_from_mail(letter, by=bearer_of(sheet))
    stranger = letter_of(token_for(sheet, Recipient("x@example.org", "ar")))
    with pytest.raises(Refused):
        actions.report_from_mail(stranger, text="…", by=bearer_of(sheet))


def test_two_taps_confirm_once_and_neither_is_told_that_it_came_too_late(sheet):
    client, url = Client(), link(sheet)
    key = re.search(rf'name="{KEY}" value="([^"]*)"', client.get(url).content.decode())[1]
    records = sheet.history.count()
    pages = [press(client, url, key=key) for _tap in range(2)]
    assert [str(told) for page in pages for told in page.context["messages"]] == [
        "Thank you: the sheet is confirmed as of today.",
        "This was sent twice; it was done once.",
    ]
    assert sheet.history.count() == records + 1


def test_a_link_opens_its_own_sheet_alone_and_its_key_is_good_for_its_recipient(sheet, service, manager):
    with pytest.raises(Forbidden):
        actions.confirm_from_mail(
            letter_of(token_for(sheet, office_of(sheet))), by=replace(bearer_of(sheet), subject=service)
        )
    foreign = f"{new_base(key_of(manager))}.0"
    assert press(Client(), link(sheet), key=foreign).status_code == 200
    sheet.refresh_from_db()
    assert sheet.confirmed_on == TODAY - YEAR


def test_the_page_of_the_sheet_confirms_it_too(sheet, manager, as_user):
    as_user(manager).post(reverse("directory:confirm_actor", args=[sheet.slug]))
    sheet.refresh_from_db()
    assert (sheet.confirmed_on, sheet.confirmed_by) == (TODAY, manager)
    assert Membership.objects.filter(user=manager).exists()
