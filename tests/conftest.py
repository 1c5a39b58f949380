"""The people of the tests, and the small world they share.

A space `space` with a secretariat (`association`), a member commune (`commune`) and another member (`service`);
`outsider` works for an institution with no space; `visitor` is signed out.
"""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from actors.directory.models import Actor, Membership, SpaceMember
from portal.core.keys import KEY, bearer_of, new_base
from portal.reference import resolver, spellings, themes
from tests import factories


@pytest.fixture(autouse=True)
def known_spellings():
    """Each test begins with an empty table of names in memory, so that a search is the same number of queries."""
    spellings.memory.remember({})
    resolver.memory.forget()
    themes.memory.forget()


@pytest.fixture
def association(db):
    return factories.ActorFactory(slug="association", name_ar="جمعية تجريبية", acronym="ASC")


@pytest.fixture
def commune(db):
    return factories.ActorFactory(
        slug="commune-a", kind=Actor.Kind.COMMUNE, name_ar="جماعة تجريبية أ", name_fr="Commune d’essai A"
    )


@pytest.fixture
def service(db):
    return factories.ActorFactory(
        slug="service-b", kind=Actor.Kind.DECONCENTRATED_SERVICE, name_ar="مصلحة تجريبية ب", name_fr="Service d’essai B"
    )


@pytest.fixture
def space(association, commune, service):
    space = factories.SpaceFactory(code="TST", slug="space", name_ar="فضاء التنسيق التجريبي")
    factories.SpaceMemberFactory(space=space, actor=association, part=SpaceMember.Part.SECRETARIAT)
    factories.SpaceMemberFactory(space=space, actor=commune)
    factories.SpaceMemberFactory(space=space, actor=service)
    return space


def _person(actor, part, **fields):
    return factories.MembershipFactory(actor=actor, part=part, user=factories.UserFactory(**fields)).user


@pytest.fixture
def visitor():
    return AnonymousUser()


@pytest.fixture
def administrator(db):
    return factories.UserFactory(email="administrator@example.org", is_administrator=True)


@pytest.fixture
def secretariat(space, association):
    """Works for the association that keeps the space's secretariat, and manages its sheet."""
    return _person(association, Membership.Part.MANAGER, email="secretariat@example.org")


@pytest.fixture
def officer(space, commune):
    """The commune's contributor."""
    return _person(commune, Membership.Part.CONTRIBUTOR, email="officer@example.org")


@pytest.fixture
def manager(space, commune):
    """Manages the commune's sheet."""
    return _person(commune, Membership.Part.MANAGER, email="manager@example.org")


@pytest.fixture
def validator(space, commune):
    """Clears what the commune's contributors write."""
    return _person(commune, Membership.Part.VALIDATOR, email="validator@example.org")


@pytest.fixture
def member(space, service):
    """Works for another member of the space."""
    return _person(service, Membership.Part.CONTRIBUTOR, email="member@example.org")


@pytest.fixture
def outsider(db):
    """Works for an institution with no space."""
    return _person(factories.ActorFactory(slug="elsewhere"), Membership.Part.MANAGER, email="outsider@example.org")


class Person(Client):
    """Somebody at a browser: what is posted without a key of its own carries a new one."""

    def __init__(self, user, **defaults):
        super().__init__(**defaults)
        self.user = user

    def post(self, path, data=None, *args, **extra):
        if data is None or (isinstance(data, dict) and KEY not in data):
            data = (data or {}) | {KEY: f"{new_base(bearer_of(self.user))}.0"}
        return super().post(path, data, *args, **extra)


@pytest.fixture
def as_user():
    """A client signed in as the given person (signed out for a visitor); its forms carry a key, as a page's do."""

    def client_for(user) -> Client:
        client = Client()
        if user is not None and user.is_authenticated:
            client = Person(user)
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return client_for
