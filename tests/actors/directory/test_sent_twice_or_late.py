"""The forms of sheet, contact details, space and hand-over: sent twice, with another's key, over somebody's change."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import translation

from actors.directory import actions
from actors.directory.models import HandOver
from portal.core.acting import THE_PORTAL
from portal.core.dates import today
from portal.core.keys import KEY, bearer_of, new_base
from portal.core.models import OneTimeKey
from tests import factories
from tests.answers import typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@dataclass
class Case:
    """A form that edits a row: what is typed in it, and what somebody else writes meanwhile."""

    url: str
    row: Any
    act: Any
    field: str
    beside: str


@pytest.fixture(params=["sheet", "contact", "space"])
def case(request, commune, space):
    if request.param == "sheet":
        return Case("/en/actors/commune-a/edit/", commune, actions.edit_actor, "acronym", "address")
    if request.param == "space":
        return Case("/en/spaces/space/edit/", space, actions.edit_space, "name_fr", "description_fr")
    contact = factories.ContactFactory(actor=commune)
    return Case(f"/en/actors/contacts/{contact.pk}/edit/", contact, actions.edit_contact, "role_fr", "role_ar")


def hidden(page, name=KEY) -> str:
    """The hidden value of the last form on the page, which is the page's own."""
    return re.findall(rf'name="{name}" value="([^"]*)"', page.content.decode())[-1]


def opened(client, url) -> dict:
    page = client.get(url)
    return typed(page.context["form"]) | {KEY: hidden(page), "seen": hidden(page, "seen")}


def test_a_form_sent_twice_is_one_change(case, administrator, as_user):
    client = as_user(administrator)
    data, records = opened(client, case.url) | {case.field: "Autre"}, case.row.history.count()
    answers = [client.post(case.url, data) for _tap in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert case.row.history.count() == records + 1


def test_a_key_of_somebody_else_saves_nothing_and_loses_nothing(case, administrator, outsider, as_user):
    client, records = as_user(administrator), case.row.history.count()
    data = opened(client, case.url) | {case.field: "Autre"}
    answer = client.post(case.url, data | {KEY: f"{new_base(bearer_of(outsider))}.0"})
    form = answer.context["form"]
    assert (answer.status_code, form[case.field].value()) == (422, "Autre")
    assert "opened by somebody else" in form.non_field_errors()[0]
    assert (case.row.history.count(), OneTimeKey.objects.count()) == (records, 0)
    assert client.post(case.url, data | {KEY: hidden(answer), "seen": hidden(answer, "seen")}).status_code == 302


def test_another_field_that_somebody_changed_meanwhile_stays_as_they_left_it(case, administrator, as_user):
    client = as_user(administrator)
    data = opened(client, case.url) | {case.field: "Autre"}
    case.act(case.row, **{case.beside: "Le leur"}, by=THE_PORTAL)
    assert client.post(case.url, data).status_code == 302
    case.row.refresh_from_db()
    assert [getattr(case.row, name) for name in (case.field, case.beside)] == ["Autre", "Le leur"]


def test_the_same_field_is_refused_with_both_texts_and_saved_when_sent_again(case, administrator, as_user):
    client = as_user(administrator)
    data = opened(client, case.url) | {case.field: "Autre"}
    case.act(case.row, **{case.field: "Le leur"}, by=THE_PORTAL)
    refused = client.post(case.url, data)
    form = refused.context["form"]
    assert (refused.status_code, form[case.field].value()) == (422, "Autre")
    assert "the portal has changed this meanwhile; it now says: “Le leur”." in form.errors[case.field][0]
    again = data | {KEY: hidden(refused), "seen": hidden(refused, "seen")}
    assert client.post(case.url, again).status_code == 302
    case.row.refresh_from_db()
    assert getattr(case.row, case.field) == "Autre"


@pytest.mark.parametrize("stamp", ["", "0", "nonsense", "9" * 30])
def test_a_stamp_that_nobody_gave_is_said(case, administrator, as_user, stamp):
    client = as_user(administrator)
    data = opened(client, case.url) | {case.field: "Autre"}
    answer = client.post(case.url, data | {"seen": stamp})
    assert "what you had before you" in answer.context["form"].non_field_errors()[0]
    again = data | {KEY: hidden(answer), "seen": hidden(answer, "seen")}
    assert client.post(case.url, again).status_code == 302


def test_a_proposal_and_a_change_of_the_sheet_are_both_told(administrator, manager, commune, as_user):
    client, url = as_user(administrator), "/en/actors/commune-a/edit/"
    data = opened(client, url) | {"acronym": "A"}
    actions.edit_actor(commune, acronym="B", name_fr="Nom demandé", by=manager)
    told = []
    for _time in range(2):
        answer = client.post(url, data)
        told += [error for errors in answer.context["form"].errors.values() for error in errors]
        data |= {KEY: hidden(answer), "seen": hidden(answer, "seen")}
    assert ["it now says: “B”" in told[0], "has proposed other changes meanwhile" in told[1]] == [True, True]
    assert client.post(url, data).status_code == 302


def test_ones_own_other_window_is_called_by_its_name(administrator, manager, commune, as_user):
    url = "/en/actors/commune-a/edit/"
    own, theirs = as_user(manager), as_user(administrator)
    data = opened(own, url) | {"acronym": "A"}
    actions.edit_actor(commune, name_fr="Nom demandé", by=manager)
    assert "You have proposed other changes yourself" in own.post(url, data).context["form"].non_field_errors()[0]
    revision = commune.history.first().history_id
    actions.edit_actor(commune, acronym="B", by=manager)
    revision = commune.history.first().history_id
    back = f"/en/actors/commune-a/changes/{revision}/take-back/"
    seen = [client.get(back).context["form"].stamp for client in (own, theirs)]
    actions.edit_actor(commune, address="زنقة 1", by=manager)
    told = [
        client.post(back, {"seen": stamp}).context["form"].non_field_errors()[0]
        for client, stamp in zip((own, theirs), seen, strict=True)
    ]
    assert told[0].startswith("You have changed this sheet yourself in another window since you opened it:")
    assert told[1].startswith(f"{manager} has changed this sheet since you opened it:")


# The hand-over.


@pytest.fixture
def handing(commune, manager, as_user):
    """The page that asks for the last yes, and what it sends."""
    point = factories.FocalPointFactory(contact=factories.ContactFactory(actor=commune, role_ar="مكتب"))
    client, url = as_user(manager), "/en/actors/commune-a/hand-over/"
    day = f"{today():%d/%m/%Y}"
    data = {"giver": f"post-{point.pk}", "day": day, "how": "new", "role_ar": "مكتب آخر", "email": "n@example.org"}
    page = client.post(url, data | {"audience": "members"})
    return client, url, data | {"audience": "members", "step": "confirm", KEY: hidden(page)}


def test_a_hand_over_confirmed_twice_is_one_hand_over(handing):
    client, url, data = handing
    answers = [client.post(url, data) for _tap in range(2)]
    assert [answer.url for answer in answers] == [HandOver.objects.get().get_absolute_url()] * 2


def test_a_hand_over_with_a_key_of_somebody_else_passes_nothing(handing, outsider):
    client, url, data = handing
    answer = client.post(url, data | {KEY: f"{new_base(bearer_of(outsider))}.0"})
    assert (answer.status_code, HandOver.objects.exists()) == (422, False)
    assert answer.context["form"]["role_ar"].value() == "مكتب آخر"


def test_a_post_that_somebody_handed_over_meanwhile_is_not_handed_over_again(handing, commune, administrator):
    client, url, data = handing
    details = {"role_ar": "مكتب ثالث", "email": "t@example.org"}
    actions.hand_over(commune, day=today(), point=commune.focal_points.get(), details=details, by=administrator)
    answer = client.post(url, data)
    assert answer.status_code == 422
    assert HandOver.objects.get().made_by == administrator
