"""Pages that cannot be shown say so in the reader’s language, and say nothing about what exists."""

import re
from urllib.parse import quote, unquote

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.utils import translation

from portal.core.pages import came_from
from portal.home.views import errors
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_visitor_who_finds_nothing_is_offered_to_sign_in_and_come_back():
    response = Client().get("/en/nowhere/?a=1&b=2")
    assert response.status_code == 404
    assert 'href="/en/accounts/login/?next=%2Fen%2Fnowhere%2F%3Fa%3D1%26b%3D2"' in response.text


def test_a_page_that_may_be_hidden_asks_to_sign_in_first():
    for address in ("/en/meetings/HIDDEN-2026-01/", "/en/recommendations/NOTHING-2026-99-R1/"):
        assert "<h1>Sign in to open this page</h1>" in Client().get(address).text
    assert "<h1>Page not found</h1>" in Client().get("/en/nowhere/").text


def test_what_is_hidden_and_what_does_not_exist_are_worded_the_same():
    hidden, nothing = (
        Client().get(f"/en/meetings/{reference}/").text for reference in ("HIDDEN-2026-01", "NOTHING-2026-99")
    )
    assert re.sub("HIDDEN-2026-01|NOTHING-2026-99", "", hidden) == re.sub("HIDDEN-2026-01|NOTHING-2026-99", "", nothing)


def test_who_is_signed_in_reads_a_plain_sentence(as_user, outsider):
    page = as_user(outsider).get("/en/nowhere/").text
    assert "There is no page at this address, or it is not open to you." in page
    assert "accounts/login" not in page


def test_a_language_that_does_not_exist_is_not_found_in_the_readers_language(as_user, outsider):
    assert '<html lang="ar" dir="rtl">' in Client().get("/de/meetings/").text
    outsider.language = "fr"
    outsider.save()
    response = as_user(outsider).get("/de/meetings/")
    assert response.status_code == 404
    assert '<html lang="fr" dir="ltr">' in response.text


def test_what_is_not_allowed_says_why(rf: RequestFactory, outsider):
    request = rf.get("/en/x/")
    request.user = outsider
    with translation.override("en"):
        response = errors.forbidden(request, PermissionDenied("Only the secretariat writes the minutes."))
    assert response.status_code == 403
    assert "<p>Only the secretariat writes the minutes.</p>" in response.text


def test_htmx_gets_the_sentence_alone(rf: RequestFactory, outsider):
    request = rf.get("/en/x/", headers={"HX-Request": "true"})
    request.user = outsider
    request.htmx = type(
        "Htmx", (), {"boosted": False, "history_restore_request": False, "__bool__": lambda self: True}
    )()
    response = errors.forbidden(request, PermissionDenied("Only the secretariat."))
    assert "Only the secretariat." in response.text
    assert "<html" not in response.text


def test_a_form_without_its_token_is_refused_with_a_sentence():
    response = Client(enforce_csrf_checks=True).post("/en/accounts/login/", {"login": "a@example.org", "password": "x"})
    assert response.status_code == 403
    assert "the browser refuses cookies" in response.text


def test_who_signs_in_beside_a_page_that_keeps_their_words_is_led_back_to_it(as_user, officer, commune):
    address = "/en/actors/commune-a/contacts/add/"
    factories.MembershipFactory(user=officer, actor=commune, part="manager")
    kept = Client().post(address, {"role_ar": "مكتب"}, headers={"Sec-Fetch-Site": "same-origin"})
    beside = re.search(r'href="([^"]*)" target="_blank"', kept.text)[1]
    assert beside == f"/en/accounts/login/?next={quote(f'{address}?kept=1', safe='')}"
    sentence = "What you wrote is in the other window"
    assert sentence in as_user(officer).get(f"{address}?kept=1").text
    assert sentence not in as_user(officer).get(address).text


def test_when_the_portal_breaks_the_page_asks_nothing_of_the_database(rf: RequestFactory, django_assert_num_queries):
    with translation.override("fr"), django_assert_num_queries(0):
        response = errors.server_error(rf.get("/fr/"))
    assert response.status_code == 500
    assert '<html lang="fr" dir="ltr">' in response.text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/fr/meetings/tst-2026-01/", "/fr/meetings/TST-2026-01/"),
        ("/fr/meetings/Tst-2026-01/minutes/", "/fr/meetings/TST-2026-01/minutes/"),
        ("/fr/meetings/TST-2026-01\u200e/", "/fr/meetings/TST-2026-01/"),
        ("/fr/\u200fmeetings/TST-2026-01/\u200f", "/fr/meetings/TST-2026-01/"),
        ("/fr/recommendations/tst-2026-01-r1/", "/fr/recommendations/TST-2026-01-R1/"),
        ("/fr/meetings/TST-٢٠٢٦-٠١/", "/fr/meetings/TST-2026-01/"),
        ("/fr/meetings/TST-2026-01/.", "/fr/meetings/TST-2026-01/"),
        ("/fr/meetings/TST-2026-01/».", "/fr/meetings/TST-2026-01/"),
        ("/fr/meetings/TST-2026-01،", "/fr/meetings/TST-2026-01"),
        ("/fr/actors/asticude\u200b/", "/fr/actors/asticude/"),
    ],
)
def test_an_address_typed_otherwise_leads_to_the_one_that_was_meant(typed, meant):
    response = Client().get(typed, {"tab": "a"})
    assert (response.status_code, response.headers["Location"]) == (302, f"{meant}?tab=a")


@pytest.mark.parametrize("address", ["/fr/nowhere/", "/fr/meetings/TST-2026-99/", "/fr/actors/none-such/"])
def test_an_address_that_could_be_no_other_is_not_found(address):
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("address", ["/fr/meetings/TST%00-2026-01/", "/fr/actors/%07/", "/ar/%0B/"])
def test_control_signs_in_an_address_are_refused(address):
    assert Client().get(address).status_code == 400


@pytest.mark.parametrize("path", ["//evil.example/x).", "/%E2%80%8B/evil.example/x", "/%20/evil.example/x"])
def test_an_address_made_tidy_never_leads_to_another_host(path):
    # The client would take what follows two slashes for a host, as a browser does with the answer.
    response = Client().get("/", PATH_INFO=unquote(path, "latin-1"))
    assert (response.status_code, response.url) == (302, "/%2Fevil.example/x")


@pytest.mark.parametrize("header", ["Referer", "HX-Current-URL"])
def test_the_page_that_was_asked_from_is_never_on_another_host(header):
    request = RequestFactory().get("/en/", headers={header: "http://testserver//evil.example/x?y=1"})
    assert came_from(request) == "/%2Fevil.example/x?y=1"
