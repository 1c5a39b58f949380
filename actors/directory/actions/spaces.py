"""Coordination spaces: opened, edited, joined and left."""

from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from actors.directory.actions.checked import belongs_to_itself, end_term, save_checked
from actors.directory.models import Actor, Space, SpaceMember
from actors.directory.permissions import (
    can_end_member,
    check_add_member,
    check_add_space,
    check_edit_space,
    check_end_member,
)
from actors.directory.rules.missing import missing_in_space
from actors.directory.rules.slugs import free_slug
from actors.directory.sheets.keeping import renew_sheet
from portal.core import history
from portal.core.acting import Acting
from portal.core.dates import today
from portal.core.errors import Refused, refuse_all
from portal.core.files import written
from portal.core.search import reindex


def add_space(*, by: Acting, letterhead: UploadedFile | None = None, **fields: Any) -> Space:
    """A new space under an address of its own, indexed for search. Refused for a code that another space has."""
    check_add_space(by)
    space = Space(**fields, letterhead=letterhead or "")
    with written([space], field="letterhead"), transaction.atomic():
        space.slug = free_slug(Space, space.name_fr, space.name_en, space.code, fallback="space")
        _save(space, by=by)
    return space


def edit_space(space: Space, *, by: Acting, letterhead: UploadedFile | None = None, **changes: Any) -> None:
    """The space with other values; its address stays.

    Refused when it is closed without a reason, and when it would belong to itself, however far up.
    """
    check_edit_space(by, space)
    picture = Space(letterhead=letterhead or "")
    with written([picture], field="letterhead"), transaction.atomic():
        history.renew(space)
        for name, value in changes.items():
            setattr(space, name, value)
        if belongs_to_itself(space):
            raise Refused(_("A space cannot belong to itself."), field="parent")
        if letterhead:
            space.letterhead = picture.letterhead.name
        _save(space, by=by)


@transaction.atomic
def add_member(space: Space, *, actor: Actor, part: str, by: Acting, starts_on: date | None = None) -> SpaceMember:
    """The institution takes a part in the space from `starts_on` (default: today).

    An institution has one part at a time: a new one ends the old the day before. Refused for the part it already has,
    for a second chair, in a closed space, and to whoever may not end the part it has.
    """
    check_add_member(by, space, part)
    renew_sheet(actor)
    history.renew(space)
    starts_on = starts_on or today()
    if space.closed_on is not None and space.closed_on < starts_on:
        raise Refused(_("This space is closed."), field="starts_on")
    terms = space.members.during(starts_on)
    if part == SpaceMember.Part.CHAIR and terms.filter(part=part).exclude(actor=actor).exists():
        raise Refused(_("This space already has a chair: end that term first."), field="part")
    for present in terms.filter(actor=actor):
        if present.part == part:
            raise Refused(_("This institution already has this part in the space."), field="actor")
        if not can_end_member(by, present):
            raise Refused(
                _(
                    "Members are ended by the chair or the secretariat; "
                    "the chair and the secretariat by an administrator."
                ),
                field="actor",
            )
        if present.starts_on is not None and present.starts_on >= starts_on:
            raise Refused(_("Its present part began on that day or later: choose a later day."), field="starts_on")
        end_term(present, ends_on=starts_on - timedelta(days=1), by=by)
    member = SpaceMember(space=space, actor=actor, part=part, starts_on=starts_on)
    save_checked(member, by=by)
    return member


@transaction.atomic
def end_member(member: SpaceMember, *, ends_on: date, by: Acting) -> None:
    """The institution's part, and the rights that hang on it, stop after `ends_on`."""
    check_end_member(by, member)
    end_term(member, ends_on=ends_on, by=by)


def _save(space: Space, *, by: Acting) -> None:
    refuse_all(missing_in_space(space))
    save_checked(space, by=by)
    reindex(Space.objects.filter(pk=space.pk))
    # They are found by its name, by those who see it.
    reindex(space.meetings.select_related("organiser", "project", "territory"))
