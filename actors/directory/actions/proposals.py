"""Name, kind and seat of an institution: asked for by its managers, answered by an administrator."""

import copy
from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.actions.saving import refuse_double, save_sheet
from actors.directory.models import Actor, ProposedChange
from actors.directory.permissions import check_answer_change, check_edit_actor
from actors.directory.rules.fields import RESERVED
from actors.directory.rules.recipients import administrators
from actors.directory.sheets.keeping import renew_sheet
from actors.directory.sheets.proposals import ProposalStanding, standing_of
from actors.directory.sheets.stamps import refuse_unseen
from actors.directory.sheets.values import column_of, lazy_label_of
from portal.core.acting import Acting, person
from portal.core.errors import Refused
from portal.notifications.actions import notify
from portal.notifications.rules.recipients import Recipient

State = ProposedChange.State


@transaction.atomic
def propose_change(actor: Actor, *, values: Mapping[str, Any], by: Acting) -> ProposedChange | None:
    """Ask an administrator for other values of name, kind or seat; what waits afterwards, or None.

    1. One proposal waits at a time: new values go into it, and what is asked back to what the sheet says leaves it.
    2. Nothing left in it: it is withdrawn. Otherwise the administrators are told, unless nothing has changed.
    3. Refused for values the sheet could not have, and where somebody else's proposal came in at the same moment.
    """
    check_edit_actor(by, actor)
    renew_sheet(actor)
    waiting = ProposedChange.objects.waiting().filter(actor=actor).select_for_update().first()
    former = waiting.values if waiting else {}
    asked = _asked(actor, former, values)
    if asked == former:
        return waiting
    if not asked:
        if waiting is not None:
            _close(waiting, State.WITHDRAWN, by=by)
        return None
    _refuse_impossible(actor, asked)
    proposal = waiting or ProposedChange(actor=actor)
    proposal.values, proposal.proposed_by, proposal.proposed_at = asked, person(by), timezone.now()
    try:
        with transaction.atomic():
            proposal.save()
    except IntegrityError as error:
        raise Refused(
            _(
                "Somebody else has just proposed changes of this sheet, and they wait for an administrator: "
                "look at them first."
            )
        ) from error
    context = {
        "actor": actor,
        "person": str(by),
        "fields": [lazy_label_of(name) for name in asked],
    }
    notify(administrators(), kind="directory.change_proposed", about=proposal, by=by, context=context)
    return proposal


@transaction.atomic
def withdraw_change(proposal: ProposedChange, *, by: Acting) -> None:
    """The institution no longer asks for it. Refused once it is answered."""
    check_edit_actor(by, proposal.actor)
    _close(proposal, State.WITHDRAWN, by=by)


@transaction.atomic
def accept_change(proposal: ProposedChange, *, by: Acting, also: Collection[str] = (), seen: str = "") -> None:
    """The sheet says from now on what was asked for; its history names the administrator and who proposed it.

    1. What somebody has written over since is left as it is, unless `also` names it.
    2. Who proposed it is told what was taken over and what was not (`directory.change_answered`).
    3. Refused once it is answered, where nothing of it would be applied, where the sheet would become a double, and
       where it is no longer what `seen` (`stamp_of`) was made of.
    """
    check_answer_change(by)
    actor = proposal.actor
    renew_sheet(actor)
    refuse_unseen(actor, seen, by=by)
    standing = standing_of(proposal, actor)
    applied = [name for name, how in standing.items() if how != ProposalStanding.OVERTAKEN or name in also]
    if not applied:
        raise Refused(_("Every value asked for has been overtaken: choose those to take over, or refuse the proposal."))
    _close(proposal, State.ACCEPTED, by=by)
    changes = {column_of(name): proposal.values[name][1] for name in applied}
    asker = proposal.proposed_by.name if proposal.proposed_by else ""
    save_sheet(actor, by=by, changes=changes, reason=f"proposed_change {proposal.pk}: {asker}")
    _tell(proposal, accepted=True, applied=applied, by=by)


@transaction.atomic
def refuse_change(proposal: ProposedChange, *, reason: str, by: Acting) -> None:
    """The sheet stays as it is, and who proposed the change is told why (`directory.change_answered`)."""
    check_answer_change(by)
    if not reason.strip():
        raise Refused(_("Say why the change is refused."), field="reason")
    _close(proposal, State.REFUSED, by=by, reason=reason.strip())
    _tell(proposal, accepted=False, applied=[], by=by)


def _asked(actor: Actor, former: Mapping[str, list], values: Mapping[str, Any]) -> dict[str, list]:
    """What waits then: the former proposal's values and these, without those that the sheet says already."""
    wanted = {name: pair[1] for name, pair in former.items()} | {
        name: value.pk if isinstance(value, Model) else value for name, value in values.items()
    }
    asked = {}
    for name in RESERVED:
        now = getattr(actor, column_of(name))
        if name in wanted and wanted[name] != now:
            kept = name in former and name not in values
            asked[name] = former[name] if kept else [now, wanted[name]]
    return asked


def _refuse_impossible(actor: Actor, asked: Mapping[str, list]) -> None:
    candidate = copy.copy(actor)
    for name, (_was, value) in asked.items():
        setattr(candidate, column_of(name), value)
    try:
        candidate.full_clean()
    except ValidationError as error:
        raise Refused.by_model(error) from error
    refuse_double(candidate)


def _close(proposal: ProposedChange, state: str, *, by: Acting, reason: str = "") -> None:
    """One conditional update: of two people who answer at once, one is Refused."""
    values = {"state": state, "answered_by": person(by), "answered_at": timezone.now(), "reason": reason}
    if not ProposedChange.objects.waiting().filter(pk=proposal.pk).update(**values):
        raise Refused(_("This proposal has been answered or withdrawn meanwhile."))
    for name, value in values.items():
        setattr(proposal, name, value)


def _tell(proposal: ProposedChange, *, accepted: bool, applied: list[str], by: Acting) -> None:
    """Only who proposed it: the institution's other people see it on the sheet."""
    if proposal.proposed_by is None:
        return
    left = [name for name in proposal.values if accepted and name not in applied]
    context = {
        "actor": proposal.actor,
        "accepted": accepted,
        "reason": proposal.reason,
        "applied": [lazy_label_of(name) for name in applied],
        "left": [lazy_label_of(name) for name in left],
    }
    to = Recipient.of(proposal.proposed_by)
    notify(to, kind="directory.change_answered", about=proposal, by=by, context=context)
