"""What happened to an account is kept for its owner and the administrators, for a time, and never a password."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import AccountEvent
from portal.accounts.tasks import forget_events
from tests import factories
from tests.accounts.test_guessing import LOGIN, PASSWORD

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0"


@pytest.fixture
def person():
    return factories.UserFactory(email="person@example.org", language="en", password=PASSWORD)


def kinds(user) -> list[str]:
    return list(AccountEvent.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def test_a_sign_in_a_wrong_password_and_a_sign_out_are_kept_without_what_was_typed(person):
    client = Client(headers={"User-Agent": PHONE}, REMOTE_ADDR="196.1.2.3")
    client.post(LOGIN, {"login": person.email, "password": "not-mine-at-all"})
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    client.post("/en/accounts/logout/")
    client.post(LOGIN, {"login": "nobody@example.org", "password": "not-mine-at-all"})
    assert (kinds(person), kinds(None)) == (["wrong_password", "signed_in", "signed_out"], ["wrong_password"])
    first = AccountEvent.objects.order_by("pk")[0]
    assert (first.device, first.network) == ("Chrome · Android", "196.1.2.0/24")
    kept = str(list(AccountEvent.objects.values()))
    assert [word for word in ("not-mine", PASSWORD, "nobody@", "196.1.2.3", "Mozilla") if word in kept] == []


def test_rights_given_and_taken_are_kept_with_who_did_it(person, administrator, as_user):
    client, address = as_user(administrator), reverse("admin:accounts_user_change", args=[person.pk])
    typed = {"email": person.email, "name": person.name, "language": "en", "is_active": "on", "is_administrator": "on"}
    assert client.post(address, typed).status_code == 302
    assert client.post(address, typed | {"is_administrator": "", "is_active": ""}).status_code == 302
    events = AccountEvent.objects.filter(user=person).order_by("pk")
    assert [(event.kind, event.detail, event.by) for event in events] == [
        ("rights_changed", "administrator of the directory", administrator),
        ("rights_changed", "no longer administrator", administrator),
        ("rights_changed", "the account was closed", administrator),
    ]


def test_ones_own_details_are_no_event(person, as_user):
    as_user(person).send("/en/me/", {"name": "Autre nom", "language": "en"})
    person.refresh_from_db()
    assert (person.name, kinds(person)) == ("Autre nom", [])


def test_everybody_reads_their_own_and_administrators_all(person, administrator, outsider, as_user):
    AccountEvent.objects.create(user=person, kind="signed_in", device="Firefox · Windows", network="196.1.2.0/24")
    assert "Firefox · Windows" in as_user(person).get("/en/me/events/").text
    assert "Firefox · Windows" not in as_user(outsider).get("/en/me/events/").text
    assert "Firefox · Windows" not in as_user(administrator).get("/en/me/events/").text
    assert Client().get("/en/me/events/").status_code == 302
    listed = reverse("admin:accounts_accountevent_changelist")
    assert "Firefox · Windows" in as_user(administrator).get(listed).text
    assert as_user(outsider).get(listed).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_of_one_event_and_of_three(
    person, administrator, as_user, count, django_assert_num_queries
):
    client = as_user(person)
    for _ in range(count):
        AccountEvent.objects.create(user=person, kind="rights_changed", by=administrator)
    with django_assert_num_queries(5):  # session, user, bell, count, rows
        client.get("/en/me/events/")


@pytest.mark.parametrize(
    ("named", "device"),
    [
        (PHONE, "Chrome · Android"),
        (DESK, "Firefox · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Linux"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_device_is_known_roughly(person, rf, named, device):
    event = AccountEvent.objects.note(AccountEvent.Kind.SIGNED_IN, person, rf.get("/", headers={"User-Agent": named}))
    assert event.device == device


def test_what_happened_half_a_year_ago_is_forgotten(person):
    now = timezone.now()
    for days in (179, 181):
        AccountEvent.objects.create(user=person, kind="signed_in", at=now - timedelta(days=days))
    forget_events()
    assert AccountEvent.objects.count() == 1


def test_what_changed_is_read_in_the_language_of_the_page(person, administrator, commune, as_user):
    person.is_administrator = True
    person.save()
    factories.MembershipFactory(user=person, actor=commune, part="manager")
    arabic, french = (as_user(person).get(f"/{language}/me/events/").text for language in ("ar", "fr"))
    assert commune.name_ar in arabic
    assert commune.name_ar not in french
    assert f"Gestionnaire de la fiche – {commune.name_fr}" in french
