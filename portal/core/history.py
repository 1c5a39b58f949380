"""Who changed what, and when: every change on a model with history is saved through here."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from simple_history.models import HistoricalRecords

from portal.core.errors import Refused


class Records(HistoricalRecords):
    """History whose reason is a text, empty where none was given."""

    def get_change_reason_for_object(self, instance: models.Model, history_type: str, using: str) -> str:
        return super().get_change_reason_for_object(instance, history_type, using) or ""

    def post_save(self, instance: Any, created: bool, using: str | None = None, **kwargs: Any) -> None:
        for name, rows in instance.__dict__.pop("_links", {}).items():
            getattr(instance, name).set(rows)
        super().post_save(instance, created, using, **kwargs)

    def m2m_changed(self, *args: Any, **kwargs: Any) -> None:
        """Links are recorded with the save they belong to (`save(…, links=…)`), one record for one act."""


def history(links: Iterable[str] = ()) -> HistoricalRecords:
    """The history of a model, in a table of its own; `links` names the many-to-many fields that belong to it."""
    return Records(history_change_reason_field=models.TextField(blank=True, default=""), m2m_fields=list(links))


def save(instance: Any, *, by: Any, reason: str = "", links: Mapping[str, Iterable[Any]] | None = None) -> None:
    """Save with the person who acts in the history (None: the clock or a load), and why where there is a reason.

    `links` are the new rows of many-to-many fields, set together with the save.
    """
    instance._history_user = _person(by)
    instance._change_reason = reason
    instance._links = dict(links or {})
    instance.save()


def delete(instance: Any, *, by: Any) -> None:
    """Delete with the person who acts in the history; its history stays."""
    instance._history_user = _person(by)
    instance.delete()


def _person(by: Any) -> Any:
    return by if by is not None and by.pk else None


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
        renew(instance)
        save(instance, by=by, reason=reason)


def renew(instance: Any) -> None:
    """Bring every column up to date and keep the row until the transaction ends; nothing set before survives.

    A save writes the whole row: what somebody else wrote since this one was read would be undone by it.
    """
    row = type(instance)._base_manager.select_for_update().get(pk=instance.pk)
    for column in instance._meta.concrete_fields:
        setattr(instance, column.attname, getattr(row, column.attname))
