"""Who takes part, and who may do what for whom."""

from actors.models.actor import Actor
from actors.models.contact import Contact, FocalPoint
from actors.models.membership import Membership
from actors.models.reminder_rule import ReminderRule
from actors.models.space import Space, SpaceMember

__all__ = ["Actor", "Contact", "FocalPoint", "Membership", "ReminderRule", "Space", "SpaceMember"]
