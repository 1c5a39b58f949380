"""The people of the tests and the small world they share, made for each test (conftest.py) or once for a module."""

from django.test import Client

from actors.directory.models import Actor, Membership, Space, SpaceMember
from portal.accounts.models import User
from portal.core.keys import KEY, bearer_of, new_base
from portal.reference import resolver, spellings, themes
from tests import factories
from tests.answers import stamp

PARTS = {
    "secretariat": Membership.Part.MANAGER,
    "officer": Membership.Part.CONTRIBUTOR,
    "manager": Membership.Part.MANAGER,
    "validator": Membership.Part.VALIDATOR,
    "member": Membership.Part.CONTRIBUTOR,
    "outsider": Membership.Part.MANAGER,
}


def forget_names() -> None:
    """The tables of names in memory begin empty, so that a search is the same number of queries."""
    spellings.memory.remember(spellings.Spellings())
    resolver.memory.forget()
    themes.memory.forget()


def make_association() -> Actor:
    return factories.ActorFactory(slug="association", name_ar="جمعية تجريبية", acronym="ASC")


def make_commune() -> Actor:
    return factories.ActorFactory(
        slug="commune-a", kind=Actor.Kind.COMMUNE, name_ar="جماعة تجريبية أ", name_fr="Commune d’essai A"
    )


def make_service() -> Actor:
    return factories.ActorFactory(
        slug="service-b", kind=Actor.Kind.DECONCENTRATED_SERVICE, name_ar="مصلحة تجريبية ب", name_fr="Service d’essai B"
    )


def make_space(association: Actor, commune: Actor, service: Actor) -> Space:
    space = factories.SpaceFactory(code="TST", slug="space", name_ar="فضاء التنسيق التجريبي")
    factories.SpaceMemberFactory(space=space, actor=association, part=SpaceMember.Part.SECRETARIAT)
    factories.SpaceMemberFactory(space=space, actor=commune)
    factories.SpaceMemberFactory(space=space, actor=service)
    return space


def make_person(who: str, actor: Actor) -> User:
    user = factories.UserFactory(email=f"{who}@example.org")
    return factories.MembershipFactory(actor=actor, part=PARTS[who], user=user).user


def make_administrator() -> User:
    return factories.UserFactory(email="administrator@example.org", is_administrator=True)


def make_everything() -> dict[str, Actor | Space | User]:
    """The institutions, their space and all the people, by the names of their fixtures."""
    association, commune, service = make_association(), make_commune(), make_service()
    return {
        "association": association,
        "commune": commune,
        "service": service,
        "space": make_space(association, commune, service),
        "secretariat": make_person("secretariat", association),
        "officer": make_person("officer", commune),
        "manager": make_person("manager", commune),
        "validator": make_person("validator", commune),
        "member": make_person("member", service),
        "outsider": make_person("outsider", factories.ActorFactory(slug="elsewhere")),
        "administrator": make_administrator(),
    }


class Person(Client):
    """Somebody at a browser: what is posted without a key of its own carries a new one."""

    def __init__(self, user, **defaults):
        super().__init__(**defaults)
        self.user = user

    def post(self, path, data=None, *args, **extra):
        if data is None or (isinstance(data, dict) and KEY not in data):
            data = (data or {}) | {KEY: f"{new_base(bearer_of(self.user))}.0"}
        return super().post(path, data, *args, **extra)

    def send(self, path, data=None, **extra):
        """Open the page and send its form, with the stamp of what stood there."""
        return self.post(path, (data or {}) | stamp(self, path), **extra)


def client_of(user) -> Client:
    """A client signed in as the given person (signed out for a visitor)."""
    client = Client()
    if user is not None and user.is_authenticated:
        client = Person(user)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
