"""What people do to sheets and spaces; each act is atomic, kept in the history, and refused with a sentence."""

from actors.directory.actions.batch import apply_batch
from actors.directory.actions.calling_off import call_off_hand_over
from actors.directory.actions.confirming import ask_confirmation, confirm_from_mail, report_from_mail
from actors.directory.actions.contacts import (
    add_contact,
    add_focal_point,
    edit_contact,
    end_focal_point,
    remove_contact,
)
from actors.directory.actions.handing_over import foresee_hand_over, hand_over
from actors.directory.actions.offers import answer_offer, offer_account, withdraw_offer
from actors.directory.actions.people import end_membership
from actors.directory.actions.printouts import order_printout, retry_printout
from actors.directory.actions.proposals import accept_change, propose_change, refuse_change, withdraw_change
from actors.directory.actions.sheets import add_actor, confirm_actor, edit_actor, take_back
from actors.directory.actions.spaces import add_member, add_space, edit_space, end_member

__all__ = [
    "accept_change",
    "add_actor",
    "add_contact",
    "add_focal_point",
    "add_member",
    "add_space",
    "answer_offer",
    "apply_batch",
    "ask_confirmation",
    "call_off_hand_over",
    "confirm_actor",
    "confirm_from_mail",
    "edit_actor",
    "edit_contact",
    "edit_space",
    "end_focal_point",
    "end_member",
    "end_membership",
    "foresee_hand_over",
    "hand_over",
    "offer_account",
    "order_printout",
    "propose_change",
    "refuse_change",
    "remove_contact",
    "report_from_mail",
    "retry_printout",
    "take_back",
    "withdraw_change",
    "withdraw_offer",
]
