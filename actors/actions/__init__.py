"""What people do to sheets and spaces; each act is atomic, kept in the history, and refused with a sentence."""

from actors.actions.batch import apply_batch
from actors.actions.calling_off import call_off_hand_over
from actors.actions.confirming import ask_confirmation, confirm_from_mail, report_from_mail
from actors.actions.contacts import add_contact, add_focal_point, edit_contact, end_focal_point, remove_contact
from actors.actions.doubles import merge_actors, order_search, reopen_double, settle_double, undo_merge
from actors.actions.handing_over import foresee_hand_over, hand_over
from actors.actions.imports import (
    cancel_import,
    decide_row,
    decide_rows,
    retry_import,
    set_columns,
    start_import,
    undo_import,
    upload_import,
)
from actors.actions.people import add_membership, end_membership
from actors.actions.printouts import order_printout, retry_printout
from actors.actions.proposals import accept_change, propose_change, refuse_change, withdraw_change
from actors.actions.roles import add_role, confirm_role, contest_role, edit_role, end_role
from actors.actions.sheets import add_actor, confirm_actor, edit_actor, take_back
from actors.actions.spaces import add_member, add_space, edit_space, end_member

__all__ = [
    "accept_change",
    "add_actor",
    "add_contact",
    "add_focal_point",
    "add_member",
    "add_membership",
    "add_role",
    "add_space",
    "apply_batch",
    "ask_confirmation",
    "call_off_hand_over",
    "cancel_import",
    "confirm_actor",
    "confirm_from_mail",
    "confirm_role",
    "contest_role",
    "decide_row",
    "decide_rows",
    "edit_actor",
    "edit_contact",
    "edit_role",
    "edit_space",
    "end_focal_point",
    "end_member",
    "end_membership",
    "end_role",
    "foresee_hand_over",
    "hand_over",
    "merge_actors",
    "order_printout",
    "order_search",
    "propose_change",
    "refuse_change",
    "remove_contact",
    "reopen_double",
    "report_from_mail",
    "retry_import",
    "retry_printout",
    "set_columns",
    "settle_double",
    "start_import",
    "take_back",
    "undo_import",
    "undo_merge",
    "upload_import",
    "withdraw_change",
]
