"""Who enters, edits and answers a role."""

from typing import TYPE_CHECKING

from actors.directory.models import Membership
from actors.directory.models.membership import managed_by, parts_in
from actors.directory.permissions import can_edit_actor, is_administrator
from actors.roles.models import Responsibility

if TYPE_CHECKING:
    from portal.accounts.models import User


def can_enter_roles(user: "User") -> bool:
    """Administrators for any institution, managers for their own; who steers a space has no word in it."""
    return is_administrator(user) or bool(managed_by(user))


def can_edit_role(user: "User", role: Responsibility) -> bool:
    return can_edit_actor(user, role.actor)


def can_answer_role(user: "User", role: Responsibility) -> bool:
    """The managers and validators of the institution named: nobody confirms or contests in its place."""
    return not parts_in(user, role.actor).isdisjoint({Membership.Part.MANAGER, Membership.Part.VALIDATOR})
