"""Sheets of the directory: added, edited, confirmed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from actors.actions.checked import save_checked
from actors.actions.slugs import free_slug
from actors.models import Actor
from portal.core import history
from portal.core.dates import today
from portal.core.errors import Refused
from portal.core.search import reindex

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.reference.models import Territory, Theme


@transaction.atomic
def add_actor(
    *,
    by: "User",
    areas: "Iterable[Territory]" = (),
    themes: "Iterable[Theme]" = (),
    logo: UploadedFile | None = None,
    **fields: Any,
) -> Actor:
    """A new sheet under an address of its own, indexed for search.

    Refused for a second sheet of the same name and seat.
    """
    actor = Actor(**fields)
    _refuse_double(actor)
    actor.slug = free_slug(Actor, actor.acronym, actor.name_fr, actor.name_en, fallback=actor.kind.replace("_", "-"))
    if logo:
        actor.logo = logo
    save_checked(actor, by=by, links={"areas": areas, "themes": themes})
    reindex(Actor.objects.filter(pk=actor.pk))
    return actor


@transaction.atomic
def edit_actor(
    actor: Actor,
    *,
    by: "User",
    areas: "Iterable[Territory] | None" = None,
    themes: "Iterable[Theme] | None" = None,
    logo: UploadedFile | None = None,
    remove_logo: bool = False,
    **changes: Any,
) -> None:
    """The sheet with other values; its address stays, since it was given out. Refused where it becomes a double."""
    history.renew(actor)
    for name, value in changes.items():
        setattr(actor, name, value)
    _refuse_double(actor)
    _refuse_circle(actor)
    if logo:
        actor.logo = logo
    elif remove_logo:
        actor.logo = ""
    links = {name: rows for name, rows in (("areas", areas), ("themes", themes)) if rows is not None}
    save_checked(actor, by=by, links=links)
    reindex(Actor.objects.filter(pk=actor.pk))


@transaction.atomic
def confirm_actor(actor: Actor, *, by: "User") -> None:
    """The institution says that its sheet is true today."""
    history.renew(actor)
    actor.confirmed_on, actor.confirmed_by = today(), by
    save_checked(actor, by=by)


def _refuse_double(actor: Actor) -> None:
    field = "name_ar" if actor.name_ar.strip() else "name_fr"
    name = getattr(actor, field).strip()
    same = Actor.objects.filter(**{field: name}, seat=actor.seat).exclude(state=Actor.State.ARCHIVED)
    if name and same.exclude(pk=actor.pk).exists():
        raise Refused(_("An institution with this name and this seat is already in the directory."), field=field)


def _refuse_circle(actor: Actor) -> None:
    above, seen = actor.parent, set()
    while above is not None and above.pk not in seen:
        if above.pk == actor.pk:
            raise Refused(_("An institution cannot belong to itself."), field="parent")
        seen.add(above.pk)
        above = above.parent
