"""Asked of many institutions in one query, somebody is reached where a mail would find a recipient."""

from datetime import date

import pytest

from actors.directory.models import Actor, FocalPoint, Membership
from actors.directory.rules.recipients import reached_condition, recipients_by_actor
from tests import factories

DAY, GONE = date(2026, 11, 23), date(2026, 11, 22)

pytestmark = pytest.mark.django_db


def focal_point(actor, *, ends_on=None, **details):
    contact = factories.ContactFactory(actor=actor, **{"email": "", "phone": "+212536001122"} | details)
    FocalPoint.objects.create(actor=actor, contact=contact, ends_on=ends_on)


def account(**fields):
    return factories.UserFactory(**fields)


CASES = {
    "nothing": lambda actor: None,
    "a telephone": lambda actor: factories.ContactFactory(actor=actor, email="", phone="+212536001122"),
    "a mailbox": lambda actor: factories.ContactFactory(actor=actor),
    "a former mailbox": lambda actor: factories.ContactFactory(actor=actor, ends_on=GONE),
    "a focal point by telephone": focal_point,
    "a focal point with a mailbox": lambda actor: focal_point(actor, email="a@example.org", ends_on=DAY),
    "a focal point with an account": lambda actor: focal_point(actor, user=account()),
    "a focal point whose account is closed": lambda actor: focal_point(actor, user=account(is_active=False)),
    "a former focal point": lambda actor: focal_point(actor, user=account(), ends_on=GONE),
    "a colleague": lambda actor: factories.MembershipFactory(actor=actor, user=account()),
    "a validator alone": lambda actor: factories.MembershipFactory(actor=actor, part=Membership.Part.VALIDATOR),
    "a colleague whose account is closed": lambda actor: factories.MembershipFactory(
        actor=actor, user=account(is_active=False)
    ),
}


def test_the_condition_says_what_the_postman_finds():
    actors = {name: factories.ActorFactory() for name in CASES}
    for name, make in CASES.items():
        make(actors[name])
    reached = set(Actor.objects.filter(reached_condition(DAY)).values_list("pk", flat=True))
    found = recipients_by_actor([actor.pk for actor in actors.values()], DAY)
    assert {name for name, actor in actors.items() if actor.pk in reached} == {
        name for name, actor in actors.items() if found[actor.pk]
    }
    assert len(reached) == 4
