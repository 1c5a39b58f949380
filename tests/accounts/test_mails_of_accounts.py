"""Mails about an account go by the postman like any other, and leave nothing behind that opens it."""

import smtplib
import time
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import AccountEvent, User
from portal.accounts.views import entrance
from portal.notifications import work as delivery
from portal.notifications.models import Notification
from tests import factories
from tests.accounts.test_guessing import PASSWORD, guess, is_in, sign_in

pytestmark = pytest.mark.django_db
ASK, NEW = "/en/accounts/password/reset/", "one-more-long-sentence"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(entrance, "LEAST", 0.0)


@pytest.fixture
def person():
    return factories.UserFactory(email="person@example.org", language="fr", password=PASSWORD)


def ask(email: str = "Person@example.org", **headers: str):
    return Client(headers=headers).post(ASK, {"email": email}, follow=True)


def link_in(message) -> str:
    found = next(line for line in message.body.splitlines() if line.startswith("http"))
    return found.removeprefix("http://127.0.0.1:8000")


def delivered() -> list:
    for pk in delivery.waiting(timezone.now()):
        delivery.deliver(pk)
    return mail.outbox


def choose(client: Client, link: str, password: str = NEW):
    form = client.get(link, follow=True)
    typed = {"password1": password, "password2": password}
    return client.post(form.request["PATH_INFO"], typed, follow=True)


def test_a_forgotten_password_is_chosen_again_through_the_mail(person):
    assert "If an account has this e-mail" in ask().text
    [message] = delivered()
    assert (message.subject.endswith("choisir un nouveau mot de passe"), message.to) == (True, [person.email])
    link = link_in(message)
    assert link.startswith("/fr/accounts/password/reset/key/")
    assert "dans l’heure qui suit" in message.body
    assert "Votre nouveau mot de passe est enregistré." in choose(Client(), link).text
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_the_link_is_used_once_and_for_one_hour(person):
    ask()
    link = link_in(delivered()[0])
    with time_machine.travel(timedelta(minutes=61)):
        assert 'name="password1"' not in Client().get(link, follow=True).text
    assert 'name="password1"' in Client().get(link, follow=True).text
    choose(Client(), link)
    assert 'name="password1"' not in Client().get(link, follow=True).text


def test_the_link_of_an_account_that_was_closed_since_opens_nothing_and_no_browser_keeps_its_page(person):
    ask()
    link = link_in(delivered()[0])
    opened = Client().get(link, follow=True)
    assert "no-store" in opened.headers["Cache-Control"]
    person.is_active = False
    person.save()
    typed = {"password1": NEW, "password2": NEW}
    opened.client.post(opened.request["PATH_INFO"], typed)
    assert 'name="password1"' not in Client().get(link, follow=True).text
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


@pytest.fixture
def meanwhile(monkeypatch):
    """Let something be done once, when the link or the password of a form was looked at and nothing is written yet."""

    def do(view, act) -> None:
        acts, form_valid = [act], view.form_valid

        def late(self, form):
            while acts:
                acts.pop()()
            return form_valid(self, form)

        monkeypatch.setattr(view, "form_valid", late)

    return do


def test_of_two_who_use_a_link_at_once_one_chooses_the_password(person, meanwhile):
    ask()
    link = link_in(delivered()[0])
    meanwhile(entrance.ChoosePassword, lambda: choose(Client(), link, "the-sentence-of-the-first"))
    late = choose(Client(), link)
    assert (late.status_code, 'name="password1"' in late.text) == (200, False)
    person.refresh_from_db()
    assert person.check_password("the-sentence-of-the-first")


def test_an_account_closed_while_its_new_password_is_written_stays_closed(person, meanwhile):
    ask()
    link = link_in(delivered()[0])
    meanwhile(entrance.ChoosePassword, lambda: User.objects.update(is_active=False))
    choose(Client(), link)
    person.refresh_from_db()
    assert (person.is_active, person.check_password(PASSWORD)) == (False, True)


def test_what_is_written_of_an_account_while_its_password_is_changed_stays(person, as_user, meanwhile):
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    meanwhile(entrance.ChangePassword, lambda: User.objects.update(is_active=False, email="other@example.org"))
    as_user(person).post("/en/accounts/password/change/", typed)
    person.refresh_from_db()
    assert (person.is_active, person.email, person.check_password(NEW)) == (False, "other@example.org", True)


def test_who_knows_the_old_password_alone_takes_nothing_back_from_the_link_of_a_mail(person, as_user, meanwhile):
    client, theirs = as_user(person), "the-sentence-of-a-thief"
    ask()
    link = link_in(delivered()[0])
    meanwhile(entrance.ChangePassword, lambda: choose(Client(), link))
    typed = {"oldpassword": PASSWORD, "password1": theirs, "password2": theirs}
    assert client.post("/en/accounts/password/change/", typed).status_code == 200
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_the_row_keeps_neither_text_nor_link(person):
    ask()
    [message] = delivered()
    row = Notification.objects.get()
    assert (row.state, row.body, row.email) == ("sent", "", person.email)
    secret = link_in(message).split("/key/")[1].strip("/").split("-", 1)[1]
    for field in Notification._meta.concrete_fields:
        assert secret not in str(getattr(row, field.attname))


def test_it_is_not_sent_again(person, administrator, as_user):
    ask()
    delivered()
    row = Notification.objects.get()
    client = as_user(administrator)
    assert f"deliveries/{row.pk}/resend/" not in client.get("/en/me/notifications/deliveries/").text
    told = client.post(reverse("notifications:resend_notification", args=[row.pk]), follow=True)
    assert "Mails about accounts are not sent again" in told.text
    assert len(delivered()) == 1


@pytest.mark.parametrize(
    "error", [ConnectionRefusedError("no"), TimeoutError("slow"), smtplib.SMTPServerDisconnected()]
)
def test_a_mail_server_that_refuses_or_hangs_holds_no_page(person, error, monkeypatch):
    def fail(self, messages):
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    assert ask().status_code == 200
    delivered()
    row = Notification.objects.get()
    assert (row.state, row.error) == ("failed", type(error).__name__)
    monkeypatch.undo()
    with time_machine.travel(timedelta(minutes=2)):
        assert 'name="password1"' in Client().get(link_in(delivered()[0]), follow=True).text


def test_what_could_not_leave_within_its_life_never_leaves(person):
    ask()
    with time_machine.travel(timedelta(minutes=61)):
        assert delivered() == []
    assert Notification.objects.get().error == "too late"


def test_what_a_server_says_of_the_mail_is_not_kept(person, monkeypatch, caplog):
    def quote(self, messages):
        raise smtplib.SMTPDataError(554, f"blocked: {link_in(messages[0])}".encode())

    monkeypatch.setattr(EmailBackend, "send_messages", quote)
    ask()
    delivered()
    assert Notification.objects.get().error == "SMTPDataError"
    assert "/key/" not in caplog.text


@pytest.mark.parametrize("email", ["nobody@example.org", "closed@example.org"])
def test_nobody_and_a_closed_account_get_the_same_page_and_no_mail(person, email):
    factories.UserFactory(email="closed@example.org", is_active=False)
    assert ask().text == ask(email).text
    assert [row.email for row in Notification.objects.all()] == [person.email]


@pytest.mark.parametrize("email", ["person@example.org", "nobody@example.org"])
def test_the_answer_comes_as_late_whoever_has_the_address(person, email, monkeypatch):
    monkeypatch.setattr(entrance, "LEAST", 1.0)
    began = time.monotonic()
    ask(email)
    assert time.monotonic() - began >= 1.0


def test_links_are_asked_for_so_often_and_the_page_says_the_same(person):
    pages = {ask().text for _ in range(5)}
    assert (len(pages), Notification.objects.count()) == (1, 3)


def test_one_address_asks_for_so_many(person):
    answers = [ask(f"name{number}@example.org").status_code for number in range(22)]
    assert answers == [200] * 20 + [429] * 2
    page = Client(headers={"Referer": f"http://testserver{ASK}"}).post(ASK, {"email": "late@example.org"})
    assert 'name="email" value="late@example.org"' in page.text


def test_whoever_chose_a_new_password_by_mail_comes_in_although_a_guesser_goes_on(person):
    guess(9)
    ask()
    client = Client()
    choose(client, link_in(delivered()[0]))
    guess(9)
    assert not is_in(sign_in("196.9.9.9", NEW))
    assert is_in(sign_in("196.9.9.9", NEW, client=client))


def test_a_change_of_password_is_told_by_mail(person, as_user):
    client = as_user(person)
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post("/fr/accounts/password/change/", typed)
    [message] = delivered()
    assert (message.to, "mot de passe" in message.subject) == ([person.email], True)
    assert (NEW in message.body, PASSWORD in message.body) == (False, False)
    assert link_in(message) == "/fr/me/events/"


def test_a_password_kept_in_a_newer_way_is_no_change(person, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    before = person.password
    assert is_in(sign_in("196.9.9.9"))
    person.refresh_from_db()
    assert person.password != before
    assert (Notification.objects.count(), AccountEvent.objects.filter(kind="password_changed").count()) == (0, 0)


def test_a_change_of_address_is_told_to_both(person, administrator, as_user):
    client = as_user(administrator)
    address = reverse("admin:accounts_user_change", args=[person.pk])
    typed = {"email": "new@example.org", "name": person.name, "language": "fr", "is_active": "on"}
    assert client.post(address, typed).status_code == 302
    assert [message.to for message in delivered()] == [["person@example.org"], ["new@example.org"]]
    event = AccountEvent.objects.get(kind="email_changed")
    assert (event.by, event.detail) == (administrator, "person@example.org → new@example.org")
