"""A planned hand-over that does not take place: what it wrote is kept with it, and put back before its day."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.actions.checked import save_checked
from actors.directory.actions.contacts import remove_contact
from actors.directory.models import Actor, Contact, FocalPoint, HandOver, Membership
from actors.directory.rules.recipients import recipient_of
from actors.directory.sheets.keeping import renew_sheet
from portal.core import history
from portal.core.errors import Refused
from portal.core.rows import read, value_of
from portal.notifications.actions import notify

if TYPE_CHECKING:
    from portal.accounts.models import User

TERM = ("starts_on", "ends_on")
#: what a hand-over writes, and the columns it sets; contact details last, since focal points hold them
WRITTEN: dict[type[models.Model], tuple[str, ...]] = {
    FocalPoint: TERM,
    Membership: (*TERM, "job_title"),
    Contact: (*TERM, "user_id"),
}
#: model and key of a row: its columns, as JSON keeps them
Standing = dict[tuple[str, int], dict[str, Any]]


def standing_of(actor: Actor) -> Standing:
    """What a hand-over may write of this institution, as it stands now."""
    return {
        (model._meta.label_lower, row.pk): {name: value_of(row, name) for name in names}
        for model, names in WRITTEN.items()
        for row in model._base_manager.filter(actor=actor)
    }


def written_since(before: Standing, actor: Actor) -> list[dict[str, Any]]:
    """The rows that differ from `before`, as `HandOver.written` keeps them."""
    written = []
    for (label, key), now in standing_of(actor).items():
        was = before.get((label, key))
        values = {name: [was[name] if was else None, value] for name, value in now.items()}
        values = {name: pair for name, pair in values.items() if was is None or pair[0] != pair[1]}
        if values:
            written.append({"model": label, "key": key, "is_new": was is None, "values": values})
    return written


@transaction.atomic
def call_off_hand_over(hand_over: HandOver, *, by: "User") -> None:
    """A planned hand-over does not take place: terms, parts and contact details are as they were before it.

    1. Rows it added are taken away, columns it set are set back, each through the history of its row.
    2. Whoever was to take over is told (`directory.hand_over_called_off`); the hand-over stays in the list, called off.
    3. Refused from its day on, when it was called off already, and where somebody has changed since what it wrote:
       a later hand-over that builds on it, for instance, is called off first.
    """
    renew_sheet(hand_over.actor)
    history.renew(hand_over)
    if hand_over.called_off_at is not None:
        raise Refused(_("This hand-over was called off already."))
    if not hand_over.can_be_called_off:
        raise Refused(_("This hand-over can no longer be called off: hand over again instead."))
    told = recipient_of(hand_over.to_contact, account=hand_over.to_user)
    rows = [(one, row) for one in hand_over.written if (row := _row_of(one)) is not None]
    for one, row in rows:
        _refuse_changed(one, row)
    for one, row in rows:
        if one["is_new"]:
            _take_away(row, by=by)
        else:
            _set_back(one, row, by=by)
    hand_over.called_off_at, hand_over.called_off_by = timezone.now(), by
    hand_over.save(update_fields=["called_off_at", "called_off_by"])
    if told is not None:
        notify(told, kind="directory.hand_over_called_off", about=hand_over)


def _row_of(one: Mapping[str, Any]) -> models.Model | None:
    """The row as it is now, kept until the end; None where it is gone, and nothing is left to put back."""
    model = next((model for model in WRITTEN if model._meta.label_lower == one["model"]), None)
    row = model._base_manager.filter(pk=one["key"]).first() if model is not None else None
    if row is not None:
        history.renew(row)
    return row


def _refuse_changed(one: Mapping[str, Any], row: models.Model) -> None:
    """Refused where the row is not as the hand-over left it; of a new row what was typed may have been corrected."""
    names = TERM if one["is_new"] else tuple(one["values"])
    if any(value_of(row, name) != one["values"][name][1] for name in names):
        raise Refused(
            _(
                "What this hand-over wrote has been changed since (%(what)s), so that it cannot be called off: "
                "undo that change, or call off the later hand-over, first."
            )
            % {"what": row._meta.verbose_name}
        )


def _take_away(row: models.Model, *, by: "User") -> None:
    if isinstance(row, Contact):
        remove_contact(row, by=by)
    else:
        history.delete(row, by=by)


def _set_back(one: Mapping[str, Any], row: models.Model, *, by: "User") -> None:
    for name, (before, _after) in one["values"].items():
        setattr(row, name, read(type(row), name, before))
    save_checked(row, by=by)
