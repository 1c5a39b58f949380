"""A sheet that somebody else merged into another one since it was read: nothing is written on it, its pages lead on."""

import pytest
from django.urls import reverse
from django.utils import translation

from actors.directory import actions
from actors.directory.models import Actor, Contact, HandOver, Membership, ProposedChange
from actors.doubles.actions import merge_actors
from actors.roles import actions as roles
from actors.roles.models import Responsibility
from portal.core.dates import today
from portal.core.errors import Refused
from tests import factories
from tests.actors.doubles.merging_world import everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def stale(commune, service, manager, administrator):
    """The commune as it was read before it was merged into the service, one of its contacts and one of its people."""
    contact = factories.ContactFactory(actor=commune, email="office@example.org")
    factories.UserFactory(email="newcomer@example.org")
    read = Actor.objects.get(pk=commune.pk)
    read.contact, read.membership = contact, Membership.objects.select_related("actor").get(user=manager)
    read.role = factories.ResponsibilityFactory(actor=commune)
    merge_actors(service, loser=commune, by=administrator)
    return read


def _theme_and_place():
    return {"theme": factories.ThemeFactory(), "territory": factories.TerritoryFactory()}


ACTS = {
    "add_contact": lambda sheet, by: actions.add_contact(sheet, role_ar="مكتب", email="a@example.org", by=by),
    "add_focal_point": lambda sheet, by: actions.add_focal_point(
        sheet, contact=sheet.contact, part="1_holder", starts_on=None, by=by
    ),
    "edit_actor": lambda sheet, by: actions.edit_actor(sheet, acronym="X", by=by),
    "confirm_actor": lambda sheet, by: actions.confirm_actor(sheet, by=by),
    "offer_account": lambda sheet, by: actions.offer_account(
        sheet, email="newcomer@example.org", part="contributor", by=by
    ),
    "end_membership": lambda sheet, by: actions.end_membership(sheet.membership, ends_on=today(), by=by),
    "add_role": lambda sheet, by: roles.add_role(sheet, **_theme_and_place(), part="1_leads", by=by),
    "edit_role": lambda sheet, by: roles.edit_role(sheet.role, part="2_supports", by=by),
    "propose_change": lambda sheet, by: actions.propose_change(sheet, values={"name_fr": "Autre"}, by=by),
    "hand_over": lambda sheet, by: actions.hand_over(
        sheet, day=today(), giver=sheet.membership.user, account="newcomer@example.org", by=by
    ),
    "add_member": lambda sheet, by: actions.add_member(factories.SpaceFactory(), actor=sheet, part="observer", by=by),
}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_written_on_a_sheet_that_was_merged_meanwhile(stale, administrator, act):
    tables = (Contact, Membership, Responsibility, ProposedChange, HandOver)
    before = [table.objects.filter(actor=stale.pk).count() for table in tables]
    with pytest.raises(Refused, match="already"):
        ACTS[act](stale, administrator)
    assert [table.objects.filter(actor=stale.pk).count() for table in tables] == before
    assert everything()["directory.Actor"][stale.pk]["confirmed_on"] is None


def test_old_addresses_lead_to_the_same_page_of_the_sheet_that_stays(stale, service, as_user, visitor, administrator):
    for route in ("directory:actor", "roles:actor_roles", "directory:actor_logo", "directory:actor_activity"):
        answer = as_user(visitor).get(reverse(route, args=[stale.slug]))
        assert (route, answer.status_code, answer.headers.get("Location")) == (
            route, 302, reverse(route, args=[service.slug]),
        )  # fmt: skip
    for route in (
        "focal_points", "hand_over", "actor_changes", "edit_actor", "add_contact", "add_focal_point", "offer_account",
    ):  # fmt: skip
        answer = as_user(administrator).get(reverse(f"directory:{route}", args=[stale.slug]))
        assert (route, answer.status_code, answer.headers.get("Location")) == (
            route, 302, reverse(f"directory:{route}", args=[service.slug]),
        )  # fmt: skip


def test_the_button_on_a_page_of_before_leads_on_with_a_sentence(stale, as_user, administrator, monkeypatch):
    monkeypatch.setattr("actors.directory.views.sheets.seen_actor", lambda request, slug: stale)
    answer = as_user(administrator).post(reverse("directory:confirm_actor", args=[stale.slug]))
    assert answer.status_code == 302
