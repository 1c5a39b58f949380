"""A person's own details, open in two tabs: an account keeps no history, its marks say what was seen."""

import pytest
from django.contrib.auth import get_user_model

from portal.accounts.models import User
from tests import factories
from tests.answers import typed

ME = "/en/me/"
pytestmark = pytest.mark.django_db


def opened(client) -> dict:
    return typed(client.get(ME).context["form"])


def now(person) -> tuple[str, str]:
    kept = get_user_model().objects.get(pk=person.pk)
    return kept.name, kept.language


@pytest.fixture
def officer(officer):
    User.objects.filter(pk=officer.pk).update(name="Ancien nom", language="ar")
    officer.refresh_from_db()
    return officer


def test_two_tabs_that_change_different_fields_keep_both(officer, as_user):
    client = as_user(officer)
    old = opened(client)
    assert client.post(ME, opened(client) | {"language": "fr"}).status_code == 302
    assert client.post(ME, old | {"name": "Nouveau nom"}).status_code == 302
    assert now(officer) == ("Nouveau nom", "fr")


def test_the_same_field_is_refused_with_both_texts_and_saved_when_sent_again(officer, as_user):
    client = as_user(officer)
    old = opened(client)
    client.post(ME, opened(client) | {"name": "De l’autre onglet"})
    refused = client.post(ME, old | {"name": "D’ici"})
    form = refused.context["form"]
    assert (refused.status_code, form["name"].value(), list(form.errors)) == (422, "D’ici", ["name"])
    assert "This has been changed meanwhile; it now says: “De l’autre onglet”." in form.errors["name"][0]
    assert now(officer) == ("De l’autre onglet", "ar")
    assert client.post(ME, old | {"name": "D’ici", "seen": form.stamp}).status_code == 302
    assert now(officer) == ("D’ici", "ar")


def test_what_is_changed_once_more_after_one_was_told_is_told_again(officer, as_user):
    client = as_user(officer)
    old = opened(client)
    User.objects.filter(pk=officer.pk).update(name="Un")
    told = client.post(ME, old | {"name": "D’ici"}).context["form"].stamp
    User.objects.filter(pk=officer.pk).update(name="Deux")
    again = client.post(ME, old | {"name": "D’ici", "seen": told})
    assert "“Deux”" in again.context["form"].errors["name"][0]


@pytest.mark.parametrize("stamp", ["", "0", "nonsense", "9" * 400, "0123456789ab", "0123456789ab.ba9876543210"])
def test_a_forged_stamp_writes_over_nothing(officer, as_user, stamp):
    client = as_user(officer)
    answer = client.post(ME, {"name": "Forgé", "language": "fr", "seen": stamp})
    assert (answer.status_code, now(officer)) == (422, ("Ancien nom", "ar"))
    again = {"name": "Forgé", "language": "fr", "seen": answer.context["form"].stamp}
    assert client.post(ME, again).status_code == 302


def test_the_stamp_of_another_account_counts_for_nothing(officer, as_user):
    other = factories.UserFactory(name="Ancien nom", language="ar")
    stamp = opened(as_user(other))["seen"]
    answer = as_user(officer).post(ME, {"name": "Autre", "language": "ar", "seen": stamp})
    assert (answer.status_code, now(officer)) == (422, ("Ancien nom", "ar"))


def test_the_stamp_tells_nothing_of_what_it_stands_for(officer, as_user):
    assert "Ancien" not in opened(as_user(officer))["seen"]
