"""What the clock owes about recommendations: due, overdue, without news, done and not confirmed.

Overdue ones remind their lead again and again: from two weeks on the alternate hears it too, from four the steering.
A recommendation that nobody leads reminds the steering.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Model, Prefetch
from django.utils.translation import gettext_lazy as _

from actors.directory.models import ReminderRule, SpaceMember
from actors.directory.rules.recipients import recipients_by_space
from meetings.reminders import MeetingRoster
from portal.core.dates import as_day, start_of, today
from portal.notifications.rules.recipients import Recipient, once
from portal.notifications.rules.registry import Rung, RungSide
from portal.reference.sessions import Sessions
from recommendations.models import Assignment, Recommendation
from recommendations.rules.sessions import opening_of

Kind = ReminderRule.Kind

ALTERNATE_TOO = timedelta(days=14)
STEERING_TOO = timedelta(days=28)
#: how many repetitions of a rung are looked back on; older ones could only be superseded
TURNS = 12

LABELS = {
    "recommendations.due": _("The due date is near"),
    "recommendations.agenda": _("The point is to be put on the council’s agenda"),
    "recommendations.overdue": _("The due date has passed"),
    "recommendations.silent": _("No news for a long time"),
    "recommendations.unconfirmed": _("Done, waiting for confirmation"),
}


def rungs(now: datetime, subject: Model | None = None) -> Iterator[Rung]:
    """Every rung of the recommendations that are armed; of `subject` alone where it is given."""
    if subject is not None and not isinstance(subject, Recommendation):
        return
    rules = list(ReminderRule.objects.all())
    roster, sessions = MeetingRoster(now), Sessions()
    leads = Assignment.objects.standing().filter(part=Assignment.Part.LEAD).prefetch_related("actor__seat")
    armed = Recommendation.objects.filter(state__in=(*Recommendation.OPEN, Recommendation.State.DONE))
    if subject is not None:
        armed = armed.filter(pk=subject.pk)
    # each meeting, institution and place is read once for all that hang on it
    rows = list(
        armed.defer("search_text").prefetch_related(
            "meeting__organiser", "meeting__space", "space", "territory", Prefetch("assignments", leads)
        )
    )
    roster.expect(lead.actor for row in rows if (lead := row.lead))
    roster.expect_steering({row.meeting_id: row.meeting for row in rows}.values())
    confirming = _Confirming(rows, roster)
    for recommendation in rows:
        yield from _Ladder(recommendation, now, rules, roster, sessions, confirming).rungs()


class _Confirming:
    """Who says whether what is done is done, as `confirming_recipients` finds it, for all of a pass."""

    def __init__(self, rows: Iterable[Recommendation], roster: MeetingRoster) -> None:
        self.roster = roster
        spaces = {row.space_id for row in rows if row.space_id and row.state == Recommendation.State.DONE}
        steering = SpaceMember.objects.on(today()).filter(space__in=spaces, part__in=SpaceMember.STEERING)
        self.steering = set(steering.values_list("space_id", "actor_id")) if spaces else set()
        led = {pk for pk, _actor in self.steering}
        self.members = recipients_by_space(led, (SpaceMember.Part.MEMBER,)) if led else {}

    def of(self, row: Recommendation, lead: Assignment | None) -> list[Recipient]:
        recipients = self.roster.steering(row.meeting)
        if row.space_id and lead and (row.space_id, lead.actor_id) in self.steering:
            return [*recipients, *self.members[row.space_id]]
        return recipients


class _Ladder:
    """The rungs of one recommendation."""

    def __init__(
        self,
        recommendation: Recommendation,
        now: datetime,
        rules: list[ReminderRule],
        roster: MeetingRoster,
        sessions: Sessions,
        confirming: _Confirming,
    ) -> None:
        self.recommendation = recommendation
        self.today = as_day(now)
        self.rules = rules
        self.roster = roster
        self.sessions = sessions
        self.confirming = confirming
        self.lead: Assignment | None = recommendation.lead
        entered = recommendation.adopted_at or recommendation.created_at
        self.entered_at = max(entered, self.lead.assigned_at) if self.lead else entered

    def rungs(self) -> Iterator[Rung]:
        recommendation = self.recommendation
        if recommendation.state == Recommendation.State.DONE:
            if recommendation.done_at:
                done = recommendation.done_at
                yield from self._after(Kind.UNCONFIRMED, as_day(done), self._confirming, done)
            return
        if recommendation.due_on:
            yield from self._before(Kind.DUE, recommendation.due_on)
            if opening := opening_of(recommendation, self.lead.actor if self.lead else None, self.sessions):
                yield from self._before(Kind.AGENDA, opening.first)
            yield from self._after(Kind.OVERDUE, recommendation.due_on, self._late, self.entered_at)
        if recommendation.last_news_at:
            heard = (
                max(recommendation.last_news_at, self.lead.assigned_at) if self.lead else recommendation.last_news_at
            )
            yield from self._after(Kind.SILENT, as_day(heard), self._holder, self.entered_at)

    def _before(self, kind: str, day: date) -> Iterator[Rung]:
        for rule in self._of(kind):
            yield self._rung(
                rule,
                hangs_on=day,
                due=day + timedelta(days=rule.offset_days),
                side=RungSide.BEFORE,
                recipients=self._holder,
                entered_at=self.entered_at,
                expires_at=start_of(day + timedelta(days=1)),
            )

    def _after(
        self, kind: str, day: date, recipients: Callable[[timedelta], list[Recipient]], entered_at: datetime
    ) -> Iterator[Rung]:
        """Once, or again every so many days until the turn after today's."""
        for rule in self._of(kind):
            first = day + timedelta(days=rule.offset_days)
            for turn in self._turns(first, rule.repeat_days):
                due = first + timedelta(days=rule.repeat_days * max(turn - 1, 0))
                yield self._rung(
                    rule, hangs_on=day, due=due, turn=turn, side=RungSide.AFTER,
                    recipients=partial(recipients, due - day), entered_at=entered_at,
                )  # fmt: skip

    def _turns(self, first: date, repeat_days: int) -> range:
        if not repeat_days:
            return range(1)
        coming = max((self.today - first).days // repeat_days + 2, 1)
        return range(max(coming - TURNS, 1), coming + 1)

    def _of(self, kind: str) -> list[ReminderRule]:
        return ReminderRule.for_space(kind, self.recommendation.space_id, self.rules)

    def _rung(self, rule: ReminderRule, **fields: Any) -> Rung:
        kind = f"recommendations.{rule.kind}"
        return Rung(subject=self.recommendation, key=f"{kind}{rule.offset_days:+d}", kind=kind, **fields)

    def _holder(self, late: timedelta | None = None) -> list[Recipient]:
        return self.roster.holder(self.lead.actor) if self.lead else self._steering()

    def _late(self, late: timedelta) -> list[Recipient]:
        if not self.lead:
            return self._steering()
        chosen = (
            self.roster.everybody(self.lead.actor) if late >= ALTERNATE_TOO else self.roster.holder(self.lead.actor)
        )
        return once([*chosen, *self._steering()]) if late >= STEERING_TOO else chosen

    def _steering(self, late: timedelta | None = None) -> list[Recipient]:
        return self.roster.steering(self.recommendation.meeting)

    def _confirming(self, late: timedelta) -> list[Recipient]:
        return self.confirming.of(self.recommendation, self.lead)
