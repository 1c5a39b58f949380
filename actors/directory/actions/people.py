"""Who works for an institution: parts ended; how they begin: offers.py."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from actors.directory.actions.checked import end_term
from actors.directory.models import Membership
from actors.directory.permissions import check_edit_actor, is_administrator
from actors.directory.sheets.keeping import renew_sheet
from portal.core.acting import Acting
from portal.core.errors import Refused


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
