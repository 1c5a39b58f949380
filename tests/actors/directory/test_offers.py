"""Nobody is enrolled without their word: a part is offered to an address, and its owner takes it up."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from actors.directory import actions
from actors.directory.models import AccountOffer, Membership
from actors.directory.models.membership import parts_in
from actors.directory.tasks import forget_offers
from portal.accounts.models import AccountEvent, User
from portal.core.acting import Bearer
from portal.core.errors import Refused
from portal.core.keys import KEY, bearer_of, new_base
from portal.notifications import work as delivery
from portal.notifications.models import Notification
from portal.notifications.rules.recipients import Recipient
from tests import factories

OFFER = "/en/actors/commune-a/people/offer/"
PASSWORD = "a-long-sentence-for-tests"
OPENING = {"name": "موظفة تجريبية", "language": "ar", "password": PASSWORD}


def offered(as_user, manager, email="New@Example.org", **more) -> AccountOffer:
    typed = {"email": email, "part": "validator", "job_title": "مكلف", "language": "fr"} | more
    assert as_user(manager).post(OFFER, typed).status_code == 302
    return AccountOffer.objects.get()


def link_in_mail() -> str:
    for pk in delivery.waiting(timezone.now()):
        delivery.deliver(pk)
    found = next(line for line in mail.outbox[-1].body.splitlines() if line.startswith("http"))
    return found.removeprefix("http://127.0.0.1:8000")


def answer(link: str, offer: AccountOffer, *, client=None, word="accept", **typed):
    user = User.objects.filter(email=offer.email).first()
    bearer = Bearer(Recipient.of(user) if user else Recipient(offer.email, offer.language), offer, "answer_offer")
    key = f"{new_base(bearer_of(bearer))}.0"
    return (client or Client()).post(link, {"answer": word, KEY: key} | typed)


def test_the_answer_is_the_same_whether_the_address_has_an_account_or_not(as_user, manager, commune):
    factories.UserFactory(email="known@example.org")
    factories.UserFactory(email="closed@example.org", is_active=False)
    pages = set()
    for email in ("known@example.org", "closed@example.org", "nobody@example.org"):
        offer = offered(as_user, manager, email)
        page = as_user(manager).get("/en/actors/commune-a/").text
        assert email in page
        pages.add((page.count(email), page.count("waits for an answer until")))
        actions.withdraw_offer(offer, by=manager)
        offer.delete()
    assert len(pages) == 1
    assert commune.memberships.count() == 1


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("waiting", None), ("sent", None), ("dropped", None), ("failed", "failed, will be tried again"),
        ("unknown", "not known whether it arrived"), ("given_up", "given up"),
    ],
)  # fmt: skip
def test_who_made_an_offer_sees_that_its_mail_did_not_arrive(state, told, as_user, manager, commune):
    offered(as_user, manager)
    Notification.objects.update(state=state)
    page = as_user(manager).get("/en/actors/commune-a/").text
    sentences = ("failed, will be tried again", "not known whether it arrived", "given up")
    assert [sentence for sentence in sentences if sentence in page.lower()] == ([told] if told else [])
    assert ("withdraw the offer and make another" in page) is (state in {"unknown", "given_up"})


def test_who_has_an_account_takes_the_part_up_by_the_mail(as_user, manager, commune):
    colleague = factories.UserFactory(email="new@example.org", language="en")
    offer = offered(as_user, manager)
    link = link_in_mail()
    assert mail.outbox[-1].to == ["new@example.org"]
    assert link.startswith("/en/actors/offers/")
    page = Client().get(link)
    assert "جماعة تجريبية أ" in page.text or "Commune d’essai A" in page.text
    assert ('name="password"' in page.text, commune.memberships.count()) == (False, 1)
    assert answer(link, offer).url == "/en/accounts/login/"
    assert parts_in(User.objects.get(pk=colleague.pk), commune) == {"validator"}
    assert commune.memberships.get(user=colleague).job_title == "مكلف"
    assert AccountEvent.objects.get(user=colleague).kind == "rights_changed"


def test_who_has_none_opens_one_by_it(as_user, manager, commune):
    offer = offered(as_user, manager)
    link = link_in_mail()
    assert link.startswith("/fr/")
    refused = answer(link, offer, **OPENING | {"password": "short"})
    assert (refused.status_code, User.objects.filter(email=offer.email).exists()) == (422, False)
    assert 'value="موظفة تجريبية"' in refused.text
    assert answer(link, offer, **OPENING).status_code == 302
    person = User.objects.get(email="new@example.org")
    assert (person.language, person.check_password(PASSWORD), parts_in(person, commune)) == ("ar", True, {"validator"})
    signed_in = Client().post("/ar/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert signed_in.status_code == 302


def test_an_offer_is_used_once(as_user, manager, commune):
    offer = offered(as_user, manager)
    link = link_in_mail()
    answer(link, offer, **OPENING)
    again = answer(link, offer, **OPENING | {"password": "another-long-sentence"})
    assert again.status_code == 410
    assert User.objects.get(email=offer.email).check_password(PASSWORD)
    with pytest.raises(Refused):
        actions.answer_offer(offer, accepts=True, by=User.objects.get(email=offer.email))


@pytest.mark.parametrize("how", ["expired", "withdrawn", "declined"])
def test_an_offer_that_is_over_enrols_nobody(as_user, manager, commune, how):
    offer = offered(as_user, manager)
    link = link_in_mail()
    if how == "withdrawn":
        told = as_user(manager).post(f"/en/actors/offers/{offer.pk}/withdraw/", follow=True)
        assert "The offer is withdrawn" in told.text
    elif how == "declined":
        assert answer(link, offer, word="decline").status_code == 302
    with time_machine.travel(timedelta(days=15 if how == "expired" else 1)):
        assert Client().get(link).status_code == 410
        assert answer(link, offer, **OPENING).status_code == 410
    assert (commune.memberships.count(), User.objects.filter(email=offer.email).exists()) == (1, False)


def test_somebody_signed_in_as_another_person_answers_nothing(as_user, manager, outsider, commune):
    offer = offered(as_user, manager)
    link = link_in_mail()
    page = as_user(outsider).get(link)
    assert "You are signed in as" in Client(HTTP_ACCEPT_LANGUAGE="en").get(link).text or outsider.email in page.text
    assert 'name="answer"' not in page.text
    assert answer(link, offer, client=as_user(outsider), **OPENING).status_code == 200
    assert (commune.memberships.count(), AccountOffer.objects.get().state) == (1, "open")


def test_a_forged_link_is_no_page(db):
    assert Client().get("/en/actors/offers/MQ:1xxxxx:forged/").status_code == 404


def test_who_signed_in_finds_what_is_offered_to_them_on_their_own_page(as_user, manager, commune):
    colleague = factories.UserFactory(email="new@example.org")
    offered(as_user, manager)
    page = as_user(colleague).get("/en/me/").text
    assert "/en/actors/offers/" in page
    assert "/en/actors/offers/" not in as_user(manager).get("/en/me/").text
    assert Notification.objects.get().path == "/ar/me/"


def test_the_row_of_the_mail_keeps_no_link(as_user, manager):
    offered(as_user, manager)
    token = link_in_mail().split("/offers/")[1].strip("/")
    row = Notification.objects.get()
    assert (row.state, row.body, row.is_secret) == ("sent", "", True)
    assert token not in str([getattr(row, field.attname) for field in Notification._meta.concrete_fields])


def test_a_part_that_is_held_or_offered_already_is_not_offered(as_user, manager, officer, commune):
    held = as_user(manager).post(OFFER, {"email": officer.email, "part": "contributor", "language": "ar"})
    assert "This person already has this part." in held.text
    offered(as_user, manager)
    again = as_user(manager).post(OFFER, {"email": "new@example.org", "part": "validator", "language": "fr"})
    assert (again.status_code, "withdraw that offer first" in again.text) == (422, True)


def test_others_neither_offer_nor_withdraw(as_user, manager, officer, outsider):
    assert as_user(officer).get(OFFER).status_code == 403
    offer = offered(as_user, manager)
    assert as_user(outsider).post(f"/en/actors/offers/{offer.pk}/withdraw/").status_code == 404
    assert as_user(officer).post(f"/en/actors/offers/{offer.pk}/withdraw/").status_code == 404
    assert AccountOffer.objects.get().is_open


def test_a_closed_account_takes_nothing_up(as_user, manager, commune):
    factories.UserFactory(email="new@example.org", is_active=False)
    offer = offered(as_user, manager)
    for pk in delivery.waiting(timezone.now()):
        delivery.deliver(pk)
    assert mail.outbox == []
    answer(offer.path_in_mail(), offer)
    assert (commune.memberships.count(), AccountOffer.objects.get().state) == (1, "open")


def test_so_many_offers_are_made_in_an_hour_and_what_was_typed_is_kept(as_user, manager, settings):
    settings.LIMITS = settings.LIMITS | {"offers": (2, 3600)}
    for number in range(2):
        typed = {"email": f"new{number}@example.org", "part": "validator", "language": "fr"}
        assert as_user(manager).post(OFFER, typed).status_code == 302
    late = as_user(manager).post(OFFER, typed | {"email": "late@example.org"}, headers={"Origin": "http://testserver"})
    assert (late.status_code, 'value="late@example.org"' in late.text) == (429, True)


def test_the_address_of_who_did_not_agree_is_forgotten(as_user, manager):
    offered(as_user, manager)
    with time_machine.travel(timedelta(days=40)):
        forget_offers()
        assert AccountOffer.objects.count() == 1
    with time_machine.travel(timedelta(days=45)):
        forget_offers()
        assert AccountOffer.objects.count() == 0


def test_a_part_that_ends_is_told_among_what_happened(manager, officer, commune):
    AccountEvent.objects.all().delete()
    actions.end_membership(Membership.objects.get(user=officer), ends_on=timezone.localdate(), by=manager)
    event = AccountEvent.objects.get(user=officer)
    assert (event.kind, "جماعة تجريبية أ" in event.detail) == ("rights_changed", True)
