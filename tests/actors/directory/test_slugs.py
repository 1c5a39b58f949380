"""Addresses of sheets: never twice, and many are given as one is."""

import pytest

from actors.directory.models import Actor
from actors.directory.rules.slugs import Slugs, free_slug
from tests.factories import ActorFactory

pytestmark = pytest.mark.django_db


class Counted(set):
    """A set that counts what it is asked."""

    asked = 0

    def __contains__(self, thing):
        self.asked += 1
        return super().__contains__(thing)


def test_a_slug_is_the_first_that_nobody_has(django_assert_num_queries):
    ActorFactory(slug="asticude")
    ActorFactory(slug="asticude-2")
    ActorFactory(slug="commune-1")
    with django_assert_num_queries(4):
        assert free_slug(Actor, "", "Asticude", fallback="commune") == "asticude-3"
        assert free_slug(Actor, "Association d’Azlaf", fallback="commune") == "association-d-azlaf"
        assert free_slug(Actor, "الجماعة", fallback="commune") == "commune-2"
        assert free_slug(Actor, "Import", fallback="commune") == "import-2"


def test_many_are_given_as_one_is_and_no_number_is_tried_twice():
    slugs = Slugs()
    slugs.taken = Counted({"commune-2", "commune-4"})
    given = []
    for _count in range(100):
        given.append(free_slug(Actor, "الجماعة", fallback="commune", slugs=slugs))
        slugs.give(given[-1])
    assert given[:4] == ["commune-1", "commune-3", "commune-5", "commune-6"]
    assert len(set(given)) == 100
    assert slugs.taken.asked < 300
