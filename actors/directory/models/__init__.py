"""Who takes part, and who may do what for whom."""

from actors.directory.models.actor import Actor
from actors.directory.models.contact import Contact, FocalPoint
from actors.directory.models.handover import HandOver
from actors.directory.models.membership import Membership
from actors.directory.models.offer import AccountOffer
from actors.directory.models.printout import Printout
from actors.directory.models.proposal import ProposedChange
from actors.directory.models.reminder_rule import ReminderRule
from actors.directory.models.space import Space, SpaceMember

__all__ = [
    "AccountOffer",
    "Actor",
    "Contact",
    "FocalPoint",
    "HandOver",
    "Membership",
    "Printout",
    "ProposedChange",
    "ReminderRule",
    "Space",
    "SpaceMember",
]
