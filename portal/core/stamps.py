"""What an editor had before their eyes: the stamp of a row, and what they changed of it since.

The stamp is the number of the row's newest record in the history; the record is the base of a comparison of three.
Once an editor was told what others wrote in the same fields it is `base.told`: those fields are theirs to decide.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Manager, Model, OuterRef, QuerySet, Subquery
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core import history
from portal.core.dates import day_and_time, day_text
from portal.core.errors import Refused

#: digits of the largest number a database keeps in a key
LONGEST_NUMBER = 18


class Overwriting(Refused):
    """Somebody else wrote in the same fields meanwhile: `fields` has a sentence for each, with their text."""

    def __init__(self, fields: Mapping[str, str], stamp: str = "") -> None:
        super().__init__(_("Somebody else has changed this since you opened it. Nothing is saved yet."), stamp=stamp)
        self.fields = fields


def with_stamp[Q: QuerySet](rows: Q) -> Q:
    """The rows with `stamp`, read together with them: no save can fall between the two."""
    records = rows.model.history.model._default_manager  # type: ignore[attr-defined]
    newest = records.filter(**{rows.model._meta.pk.attname: OuterRef("pk")}).order_by("-history_date", "-history_id")
    return rows.annotate(stamp=Subquery(newest.values("history_id")[:1]))


def records_at(rows: "Manager | QuerySet", stamps: list[str]) -> dict[str, Any]:
    """The records of the history with these stamps, by stamp; a stamp nobody gave has none."""
    numbers = [stamp for stamp in stamps if stamp.isdecimal() and len(stamp) <= LONGEST_NUMBER]
    return {str(record.history_id): record for record in rows.filter(history_id__in=numbers)} if numbers else {}


def own_changes(thing: Any, values: Mapping[str, Any], stamp: str) -> dict[str, Any]:
    """The values with what this editor changed of the row they saw at `stamp`, and the rest as others left it since.

    Keeps the row until the transaction ends. Raises Refused for a stamp of another row, or of none, and Overwriting
    where somebody else changed the same field to something else.
    """
    history.renew(thing)
    newest = thing.history.select_related("history_user").order_by("-history_date", "-history_id").first()
    now = str(newest.history_id) if newest is not None else ""
    seen, _dot, told = stamp.partition(".")
    if seen == now:
        return dict(values)
    records = records_at(thing.history.all(), [seen, told])
    base = records.get(seen)
    if base is None:
        raise Refused(unknown_stamp(), stamp=now)
    own, lost = {}, {}
    for name, mine in values.items():
        if not _is_kept(base, name):
            own[name] = mine
            continue
        before, there, here = said(base, name), said(thing, name), normal(mine)
        if here == before:
            own[name] = _as_it_stands(thing, name)
            continue
        if there not in (before, here) and not (told in records and said(records[told], name) == there):
            lost[name] = theirs_text(history.who(newest), _told(thing, name))
        own[name] = mine
    if lost:
        raise Overwriting(lost, f"{seen}.{now}")
    return own


def _as_it_stands(thing: Any, name: str) -> Any:
    value = getattr(thing, name)
    return list(value.all()) if isinstance(value, Manager) else value


def unknown_stamp() -> str:
    return _("It cannot be told any more what you had before you. Look at what stands there now, then send it again.")


def theirs_text(person: object, text: str) -> str:
    """What stands beside one's own text where somebody else wrote meanwhile."""
    return _(
        "%(person)s has changed this meanwhile; it now says: “%(text)s”. Send this once more to save what stands here."
    ) % {"person": person, "text": text or "–"}


def _is_kept(record: Any, name: str) -> bool:
    """True for what the history keeps of a row: its columns, and the links that belong to it."""
    try:
        record._meta.get_field(name)
    except FieldDoesNotExist:
        return any(link.name == name for link in record._history_m2m_fields)
    return True


def said(row: Any, name: str) -> Any:
    """What a row, or a record of its history, says in a field, so that two can be compared."""
    value = getattr(row, f"{name}_id") if hasattr(row, f"{name}_id") else getattr(row, name)
    if not isinstance(value, Manager):
        return normal(value)
    # A record of the history keeps its links as rows of their own.
    keys = {link.name: link.m2m_reverse_field_name() for link in getattr(row, "_history_m2m_fields", ())}
    return frozenset(value.values_list(keys.get(name, "pk"), flat=True))


def normal(value: Any) -> Any:
    """A value as it is compared: a row by its key, rows by their keys, an instant to the minute, a text by lines."""
    match value:
        case Model():
            return value.pk
        case str():
            return normalize_newlines(value).strip()
        case datetime():
            return value.replace(second=0, microsecond=0)
        case QuerySet() | list() | tuple() | set():
            return frozenset(normal(one) for one in value)
    return value


def _told(row: Any, name: str) -> str:
    """What the row says in a field, for a reader."""
    value, field = getattr(row, name), row._meta.get_field(name)
    if isinstance(value, Manager):
        return pgettext("between the parts of a list", ", ").join(str(one) for one in value.all())
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return day_and_time(value)
    return day_text(value) if isinstance(value, date) else str(value or "")
