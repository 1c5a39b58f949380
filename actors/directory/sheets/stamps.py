"""Which state of a sheet somebody had before them: its history, and what waited for an administrator."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from actors.directory.models import Actor
from actors.directory.sheets.values import FIELDS, Texts, label_of, values_at
from portal.core import history, stamps
from portal.core.acting import Acting, person
from portal.core.errors import Refused

if TYPE_CHECKING:
    from actors.directory.models import ProposedChange

#: what may change under a form without touching what is written in it
HARMLESS = frozenset({"confirmed_on"})


def stamp_of(actor: Actor) -> str:
    """The last record of the sheet's history and what waits for an administrator, for a hidden field."""
    read = getattr(actor, "stamp", None)
    newest = actor.history.order_by("-history_date", "-history_id").values_list("history_id", flat=True)
    return f"{read or newest.first() or 0}-{_waits(actor)}"


def _waits(actor: Actor) -> str:
    proposal = waiting_change(actor)
    return f"{proposal.pk}.{proposal.proposed_at:%Y%m%d%H%M%S%f}" if proposal else "0"


def waiting_change(actor: Actor) -> "ProposedChange | None":
    return actor.proposed_changes.waiting().select_related("proposed_by").first()


def refuse_unseen(actor: Actor, stamp: str, *, by: Acting) -> None:
    """Refused where the sheet, or what waits, is not what `stamp` (from `stamp_of`; '' asks nothing) was made of.

    The refusal says who changed what, and carries the new `stamp`: who sends it again has been told.
    """
    now = stamp_of(actor) if stamp else ""
    if stamp == now:
        return
    seen, _sep, waited = stamp.partition("-")
    sentences = []
    if fields := _changed_since(actor, seen):
        last = actor.history.select_related("history_user").order_by("-history_date", "-history_id").first()
        told = {"person": history.who(last), "fields": pgettext("between the parts of a list", ", ").join(fields)}
        if history.is_by(last, by):
            sentence = _("You have changed this sheet yourself in another window since you opened it: %(fields)s.")
        else:
            sentence = _("%(person)s has changed this sheet since you opened it: %(fields)s.")
        sentences.append(sentence % told)
    if waited != now.partition("-")[2]:
        sentences.append(_waiting_text(actor, by))
    if sentences:
        raise Refused(" ".join([*sentences, _look()]), stamp=now)


def _look() -> str:
    return _("Nothing is saved yet. Look at the sheet first; send this again to save it all the same.")


def own_changes(actor: Actor, values: Mapping[str, Any], stamp: str, *, by: Acting) -> dict[str, Any]:
    """What an editor changed of the sheet they saw at `stamp` (from `stamp_of`), as the core compares it.

    Refused also where what waits for an administrator is not what it was then: a proposal is no line of the history.
    """
    seen, _dash, waited = stamp.partition("-")
    try:
        own = stamps.own_changes(actor, values, seen, by=by)
    except Refused as refusal:
        refusal.details["stamp"] = f"{refusal.details['stamp']}-{waited or _waits(actor)}"
        raise
    if waited != _waits(actor):
        raise Refused(f"{_waiting_text(actor, by)} {_look()}", stamp=f"{seen}-{_waits(actor)}")
    return own


def _changed_since(actor: Actor, seen: str) -> list[str]:
    newest = list(actor.history.order_by("-history_date", "-history_id")[:1])
    old = [*stamps.records_at(actor.history.all(), [seen]).values()]
    if not newest or not old:
        return [] if not newest else [label_of("name_ar")]
    said = values_at(actor, {newest[0], old[0]}, Texts())
    before, after = said[old[0].history_id], said[newest[0].history_id]
    return [label_of(name) for name in FIELDS if name not in HARMLESS and before[name] != after[name]]


def _waiting_text(actor: Actor, by: Acting) -> str:
    proposal = waiting_change(actor)
    if proposal is None:
        return _("What had been proposed for this sheet has been answered or withdrawn meanwhile.")
    if proposal.proposed_by is not None and proposal.proposed_by == person(by):
        sentence = _(
            "You have proposed other changes yourself in another window; they wait for an administrator: %(fields)s."
        )
    else:
        sentence = _("%(person)s has proposed other changes meanwhile; they wait for an administrator: %(fields)s.")
    return sentence % {
        "person": proposal.proposed_by or _("Somebody"),
        "fields": pgettext("between the parts of a list", ", ").join(label_of(name) for name in proposal.values),
    }
