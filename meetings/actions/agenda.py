"""Putting the programme together: its items and their order."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from meetings.models import AgendaItem, Meeting
from meetings.permissions import check_edit_agenda
from portal.core import history
from portal.core.acting import Acting
from portal.core.errors import Refused


@transaction.atomic
def add_item(meeting: Meeting, *, by: Acting, presenters: Iterable[Actor] = (), **fields: Any) -> AgendaItem:
    """A new item at the end of the programme."""
    check_edit_agenda(by, meeting)
    [item] = _added(meeting, [{"presenters": presenters, **fields}], by)
    return item


@transaction.atomic
def add_items(meeting: Meeting, *, items: Iterable[dict[str, Any]], by: Acting) -> list[AgendaItem]:
    """New items at the end of the programme; each with its fields, and `presenters`."""
    check_edit_agenda(by, meeting)
    return _added(meeting, items, by)


def _added(meeting: Meeting, items: Iterable[dict[str, Any]], by: Acting) -> list[AgendaItem]:
    history.renew(meeting)
    _check_open(meeting)
    last = AgendaItem.objects.filter(meeting=meeting).order_by("-position").first()
    added = []
    for position, fields in enumerate(items, start=last.position + 1 if last else 1):
        own = {name: value for name, value in fields.items() if name != "presenters"}
        item = AgendaItem(meeting=meeting, position=position, **own)
        history.save(item, by=by, links={"presenters": fields.get("presenters", ())})
        added.append(item)
    return added


@transaction.atomic
def edit_item(item: AgendaItem, *, by: Acting, presenters: Iterable[Actor] | None = None, **changes: Any) -> None:
    """Change an item; `presenters` left out stay as they are."""
    check_edit_agenda(by, item.meeting)
    _check_open(item.meeting)
    history.renew(item)
    for name, value in changes.items():
        setattr(item, name, value)
    history.save(item, by=by, links={} if presenters is None else {"presenters": presenters})


@transaction.atomic
def move_item(item: AgendaItem, *, up: bool, by: Acting) -> bool:
    """Move an item one place; False when it stands at that end already."""
    check_edit_agenda(by, item.meeting)
    _keep(item)
    items = list(AgendaItem.objects.filter(meeting=item.meeting))
    here = items.index(item)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(items):
        return False
    items[here], items[there] = items[there], items[here]
    _number(items, by)
    return True


@transaction.atomic
def remove_item(item: AgendaItem, *, by: Acting) -> None:
    """Take an item off the programme; refused when something was written under it."""
    check_edit_agenda(by, item.meeting)
    _keep(item)
    if item.minutes_sections.written().exists() or item.minutes_sections.filter(revisions__isnull=False).exists():
        raise Refused(_("Minutes were written under this item: it stays on the programme."))
    if item.recommendations.exists():
        raise Refused(_("A recommendation comes from this item: it stays on the programme."))
    meeting = item.meeting
    item.minutes_sections.all().delete()
    history.delete(item, by=by)
    _number(list(AgendaItem.objects.filter(meeting=meeting)), by)


def _keep(item: AgendaItem) -> None:
    """The programme waits for whoever began to change it, and the item is still on it."""
    history.renew(item.meeting)
    _check_open(item.meeting)
    history.renew(item)


def _check_open(meeting: Meeting) -> None:
    if meeting.state in Meeting.ENDED:
        raise Refused(
            _("The programme can no longer be changed: the meeting’s state is “%(state)s”.")
            % {"state": meeting.get_state_display()}
        )


def _number(items: list[AgendaItem], by: Acting) -> None:
    for position, item in enumerate(items, start=1):
        if item.position != position:
            item.position = position
            history.save(item, by=by)
