"""The text of a sheet for a messaging group: public contact details only, and readable in either direction."""

from datetime import timedelta

import pytest
from django.conf import settings

from actors.directory.models import Actor
from portal.core.dates import today
from tests import factories

FSI, PDI = "\u2068", "\u2069"


@pytest.fixture
def reached(commune):
    commune.address, commune.website = "شارع محمد الخامس", "https://commune.example.org/"
    commune.save()
    factories.ContactFactory(
        actor=commune, audience="public", phone="+212536001122", email="public@example.org",
        person="شخص مذكور", consent_on=today(),
    )  # fmt: skip
    factories.ContactFactory(actor=commune, audience="members", email="members@example.org")
    factories.ContactFactory(actor=commune, audience="administrators", email="inside@example.org")
    return commune


def shared(as_user, person, language="ar"):
    return as_user(person).get(f"/{language}/actors/commune-a/").context["share_text"]


def test_the_text_is_the_same_for_everybody_since_it_leaves_the_portal(
    as_user, visitor, member, manager, administrator, reached
):
    texts = {shared(as_user, person) for person in (visitor, member, manager, administrator)}
    assert len(texts) == 1
    [text] = texts
    assert "public@example.org" in text
    for hidden in ("members@example.org", "inside@example.org", "شخص مذكور"):
        assert hidden not in text


def test_in_arabic_numbers_and_mails_keep_their_direction(as_user, visitor, reached):
    lines = shared(as_user, visitor).splitlines()
    assert lines[0] == "جماعة تجريبية أ"
    assert "العنوان: شارع محمد الخامس" in lines
    assert f"الهاتف: {FSI}05 36 00 11 22{PDI}" in lines
    assert f"البريد الإلكتروني: {FSI}public@example.org{PDI}" in lines
    assert lines[-1] == f"{settings.SITE_ADDRESS}/ar/actors/commune-a/"


def test_in_french_only_arabic_words_are_set_apart(as_user, visitor, reached):
    lines = shared(as_user, visitor, "fr").splitlines()
    assert lines[0] == "Commune d’essai A"
    assert "Téléphone\u00a0: 05 36 00 11 22" in lines
    assert f"Adresse\u00a0: {FSI}شارع محمد الخامس{PDI}" in lines
    assert lines[-1] == f"{settings.SITE_ADDRESS}/fr/actors/commune-a/"


def test_the_text_can_be_read_and_selected_without_a_script(as_user, visitor, reached):
    page = as_user(visitor).get("/fr/actors/commune-a/").content.decode()
    assert '<textarea id="share-text"' in page
    assert 'data-copy="#share-text"' in page


def test_what_others_could_not_open_is_not_sent_on(as_user, administrator, commune):
    assert shared(as_user, administrator)
    commune.confirmed_on = today() - timedelta(days=600)
    commune.save()
    assert not shared(as_user, administrator)
    commune.confirmed_on, commune.state = today(), Actor.State.DRAFT
    commune.save()
    assert not shared(as_user, administrator)
