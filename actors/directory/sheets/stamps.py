"""Which state of a sheet, or of a row beside it, somebody had before them when they wrote, so that nobody overwrites
what they never saw."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from actors.directory.models import Actor
from actors.directory.sheets.sharing import isolated
from actors.directory.sheets.values import FIELDS, Texts, label_of, values_at
from portal.core.dates import day_text
from portal.core.errors import Refused
from portal.core.forms import RowsField

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from actors.directory.models import ProposedChange

#: what may change under a form without touching what is written in it
HARMLESS = frozenset({"confirmed_on"})
#: columns that nobody writes
DERIVED = frozenset({"search_text"})
#: digits of the largest number a database keeps in a key
LONGEST_NUMBER = RowsField.LONGEST_NUMBER


def stamp_of(actor: Actor) -> str:
    """The last record of the sheet's history and what waits for an administrator, for a hidden field."""
    last = actor.history.order_by("-history_date", "-history_id").values_list("history_id", flat=True).first()
    proposal = waiting_change(actor)
    waits = f"{proposal.pk}.{proposal.proposed_at:%Y%m%d%H%M%S%f}" if proposal else "0"
    return f"{last or 0}-{waits}"


def waiting_change(actor: Actor) -> "ProposedChange | None":
    return actor.proposed_changes.waiting().select_related("proposed_by").first()


def refuse_unseen(actor: Actor, stamp: str) -> None:
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
        sentences.append(
            _("%(person)s has changed this sheet since you opened it: %(fields)s.")
            % {
                "person": (last and last.history_user) or _("Somebody"),
                "fields": pgettext("between the parts of a list", ", ").join(fields),
            }
        )
    if waited != now.partition("-")[2]:
        sentences.append(_waiting_text(actor))
    if sentences:
        sentences.append(_("Nothing is saved yet. Look at the sheet first; send this again to save it all the same."))
        raise Refused(" ".join(sentences), stamp=now)


def revision_of(row: "Model") -> str:
    """The number of the last record in the row's history, for a hidden field; '' for a row that is not saved yet."""
    if row.pk is None:
        return ""
    last = _records(row).values_list("history_id", flat=True).first()
    return str(last or "")


def refuse_overwriting(row: "Model", revision: str) -> None:
    """Refused where the row is not what it was at `revision` (from `revision_of`; '' asks nothing).

    As `refuse_unseen` does for sheets: the refusal says who changed what to what, and carries the new `stamp`.
    """
    now = revision_of(row) if revision else ""
    if revision == now or not revision.isdecimal() or len(revision) > LONGEST_NUMBER:
        return
    newest = _records(row).select_related("history_user").first()
    seen = _records(row).filter(history_id=int(revision)).first()
    fields = row._meta.concrete_fields if seen is not None else ()
    changed = [field for field in fields if _said(newest, field) != _said(seen, field)]
    if not changed:
        return
    sentence = _("%(person)s has changed this since you opened it: %(fields)s.") % {
        "person": (newest and newest.history_user) or _("Somebody"),
        "fields": pgettext("between the parts of a list", ", ").join(_as_told(newest, field) for field in changed),
    }
    again = _("Nothing is saved yet. Send this again to save it as you have it here.")
    raise Refused(f"{sentence} {again}", stamp=now)


def _records(row: Any) -> "QuerySet[Any]":
    return row.history.order_by("-history_date", "-history_id")


def _said(record: Any, field: Any) -> Any:
    """What the record says in the column; a derived text is nobody's change, and the history keeps files as names."""
    return "" if field.name in DERIVED else str(getattr(record, field.attname, None) or "")


def _as_told(record: Any, field: Any) -> str:
    """“seen by (administrators)”."""
    try:
        value = getattr(record, field.name)
    except ObjectDoesNotExist:
        value = None
    if field.choices:
        value = dict(field.flatchoices).get(value, value)
    elif isinstance(value, date):
        value = day_text(value)
    return f"{field.verbose_name} ({isolated(str(value))})" if value else str(field.verbose_name)


def _changed_since(actor: Actor, seen: str) -> list[str]:
    newest = list(actor.history.order_by("-history_date", "-history_id")[:1])
    old = list(actor.history.filter(history_id=int(seen))) if seen.isdecimal() and len(seen) <= LONGEST_NUMBER else []
    if not newest or not old:
        return [] if not newest else [label_of("name_ar")]
    said = values_at(actor, {newest[0], old[0]}, Texts())
    before, after = said[old[0].history_id], said[newest[0].history_id]
    return [label_of(name) for name in FIELDS if name not in HARMLESS and before[name] != after[name]]


def _waiting_text(actor: Actor) -> str:
    proposal = waiting_change(actor)
    if proposal is None:
        return _("What had been proposed for this sheet has been answered or withdrawn meanwhile.")
    return _("%(person)s has proposed other changes meanwhile; they wait for an administrator: %(fields)s.") % {
        "person": proposal.proposed_by or _("Somebody"),
        "fields": pgettext("between the parts of a list", ", ").join(label_of(name) for name in proposal.values),
    }
