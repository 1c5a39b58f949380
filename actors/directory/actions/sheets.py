"""Sheets of the directory: added, edited, confirmed, and one change of them taken back."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from actors.directory.actions.checked import save_checked
from actors.directory.actions.proposals import propose_change
from actors.directory.actions.saving import refuse_double, save_sheet
from actors.directory.models import Actor, ProposedChange
from actors.directory.permissions import check_add_actor, check_edit_actor, is_administrator
from actors.directory.rules.fields import LINKS, RESERVED
from actors.directory.rules.slugs import free_slug
from actors.directory.sheets.keeping import renew_sheet
from actors.directory.sheets.stamps import refuse_unseen
from actors.directory.sheets.taking_back import plan_of
from actors.directory.sheets.values import column_of
from portal.core.acting import Acting, person
from portal.core.dates import today
from portal.core.errors import Refused
from portal.core.files import written
from portal.core.search import reindex

if TYPE_CHECKING:
    from portal.reference.models import Territory, Theme


def add_actor(
    *,
    by: Acting,
    areas: "Iterable[Territory]" = (),
    themes: "Iterable[Theme]" = (),
    logo: UploadedFile | None = None,
    **fields: Any,
) -> Actor:
    """A new sheet under an address of its own, indexed for search.

    Refused for a second sheet of the same name and seat.
    """
    check_add_actor(by)
    actor = Actor(**fields, logo=logo or "")
    with written([actor], field="logo"), transaction.atomic():
        refuse_double(actor)
        names = (actor.acronym, actor.name_fr, actor.name_en)
        actor.slug = free_slug(Actor, *names, fallback=actor.kind.replace("_", "-"))
        save_checked(actor, by=by, links={"areas": areas, "themes": themes})
        reindex(Actor.objects.filter(pk=actor.pk))
    return actor


def edit_actor(
    actor: Actor,
    *,
    by: Acting,
    areas: "Iterable[Territory] | None" = None,
    themes: "Iterable[Theme] | None" = None,
    logo: UploadedFile | None = None,
    remove_logo: bool = False,
    reason: str = "",
    **changes: Any,
) -> ProposedChange | None:
    """The sheet with other values; its address stays, since it was given out.

    1. An administrator's changes are live. Others' are live too, but for name, kind and seat: those wait for an
       administrator, who is told; the answer is what waits then.
    2. Refused where the sheet becomes a double.
    """
    check_edit_actor(by, actor)
    picture = Actor(logo=logo or "")
    with written([picture], field="logo"), transaction.atomic():
        renew_sheet(actor)
        asked = {} if is_administrator(by) else _set_aside(changes)
        if logo:
            changes["logo"] = picture.logo.name
        elif remove_logo:
            changes["logo"] = ""
        links = {name: rows for name, rows in (("areas", areas), ("themes", themes)) if rows is not None}
        save_sheet(actor, by=by, changes=changes, links=links, reason=reason)
        return propose_change(actor, values=asked, by=by) if asked else None


def _set_aside(changes: dict[str, Any]) -> dict[str, Any]:
    """Takes what only an administrator settles out of the changes."""
    return {name: changes.pop(name) for name in RESERVED if name in changes}


@transaction.atomic
def confirm_actor(actor: Actor, *, by: Acting) -> None:
    """The institution says that its sheet is true today; an administrator may say so in its place.

    What an administrator says makes the sheet fresh; it is no confirmation by the institution (`unverified`).
    """
    check_edit_actor(by, actor)
    renew_sheet(actor)
    actor.confirmed_on, actor.confirmed_by, actor.confirmed_mailbox = today(), person(by), ""
    save_checked(actor, by=by)


@transaction.atomic
def take_back(
    actor: Actor, *, revision: int, by: Acting, also: Collection[str] = (), seen: str = ""
) -> ProposedChange | None:
    """Set what the change with the number `revision` wrote to what it was before, as a change of its own.

    1. Fields that were changed again since are left, unless `also` names them.
    2. Name, kind and seat taken back by the institution itself wait for an administrator; what waits then is answered.
    3. Refused where nothing is left to take back, and where the sheet is not what `seen` (`stamp_of`) was made of.
    """
    check_edit_actor(by, actor)
    renew_sheet(actor)
    refuse_unseen(actor, seen, by=by)
    plan = plan_of(actor, revision, by)
    settings = plan.settings(frozenset(also)) if plan else {}
    if not settings:
        raise Refused(_("Nothing of this change is left to take back."))
    if settings.get("logo") and not Actor(logo=settings["logo"]).logo.storage.exists(settings["logo"]):
        raise Refused(_("The former logo is no longer kept: hand it in again."), field="logo")
    links = {name: settings.pop(name) for name in LINKS if name in settings}
    changes = {column_of(name): value for name, value in settings.items()}
    reserved = () if is_administrator(by) else RESERVED
    asked = {name: changes.pop(column_of(name)) for name in reserved if name in settings}
    save_sheet(actor, by=by, changes=changes, links=links, reason=f"take_back {revision}")
    return propose_change(actor, values=asked, by=by) if asked else None
