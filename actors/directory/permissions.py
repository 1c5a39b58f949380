"""Who may keep which sheet and which space."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from actors.directory.models import AccountOffer, Actor, Membership, Printout, Space, SpaceMember
from actors.directory.models.membership import parts_by_actor, parts_in
from actors.directory.models.space import role_in
from portal.core.acting import THE_PORTAL, Acting, rule

if TYPE_CHECKING:
    from portal.accounts.models import User


def is_administrator(by: Acting) -> bool:
    """Also the portal itself: what only administrators settle, a load settles too."""
    return by is THE_PORTAL or bool(getattr(by, "is_administrator", False))


def sees_inside(user: "User") -> bool:
    """People of some institution, and administrators: they see what a visitor is not shown."""
    return is_administrator(user) or bool(parts_by_actor(user))


def works_for(user: "User", actor: Actor) -> bool:
    """True for the institution's own people, whatever their part."""
    return bool(parts_in(user, actor))


def can_add_actor(user: "User") -> bool:
    return is_administrator(user)


check_add_actor = rule(can_add_actor, _("Only administrators add institutions to the directory."))


def can_edit_actor(user: "User", actor: Actor) -> bool:
    """Administrators, and the managers of the institution's own sheet: its texts, contacts, focal points and people."""
    return is_administrator(user) or Membership.Part.MANAGER in parts_in(user, actor)


check_edit_actor = rule(can_edit_actor, _("Only the institution’s managers and administrators edit its sheet."))


def can_see_changes(user: "User", actor: Actor) -> bool:
    return can_edit_actor(user, actor)


check_see_changes = rule(can_see_changes, _("Only the institution’s managers and administrators see what changed."))


def can_answer_change(user: "User") -> bool:
    """Name, kind and seat of an institution are settled by the administrators."""
    return is_administrator(user)


check_answer_change = rule(can_answer_change, _("Only administrators answer the changes that institutions ask for."))


def can_see_focal_points(user: "User", actor: Actor) -> bool:
    """Who answered for the institution and when: administrators, and its own people whatever their part."""
    return is_administrator(user) or works_for(user, actor)


check_see_focal_points = rule(
    can_see_focal_points, _("Only the institution’s own people and administrators see who answered for it before.")
)


def can_hand_over(user: "User", actor: Actor) -> bool:
    return can_edit_actor(user, actor)


check_hand_over = rule(can_hand_over, _("Only the institution’s managers and administrators hand over its posts."))


def can_see_upkeep(user: "User") -> bool:
    return is_administrator(user)


check_see_upkeep = rule(can_see_upkeep, _("Only administrators of the directory see what is to be mended in it."))


def can_answer_from_mail(user: "User", actor: Actor) -> bool:
    """Confirm the sheet, or say what is wrong on it, without signing in: only whoever bears the link of a mail."""
    return False


check_answer_from_mail = rule(can_answer_from_mail, _("This link can no longer be used."))


def can_answer_offer(user: "User", offer: AccountOffer) -> bool:
    """Whoever has the address it was made to, by the link of its mail or signed in."""
    return bool(user.is_authenticated and user.email == offer.email)


check_answer_offer = rule(can_answer_offer, _("This offer was made to another address."))

check_batch = rule(is_administrator, _("Only administrators of the directory change several institutions at once."))


def can_order_printout(user: "User") -> bool:
    return user.is_authenticated


check_order_printout = rule(can_order_printout, _("Sign in to have a file made."))


def can_retry_printout(user: "User", printout: Printout) -> bool:
    """Who asked for it, and administrators."""
    return Printout.objects.visible_to(user).filter(pk=printout.pk).exists()


check_retry_printout = rule(can_retry_printout, _("Only who asked for this file has it made again."))


def can_add_space(user: "User") -> bool:
    return is_administrator(user)


check_add_space = rule(can_add_space, _("Only administrators open coordination spaces."))


def can_edit_space(user: "User", space: Space) -> bool:
    """Administrators, and the people of its chair and secretariat."""
    return is_administrator(user) or role_in(user, space) in SpaceMember.STEERING


check_edit_space = rule(can_edit_space, _("Only the space’s chair, its secretariat and administrators edit it."))


def can_add_member(user: "User", space: Space, part: str = SpaceMember.Part.MEMBER) -> bool:
    """Members and observers by the chair or secretariat; who steers, by an administrator, since rights follow."""
    if part in SpaceMember.STEERING:
        return is_administrator(user)
    return can_edit_space(user, space)


check_add_member = rule(can_add_member, _("Only the space’s chair, its secretariat and administrators add members."))


def can_end_member(user: "User", member: SpaceMember) -> bool:
    return can_add_member(user, member.space, member.part)


check_end_member = rule(
    can_end_member,
    _("Members are ended by the chair or the secretariat; the chair and the secretariat by an administrator."),
)
