"""Who takes part, and who may do what for whom."""

from actors.models.actor import Actor
from actors.models.contact import Contact, FocalPoint
from actors.models.doubles import Double, DoubleSearch, Merge, MovedRow
from actors.models.handover import HandOver
from actors.models.imports import ActorImport, ImportLayout, ImportRow
from actors.models.membership import Membership
from actors.models.printout import Printout
from actors.models.proposal import ProposedChange
from actors.models.reminder_rule import ReminderRule
from actors.models.responsibility import Responsibility
from actors.models.space import Space, SpaceMember

__all__ = [
    "Actor",
    "ActorImport",
    "Contact",
    "Double",
    "DoubleSearch",
    "FocalPoint",
    "HandOver",
    "ImportLayout",
    "ImportRow",
    "Membership",
    "Merge",
    "MovedRow",
    "Printout",
    "ProposedChange",
    "ReminderRule",
    "Responsibility",
    "Space",
    "SpaceMember",
]
