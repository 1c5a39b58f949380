"""Where apps say what the clock owes: a source yields rungs, the engine in `reminders.py` does the rest.

Registered from `AppConfig.ready()` of the apps above; asked by `portal.notifications.reminders`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from portal.notifications.rules.recipients import Recipient

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class RungSide(StrEnum):
    """On which side of its date a rung stands: it decides where a rest day pushes it."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One reminder that is owed on a day about one thing, to whoever `recipients` answers.

    `recipients` is called once for a rung that is due, so it may ask; ask in batches and answer from memory.
    """

    subject: Model
    key: str
    kind: str
    hangs_on: date
    due: date
    side: RungSide
    recipients: Callable[[], Sequence[Recipient]]
    entered_at: datetime
    #: a rung before an event is worth nothing from this instant on
    expires_at: datetime | None = None
    #: the n-th repetition, for rungs that come back each week or whose day was given up and set again
    turn: int = 0
    context: Mapping[str, Any] = field(default_factory=dict)
    #: what the mail is about and links to, where that is not the subject itself
    about: Model | None = None

    @property
    def occurrence(self) -> str:
        """The date the rung hangs on (a moved date is another occurrence), and the turn where it comes back."""
        return f"{self.hangs_on.isoformat()}+{self.turn}" if self.turn else self.hangs_on.isoformat()


#: `source(now, subject)`: every rung of the things that are armed, of `subject` alone where it is given
Source = Callable[[datetime, Model | None], Iterable[Rung]]

_sources: dict[str, Source] = {}
_labels: "dict[str, StrOrPromise]" = {}


def register_source(name: str, source: Source, labels: "Mapping[str, StrOrPromise] | None" = None) -> None:
    """Let the clock ask the source; `labels` names its kinds for people. Registering a name again replaces it."""
    _sources[name] = source
    _labels.update(labels or {})


def label_of(kind: str) -> str:
    """What people call a kind of reminder; the kind itself where nobody named it."""
    return str(_labels.get(kind, kind))


def sources() -> dict[str, Source]:
    """The registered sources by name, in a stable order."""
    return dict(sorted(_sources.items()))
