"""Who works for an institution: parts given and ended."""

from datetime import timedelta

import pytest

from actors.directory import actions
from actors.directory.models import Membership
from actors.directory.models.membership import parts_in
from portal.accounts.models import User
from portal.core.dates import today
from portal.core.errors import Refused
from tests import factories


def test_contributors_give_no_parts_and_see_no_people(as_user, officer, manager, commune):
    assert as_user(officer).get("/ar/actors/commune-a/people/offer/").status_code == 403
    assert manager.email not in as_user(officer).get("/ar/actors/commune-a/").content.decode()
    assert manager.email in as_user(manager).get("/ar/actors/commune-a/").content.decode()


def test_rights_stop_after_the_last_day(manager, officer, commune, administrator):
    membership = officer.memberships.get()
    actions.end_membership(membership, ends_on=today(), by=manager)
    assert parts_in(User.objects.get(pk=officer.pk), commune) == {"contributor"}
    actions.end_membership(membership, ends_on=today() - timedelta(days=1), by=manager)
    assert parts_in(User.objects.get(pk=officer.pk), commune) == set()


def test_the_last_manager_stays_unless_an_administrator_ends_them(manager, commune, administrator):
    membership = Membership.objects.get(user=manager)
    with pytest.raises(Refused):
        actions.end_membership(membership, ends_on=today(), by=manager)
    actions.end_membership(membership, ends_on=today(), by=administrator)
    assert Membership.objects.get(user=manager).ends_on == today()


def test_another_institutions_people_are_not_found(as_user, outsider, officer):
    membership = officer.memberships.get()
    assert as_user(outsider).get(f"/ar/actors/people/{membership.pk}/end/").status_code == 404
    assert as_user(officer).get(f"/ar/actors/people/{membership.pk}/end/").status_code == 403


def test_a_closed_account_does_not_keep_the_sheet(manager, commune):
    closed = factories.UserFactory(is_active=False)
    factories.MembershipFactory(actor=commune, user=closed, part=Membership.Part.MANAGER)
    with pytest.raises(Refused, match=r".+") as refusal:
        actions.end_membership(Membership.objects.get(user=manager), ends_on=today(), by=manager)
    assert refusal.value.field == "ends_on"
