"""Putting the programme together: its items and their order."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from actors.models import Actor
from meetings.models import AgendaItem, Meeting
from portal.core import history
from portal.core.errors import Refused

if TYPE_CHECKING:
    from portal.accounts.models import User


@transaction.atomic
def add_item(meeting: Meeting, *, by: "User", presenters: Iterable[Actor] = (), **fields: Any) -> AgendaItem:
    """A new item at the end of the programme."""
    history.renew(meeting)
    _check_open(meeting)
    last = AgendaItem.objects.filter(meeting=meeting).order_by("-position").first()
    item = AgendaItem(meeting=meeting, position=last.position + 1 if last else 1, **fields)
    history.save(item, by=by)
    item.presenters.set(presenters)
    return item


@transaction.atomic
def edit_item(item: AgendaItem, *, by: "User", presenters: Iterable[Actor] | None = None, **changes: Any) -> None:
    """Change an item; `presenters` left out stay as they are."""
    _check_open(item.meeting)
    history.renew(item)
    for name, value in changes.items():
        setattr(item, name, value)
    history.save(item, by=by)
    if presenters is not None:
        item.presenters.set(presenters)


@transaction.atomic
def move_item(item: AgendaItem, *, up: bool, by: "User") -> bool:
    """Move an item one place; False when it stands at that end already."""
    history.renew(item.meeting)
    _check_open(item.meeting)
    items = list(AgendaItem.objects.select_for_update().filter(meeting=item.meeting))
    here = items.index(item)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(items):
        return False
    items[here], items[there] = items[there], items[here]
    _number(items, by)
    return True


@transaction.atomic
def remove_item(item: AgendaItem, *, by: "User") -> None:
    """Take an item off the programme; refused when something was written under it."""
    _check_open(item.meeting)
    if (
        item.minutes_sections.exclude(text="").exists()
        or item.minutes_sections.filter(revisions__isnull=False).exists()
    ):
        raise Refused(_("Minutes were written under this item: it stays on the programme."))
    if item.recommendations.exists():
        raise Refused(_("A recommendation comes from this item: it stays on the programme."))
    meeting = item.meeting
    item.minutes_sections.all().delete()
    history.delete(item, by=by)
    _number(list(AgendaItem.objects.filter(meeting=meeting)), by)


def _check_open(meeting: Meeting) -> None:
    if meeting.state in Meeting.ENDED:
        raise Refused(
            _("The programme can no longer be changed: the meeting’s state is “%(state)s”.")
            % {"state": meeting.get_state_display()}
        )


def _number(items: list[AgendaItem], by: "User") -> None:
    for position, item in enumerate(items, start=1):
        if item.position != position:
            item.position = position
            history.save(item, by=by)
