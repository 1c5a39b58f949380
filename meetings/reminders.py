"""What the clock owes about meetings: they come, answers are missing, minutes are missing, remarks close."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from django.db.models import Exists, Model, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor, FocalPoint, ReminderRule
from actors.directory.rules.recipients import (
    holders_by_actor,
    managers_by_actor,
    recipients_by_actor,
    recipients_by_space,
    recipients_of,
)
from meetings.models import Attendance, Invitation, Meeting, Minutes, MinutesReview, MinutesSection
from meetings.models.participation import taking_part_of
from meetings.rules.recipients import earlier_answer, steering_recipients
from portal.core.dates import as_day, start_of
from portal.notifications.rules.recipients import Recipient, once
from portal.notifications.rules.registry import Rung, RungSide

Kind = ReminderRule.Kind

#: a meeting or a window this long over is nobody's reminder any more
PAST = timedelta(days=90)

LABELS = {
    "meetings.coming": _("The meeting is coming"),
    "meetings.answer_missing": _("The invitation has no answer"),
    "meetings.minutes_missing": _("The minutes are missing"),
    "meetings.remarks_closing": _("Remarks on the minutes are closing"),
}


class MeetingRoster:
    """Whom to write to, asked once in a pass for each institution and each steering, and for whatever has a key of its
    own (`once`); of institutions and meetings that are named before (`expect`), for a thousand at a time."""

    def __init__(self, now: datetime) -> None:
        self._day = as_day(now)
        self._known: dict[tuple[str | int | None, ...], list[Recipient]] = {}

    def once(self, key: tuple[str | int | None, ...], ask: Callable[[], Iterable[Recipient]]) -> list[Recipient]:
        if key not in self._known:
            self._known[key] = list(ask())
        return self._known[key]

    def expect(self, actors: Iterable[Actor]) -> None:
        """These will be asked about."""
        keys = {actor.pk for actor in actors} - {pk for part, pk, *_of in self._known if part == "all"}
        for part, ask in (("all", recipients_by_actor), ("holder", holders_by_actor)):
            self._known |= {(part, pk, None): found for pk, found in ask(keys, self._day).items()}

    def expect_steering(self, meetings: Iterable[Meeting]) -> None:
        """Who steers these will be asked about."""
        asked = {(meeting.space_id, None if meeting.space_id else meeting.organiser_id) for meeting in meetings}
        asked -= {(space, organiser) for part, space, organiser, *_of in self._known if part == "steering"}
        spaces = recipients_by_space([space for space, _organiser in asked if space])
        organisers = managers_by_actor([organiser for _space, organiser in asked if organiser])
        self._known |= {("steering", pk, None): found for pk, found in spaces.items()}
        self._known |= {("steering", None, pk): found for pk, found in organisers.items()}

    def everybody(self, actor: Actor) -> list[Recipient]:
        """The institution's focal points, holder and alternate, or whoever stands in for them."""
        return self.once(("all", actor.pk, None), partial(recipients_of, actor, self._day))

    def holder(self, actor: Actor) -> list[Recipient]:
        """The focal point in title; where there is none, whoever is written to."""
        ask = partial(recipients_of, actor, self._day, FocalPoint.Part.HOLDER)
        return self.once(("holder", actor.pk, None), ask) or self.everybody(actor)

    def steering(self, meeting: Meeting) -> list[Recipient]:
        """The space's chair and secretariat, or the organiser's managers where there is no space."""
        organiser = None if meeting.space_id else meeting.organiser_id
        return self.once(("steering", meeting.space_id, organiser), partial(steering_recipients, meeting))


def rungs(now: datetime, subject: Model | None = None) -> Iterator[Rung]:
    """Every rung of the meetings that are armed; of `subject` alone where it is given."""
    if subject is not None and not isinstance(subject, Meeting):
        return
    rules = list(ReminderRule.objects.all())
    roster = MeetingRoster(now)
    for source in (_before_the_meeting, _minutes_missing, _remarks_closing):
        yield from source(now, subject, rules, roster)


def _before_the_meeting(
    now: datetime, subject: Model | None, rules: list[ReminderRule], roster: MeetingRoster
) -> Iterator[Rung]:
    """To the invited who have not declined; who has not answered is asked for the answer too.

    A date that was changed is another one: each rung before it is owed again, from the change on.
    """
    invited = Invitation.objects.expected().select_related("actor")
    meetings = Meeting.objects.filter(state=Meeting.State.ANNOUNCED, starts_at__gte=now - PAST)
    coming = list(_only(meetings, subject).prefetch_related(Prefetch("invitations", invited)))
    roster.expect(invitation.actor for meeting in coming for invitation in meeting.invitations.all())
    for meeting in coming:
        for invitation in meeting.invitations.all():
            recipients = partial(roster.everybody, invitation.actor)
            entered_at = max(at for at in (meeting.created_at, invitation.sent_at, meeting.moved_at) if at)
            of_it = {"invitation": invitation.pk}
            for rule in ReminderRule.for_space(Kind.MEETING, meeting.space_id, rules):
                yield _before(meeting, "meetings.coming", rule, entered_at, recipients, of_it)
            if invitation.answer == Invitation.Answer.NONE:
                for rule in ReminderRule.for_space(Kind.ANSWER_MISSING, meeting.space_id, rules):
                    context = of_it | earlier_answer(invitation)
                    yield _before(meeting, "meetings.answer_missing", rule, entered_at, recipients, context)


def _before(
    meeting: Meeting,
    kind: str,
    rule: ReminderRule,
    entered_at: datetime,
    recipients: Callable[[], list[Recipient]],
    context: Mapping[str, Any] = MappingProxyType({}),
) -> Rung:
    day = as_day(meeting.starts_at)
    return Rung(
        subject=meeting,
        key=f"{kind}{rule.offset_days:+d}",
        kind=kind,
        hangs_on=day,
        due=day + timedelta(days=rule.offset_days),
        side=RungSide.BEFORE,
        recipients=recipients,
        entered_at=entered_at,
        expires_at=meeting.starts_at,
        turn=meeting.times_moved,
        context=context,
    )


def _minutes_missing(
    now: datetime, subject: Model | None, rules: list[ReminderRule], roster: MeetingRoster
) -> Iterator[Rung]:
    """To the secretariat, while nothing has been written of a meeting that took place."""
    written = MinutesSection.objects.written().filter(minutes__meeting=OuterRef("pk"))
    found = Meeting.objects.filter(~Exists(written), state__in=Meeting.RUNNING, ends_at__gte=now - PAST)
    meetings = list(_only(found, subject))
    roster.expect_steering(meetings)
    for meeting in meetings:
        day = as_day(meeting.ends_at)
        for rule in ReminderRule.for_space(Kind.MINUTES_MISSING, meeting.space_id, rules):
            yield Rung(
                subject=meeting,
                key=f"meetings.minutes_missing{rule.offset_days:+d}",
                kind="meetings.minutes_missing",
                hangs_on=day,
                due=day + timedelta(days=rule.offset_days),
                side=RungSide.AFTER,
                recipients=partial(roster.steering, meeting),
                entered_at=meeting.created_at,
            )


def _remarks_closing(
    now: datetime, subject: Model | None, rules: list[ReminderRule], roster: MeetingRoster
) -> Iterator[Rung]:
    """To the institutions that have said nothing about the circulated minutes."""
    circulated = Meeting.objects.filter(
        minutes__state=Minutes.State.CIRCULATED, minutes__remarks_until__gte=as_day(now - PAST)
    )
    meetings = (
        _only(circulated, subject)
        .select_related("minutes")
        .prefetch_related(
            Prefetch("invitations", Invitation.objects.sent().select_related("actor")),
            Prefetch("attendances", Attendance.objects.here().select_related("actor")),
            Prefetch("minutes__reviews", MinutesReview.objects.select_related("actor")),
        )
    )
    for meeting in meetings:
        minutes, until = meeting.minutes, meeting.minutes.remarks_until
        if until is None:
            continue
        silent = _silent(meeting)
        for rule in ReminderRule.for_space(Kind.REMARKS_CLOSING, meeting.space_id, rules):
            yield Rung(
                subject=meeting,
                key=f"meetings.remarks_closing{rule.offset_days:+d}",
                kind="meetings.remarks_closing",
                hangs_on=until,
                due=until + timedelta(days=rule.offset_days),
                side=RungSide.BEFORE,
                recipients=partial(_of_all, roster, silent),
                entered_at=minutes.circulated_at or minutes.created_at,
                expires_at=start_of(until + timedelta(days=1)),
                context={"until": until},
            )


def _silent(meeting: Meeting) -> list[Actor]:
    """Asked, and without a word since the minutes were last circulated."""
    reviews = meeting.minutes.reviews.all()
    asked = taking_part_of(meeting.invitations.all(), meeting.attendances.all(), reviews)
    spoken = {review.actor_id for review in reviews if review.circulation == meeting.minutes.circulation}
    return [actor for pk, actor in asked.items() if pk not in spoken]


def _of_all(roster: MeetingRoster, actors: list[Actor]) -> list[Recipient]:
    return once([recipient for actor in actors for recipient in roster.everybody(actor)])


def _only(meetings: QuerySet[Meeting], subject: Model | None) -> QuerySet[Meeting]:
    chosen = meetings.select_related("space", "organiser")
    return chosen if subject is None else chosen.filter(pk=subject.pk)
