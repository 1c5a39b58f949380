"""Two sheets become one: what moves, what is settled, and that it can all be taken back."""

import pytest
from django.utils import translation

from actors.doubles.mover import merge
from actors.doubles.undo import undo
from tests.actors.merging_world import World, differences, everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def world():
    return World()


def test_a_merge_that_is_undone_leaves_every_row_as_it_was(world, administrator):
    before = everything()
    done = merge(world.winner, loser=world.loser, keep={}, by=administrator)
    assert differences(before, everything()) != []
    assert undo(done, by=administrator) == []
    assert differences(before, everything()) == []
