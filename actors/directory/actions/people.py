"""Who works for an institution: parts given and ended."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from actors.directory.actions.checked import end_term, save_checked
from actors.directory.models import Actor, Membership
from actors.directory.permissions import check_edit_actor, is_administrator
from actors.directory.sheets.keeping import renew_sheet
from portal.accounts.models import User
from portal.core.acting import Acting
from portal.core.dates import today
from portal.core.errors import Refused


@transaction.atomic
def add_membership(
    actor: Actor, *, email: str, part: str, by: Acting, job_title: str = "", starts_on: date | None = None
) -> Membership:
    """The person with this account works for the institution from `starts_on` (default: today).

    Refused where nobody has the account, or already has the part.
    """
    check_edit_actor(by, actor)
    renew_sheet(actor)
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise Refused(_("Nobody has an account with this address. Ask an administrator to open one."), field="email")
    starts_on = starts_on or today()
    if actor.memberships.during(starts_on).filter(user=user, part=part).exists():
        raise Refused(_("This person already has this part."), field="email")
    membership = Membership(actor=actor, user=user, part=part, job_title=job_title, starts_on=starts_on)
    save_checked(membership, by=by)
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, ends_on: date, by: Acting) -> None:
    """The person's rights stop after `ends_on`. The last manager can only be ended by an administrator.

    Of two managers who end each other's part, the second is refused: the sheet is kept while one is looked for.
    """
    check_edit_actor(by, membership.actor)
    renew_sheet(membership.actor)
    if membership.part == Membership.Part.MANAGER and not is_administrator(by):
        others = membership.actor.memberships.staying_managers(ends_on).exclude(pk=membership.pk)
        if not others.exists():
            raise Refused(_("The institution would have no manager left: name another one first."), field="ends_on")
    end_term(membership, ends_on=ends_on, by=by)
