"""Who works in a territory is one answer: the matrix names them, the directory lists them, the map counts them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from actors.directory.models import Actor
from actors.roles.models import Responsibility
from portal.core.dates import today
from portal.reference.models import Territory, Theme
from tests import factories
from tests.region import load_region

pytestmark = pytest.mark.django_db
REGION, DRIOUCH, TOWN, OTHER_TOWN, NADOR = "02", "02.167", "02.167.01.03", "02.167.01.13", "02.381"
Answer, Part = Responsibility.Answer, Responsibility.Part


@pytest.fixture(scope="module")
def region(once_for_the_module):
    load_region(Territory, Theme)


@pytest.fixture
def health(region, db):
    return Theme.objects.get(code="health")


@pytest.fixture
def roles(health):
    """Institutions without seat or area, by what they do for health and where."""

    def doing(part: str, territory: str, **facts) -> Actor:
        actor = factories.ActorFactory(**facts.pop("sheet", {}))
        factories.ResponsibilityFactory(
            actor=actor, theme=facts.pop("theme", health), territory_id=territory, part=part, **facts
        )
        return actor

    contested = {"answer": Answer.CONTESTED, "reservation": "une autre institution"}
    return {
        "leads": doing(Part.LEADS, DRIOUCH),
        "supports": doing(Part.SUPPORTS, TOWN),
        "leads the region": doing(Part.LEADS, REGION),
        "leads elsewhere": doing(Part.LEADS, NADOR),
        "waits": doing(Part.LEADS, DRIOUCH, answer=Answer.WAITING),
        "contests": doing(Part.LEADS, DRIOUCH, **contested),
        "is consulted": doing(Part.CONSULTED, DRIOUCH),
        "is informed": doing(Part.INFORMED, DRIOUCH),
        "is over": doing(Part.LEADS, DRIOUCH, ends_on=today() - timedelta(days=1)),
        "is to come": doing(Part.LEADS, DRIOUCH, starts_on=today() + timedelta(days=1)),
        "draft": doing(Part.LEADS, DRIOUCH, sheet={"state": Actor.State.DRAFT}),
        "houses": doing(Part.LEADS, DRIOUCH, theme=Theme.objects.get(code="housing")),
    }


def _listed(client, roles, **question) -> set[str]:
    listing = client.get(reverse("directory:actors"), question).context["listing"]
    return {name for name, actor in roles.items() if actor in set(listing.queryset)}


@pytest.mark.parametrize(
    ("territory", "names"),
    [
        (DRIOUCH, {"leads", "supports", "leads the region"}),
        (TOWN, {"leads", "supports", "leads the region"}),
        (OTHER_TOWN, {"leads", "leads the region"}),
        (NADOR, {"leads elsewhere", "leads the region"}),
        (REGION, {"leads", "supports", "leads the region", "leads elsewhere"}),
    ],
)
@pytest.mark.parametrize("who", ["visitor", "member", "administrator"])
def test_list_map_and_matrix_agree_on_who_works_in_a_territory(request, as_user, roles, health, who, territory, names):
    client = as_user(AnonymousUser() if who == "visitor" else request.getfixturevalue(who))
    if who != "visitor" and "leads" in names:  # visitors see what is confirmed
        names = names | {"waits"}
    question = {"territory": territory, "theme": health.pk}
    coverage = client.get("/ar/actors/coverage/", {"theme": health.pk}).context["coverage"]
    pieces = [coverage.region, *(row.whole for row in coverage.provinces), *coverage.pieces]
    counted = {piece.territory.code: piece.number for piece in pieces}
    cell = client.get(reverse("roles:matrix_cell", args=["health", territory])).context["cell"]
    lines = [line.role for rows in (cell.here, *cell.above.values(), *cell.inside.values()) for line in rows]
    at_work = {role.actor_id for role in lines if role.part in (Part.LEADS, Part.SUPPORTS)}
    at_work -= {role.actor_id for role in lines if role.answer == Answer.CONTESTED}

    assert _listed(client, roles, **question) == names
    assert {name for name, actor in roles.items() if actor.pk in at_work} == names
    assert counted[territory] == len(names)


def test_a_place_alone_counts_every_theme_and_a_theme_alone_every_place(as_user, visitor, roles, health):
    client = as_user(visitor)

    assert _listed(client, roles, territory=TOWN) == {"leads", "supports", "leads the region", "houses"}
    assert _listed(client, roles, theme=health.pk) == {"leads", "supports", "leads the region", "leads elsewhere"}


def test_who_is_active_here_and_leads_the_theme_elsewhere_does_not_work_on_it_here(as_user, visitor, roles, health):
    roles["leads elsewhere"].areas.add(DRIOUCH)
    seated = factories.ActorFactory(seat_id=TOWN)
    seated.themes.add(health)
    roles["seated, on the theme"] = seated
    roles["seated, on none"] = factories.ActorFactory(seat_id=TOWN)
    client = as_user(visitor)

    on_it = _listed(client, roles, territory=DRIOUCH, theme=health.pk)
    there = _listed(client, roles, territory=DRIOUCH)

    assert on_it == {"leads", "supports", "leads the region", "seated, on the theme"}
    assert there == on_it | {"leads elsewhere", "houses", "seated, on none"}


def test_the_upkeep_of_a_territory_has_the_sheets_of_who_works_there(as_user, administrator, roles):
    client = as_user(administrator)
    listing = client.get(reverse("directory:upkeep"), {"territory": TOWN}).context["listing"]

    found = {name for name, actor in roles.items() if actor in set(listing.queryset)}
    assert found == {"leads", "supports", "leads the region", "waits", "houses"}
