"""Passwords are not guessed, and whoever guesses keeps nobody out who comes with a device of their own."""

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from portal.accounts.models import AccountEvent
from tests import factories
from tests.people import Person

pytestmark = pytest.mark.django_db
PASSWORD, OTHER = "a-long-sentence-for-tests", "another-long-sentence"
LOGIN, LOGOUT, CHANGE = (f"/en/accounts/{page}/" for page in ("login", "logout", "password/change"))
#: what Django logs of a refusal: the console leaves it out (`RefusalsInOneLine`)
TOLD_AGAIN = "django.request"
GUESSER, HOME, OFFICE = "41.1.1.1", "196.2.2.2", "105.3.3.3"


@pytest.fixture(autouse=True)
def behind_one_proxy(settings):
    settings.TRUSTED_PROXIES = 1


@pytest.fixture
def person():
    return factories.UserFactory(email="person@example.org", language="en", password=PASSWORD)


def sign_in(address: str, password: str = PASSWORD, *, email: str = "person@example.org", client: Client | None = None):
    return (client or Client()).post(
        LOGIN, {"login": email, "password": password}, headers={"X-Forwarded-For": f"6.6.6.6, {address}"}
    )


def is_in(answer) -> bool:
    return answer.status_code == 302


def guess(times: int, address: str = GUESSER, email: str = "person@example.org") -> list[int]:
    return [sign_in(address, "wrong", email=email).status_code for _ in range(times)]


def test_forty_wrong_passwords_are_five_tries(person):
    assert guess(40) == [200] * 5 + [429] * 35
    refused = sign_in(GUESSER)
    assert refused.status_code == 429
    assert "Too many wrong passwords were tried. Try again in 5 minutes." in refused.text
    assert 'value="person@example.org"' in refused.text


def test_a_name_nobody_has_is_refused_like_one_that_somebody_has(person):
    known, unknown = guess(7), guess(7, address=OFFICE, email="nobody@example.org")
    assert known == unknown == [200] * 5 + [429] * 2


def test_a_guesser_locks_nobody_else_out(person):
    other = factories.UserFactory(email="other@example.org", password=PASSWORD)
    guess(40)
    assert is_in(sign_in(GUESSER, email=other.email))
    assert is_in(sign_in(HOME, email=other.email))


def test_one_address_that_tries_many_names_is_stopped_alone(person):
    answers = [sign_in(GUESSER, "wrong", email=f"name{number}@example.org").status_code for number in range(40)]
    assert answers == [200] * 30 + [429] * 10
    assert not is_in(sign_in(GUESSER))
    assert is_in(sign_in(HOME))


def test_the_owner_on_a_known_device_is_not_locked_out_and_on_another_waits(person):
    known = Client()
    assert is_in(sign_in(HOME, client=known))
    known.post(LOGOUT)
    guess(40)
    assert is_in(sign_in(HOME, client=known))
    assert not is_in(sign_in(HOME))
    with time_machine.travel(timedelta(minutes=6)):
        assert is_in(sign_in(HOME))


def test_a_known_device_is_known_for_its_own_person_alone_and_has_a_limit(person):
    factories.UserFactory(email="other@example.org", password=PASSWORD)
    known = Client()
    sign_in(HOME, email="other@example.org", client=known)
    known.post(LOGOUT)
    guess(5)
    assert not is_in(sign_in(HOME, client=known))
    answers = [sign_in(HOME, "wrong", email="other@example.org", client=known).status_code for _ in range(14)]
    assert answers == [200] * 10 + [429] * 4
    assert is_in(sign_in(OFFICE, email="other@example.org"))


def test_what_a_device_is_known_by_is_hidden_from_scripts_and_not_to_be_forged(person, settings):
    settings.SESSION_COOKIE_SECURE = True
    known = Client()
    cookie = sign_in(HOME, client=known).cookies[f"device-{person.pk}"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    guess(5)
    forged = Client()
    forged.cookies[f"device-{person.pk}"] = cookie.value[:-3] + "abc"
    assert not is_in(sign_in(HOME, client=forged))


def test_another_password_makes_every_device_a_stranger_but_the_one_where_it_was_chosen(person):
    here, elsewhere = Person(person), Client()
    sign_in(HOME, client=here)
    sign_in(OFFICE, client=elsewhere)
    typed = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    assert here.post(CHANGE, typed).status_code == 302
    assert here.get("/en/me/").status_code == 200
    assert elsewhere.get("/en/me/").status_code == 302
    guess(5)
    here.post(LOGOUT)
    assert is_in(sign_in(HOME, OTHER, client=here))
    assert not is_in(sign_in(OFFICE, OTHER, client=elsewhere))


def test_the_present_password_is_not_guessed_where_a_browser_was_left_open(person, as_user):
    client = as_user(person)
    typed = {"oldpassword": "wrong", "password1": OTHER, "password2": OTHER}
    assert [client.post(CHANGE, typed).status_code for _ in range(12)] == [200] * 10 + [429] * 2
    late = client.post(CHANGE, typed | {"oldpassword": PASSWORD})
    assert (late.status_code, "Try again in 10 minutes." in late.text) == (429, True)
    assert (OTHER in late.text, int(late.headers["Retry-After"]) > 500) == (False, True)


def test_the_right_password_uses_up_nothing(person, as_user):
    for _ in range(8):
        assert is_in(sign_in(HOME))


def test_the_admin_has_the_same_sign_in(person, administrator, as_user):
    client = Client()
    leads = client.post("/admin/login/?next=/admin/", {"username": "person@example.org", "password": PASSWORD})
    assert (leads.status_code, leads.url) == (302, "/ar/accounts/login/?next=%2Fadmin%2F")
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/ar/accounts/login/?next=%2Fadmin%2F"
    answers = {client.post("/admin/login/", {"username": "x", "password": "y"}).status_code for _ in range(40)}
    assert answers == {302}
    assert as_user(administrator).get("/admin/").status_code == 200
    assert as_user(person).get("/admin/login/").status_code == 403


def test_a_refusal_is_one_line_of_the_log_without_the_password(person, caplog):
    caplog.set_level(logging.WARNING)
    guess(6)
    lines = [re.sub(r"\d+ ms", "… ms", record.getMessage()) for record in caplog.records if record.name != TOLD_AGAIN]
    wrong = f"wrong password for user {person.pk} from {GUESSER}"
    assert lines == [
        *[f"200 POST {LOGIN}, user -, … ms: {wrong}"] * 5,
        f"429 POST {LOGIN}, user -, … ms: too many {wrong.replace('password', 'passwords')}",
    ]


def test_a_cache_that_is_away_lets_nobody_guess(person, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert guess(6) == [200] * 5 + [429]


def test_a_lock_is_told_once(person):
    guess(40)
    kinds = list(AccountEvent.objects.filter(user=person).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["wrong_password"] * 5 + ["locked"]
