"""How a sheet is saved, whoever changes it for whatever reason: its rules, its links, its place in the search."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from actors.directory.actions.checked import belongs_to_itself, save_checked
from actors.directory.models import Actor
from actors.directory.rules.twins import already_there, goes_by, twins
from portal.core.acting import Acting
from portal.core.errors import Refused
from portal.core.search import reindex


def save_sheet(
    actor: Actor,
    *,
    by: Acting,
    changes: Mapping[str, Any],
    links: Mapping[str, Iterable[Any]] | None = None,
    reason: str = "",
) -> bool:
    """Set and save what differs, with its `links`, in one record of the history; whether anything did.

    The caller has renewed the sheet inside its transaction. Refused where it becomes a double, belongs to itself, or
    breaks a rule of the model.
    """
    linked = {name: list(rows) for name, rows in (links or {}).items()}
    if not _differs(actor, changes, linked):
        return False
    for name, value in changes.items():
        setattr(actor, name, value)
    refuse_double(actor)
    if belongs_to_itself(actor):
        raise Refused(_("An institution cannot belong to itself."), field="parent")
    save_checked(actor, by=by, reason=reason, links=linked)
    reindex(Actor.objects.filter(pk=actor.pk))
    return True


def _differs(actor: Actor, changes: Mapping[str, Any], links: Mapping[str, list[Any]]) -> bool:
    if any(getattr(actor, name) != value for name, value in changes.items()):
        return True
    present = {name: set(getattr(actor, name).values_list("pk", flat=True)) for name in links}
    return any(present[name] != {getattr(row, "pk", row) for row in rows} for name, rows in links.items())


def refuse_double(actor: Actor) -> None:
    """Refused for a second sheet of the same name and seat (`actors.directory.rules.twins`)."""
    field, _name = goes_by(actor.name_ar, actor.name_fr)
    if twins(name_ar=actor.name_ar, name_fr=actor.name_fr, seat=actor.seat_id).exclude(pk=actor.pk).exists():
        raise Refused(already_there(), field=field)
