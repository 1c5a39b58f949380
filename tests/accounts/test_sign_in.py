"""Signing in and out, and the account pages, inside the portal’s frame."""

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-sentence-for-tests"


@pytest.fixture
def person():
    user = factories.UserFactory(email="person@example.org", language="ar")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, password: str = PASSWORD, **data: str):
    return client.post("/ar/accounts/login/", {"login": "Person@example.org", "password": password, **data})


def test_a_person_signs_in_by_mail_and_lands_on_the_desk(person):
    response = sign_in(Client())
    assert (response.status_code, response.url) == (302, "/ar/")


def test_signing_in_comes_back_to_the_page_that_was_asked_for(person):
    client = Client()
    assert 'name="next" value="/ar/me/"' in client.get("/ar/accounts/login/?next=/ar/me/").text
    assert sign_in(client, next="/ar/me/").url == "/ar/me/"


def test_signing_in_goes_to_no_other_site(person):
    assert sign_in(Client(), next="https://elsewhere.example/").url == "/ar/"


def test_a_wrong_password_is_told_beside_the_form_and_the_mail_stays_typed(person):
    page = sign_in(Client(), password="wrong").text
    assert 'class="error-summary"' in page
    assert 'value="Person@example.org"' in page


def test_a_closed_account_is_told_whom_to_ask(person):
    person.is_active = False
    person.save()
    client = Client()
    response = sign_in(client)
    assert (response.status_code, response.url) == (302, "/ar/accounts/inactive/")
    assert "_auth_user_id" not in client.session


def test_nobody_opens_an_account_unasked():
    page = Client().get("/en/accounts/signup/").text
    assert "Ask the manager of your institution’s page, or the secretariat of your coordination space." in page
    assert '<form class="form"' not in page


def test_signing_out_is_a_button_that_works_without_scripts(person, as_user):
    client = as_user(person)
    assert 'action="/ar/accounts/logout/"' in client.get("/ar/about/").text
    assert client.post("/ar/accounts/logout/").status_code == 302
    assert 'href="/ar/accounts/login/?next=%2Far%2Fabout%2F%3Fa%3Db"' in client.get("/ar/about/?a=b").text


def test_the_pages_of_the_account_hand_on_where_signing_in_leads():
    page = Client().get("/ar/accounts/password/reset/?next=/ar/me/").text
    assert 'href="/ar/accounts/login/?next=%2Far%2Fme%2F"' in page
    assert 'href="/ar/accounts/login/"' in Client().get("/ar/accounts/login/").text


@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "logout/",
        "password/reset/",
        "password/reset/done/",
        "password/change/",
        "password/set/",
        "signup/",
        "inactive/",
        "reauthenticate/",
        "email/",
        "confirm-email/",
        "password/reset/key/done/",
        "password/reset/key/x-y/",
    ],
)
@pytest.mark.parametrize("language", ["ar", "fr"])
def test_every_account_page_stands_in_the_frame_and_needs_nothing_inline(path, language, person, as_user):
    for client in (Client(), as_user(person)):
        page = client.get(f"/{language}/accounts/{path}", follow=True)
        assert page.status_code in {200, 404}
        assert 'class="bar"' in page.text
        assert " style=" not in page.text


def test_the_frame_asks_the_database_nothing_for_a_visitor(django_assert_num_queries):
    with django_assert_num_queries(0):
        Client().get("/ar/about/")


def test_the_frame_asks_three_things_for_who_is_signed_in(person, as_user, django_assert_num_queries):
    client = as_user(person)
    with django_assert_num_queries(3):  # session, user, bell
        client.get("/ar/about/")


def test_the_language_menu_stays_on_the_page_with_its_question():
    page = Client().get("/ar/about/?q=a%26b").text
    assert '<a href="/fr/about/?q=a%26b" lang="fr" hreflang="fr">' in page
    assert '<a href="/ar/about/?q=a%26b" lang="ar" hreflang="ar" aria-current="true">' in page


def test_who_signs_in_types_at_once_and_is_led_to_what_was_wrong(client, db):
    assert "autofocus" in client.get("/ar/accounts/login/").text
    refused = client.post("/ar/accounts/login/", {"login": "", "password": ""}).text
    assert "data-focus" in refused
    assert "autofocus" not in refused
