"""Who enters, edits and answers a role."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from actors.directory.models import Membership
from actors.directory.models.membership import managed_by, parts_in
from actors.directory.permissions import can_edit_actor, is_administrator, sees_inside
from actors.roles.models import Responsibility
from portal.core.acting import rule

if TYPE_CHECKING:
    from portal.accounts.models import User


def can_enter_roles(user: "User") -> bool:
    """Administrators for any institution, managers for their own; who steers a space has no word in it."""
    return is_administrator(user) or bool(managed_by(user))


_ENTERED = _("Only administrators, and managers for their own institution, enter roles.")
check_enter_roles = rule(can_enter_roles, _ENTERED)
check_add_role = rule(can_edit_actor, _ENTERED)


check_see_findings = rule(sees_inside, _("Only members of the portal see what needs coordination."))


def can_edit_role(user: "User", role: Responsibility) -> bool:
    return can_edit_actor(user, role.actor)


check_edit_role = rule(can_edit_role, _("Only administrators and the institution’s own managers change its roles."))


#: the parts in an institution whose people answer for its roles
ANSWERING = frozenset({Membership.Part.MANAGER, Membership.Part.VALIDATOR})


def can_answer_role(user: "User", role: Responsibility) -> bool:
    """The managers and validators of the institution named: nobody confirms or contests in its place."""
    return not parts_in(user, role.actor).isdisjoint(ANSWERING)


check_answer_role = rule(
    can_answer_role,
    _("Only the managers and the validator of the institution named confirm or contest its roles."),
)
