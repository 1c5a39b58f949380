"""Signs that stand in no text, and numbers nobody can mean, are answered with a sentence before anything is asked."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

pytestmark = pytest.mark.django_db

OURS = {"Sec-Fetch-Site": "same-origin"}
ENDLESS = "9" * 5000


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize(
    "asked", ["q=%00", "territory=%00", "q=a%08b", "sort=%1F", "%00=a", "page=%C2%80", f"page={ENDLESS}"]
)
def test_what_no_hand_writes_in_an_address_is_answered_with_a_page_of_ours(client, language, asked):
    for route in ("directory:actors", "meetings:meetings", "recommendations:recommendations", "home:search"):
        with override(language):
            address = reverse(route)
        answer = client.get(f"{address}?{asked}")
        assert (answer.status_code, f'<html lang="{language}"' in answer.text) == (400, True)
        assert '<header class="bar">' in answer.text


@pytest.mark.parametrize("path", ["/en/meetings/%00/", "/en/roles/%01/02/", "/%00/", "/admin/%7F/"])
def test_no_address_has_a_control_sign(client, path):
    assert client.get(path).status_code == 400


def test_whoever_is_signed_in_is_told_so_too(as_user, secretariat):
    """The page of the refusal has a bell, which asks what leads to this address."""
    assert as_user(secretariat).get("/en/meetings/%00/").status_code == 400


@pytest.mark.parametrize("text", ["a\0b", "\x08", "a\x1bb"])
def test_a_form_with_such_signs_is_not_taken_and_its_words_are_given_back(as_user, secretariat, text):
    client = as_user(secretariat)
    sent = {"title_ar": text, "purpose_ar": "ما اتُّفق عليه\0في اللقاء"}
    answer = client.post("/en/meetings/add/", sent, headers=OURS)
    assert answer.status_code == 400
    assert "nothing" in answer.text
    assert "ما اتُّفق عليه في اللقاء</textarea>" in answer.text
    assert "\0" not in answer.text


def test_what_a_paste_brings_along_is_taken(as_user, secretariat):
    sent = {"title_ar": "سطر\x0bآخر\tوآخر\r\n\x1eوآخر"}
    assert as_user(secretariat).post("/en/meetings/add/", sent).status_code == 422


def test_a_long_number_within_a_text_is_a_text(client):
    assert client.get("/en/actors/", {"q": f"رقم {ENDLESS[:1500]}"}).status_code == 200


def test_a_piece_of_a_page_gets_the_sentence_alone(client):
    answer = client.get("/en/actors/?q=%00", headers={"HX-Request": "true"})
    assert answer.status_code == 400
    assert "<html" not in answer.text
    assert "signs that stand in no text" in answer.text


def test_a_key_of_a_form_is_read_too(as_user, secretariat):
    assert as_user(secretariat).post("/en/meetings/add/", {"a\0": "b"}).status_code == 400


def test_signing_in_goes_through_the_same_door():
    assert Client().post("/en/accounts/login/", {"login": "a\0@example.org", "password": "x"}).status_code == 400
