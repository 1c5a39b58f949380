"""What taking back one change of a sheet would set, field by field, before anybody does it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from actors.directory.models import Actor
from actors.directory.permissions import is_administrator
from actors.directory.rules.fields import LINKS, RESERVED, Hand, set_by
from actors.directory.sheets.changes import ADMINISTERED, NOT_TAKEN_BACK
from actors.directory.sheets.values import FIELDS, Texts, are_long, label_of, values_at, values_now
from portal.core.taking_back import Fate, set_back

if TYPE_CHECKING:
    from portal.accounts.models import User

#: fields that only administrators set
SETTLED = frozenset(set_by(Hand.ADMINISTRATORS))


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

    A link or name that the change added goes, one that it removed comes back: what others added since stays.
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
    back = {name: set_back(now[name], had[name], wrote[name]) for name in changed}
    targets = {name: sorted(target) if name in LINKS else target for name, (target, _fate) in back.items()}
    texts.learn_keys([targets, {name: now[name] for name in changed}])
    steps = []
    for name in changed:
        reserved = name in RESERVED and not is_administrator(user)
        settled = name in SETTLED and not is_administrator(user) and back[name][1] != Fate.DONE
        fate = Fate.SETTLED if settled else back[name][1]
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
