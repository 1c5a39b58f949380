"""The filters of the list of meetings offer what the reader's own meetings have, and nothing of the others."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from actors.directory.models import Actor, Space
from meetings.models import Meeting
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
READERS = ("visitor", "outsider", "member", "secretariat", "administrator")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False), translation.override("fr"):
        yield


@pytest.fixture
def offered(as_user, request):
    def of(reader):
        page = as_user(request.getfixturevalue(reader)).get(reverse("meetings:meetings"))
        filters = page.context["listing"].filter.filters
        return {name: filters[name].extra["choices"] for name in ("space", "organiser", "territory", "year")}

    return of


def truth(user):
    """Read row by row."""
    seen = list(Meeting.objects.visible_to(user))
    spaces = Space.objects.visible_to(user).filter(pk__in={row.space_id for row in seen})
    actors = Actor.objects.filter(pk__in={row.organiser_id for row in seen})
    first = min((row.starts_at.year for row in seen), default=NOW.year + 2)
    return {
        "space": [(str(row.pk), row.name) for row in spaces],
        "organiser": [(str(row.pk), row.name) for row in actors],
        "territory": sorted({(row.territory_id, row.territory.name) for row in seen if row.territory}),
        "year": [(str(year), str(year)) for year in range(NOW.year + 1, first - 1, -1)],
    }


def test_the_choices_are_of_the_readers_own_meetings_and_new_at_once(offered, request, space, association):
    people = {name: request.getfixturevalue(name) for name in READERS}
    for year, audience in enumerate(Meeting.Audience, start=2021):
        for state in ("draft", "announced", "held"):
            territory = factories.TerritoryFactory(code=f"02.1{year}{state}", level="commune")
            factories.MeetingFactory(
                space=space if state == "held" else None, organiser=factories.ActorFactory(name_ar="اسم واحد"),
                territory=territory, starts_at=datetime(year, 5, 1, 9, tzinfo=UTC), audience=audience, state=state,
            )  # fmt: skip
    assert {name: offered(name) for name in READERS} == {name: truth(people[name]) for name in READERS}
    for audience in ("members", "space"):
        space.audience = audience
        space.save()
        factories.MeetingFactory(organiser=factories.ActorFactory(), audience="public", state="held")
        assert {name: offered(name) for name in READERS} == {name: truth(people[name]) for name in READERS}


def test_the_first_year_is_morocco_s(offered):
    factories.MeetingFactory(starts_at=datetime(2021, 12, 31, 23, 30, tzinfo=UTC), audience="public", state="held")
    assert [year for year, _label in offered("visitor")["year"]][-1] == "2022"


def test_a_year_opens_where_its_first_meeting_stands_though_others_stand_between_them(as_user, visitor):
    """Coming ones stand before those that are off, and these before the past: a year does not stand together."""
    with time_machine.travel(datetime(2026, 6, 15, 9, tzinfo=UTC), tick=False):

        def meeting(state: str, year: int, month: int, day: int = 1) -> None:
            begin = datetime(year, month, day, 9, tzinfo=UTC)
            factories.MeetingFactory(
                starts_at=begin, ends_at=begin + timedelta(hours=1), audience="public", state=state
            )

        meeting("announced", 2027, 2)
        meeting("announced", 2026, 9)
        meeting("postponed", 2025, 9)
        for day in range(30):
            meeting("held", 2026, 1 + day // 28, 1 + day % 28)
        client = as_user(visitor)

        def shown(page: str) -> list[str]:
            return [row.reference for row in client.get(f"/fr/meetings/?page={page}").context["listing"].page]

        first, of_year = shown("1"), shown("at-2026")
        at = first.index(of_year[0])
        assert of_year[: len(first) - at] == first[at:]
