"""What taking back one change of a sheet would set, field by field, before anybody does it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from actors.directory.models import Actor
from actors.directory.permissions import is_administrator
from actors.directory.rules.fields import LINKS, RESERVED, Hand, set_by
from actors.directory.sheets.changes import ADMINISTERED, NOT_TAKEN_BACK
from actors.directory.sheets.values import FIELDS, Texts, Values, are_long, label_of, values_at, values_now

if TYPE_CHECKING:
    from portal.accounts.models import User

#: fields that only administrators set
SETTLED = frozenset(set_by(Hand.ADMINISTRATORS))


class Fate(StrEnum):
    """What becomes of one field of the change."""

    BACK = "back"  # still as the change left it: it goes back
    SINCE = "since"  # changed again since: it goes back only where that is chosen
    DONE = "done"  # says already what it said before the change
    SETTLED = "settled"  # only an administrator sets it


@dataclass(frozen=True)
class Step:
    """One field of the change: what the sheet says now, what it would say, and whether that would wait."""

    field: str
    label: str
    now: str
    would_be: str
    target: Any
    fate: Fate
    waits: bool

    @property
    def is_long(self) -> bool:
        return are_long(self.now, self.would_be)


@dataclass(frozen=True)
class Plan:
    """One change of a sheet, and what taking it back would do."""

    revision: Any
    steps: list[Step]

    @property
    def can_do(self) -> bool:
        return any(step.fate in (Fate.BACK, Fate.SINCE) for step in self.steps)

    def settings(self, also: "frozenset[str] | set[str]") -> dict[str, Any]:
        """What to set: the fields that go back, and those changed since that are named in `also`."""
        return {
            step.field: step.target
            for step in self.steps
            if step.fate == Fate.BACK or (step.fate == Fate.SINCE and step.field in also)
        }


def plan_of(actor: Actor, revision: int, user: "User") -> Plan | None:
    """What taking back the change with this number would do; None where it is no change of this sheet.

    A link that the change added goes, one that it removed comes back: what others linked since stays.
    """
    records = _record_and_before(actor, revision)
    if records is None:
        return None
    record, before = records
    texts = Texts()
    said = values_at(actor, records, texts)
    now = values_now(actor)
    wrote, had = said[record.history_id], said[before.history_id]
    hidden = NOT_TAKEN_BACK if is_administrator(user) else NOT_TAKEN_BACK | ADMINISTERED
    changed = [name for name in FIELDS if name not in hidden and wrote[name] != had[name]]
    targets = {name: _target(name, had, wrote, now) for name in changed}
    texts.learn_keys([targets, {name: now[name] for name in changed}])
    steps = []
    for name in changed:
        reserved = name in RESERVED and not is_administrator(user)
        fate = _fate(name, now[name], wrote[name], targets[name], user)
        shown = texts.one(name, now[name]), texts.one(name, targets[name])
        steps.append(Step(name, label_of(name), *shown, targets[name], fate, reserved))
    return Plan(record, steps)


def _record_and_before(actor: Actor, revision: int) -> tuple[Any, Any] | None:
    record = actor.history.select_related("history_user").filter(history_id=revision).first()
    if record is None:
        return None
    same_instant = Q(history_date=record.history_date, history_id__lt=record.history_id)
    earlier = actor.history.filter(Q(history_date__lt=record.history_date) | same_instant)
    before = earlier.order_by("-history_date", "-history_id").first()
    return (record, before) if before is not None else None


def _target(name: str, had: Values, wrote: Values, now: Values) -> Any:
    if name not in LINKS:
        return had[name]
    came, went = set(wrote[name]) - set(had[name]), set(had[name]) - set(wrote[name])
    return sorted((set(now[name]) - came) | went)


def _fate(name: str, now: Any, wrote: Any, target: Any, user: "User") -> Fate:
    if now == target:
        return Fate.DONE
    if name in SETTLED and not is_administrator(user):
        return Fate.SETTLED
    return Fate.BACK if now == wrote else Fate.SINCE
