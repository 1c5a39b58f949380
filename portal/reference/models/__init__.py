"""Vocabularies that every app shares."""

from portal.reference.models.axis import Axis
from portal.reference.models.council import Council, CouncilSession, SessionOpening
from portal.reference.models.holiday import Holiday
from portal.reference.models.place import Place
from portal.reference.models.territory import Territory, TerritoryShape
from portal.reference.models.theme import Theme

__all__ = [
    "Axis",
    "Council",
    "CouncilSession",
    "Holiday",
    "Place",
    "SessionOpening",
    "Territory",
    "TerritoryShape",
    "Theme",
]
