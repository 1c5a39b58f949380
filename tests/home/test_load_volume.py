"""`load_volume`: the same every time, and only where nothing but the demonstration is."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from actors.directory.models import Actor
from meetings.models import Meeting
from portal.home.loads.volume import Sizes, load_volume
from recommendations.models import FollowUp, Recommendation
from tests import factories
from tests.region import load_region

pytestmark = pytest.mark.django_db

SIZES = Sizes(actors=120, meetings=120, recommendations=600, followups=1200)
DAY = date(2026, 6, 1)


@pytest.fixture
def reference(db):
    load_region()


def told() -> list[tuple]:
    """What is there, without the keys, which go on where they stopped."""
    return [
        *Actor.objects.order_by("slug").values_list("slug", "name_ar", "state", "seat", "confirmed_on"),
        *Meeting.objects.order_by("reference").values_list("reference", "title_ar", "starts_at", "state", "uid"),
        *Recommendation.objects.order_by("reference").values_list("reference", "text_ar", "state", "due_on"),
        *FollowUp.objects.order_by("drafted_at", "recommendation__reference").values_list("account", "new_state"),
    ]


def test_the_same_sizes_on_the_same_day_are_the_same_rows(reference):
    seen = []
    for _time in range(2):
        with transaction.atomic():
            load_volume(SIZES, day=DAY)
            seen.append(told())
            transaction.set_rollback(True)
    assert seen[0] == seen[1]


def test_it_is_loaded_beside_nothing_but_the_demonstration(reference):
    factories.ActorFactory()
    with pytest.raises(CommandError, match="1 institutions or accounts here"):
        call_command("load_volume", scale=0.01)
    Actor.objects.all().delete()
    call_command("load_volume", scale=0.001, verbosity=0)
    with pytest.raises(CommandError, match="are not of the demonstration"):
        call_command("load_volume", scale=0.001)


def test_it_asks_for_the_reference_data():
    with pytest.raises(CommandError, match="load_reference"):
        call_command("load_volume")
