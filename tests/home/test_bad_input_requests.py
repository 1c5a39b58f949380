"""Requests that cannot be read, and forms whose sender was signed out meanwhile: a sentence, and the words are kept."""

import re
from urllib.parse import quote

import pytest
from django.middleware.csrf import rotate_token
from django.test import Client, RequestFactory

from tests import factories

pytestmark = pytest.mark.django_db

WORDS = "ما قيل في اللقاء <script>alert(1)</script>"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a=b", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"x", "multipart/form-data; boundary="),
    ],
)
def test_what_cannot_be_read_is_answered_with_a_sentence(as_user, secretariat, content, kind):
    response = as_user(secretariat).post("/en/meetings/add/", content, content_type=kind)
    assert response.status_code == 400
    assert '<html lang="en" dir="ltr">' in response.text
    assert "nothing of it has been saved" in response.text


def test_what_is_too_large_is_answered_with_a_sentence(as_user, secretariat):
    content = b"a=b&" * 3000
    response = as_user(secretariat).post("/en/meetings/add/", content, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413
    assert "larger than the portal takes at once: nothing of it has been saved" in response.text


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
    assert "Nothing you typed is lost" not in response.text


def test_who_pressed_a_button_comes_back_to_the_page_it_stood_on():
    client, page = Client(), "/en/meetings/TST-2026-01/?show=all"
    headers = OURS | {"Referer": f"http://testserver{page}"}
    response = client.post("/en/meetings/TST-2026-01/announce/", {"key": "x"}, headers=headers)
    assert (response.status_code, response.url) == (302, f"/en/accounts/login/?next={quote(page)}")
    assert "You were signed out: nothing has been done. Sign in, then press it again." in client.get(response.url).text


def test_who_asked_for_a_piece_of_a_page_comes_back_to_the_page():
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/en/me/notifications/"}
    response = Client().get("/en/me/notifications/?page=2", headers=headers)
    assert response.headers["HX-Redirect"] == "/en/accounts/login/?next=/en/me/notifications/"


def inputs_of(page: str) -> dict[str, str]:
    form = page[page.index('<form class="form" method="post"') :].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_a_form_opened_before_signing_in_again_is_sent_once_more(space, secretariat):
    meeting = factories.MeetingFactory(space=space)
    client, address = Client(enforce_csrf_checks=True), f"/en/meetings/{meeting.reference}/items/add/"
    client.force_login(secretariat)
    opened = inputs_of(client.get(address).text)
    client.logout()
    rotate_token(request := RequestFactory().get("/"))
    client.cookies["csrftoken"] = request.META["CSRF_COOKIE"]
    sent = opened | {"title_ar": "نقطة", "kind": "discussion"}
    refused = client.post(address, sent, headers=OURS)
    assert (refused.status_code, meeting.items.count()) == (403, 0)
    assert "Not allowed" not in refused.text
    signed_out = client.post(address, inputs_of(refused.text), headers=OURS)
    assert "You were signed out in the meantime" in signed_out.text
    client.force_login(secretariat)
    answer = client.post(address, inputs_of(signed_out.text), headers=OURS)
    assert (answer.status_code, [item.title_ar for item in meeting.items.all()]) == (302, ["نقطة"])


def test_who_signs_in_a_second_time_is_led_on(as_user, secretariat):
    client = Client(enforce_csrf_checks=True)
    client.force_login(secretariat)
    typed = {"login": secretariat.email, "password": "x"}
    for sent, led in ({"next": "/en/me/"}, "/en/me/"), ({"next": "https://evil.example/"}, "/en/"), ({}, "/en/"):
        answer = client.post("/en/accounts/login/", typed | sent, headers=OURS)
        assert (answer.status_code, answer.url) == (302, led)


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


@pytest.mark.parametrize("number", ["9" * 20, "9" * 5000])
def test_a_number_no_table_can_hold_is_a_choice_that_does_not_exist(as_user, space, secretariat, number):
    meeting = factories.MeetingFactory(space=space)
    client = as_user(secretariat)
    address = f"/en/meetings/{meeting.reference}"
    invited = client.post(f"{address}/invite/", {"actors": [number]})
    listed = client.post(f"{address}/items/add/", {"title_ar": "نقطة", "kind": "discussion", "presenters": [number]})
    assert (invited.status_code, listed.status_code) == (422, 422)
    assert not meeting.invitations.exists()
    assert not meeting.items.exists()


@pytest.mark.parametrize("address", ["/en/meetings/%00/", "/en/recommendations/NDR%00-R1/", "/en/me/%00/", "/%00/"])
def test_an_address_with_a_nul_in_it_is_refused(address):
    assert Client().get(address).status_code == 400


def test_an_account_of_work_sent_too_late_is_given_back(as_user, space, commune, officer):
    meeting = factories.MeetingFactory(space=space, state="held")
    found = factories.RecommendationFactory(meeting=meeting, state="dropped", drop_reason="سبب")
    factories.AssignmentFactory(recommendation=found, actor=commune)
    address = f"/en/recommendations/{found.reference}/report/"
    response = as_user(officer).post(address, {"new_state": "in_progress", "account": WORDS}, headers=OURS)
    assert response.status_code == 409
    assert "there is no progress to report any more" in response.text
    assert "ما قيل في اللقاء &lt;script&gt;" in response.text


@pytest.mark.parametrize(
    "address", ["http://[bad", "http://[::1", "https://exa\u2100mple.org/", "//[", "http://x:port/"]
)
@pytest.mark.parametrize("header", ["Referer", "Origin", "HX-Current-URL"])
def test_where_a_request_says_it_came_from_need_not_be_an_address(as_user, member, header, address):
    headers = {header: address, "HX-Request": "true"}
    visitor, theme, place = Client(headers=headers), factories.ThemeFactory(), factories.TerritoryFactory()
    assert visitor.get("/en/actors/").status_code == 200
    assert visitor.get("/en/nothing/").status_code == 404
    assert visitor.get("/en/me/").headers["HX-Redirect"].startswith("/en/accounts/login/?next=")
    assert visitor.post("/en/meetings/add/", {"title_ar": WORDS}).status_code == 200
    assert as_user(member).get(f"/en/actors/matrix/{theme.code}/{place.code}/", headers=headers).status_code == 200
