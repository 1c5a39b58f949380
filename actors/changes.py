"""What changed on a sheet, when and by whom, from its history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from actors.models import Actor

SHOWN = 30
UNSHOWN = ["search_text", "created_at", "slug", "confirmed_by"]


@dataclass(frozen=True)
class Change:
    """One field: what it said and what it says."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Revision:
    """One save of the sheet."""

    at: datetime
    by: Any
    is_first: bool
    changes: list[Change]


def changes_of(actor: Actor) -> list[Revision]:
    """The last saves of the sheet, newest first; saves that changed nothing a reader sees are left out."""
    records = list(actor.history.select_related("history_user").order_by("-history_date", "-history_id")[: SHOWN + 1])
    revisions = []
    names = _Names()
    for record, before in zip(records, [*records[1:], None], strict=True):
        if before is None:
            if len(records) <= SHOWN:
                revisions.append(Revision(record.history_date, record.history_user, is_first=True, changes=[]))
            continue
        delta = record.diff_against(before, excluded_fields=UNSHOWN)
        changes = [
            Change(
                _label(change.field),
                names.of(change.field, change.old),
                names.of(change.field, change.new),
            )
            for change in delta.changes
        ]
        if changes:
            revisions.append(Revision(record.history_date, record.history_user, is_first=False, changes=changes))
    return revisions


def _label(name: str) -> str:
    field = Actor._meta.get_field(name)
    return str(field.verbose_name) if isinstance(field, models.Field) else name


class _Names:
    """Values as people read them: labels of choices, names behind keys (each asked once)."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, Any], str] = {}

    def of(self, name: str, value: Any) -> str:
        field = Actor._meta.get_field(name)
        if value in (None, "", []):
            return "–"
        if isinstance(field, models.ForeignKey):
            if (name, value) not in self.known:
                self.known[name, value] = str(field.related_model._base_manager.filter(pk=value).first() or value)
            return self.known[name, value]
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list):
            return " · ".join(map(str, value))
        return str(dict(getattr(field, "flatchoices", ())).get(value, value))
