"""What waits for one person: the recommendations part of the desk, in six queries at most."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, BooleanField, Case, Count, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from actors.directory.models import Membership
from actors.directory.models.membership import parts_by_actor
from actors.directory.models.space import roles_by_space
from meetings.models import Meeting
from portal.core.dates import today
from recommendations.models import Assignment, FollowUp, Recommendation, Shown
from recommendations.models.assignment import with_assignments
from recommendations.models.recommendation import DUE_SOON

if TYPE_CHECKING:
    from portal.accounts.models import User

State = Recommendation.State
#: how many recommendations are looked at for the lists; the figures count all
MOST = 60


@dataclass
class Desk:
    """What the desk shows of recommendations; the lists hold `Shown`, except assignments and entries."""

    overdue: list[Shown] = field(default_factory=list)
    due_soon: list[Shown] = field(default_factory=list)
    ongoing: list[Shown] = field(default_factory=list)
    waiting_on_others: list[Shown] = field(default_factory=list)
    to_confirm: list[Shown] = field(default_factory=list)
    to_assign: list[Shown] = field(default_factory=list)
    to_answer: list[Assignment] = field(default_factory=list)
    to_clear: list[FollowUp] = field(default_factory=list)
    overdue_count: int = 0
    due_soon_count: int = 0
    completion: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    counts_overdue: int = 0

    @property
    def is_empty(self) -> bool:
        """Nothing waits, neither for this person nor for others."""
        lists = (self.overdue, self.due_soon, self.ongoing, self.waiting_on_others, self.to_confirm, self.to_assign)
        return not any(lists) and not self.to_answer and not self.to_clear

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def desk_for(user: "User") -> Desk:
    """The person's desk: what their institutions must do, and what their spaces wait for."""
    own = list(parts_by_actor(user))
    desk = Desk()
    for recommendation in _recommendations(user, own):
        _sort(desk, own, recommendation)
    desk.to_answer = list(
        Assignment.objects.filter(
            actor__in=own, answer=Assignment.Answer.WAITING, recommendation__state__in=Recommendation.OPEN
        )
        .select_related("recommendation__meeting", "recommendation__axis", "actor")
        .order_by("assigned_at", "pk")[:MOST]
    )
    desk.to_clear = _to_clear(user)
    _figures(desk, own)
    _counts(desk, user)
    return desk


def _recommendations(user: "User", own: list[int]) -> "list[Recommendation]":
    standing = Assignment.objects.standing().filter(recommendation=OuterRef("pk"))
    steered = Q(meeting__in=Meeting.objects.steered_by(user).values("pk"))
    mine = Exists(standing.filter(actor__in=own)) & Q(state__in=(*Recommendation.OPEN, State.DONE))
    unled = steered & Q(state__in=Recommendation.OPEN) & ~Exists(standing.filter(part=Assignment.Part.LEAD))
    confirmable = Q(pk__in=Recommendation.objects.to_confirm_by(user).values("pk"))
    queryset = with_assignments(Recommendation.objects.visible_to(user).filter(mine | unled | confirmable))
    marked = queryset.annotate(
        is_confirmable=Case(When(confirmable, then=True), default=False, output_field=BooleanField())
    )
    return list(marked.order_by(Coalesce("due_on", Value(date.max)), "pk")[:MOST])


def _sort(desk: Desk, own: list[int], recommendation: Any) -> None:
    shown, lead = Shown(recommendation, inside=True), recommendation.lead
    is_mine = any(row.actor_id in own for row in recommendation.assignments.all())
    if recommendation.state == State.DONE:
        if recommendation.is_confirmable:
            desk.to_confirm.append(shown)
        elif is_mine:
            desk.waiting_on_others.append(shown)
        return
    if is_mine:
        if recommendation.is_overdue:
            desk.overdue.append(shown)
        elif recommendation.is_due_soon:
            desk.due_soon.append(shown)
        else:
            desk.ongoing.append(shown)
    elif lead is None:
        desk.to_assign.append(shown)


def _to_clear(user: "User") -> list[FollowUp]:
    """Of the houses where this person is the validator, or the manager while there is no validator."""
    parts = parts_by_actor(user)
    validated = [actor for actor, held in parts.items() if Membership.Part.VALIDATOR in held]
    managed = [actor for actor, held in parts.items() if Membership.Part.MANAGER in held]
    if not validated and not managed:
        return []
    validators = Membership.objects.on(today()).filter(
        part=Membership.Part.VALIDATOR, actor=OuterRef("on_behalf_of"), user__is_active=True
    )
    falls_to_managers = Q(on_behalf_of__in=managed) & ~Exists(validators)
    waiting = FollowUp.objects.awaiting_clearance().filter(Q(on_behalf_of__in=validated) | falls_to_managers)
    return list(
        waiting.select_related("recommendation__meeting", "on_behalf_of", "drafted_by").order_by("drafted_at")[:MOST]
    )


def _figures(desk: Desk, own: list[int]) -> None:
    if not own:
        return
    day = today()
    led = Recommendation.objects.adopted().led_by(own)
    figures = led.aggregate(
        completion=Avg("progress"),
        overdue=Count("pk", filter=Q(state__in=Recommendation.OPEN, due_on__lt=day)),
        due_soon=Count("pk", filter=Q(state__in=Recommendation.OPEN, due_on__gte=day, due_on__lte=day + DUE_SOON)),
    )
    desk.completion = None if figures["completion"] is None else round(figures["completion"])
    desk.overdue_count, desk.due_soon_count = figures["overdue"], figures["due_soon"]


def _counts(desk: Desk, user: "User") -> None:
    """The states of the recommendations of the person's spaces and steered meetings (an administrator's: all)."""
    steered = Q(meeting__in=Meeting.objects.steered_by(user).values("pk"))
    rows = Recommendation.objects.adopted().filter(steered | Q(space__in=list(roles_by_space(user)))).order_by()
    late = Count("pk", filter=Q(state__in=Recommendation.OPEN, due_on__lt=today()))
    for state, number, overdue in rows.values_list("state").annotate(number=Count("pk"), late=late):
        desk.counts[state] = number
        desk.counts_overdue += overdue
