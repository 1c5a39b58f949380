"""The people of the tests, and the small world they share (people.py).

A space `space` with a secretariat (`association`), a member commune (`commune`) and another member (`service`);
`outsider` works for an institution with no space; `visitor` is signed out.
"""

from itertools import chain

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DataError, connection, transaction
from django.utils import translation

from portal.core import asking, remembered
from tests import elsewhere, factories, people


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    elsewhere.begin_with_what_migrate_left()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The database of the tests, and what other processes begin with."""
    with django_db_blocker.unblock():
        elsewhere.keep_what_migrate_left()


@pytest.fixture
def portal_elsewhere(django_db_setup, tmp_path):
    """A portal with a database in a file, for tests with processes of their own."""
    return elsewhere.Elsewhere(tmp_path)


@pytest.fixture(autouse=True)
def what_postgresql_refuses():
    """SQLite takes a NUL in a text; here it does not."""

    def execute(execute, sql, params, many, context):
        for value in chain.from_iterable(params) if many else params or ():
            if isinstance(value, str) and "\0" in value:
                raise DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield


@pytest.fixture(autouse=True)
def nobodys_language():
    """Each test begins in the language of the portal, whichever the page before it was read in."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def known_spellings():
    """Each test begins with an empty table of names in memory, so that a search is the same number of queries."""
    people.forget_names()


@pytest.fixture(autouse=True)
def nothing_counted():
    """Each test counts for itself: what the one before it changed is undone, and counted from the same keys again."""
    remembered.forget()


@pytest.fixture(autouse=True)
def unwritten_questions():
    """Each test writes its questions anew: the kinds of things have other keys in a database that was emptied."""
    asking.forget()


@pytest.fixture(scope="module")
def once_for_the_module(django_db_setup, django_db_blocker):
    """What a module's fixtures write after this one is there for each of its tests, which undo only their own.

    Not for a module with transactional tests, which would empty the tables inside this transaction.
    """
    people.forget_names()
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def association(db):
    return people.make_association()


@pytest.fixture
def commune(db):
    return people.make_commune()


@pytest.fixture
def service(db):
    return people.make_service()


@pytest.fixture
def space(association, commune, service):
    return people.make_space(association, commune, service)


@pytest.fixture
def visitor():
    return AnonymousUser()


@pytest.fixture
def administrator(db):
    return people.make_administrator()


@pytest.fixture
def secretariat(space, association):
    """Works for the association that keeps the space's secretariat, and manages its sheet."""
    return people.make_person("secretariat", association)


@pytest.fixture
def officer(space, commune):
    """The commune's contributor."""
    return people.make_person("officer", commune)


@pytest.fixture
def manager(space, commune):
    """Manages the commune's sheet."""
    return people.make_person("manager", commune)


@pytest.fixture
def validator(space, commune):
    """Clears what the commune's contributors write."""
    return people.make_person("validator", commune)


@pytest.fixture
def member(space, service):
    """Works for another member of the space."""
    return people.make_person("member", service)


@pytest.fixture
def outsider(db):
    """Works for an institution with no space."""
    return people.make_person("outsider", factories.ActorFactory(slug="elsewhere"))


@pytest.fixture
def as_user():
    """A client signed in as the given person (signed out for a visitor); its forms carry a key, as a page's do."""
    return people.client_of
