"""What changed on a sheet, when and by whom: the sheet, its contact details, its focal points and its people."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, OuterRef, Q, Subquery, Value
from django.utils.translation import gettext as _

from actors.directory.models import Actor, Contact, FocalPoint, Membership
from actors.directory.rules.fields import DETAILS, SHEET, Circle, Hand, Reads, names_of, set_by
from actors.directory.sheets.values import FIELDS, NOTHING, Texts, Values, are_long, label_of, values_at
from portal.core.dates import day_text
from portal.core.phones import phone_text

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from portal.accounts.models import User

#: what the history notes down for each entry of one page
PER_PAGE = 20
#: never taken back: a confirmation was true that day, a merge is undone as a whole
NOT_TAKEN_BACK = frozenset(set_by(Hand.PORTAL))
#: nobody but administrators reads these
ADMINISTERED = frozenset(field.name for field in SHEET if field.seen_by is Circle.ADMINISTRATORS)
#: what a contact's details are called, which the heading of something new says already
OFFICE = tuple(field.name for field in DETAILS if field.reads is Reads.NAME)
PHONES = frozenset(field.name for field in DETAILS if field.reads is Reads.PHONE)
#: kind of thing: its model, what of it is told, and the rows its history names
TOLD: dict[str, tuple[type["Model"], tuple[str, ...], tuple[str, ...]]] = {
    "sheet": (Actor, FIELDS, names_of(Reads.PLACE, Reads.SHEET)),
    "contact": (Contact, tuple(field.name for field in DETAILS), ("user",)),
    "focal_point": (FocalPoint, ("contact", "starts_on", "ends_on"), ("contact",)),
    "person": (Membership, ("part", "job_title", "starts_on", "ends_on"), ("user",)),
}
SAID_ABOVE = frozenset({*OFFICE, "contact", "user"})
#: what the portal itself writes down as the reason of a change
REASON = re.compile(r"^(?P<what>proposed_change|take_back|import|undo of import) (?P<number>\d+)(?:: (?P<who>.+))?$")


@dataclass(frozen=True)
class FieldChange:
    """One field: what it said and what it says; of a list, what came and what went."""

    label: str
    before: str = ""
    after: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def is_long(self) -> bool:
        """Two texts that are read one below the other."""
        return are_long(self.before, self.after)


@dataclass(frozen=True)
class Entry:
    """One act on the sheet or on what hangs on it; `revision` is the number by which it can be taken back."""

    at: datetime
    by: Any
    title: str
    icon: str
    about: str
    changes: list[FieldChange]
    reason: str = ""
    revision: int | None = None


@dataclass(frozen=True)
class Page:
    """One page of the history, newest first; `older` and `newer` are page numbers."""

    entries: list[Entry]
    newer: int | None
    older: int | None


def changes_of(actor: Actor, user: "User", number: int = 1) -> Page:
    """The `number`-th page of what changed, as this reader is told; six queries at most, however long the history."""
    number = max(1, number)
    start = (number - 1) * PER_PAGE
    window = list(_all(actor)[start : start + PER_PAGE + 1])
    shown = window[:PER_PAGE]
    texts = Texts()
    records = {kind: _records(kind, [row for row in shown if row[0] == kind]) for kind in TOLD}
    said = values_at(actor, records["sheet"].values(), texts)
    for record in records["sheet"].values():
        for name in TOLD["sheet"][2]:
            texts.learn_row(name, getattr(record, name))
    entries = []
    for kind, history_id, before_id, _at in shown:
        record, before = records[kind].get(history_id), records[kind].get(before_id)
        entry = _of_sheet(record, before, said, texts, user) if kind == "sheet" else _of_other(kind, record, before)
        if entry is not None:
            entries.append(entry)
    return Page(entries, number - 1 or None, number + 1 if len(window) > PER_PAGE else None)


def compared(before: Values, after: Values, texts: Texts, fields: Iterable[str] = FIELDS) -> list[FieldChange]:
    """What differs between two moments of the sheet, field by field."""
    changes = []
    for name in fields:
        if before[name] == after[name]:
            continue
        if isinstance(after[name], list) and isinstance(before[name], list):
            added = tuple(texts.one(name, key) for key in after[name] if key not in before[name])
            removed = tuple(texts.one(name, key) for key in before[name] if key not in after[name])
            changes.append(FieldChange(label_of(name), added=added, removed=removed))
        else:
            was = texts.one(name, before[name])
            changes.append(FieldChange(label_of(name), "" if was == NOTHING else was, texts.one(name, after[name])))
    return changes


def _all(actor: Actor) -> "QuerySet":
    """(kind, number, number of the record before it, instant) of everything, newest first."""
    parts = []
    for kind, (model, _fields, _rows) in TOLD.items():
        history: Any = model.history.model  # type: ignore[attr-defined]
        earlier = Q(history_date__lt=OuterRef("history_date")) | Q(
            history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id")
        )
        before = history.objects.filter(earlier, id=OuterRef("id")).order_by("-history_date", "-history_id")
        mine = history.objects.filter(id=actor.pk) if kind == "sheet" else history.objects.filter(actor=actor)
        parts.append(
            mine.order_by()
            .annotate(kind_of=Value(kind, CharField()), before=Subquery(before.values("history_id")[:1]))
            .values_list("kind_of", "history_id", "before", "history_date")
        )
    return parts[0].union(*parts[1:], all=True).order_by("-history_date", "kind_of", "-history_id")


def _records(kind: str, rows: list[tuple[str, int, int | None, datetime]]) -> dict[int, Any]:
    """The records of these rows and those before them, by number; nothing is asked for nothing."""
    numbers = {number for row in rows for number in row[1:3] if number is not None}
    if not numbers:
        return {}
    model, _fields, related = TOLD[kind]
    history: Any = model.history.model  # type: ignore[attr-defined]
    found = history.objects.filter(history_id__in=numbers).select_related("history_user", *related)
    if kind == "sheet":
        found = found.defer("search_text")
    if kind == "contact":
        now = Contact.objects.filter(pk=OuterRef("id")).values("person")[:1]
        found = found.annotate(person_now=Subquery(now))
    return {record.history_id: record for record in found}


def _of_sheet(record: Any, before: Any, said: dict[int, Values], texts: Texts, user: "User") -> Entry | None:
    if before is None:
        return Entry(record.history_date, record.history_user, _("Sheet added"), "plus", "", [], reason_text(record))
    fields = [name for name in FIELDS if name not in ADMINISTERED or user.is_administrator]
    changed = [name for name in fields if said[before.history_id][name] != said[record.history_id][name]]
    if not changed:
        return None
    only_confirmed = changed == ["confirmed_on"]
    return Entry(
        record.history_date,
        record.history_user,
        _("Sheet confirmed") if only_confirmed else _("Sheet edited"),
        "badge-check" if only_confirmed else "pencil",
        "",
        compared(said[before.history_id], said[record.history_id], texts, changed),
        reason_text(record),
        record.history_id if set(changed) - NOT_TAKEN_BACK else None,
    )


def _of_other(kind: str, record: Any, before: Any) -> Entry | None:
    titles = {
        "contact": (_("Contact details added"), _("Contact details edited"), _("Contact details removed")),
        "focal_point": (_("Focal point named"), _("Focal point: term changed"), _("Focal point removed")),
        "person": (_("Part given to a colleague"), _("Part of a colleague changed"), _("Part of a colleague removed")),
    }[kind]
    model, fields, _related = TOLD[kind]
    icons = {"contact": "phone", "focal_point": "user-check", "person": "user-round"}
    if record.history_type == "-":
        title, changes = titles[2], []
    elif before is None or before.history_type == "-":
        title = titles[0]
        told = [name for name in fields if name not in SAID_ABOVE and _raw(record, name)]
        changes = [FieldChange(_label(model, name), after=_text(record, name)) for name in told]
    else:
        title = titles[1]
        changes = [
            FieldChange(_label(model, name), _text(before, name) if _raw(before, name) else "", _text(record, name))
            for name in fields
            if _raw(before, name) != _raw(record, name)
        ]
        if not changes:
            return None
    about = str(record.user or "") if kind == "person" else _about(record)
    return Entry(record.history_date, record.history_user, title, icons[kind], about, changes, reason_text(record))


def _about(record: Any) -> str:
    if hasattr(record, "contact_id"):
        return f"{record.get_part_display()} – {record.contact}" if record.contact else str(record.get_part_display())
    return str(Contact(role_ar=record.role_ar, role_fr=record.role_fr))


def _label(model: Any, name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)


def _raw(record: Any, name: str) -> Any:
    return getattr(record, record._meta.get_field(name).attname)


def _text(record: Any, name: str) -> str:
    """What the record says, as people read it; a person is named only as long as the contact details name them."""
    value = _raw(record, name)
    if value in (None, ""):
        return NOTHING
    if name == "person" and value != record.person_now:
        return _("a name that is no longer given")
    field = record._meta.get_field(name)
    if field.is_relation:
        return str(getattr(record, name) or NOTHING)
    if isinstance(value, date):
        return day_text(value)
    if name in PHONES:
        return phone_text(value)
    return str(dict(field.flatchoices).get(value, value))


def reason_text(record: Any) -> str:
    """Why it changed, in the reader's language where the portal itself wrote it down."""
    reason = record.history_change_reason or ""
    found = REASON.match(reason)
    if found is None:
        return reason
    sentences = {
        "take_back": _("An earlier change was taken back."),
        "import": _("Import no. %(number)s."),
        "undo of import": _("Import no. %(number)s was undone."),
        "proposed_change": _("Proposed by %(person)s, accepted by an administrator."),
    }
    return sentences[found["what"]] % {"number": found["number"], "person": found["who"] or NOTHING}
