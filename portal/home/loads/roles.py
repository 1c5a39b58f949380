"""Roles of the demonstration's institutions: what each leads, supports, is asked about or told, and where.

Enough for every face of the matrix: roles of the whole region, of a province and of a commune, one theme that several
lead, some that nobody leads, one role that waits for its institution and one that was contested.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from actors.roles.models import Responsibility
from portal.home.loads.consultation import NADOR, PROVINCE, REGION
from portal.home.loads.world import World
from portal.reference.models import Territory, Theme

Basis, Part = Responsibility.Basis, Responsibility.Part
LEADS, SUPPORTS, CONSULTED, INFORMED = Part.LEADS, Part.SUPPORTS, Part.CONSULTED, Part.INFORMED
WAITING = Responsibility.Answer.WAITING
CONFIRMED, CONTESTED = Responsibility.Answer.CONFIRMED, Responsibility.Answer.CONTESTED
DRIOUCH, BERKANE, OUJDA = "02.167", "02.113", "02.411"
REFERENCE = "مرجع تجريبي"
RESERVATION = "نموذج: هذا الدور تضطلع به مؤسسة أخرى بالإقليم"

#: institution, theme, territory, part, answer, basis
ROLES: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("demo-service-a", "health", PROVINCE, LEADS, CONFIRMED, Basis.LAW),
    ("demo-association-a", "health", PROVINCE, SUPPORTS, CONFIRMED, Basis.CONVENTION),
    ("demo-commune-a", "health", NADOR, SUPPORTS, CONFIRMED, Basis.COUNCIL_DECISION),
    ("demo-service-b", "social_humanitarian", REGION, LEADS, CONFIRMED, Basis.LAW),
    ("demo-association-b", "social_humanitarian", PROVINCE, SUPPORTS, CONFIRMED, Basis.CONVENTION),
    ("demo-commune-b", "social_humanitarian", PROVINCE, INFORMED, CONFIRMED, Basis.LETTER),
    ("demo-association-a", "legal_support", PROVINCE, LEADS, CONFIRMED, Basis.CONVENTION),
    ("demo-association-b", "legal_support", PROVINCE, LEADS, CONFIRMED, Basis.MEETING),
    ("demo-faculty", "legal_support", REGION, CONSULTED, CONFIRMED, Basis.LETTER),
    ("demo-faculty", "research_data", REGION, LEADS, CONFIRMED, Basis.CONVENTION),
    ("demo-service-a", "research_data", REGION, CONSULTED, CONFIRMED, Basis.LETTER),
    ("demo-service-b", "women_children", REGION, LEADS, CONFIRMED, Basis.LAW),
    ("demo-outside", "women_children", PROVINCE, SUPPORTS, WAITING, Basis.MEETING),
    ("demo-commune-c", "housing", PROVINCE, LEADS, CONTESTED, Basis.LETTER),
    ("demo-commune-a", "education_culture", NADOR, LEADS, CONFIRMED, Basis.COUNCIL_DECISION),
    ("demo-service-a", "education_culture", REGION, LEADS, CONFIRMED, Basis.LAW),
    ("demo-association-b", "youth_leisure", PROVINCE, LEADS, CONFIRMED, Basis.CONVENTION),
    ("demo-association-b", "youth_leisure", DRIOUCH, LEADS, CONFIRMED, Basis.CONVENTION),
    ("demo-service-b", "employment", REGION, LEADS, CONFIRMED, Basis.LAW),
    ("demo-commune-c", "employment", PROVINCE, SUPPORTS, CONFIRMED, Basis.COUNCIL_DECISION),
    ("demo-service-b", "vocational_training", REGION, LEADS, CONFIRMED, Basis.LAW),
    ("demo-association-a", "reception_orientation", PROVINCE, LEADS, WAITING, Basis.MEETING),
    ("demo-commune-b", "reception_orientation", NADOR, SUPPORTS, CONFIRMED, Basis.COUNCIL_DECISION),
    ("demo-association-a", "coexistence_diversity", OUJDA, LEADS, CONFIRMED, Basis.CONVENTION),
    ("demo-association-b", "coexistence_diversity", BERKANE, LEADS, CONFIRMED, Basis.CONVENTION),
    ("demo-commune-a", "governance_communication", PROVINCE, LEADS, CONFIRMED, Basis.COUNCIL_DECISION),
    ("demo-service-a", "legal_framework", REGION, LEADS, CONFIRMED, Basis.LAW),
)  # fmt: skip


def fill(world: World) -> None:
    """Add the roles; where a theme or territory of theirs is not loaded, they are left out."""
    themes = {theme.code: theme for theme in Theme.objects.all()}
    places = {place.code: place for place in Territory.objects.all()}
    for slug, theme, place, part, answer, basis in ROLES:
        if theme in themes and place in places:
            key = {"actor": world.actors[slug], "theme": themes[theme], "territory": places[place]}
            values = {"part": part, "basis": basis, "basis_reference": REFERENCE, "answer": answer}
            world.load.add(Responsibility, values | _answered(world, answer), **key)


def _answered(world: World, answer: str) -> dict[str, Any]:
    entered = {"starts_on": world.day - timedelta(days=200), "entered_by": world.people["admin"]}
    if answer == WAITING:
        return entered
    reservation = RESERVATION if answer == CONTESTED else ""
    return entered | {"answered_on": world.day - timedelta(days=190), "reservation": reservation}
