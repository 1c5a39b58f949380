"""What people do to sheets and spaces; each act is atomic, kept in the history, and refused with a sentence."""

from actors.actions.contacts import add_contact, add_focal_point, edit_contact, end_focal_point, remove_contact
from actors.actions.people import add_membership, end_membership
from actors.actions.sheets import add_actor, confirm_actor, edit_actor
from actors.actions.spaces import add_member, add_space, edit_space, end_member

__all__ = [
    "add_actor",
    "add_contact",
    "add_focal_point",
    "add_member",
    "add_membership",
    "add_space",
    "confirm_actor",
    "edit_actor",
    "edit_contact",
    "edit_space",
    "end_focal_point",
    "end_member",
    "end_membership",
    "remove_contact",
]
