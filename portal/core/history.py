"""Who changed what, and when: every change on a model with history is saved through here."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from simple_history.models import HistoricalRecords

from portal.core.errors import Refused


class Records(HistoricalRecords):
    """History whose reason is a text, empty where none was given."""

    def get_change_reason_for_object(self, instance: models.Model, history_type: str, using: str) -> str:
        return super().get_change_reason_for_object(instance, history_type, using) or ""


def history() -> HistoricalRecords:
    """The history of a model, in a table of its own."""
    return Records(history_change_reason_field=models.TextField(blank=True, default=""))


def save(instance: models.Model, *, by: Any) -> None:
    """Save with the person who acts in the history (None: the clock or a load)."""
    instance._history_user = by if by is not None and by.pk else None  # type: ignore[attr-defined]
    instance.save()


def move(instance: Any, to: str, *, by: Any, field: str = "state", reason: str = "", **changes: Any) -> None:
    """Move `instance` to the state `to`, once, along its TRANSITIONS; the other fields change with it.

    Two people acting at once: the conditional update lets one through, the other is Refused, with nothing written.
    Raises Refused when the table does not allow the move or the row has moved meanwhile.
    """
    here = getattr(instance, field)
    if to not in instance.TRANSITIONS.get(here, ()):
        raise Refused(
            _("This cannot be done while the state is “%(state)s”.")
            % {"state": instance._get_FIELD_display(instance._meta.get_field(field))}
        )
    with transaction.atomic():
        moved = type(instance)._base_manager.filter(pk=instance.pk, **{field: here}).update(**{field: to}, **changes)
        if not moved:
            raise Refused(_("Somebody else has just changed this. Reload the page to see where it stands."))
        for name, value in {field: to, **changes}.items():
            setattr(instance, name, value)
        instance._change_reason = reason
        save(instance, by=by)
