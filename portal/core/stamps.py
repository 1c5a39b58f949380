"""What an editor had before their eyes: the stamp of a row, and what they changed of it since.

The stamp is the number of the row's newest record in the history; the record is the base of a comparison of three.
A row that keeps no history has a mark for each field instead (`marked`): enough to compare, nothing to read back.
Once an editor was told what others wrote in the same fields it is `base.told`: those fields are theirs to decide.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Manager, Model, OuterRef, QuerySet, Subquery
from django.utils.crypto import salted_hmac
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core import history
from portal.core.acting import Acting
from portal.core.dates import day_and_time, day_text
from portal.core.errors import Refused
from portal.core.phones import E164, phone_text

SALT = "portal.core.stamps"
MARKS = re.compile(r"[0-9a-f]{12}(?:-[0-9a-f]{12})*")
#: digits of the largest number a database keeps in a key
LONGEST_NUMBER = 18


class Overwriting(Refused):
    """Somebody else wrote in the same fields meanwhile: `fields` has a sentence for each, with their text."""

    def __init__(self, fields: Mapping[str, str], stamp: str = "") -> None:
        sentence = _("Somebody else has changed this since you opened it. Nothing is saved yet.")
        super().__init__(sentence, fields=fields, stamp=stamp)


def with_stamp[Q: QuerySet](rows: Q) -> Q:
    """The rows with `stamp`, read together with them: no save can fall between the two."""
    records = rows.model.history.model._default_manager  # type: ignore[attr-defined]
    newest = records.filter(**{rows.model._meta.pk.attname: OuterRef("pk")}).order_by("-history_date", "-history_id")
    return rows.annotate(stamp=Subquery(newest.values("history_id")[:1]))


def records_at(rows: "Manager | QuerySet", stamps: list[str]) -> dict[str, Any]:
    """The records of the history with these stamps, by stamp; a stamp nobody gave has none."""
    numbers = [stamp for stamp in stamps if stamp.isdecimal() and len(stamp) <= LONGEST_NUMBER]
    return {str(record.history_id): record for record in rows.filter(history_id__in=numbers)} if numbers else {}


@dataclass(frozen=True)
class Marks:
    """What a row without a history said in its fields: a mark for each, that only the portal can make."""

    row: Model
    marks: frozenset[str]

    @classmethod
    def of(cls, row: Model, names: Iterable[str]) -> "Marks":
        return cls(row, frozenset(_mark(row, name, said(row, name)) for name in names))

    def __str__(self) -> str:
        return "-".join(sorted(self.marks))

    def say(self, name: str, value: Any) -> bool:
        return _mark(self.row, name, value) in self.marks


def _mark(row: Model, name: str, value: Any) -> str:
    text = repr((row._meta.label, row.pk, name, value))
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()[:12]


def marked[M: Model](row: M, names: Iterable[str]) -> M:
    """The row, which keeps no history, with `stamp`: what its plain columns `names` say."""
    row.stamp = str(Marks.of(row, names))  # type: ignore[attr-defined]
    return row


def own_changes(
    thing: Any, values: Mapping[str, Any], stamp: str, *, by: Acting, anew: Collection[str] = ()
) -> dict[str, Any]:
    """The values with what this editor changed of the row they saw at `stamp`, and the rest as others left it since.

    Keeps the row until the transaction ends. What the fields `anew` say is said again by every save: it is never taken
    for untouched. Raises Refused for a stamp of another row, or of none, and Overwriting where somebody else changed
    the same field to something else.
    """
    history.renew(thing)
    seen, _dot, told = stamp.partition(".")
    now, base, shown = (_remembered if hasattr(thing, "history") else _marks)(thing, values, seen, told)
    if seen == now:
        return dict(values)
    if base is None:
        raise Refused(unknown_stamp(), stamp=now)
    own, lost = compared(thing, values, base, shown, by=by, anew=anew)
    if lost:
        raise Overwriting(lost, f"{seen}.{now}")
    return own


def _remembered(thing: Any, _values: Mapping[str, Any], seen: str, told: str) -> tuple[str, Any, Any]:
    newest = thing.history.order_by("-history_date", "-history_id").values_list("history_id", flat=True).first()
    if seen == str(newest):
        return seen, None, None
    records = records_at(thing.history.all(), [seen, told])
    return str(newest or ""), records.get(seen), records.get(told)


def _marks(thing: Any, values: Mapping[str, Any], seen: str, told: str) -> tuple[str, Any, Any]:
    base, shown = (
        Marks(thing, frozenset(stamp.split("-"))) if MARKS.fullmatch(stamp) else None for stamp in (seen, told)
    )
    return str(Marks.of(thing, values)), base, shown


def compared(
    thing: Any, values: Mapping[str, Any], base: Any, shown: Any, *, by: Acting, anew: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, str]]:
    """What is this editor's own, and a sentence for each field in which it would undo what others wrote.

    `base` is the row as the editor saw it, a record, a row or Marks; `shown` as they were told of it since, or None.
    """
    own, lost = {}, {}
    for name, mine in values.items():
        if not _is_kept(base, name):
            own[name] = mine
            continue
        there, here = said(thing, name), normal(mine)
        if _said_then(base, name, here) and (name not in anew or there == here):
            own[name] = _as_it_stands(thing, name)
            continue
        if there != here and not _said_then(base, name, there) and not _said_then(shown, name, there):
            lost[name] = theirs_text(_author(thing, name), told_of(thing, name), by=by)
        own[name] = mine
    return own, lost


def _said_then(before: Any, name: str, value: Any) -> bool:
    if before is None:
        return False
    return before.say(name, value) if isinstance(before, Marks) else said(before, name) == value


def _author(thing: Any, *names: str) -> Any:
    """The record that wrote what the fields say now; None for a row without a history."""
    author = None
    if hasattr(thing, "history"):
        for record in thing.history.select_related("history_user").order_by("-history_date", "-history_id"):
            if not _say_the_same(record, thing, names):
                break
            author = record
    return author


def _say_the_same(one: Any, other: Any, names: Iterable[str]) -> bool:
    return all(said(one, name) == said(other, name) for name in names)


def refuse_unread(thing: Any, stamp: str, *names: str, by: Acting, field: str | None = None) -> None:
    """Refused, at `field`, where the row no longer says in `names` what it said at `stamp`, nor what was told since.

    For an act that answers what stands there without writing in the same fields. Keeps the row until the transaction
    ends.
    """
    history.renew(thing)
    seen, _dot, told = stamp.partition(".")
    newest = thing.history.order_by("-history_date", "-history_id").first()
    records = records_at(thing.history.all(), [seen, told])
    if seen not in records:
        raise Refused(unknown_stamp(), stamp=str(newest.history_id))
    if not any(_say_the_same(record, thing, names) for record in records.values()):
        text = " – ".join(filter(None, (told_of(thing, name) for name in names)))
        sentence = theirs_text(_author(thing, *names), text, by=by)
        raise Refused(sentence, field=field, stamp=f"{seen}.{newest.history_id}")


def _as_it_stands(thing: Any, name: str) -> Any:
    value = getattr(thing, name)
    return list(value.all()) if isinstance(value, Manager) else value


def unknown_stamp() -> str:
    return _("It cannot be told any more what you had before you. Look at what stands there now, then send it again.")


def theirs_text(record: Any, text: str, *, by: Acting) -> str:
    """What stands beside one's own text where it was written in since; `record` None where nobody knows by whom."""
    if record is None:
        sentence = _(
            "This has been changed meanwhile; it now says: “%(text)s”. Send this once more to save what stands here."
        )
    elif history.is_by(record, by):
        sentence = _(
            "You have changed this yourself in another window; it now says: “%(text)s”. "
            "Send this once more to save what stands here."
        )
    else:
        sentence = _(
            "%(person)s has changed this meanwhile; it now says: “%(text)s”. "
            "Send this once more to save what stands here."
        )
    return sentence % {"person": history.who(record) if record else "", "text": text or "–"}


def _is_kept(record: Any, name: str) -> bool:
    """True for what the history keeps of a row: its columns, and the links that belong to it."""
    if isinstance(record, Marks):
        return True
    try:
        record._meta.get_field(name)
    except FieldDoesNotExist:
        return any(link.name == name for link in getattr(record, "_history_m2m_fields", ()))
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


def told_of(row: Any, name: str) -> str:
    """What the row says in a field, for a reader: as its page shows it."""
    value, field = getattr(row, name), row._meta.get_field(name)
    if isinstance(value, Manager):
        return pgettext("between the parts of a list", ", ").join(str(one) for one in value.all())
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return day_and_time(value)
    if isinstance(value, str) and E164.fullmatch(value):
        return f"\u2066{phone_text(value)}\u2069"
    return day_text(value) if isinstance(value, date) else str(value or "")
