"""Requests that cannot be read, and forms whose sender was signed out meanwhile: a sentence, and the words are kept."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

WORDS = "ما قيل في اللقاء <script>alert(1)</script>"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a=b&" * 3000, "application/x-www-form-urlencoded"),
        (b"a=b", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"x", "multipart/form-data; boundary="),
    ],
)
def test_what_cannot_be_read_is_answered_with_a_sentence(as_user, secretariat, content, kind):
    response = as_user(secretariat).post("/en/meetings/add/", content, content_type=kind)
    assert response.status_code == 400
    assert '<html lang="en" dir="ltr">' in response.text
    assert "nothing of it has been saved" in response.text


def test_a_foreign_host_is_answered_without_asking_for_its_name():
    response = Client().get("/ar/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert '<html lang="ar" dir="rtl">' in response.text


def test_who_was_signed_out_while_typing_finds_the_words_again():
    response = Client().post("/en/meetings/add/", {"title_ar": WORDS}, headers=OURS)
    assert response.status_code == 403
    assert "You were signed out in the meantime" in response.text
    assert "ما قيل في اللقاء &lt;script&gt;" in response.text
    assert 'href="/en/accounts/login/?next=%2Fen%2Fmeetings%2Fadd%2F"' in response.text


def test_who_typed_nothing_is_sent_to_sign_in():
    response = Client().post("/en/meetings/add/", {"title_ar": "x"}, headers=OURS)
    assert (response.status_code, response.url) == (302, "/en/accounts/login/?next=/en/meetings/add/")


def test_a_form_that_was_open_too_long_gives_the_words_back():
    client = Client(enforce_csrf_checks=True)
    response = client.post("/en/accounts/login/", {"note": WORDS, "password": "a long password"}, headers=OURS)
    assert response.status_code == 403
    assert "ما قيل في اللقاء &lt;script&gt;" in response.text
    assert "a long password" not in response.text


def test_a_page_that_closed_while_typing_gives_the_words_back():
    response = Client().post("/en/meetings/HIDDEN-2026-01/recommendations/", {"text": WORDS}, headers=OURS)
    assert response.status_code == 404
    assert "ما قيل في اللقاء &lt;script&gt;" in response.text
