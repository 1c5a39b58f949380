"""A planned hand-over that does not take place: what it wrote is kept with it, and taken back before its day."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.actions.checked import save_checked
from actors.directory.actions.contacts import remove_contact
from actors.directory.models import Contact, HandOver
from actors.directory.permissions import check_hand_over
from actors.directory.rules.recipients import recipient_of
from actors.directory.sheets.keeping import renew_sheet
from portal.core import history
from portal.core.acting import Acting, person
from portal.core.errors import Refused
from portal.core.rows import model_called
from portal.core.taking_back import Why, take_back
from portal.notifications.actions import notify

if TYPE_CHECKING:
    from django.db.models import Model


@transaction.atomic
def call_off_hand_over(hand_over: HandOver, *, by: Acting) -> None:
    """A planned hand-over does not take place: terms, parts and contact details are as they were before it.

    1. Rows it added are taken away, columns it set are set back, each through the history of its row.
    2. Whoever was to take over is told (`directory.hand_over_called_off`); the hand-over stays in the list, called off.
    3. Refused from its day on, when it was called off already, and where somebody has changed since what it wrote:
       a later hand-over that builds on it, for instance, is called off first.
    """
    check_hand_over(by, hand_over.actor)
    renew_sheet(hand_over.actor)
    history.renew(hand_over)
    if hand_over.called_off_at is not None:
        raise Refused(_("This hand-over was called off already."))
    if not hand_over.can_be_called_off:
        raise Refused(_("This hand-over can no longer be called off: hand over again instead."))
    told = recipient_of(hand_over.to_contact, account=hand_over.to_user)
    left = take_back(hand_over.written, by=by, save=save_checked, delete=_take_away)
    if changed := [model for one in left if one.why != Why.GONE and (model := model_called(one.model))]:
        raise Refused(
            _(
                "What this hand-over wrote has been changed since (%(what)s), so that it cannot be called off: "
                "undo that change, or call off the later hand-over, first."
            )
            % {"what": changed[0]._meta.verbose_name}
        )
    hand_over.called_off_at, hand_over.called_off_by = timezone.now(), person(by)
    hand_over.save(update_fields=["called_off_at", "called_off_by"])
    if told is not None:
        notify(told, kind="directory.hand_over_called_off", about=hand_over, by=by)


def _take_away(row: "Model", *, by: Acting, reason: str) -> None:
    if isinstance(row, Contact):
        remove_contact(row, by=by, reason=reason)
    else:
        history.delete(row, by=by, reason=reason)
