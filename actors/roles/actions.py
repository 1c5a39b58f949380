"""Who does what, where: roles entered, edited, ended, and answered by the institution they name."""

import copy
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from actors.directory.actions.checked import end_term, save_checked
from actors.directory.models import Actor, Membership
from actors.directory.rules.recipients import administrators, recipients_of
from actors.directory.sheets.keeping import renew_sheet
from actors.roles.models import Responsibility
from actors.roles.permissions import can_answer_role, check_add_role, check_answer_role, check_edit_role
from portal.core import history
from portal.core.acting import Acting, person
from portal.core.dates import today
from portal.core.errors import Refused
from portal.notifications.actions import notify

Answer = Responsibility.Answer
#: what an institution said yes to: when somebody else changes it, it is asked again
AGREED = ("part", "territory_id", "theme_id")
#: what it said yes to where it stood there: somebody else may still add it where it was empty
AGREED_ONCE_GIVEN = ("basis", "basis_reference")


@transaction.atomic
def add_role(actor: Actor, *, by: Acting, **fields: Any) -> Responsibility:
    """A role of the institution (theme, territory, part; basis, basis_reference, starts_on, ends_on).

    Entered by who answers for the institution it is confirmed at once; else it waits, and the institution is told.
    Refused where the institution has a role for this theme and territory in that time.
    """
    check_add_role(by, actor)
    renew_sheet(actor)
    role = Responsibility(actor=actor, entered_by=person(by), **fields)
    _refuse_double(role)
    _settle(role, by=by, ask=True)
    save_checked(role, by=by)
    if role.answer == Answer.WAITING:
        _tell_institution(role, by=by)
    return role


@transaction.atomic
def edit_role(role: Responsibility, *, by: Acting, **changes: Any) -> None:
    """The role with other values; Refused as for a new one.

    1. Who answers for the institution confirms by editing.
    2. When somebody else makes it another role (`_is_another`) or changes anything of a contested one, it waits again,
       and the institution is told.
    3. Refused once it is over.
    """
    check_edit_role(by, role)
    renew_sheet(role.actor)
    history.renew(role)
    if role.is_over(today()):
        raise Refused(_("This role is over, and stays as it was. Add a new role instead."))
    before = copy.copy(role)
    for name, value in changes.items():
        setattr(role, name, value)
    _refuse_double(role)
    ask = role.answer == Answer.CONTESTED or _is_another(before, role)
    _settle(role, by=by, ask=ask)
    save_checked(role, by=by)
    if ask and role.answer == Answer.WAITING:
        _tell_institution(role, by=by)


@transaction.atomic
def end_role(role: Responsibility, *, ends_on: date, by: Acting) -> None:
    """The institution has the role until `ends_on`, that day included."""
    check_edit_role(by, role)
    end_term(role, ends_on=ends_on, by=by)


@transaction.atomic
def confirm_role(role: Responsibility, *, by: Acting) -> None:
    """The institution says that it has this role, also after it contested it. Refused when it is over or confirmed."""
    check_answer_role(by, role)
    history.renew(role)
    if role.answer == Answer.CONFIRMED:
        raise Refused(_("This role is already confirmed."))
    _refuse_over(role)
    _answer(role, Answer.CONFIRMED, by=by)
    save_checked(role, by=by)


@transaction.atomic
def contest_role(role: Responsibility, *, reason: str, by: Acting) -> None:
    """The institution says that it has not this role, and why; the administrators are told.

    A contested role leads nothing and is shown to no visitor. Refused without a reason, and when the role is over.
    """
    check_answer_role(by, role)
    history.renew(role)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why the role is contested."), field="reason")
    _refuse_over(role)
    _answer(role, Answer.CONTESTED, by=by, reason=reason)
    save_checked(role, by=by)
    context = _facts(role) | {"reason": reason}
    notify(administrators(), kind="roles.role_contested", about=role, by=by, context=context)


def _is_another(before: Responsibility, after: Responsibility) -> bool:
    """Not what the institution said yes to: another part, theme, territory or basis, or a longer term."""
    if any(getattr(before, name) != getattr(after, name) for name in AGREED):
        return True
    if any(getattr(before, name) not in ("", getattr(after, name)) for name in AGREED_ONCE_GIVEN):
        return True
    earlier = (after.starts_on or date.min) < (before.starts_on or date.min)
    return earlier or (after.ends_on or date.max) > (before.ends_on or date.max)


def _settle(role: Responsibility, *, by: Acting, ask: bool) -> None:
    """Confirmed by who answers for the institution; where it is to be asked, it waits."""
    if (user := person(by)) and can_answer_role(user, role):
        _answer(role, Answer.CONFIRMED, by=by)
    elif ask:
        role.answer, role.answered_on, role.answered_by, role.reservation = Answer.WAITING, None, None, ""


def _answer(role: Responsibility, answer: str, *, by: Acting, reason: str = "") -> None:
    role.answer, role.answered_on, role.answered_by, role.reservation = answer, today(), person(by), reason


def _refuse_double(role: Responsibility) -> None:
    if Responsibility.objects.overlapping(role).exists():
        raise Refused(_("This institution already has a role here: change that one or end it."), field="territory")


def _refuse_over(role: Responsibility) -> None:
    if role.is_over(today()):
        raise Refused(_("This role is over: there is nothing to answer any more."))


def _tell_institution(role: Responsibility, *, by: Acting) -> None:
    """Its managers, who can answer, and whoever answers for it in other matters."""
    recipients = recipients_of(role.actor, part=Membership.Part.MANAGER) + recipients_of(role.actor)
    notify(recipients, kind="roles.role_named", about=role, by=by, context=_facts(role))


def _facts(role: Responsibility) -> dict[str, Any]:
    """What the mail says of the role; the names are written in each reader’s language."""
    return {
        "actor": role.actor,
        "theme": role.theme,
        "territory": role.territory,
        "part": Responsibility.Part(role.part).label,
        "basis": Responsibility.Basis(role.basis).label if role.basis else "",
        "basis_reference": role.basis_reference,
    }
