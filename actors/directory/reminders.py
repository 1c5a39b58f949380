"""What the clock owes about sheets: whoever answers for an institution is asked once a year whether its sheet is true.

A confirmed sheet hangs on another day, so that its rungs are armed anew.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor, ReminderRule
from actors.directory.rules.recipients import recipients_by_actor
from portal.core.dates import as_day
from portal.notifications.rules.recipients import Recipient
from portal.notifications.rules.registry import Rung, RungSide

STALE = ReminderRule.Kind.SHEET_STALE
ONE_DAY = timedelta(days=1)

LABELS = {
    "directory.sheet_stale": _("The sheet is to be confirmed"),
}


class SheetRoster:
    """Whom to write to about these institutions; asked for all of them at once, when the first is needed."""

    def __init__(self, actors: list[Actor], day: date) -> None:
        self._actors, self._day = actors, day
        self._known: dict[int, list[Recipient]] | None = None

    def of(self, actor: Actor) -> list[Recipient]:
        """Whoever answers for the institution that day."""
        if self._known is None:
            self._known = recipients_by_actor([one.pk for one in self._actors], self._day)
        return self._known[actor.pk]


def rungs(now: datetime, subject: Model | None = None) -> Iterator[Rung]:
    """For each published sheet that is due the last turn of each rung; of `subject` alone also the turn to come."""
    if subject is not None and not isinstance(subject, Actor):
        return
    rules = list(ReminderRule.objects.filter(kind=STALE, space=None, is_active=True))
    if not rules:
        return
    day = as_day(now)
    sheets = Actor.objects.published()
    if subject is not None:
        sheets = sheets.filter(pk=subject.pk)
    else:
        soonest = min(rule.offset_days for rule in rules)
        sheets = sheets.unconfirmed_since(day - timedelta(days=soonest) + ONE_DAY)
    armed = list(sheets.only("pk", "name_ar", "name_fr", "name_en", "acronym", "slug", "confirmed_on", "created_at"))
    roster = SheetRoster(armed, day)
    for actor in armed:
        for rule in rules:
            yield from _of_rule(actor, rule, day, roster, with_coming=subject is not None)


def _of_rule(actor: Actor, rule: ReminderRule, day: date, roster: SheetRoster, *, with_coming: bool) -> Iterator[Rung]:
    first = actor.true_since + timedelta(days=rule.offset_days)
    for turn in _turns(first, rule.repeat_days, day, with_coming=with_coming):
        yield Rung(
            subject=actor,
            key=f"directory.sheet_stale{rule.offset_days:+d}",
            kind="directory.sheet_stale",
            hangs_on=actor.true_since,
            due=first + timedelta(days=rule.repeat_days * max(turn - 1, 0)),
            side=RungSide.AFTER,
            turn=turn,
            recipients=partial(roster.of, actor),
            entered_at=actor.created_at,
        )


def _turns(first: date, repeat_days: int, day: date, *, with_coming: bool) -> list[int]:
    """The last turn that is reached; earlier ones could only be superseded by it."""
    if not repeat_days:
        return [0] if with_coming or first <= day else []
    reached = (day - first).days // repeat_days + 1 if first <= day else 0
    turns = [reached] if reached else []
    return [*turns, reached + 1] if with_coming else turns
