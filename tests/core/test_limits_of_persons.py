"""How often one person may order, export, search and upload: a page says when again, and keeps what was typed."""

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from actors.directory.actions import order_printout
from actors.directory.models import Printout
from meetings.models import Document, Meeting
from portal.core.acting import THE_PORTAL
from portal.core.errors import TooOften
from tests import factories
from tests.answers import content_of

pytestmark = pytest.mark.django_db
OURS = {"Origin": "http://testserver"}


@pytest.fixture
def most(settings):
    """So many of one kind and no more."""
    cache.clear()

    def set_to(number: int, limit: str) -> None:
        settings.LIMITS = settings.LIMITS | {limit: (number, 600)}

    yield set_to
    cache.clear()


def test_searches_in_lists_and_over_everything_are_counted_together_and_say_when_again(most, as_user, member):
    most(3, "searches")
    client = as_user(member)
    for address in ("/en/actors/?q=a", "/en/search/?q=a", "/en/actors/suggestions/?q=a"):
        assert client.get(address).status_code == 200
    late = client.get("/en/meetings/?q=water&kind=other")
    assert late.status_code == 429
    assert "Try again in" in late.text
    assert 'href="/en/meetings/?q=water&amp;kind=other"' in late.text
    assert 1 <= int(late.headers["Retry-After"]) <= 600
    assert client.get("/en/meetings/").status_code == 200


@pytest.mark.parametrize(("language", "said"), [("ar", "المحاولة من جديد ممكنة"), ("fr", "Nouvel essai possible")])
def test_it_is_said_in_the_language_of_the_page(most, as_user, member, language, said):
    most(1, "searches")
    client = as_user(member)
    client.get(f"/{language}/actors/?q=a")
    late = client.get(f"/{language}/actors/?q=a")
    assert (late.status_code, said in late.text) == (429, True)


def test_a_piece_of_a_page_is_told_in_a_piece(most, as_user, member):
    most(0, "searches")
    late = as_user(member).get("/en/actors/?q=a", headers={"HX-Request": "true"})
    assert (late.status_code, "<html" in late.text, "Try again in" in late.text) == (429, False, True)


def test_one_person_keeps_nobody_else_from_searching(most, as_user, member, outsider):
    most(1, "searches")
    assert [as_user(member).get("/en/actors/?q=a").status_code for _ in range(2)] == [200, 429]
    assert as_user(outsider).get("/en/actors/?q=a").status_code == 200
    assert [Client(REMOTE_ADDR="196.1.2.3").get("/en/search/?q=a").status_code for _ in range(2)] == [200, 429]
    assert Client(REMOTE_ADDR="196.1.2.4").get("/en/search/?q=a").status_code == 200


def test_exports_are_limited(most, as_user, member):
    most(2, "exports")
    client = as_user(member)
    addresses = ("/en/actors/?export=csv", "/en/meetings/?export=xlsx", "/en/spaces/?export=csv")
    answers = [client.get(address) for address in addresses]
    assert all(map(content_of, answers))
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert client.get("/en/spaces/").status_code == 200


def test_printouts_are_limited_for_a_person_and_not_for_the_portal(most, member):
    most(2, "orders")
    asked = {"title": "…", "language": "ar", "data": {}}
    for _ in range(2):
        order_printout("directory.coverage", by=member, **asked)
    with pytest.raises(TooOften):
        order_printout("directory.coverage", by=member, **asked)
    order_printout("directory.coverage", by=THE_PORTAL, **asked)
    assert Printout.objects.count() == 3


def test_reports_are_limited_and_what_was_chosen_is_kept(most, as_user, secretariat, space, association):
    most(1, "orders")
    order_printout("directory.coverage", title="…", language="ar", data={}, by=secretariat)
    meeting = factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.HELD)
    address = reverse("meetings:make_report", args=[meeting.reference])
    late = as_user(secretariat).post(address, {"language": "fr", "audience": "space"}, headers=OURS)
    assert late.status_code == 429
    assert '<input type="hidden" name="audience" value="space">' in late.text
    assert meeting.reports.count() == 0


def test_uploads_are_limited_and_what_was_typed_is_kept(most, as_user, secretariat, space, association):
    most(1, "uploads")
    client = as_user(secretariat)
    meeting = factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.HELD)
    address = reverse("meetings:add_document", args=[meeting.reference])

    def sent(title):
        typed = {"title": title, "audience": "members", "file": SimpleUploadedFile("essai.txt", title.encode())}
        return client.post(address, typed, headers=OURS)

    assert sent("Première pièce").status_code == 302
    late = sent("Deuxième pièce, longue à décrire")
    assert (late.status_code, Document.objects.count()) == (429, 1)
    assert 'name="title" value="Deuxième pièce, longue à décrire"' in late.text
    assert "essai.txt" in late.text


def test_a_form_without_a_file_is_no_upload(most, as_user, manager):
    most(0, "uploads")
    answer = as_user(manager).send("/en/me/", {"name": "Autre", "language": "ar"})
    assert answer.status_code == 302
