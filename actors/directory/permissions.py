"""Who may keep which sheet and which space."""

from typing import TYPE_CHECKING

from actors.directory.models import Actor, Membership, Space, SpaceMember
from actors.directory.models.membership import parts_by_actor, parts_in
from actors.directory.models.space import role_in

if TYPE_CHECKING:
    from portal.accounts.models import User


def is_administrator(user: "User") -> bool:
    return bool(getattr(user, "is_administrator", False))


def sees_inside(user: "User") -> bool:
    """People of some institution, and administrators: they see what a visitor is not shown."""
    return is_administrator(user) or bool(parts_by_actor(user))


def works_for(user: "User", actor: Actor) -> bool:
    """True for the institution's own people, whatever their part."""
    return bool(parts_in(user, actor))


def can_add_actor(user: "User") -> bool:
    return is_administrator(user)


def can_edit_actor(user: "User", actor: Actor) -> bool:
    """Administrators, and the managers of the institution's own sheet: its texts, contacts, focal points and people."""
    return is_administrator(user) or Membership.Part.MANAGER in parts_in(user, actor)


def can_see_changes(user: "User", actor: Actor) -> bool:
    return can_edit_actor(user, actor)


def can_answer_change(user: "User") -> bool:
    """Name, kind and seat of an institution are settled by the administrators."""
    return is_administrator(user)


def can_see_focal_points(user: "User", actor: Actor) -> bool:
    """Who answered for the institution and when: administrators, and its own people whatever their part."""
    return is_administrator(user) or works_for(user, actor)


def can_hand_over(user: "User", actor: Actor) -> bool:
    return can_edit_actor(user, actor)


def can_see_upkeep(user: "User") -> bool:
    return is_administrator(user)


def can_add_space(user: "User") -> bool:
    return is_administrator(user)


def can_edit_space(user: "User", space: Space) -> bool:
    """Administrators, and the people of its chair and secretariat."""
    return is_administrator(user) or role_in(user, space) in SpaceMember.STEERING


def can_add_member(user: "User", space: Space, part: str) -> bool:
    """Members and observers by the chair or secretariat; who steers, by an administrator, since rights follow."""
    if part in SpaceMember.STEERING:
        return is_administrator(user)
    return can_edit_space(user, space)


def can_end_member(user: "User", member: SpaceMember) -> bool:
    return can_add_member(user, member.space, member.part)
