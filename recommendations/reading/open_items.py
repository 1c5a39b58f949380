"""What of recommendations waits for an institution: those it leads or supports, and reports inside the house."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

from django.db.models import Prefetch
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor
from actors.directory.rules.open_items import OpenItem
from recommendations.models import Assignment, FollowUp, Recommendation

Part, State = Assignment.Part, Recommendation.State

HEADINGS = {
    "unanswered": _("Assignments without answer"),
    Part.LEAD: _("Recommendations it leads"),
    Part.SUPPORT: _("Recommendations it supports"),
}


def open_items(actor: Actor, day: date, now: datetime) -> Iterator[OpenItem]:
    """In three queries: assignments that stand, of recommendations not settled yet, and reports not cleared."""
    assignments = (
        Assignment.objects.standing()
        .filter(actor=actor, recommendation__state__in=(*Recommendation.OPEN, State.DONE))
        .select_related("recommendation__territory")
        .prefetch_related(Prefetch("recommendation__assignments", Assignment.objects.named()))
        .order_by(Assignment.Answer.rank_of("answer"), "part", "recommendation__due_on", "pk")
    )
    for row in assignments:
        recommendation = row.recommendation
        yield OpenItem(
            what=HEADINGS["unanswered" if row.answer == Assignment.Answer.WAITING else row.part],
            title=recommendation,
            reference=recommendation.reference,
            due=lazy(partial(getattr, recommendation, "due_text"), str)(),
            state=State(recommendation.state).label,
        )
    waiting = FollowUp.objects.awaiting_clearance().filter(on_behalf_of=actor).select_related("recommendation")
    for entry in waiting.order_by("drafted_at", "pk"):
        yield OpenItem(
            what=_("Progress reports waiting for internal validation"),
            title=entry.recommendation,
            reference=entry.recommendation.reference,
            state=FollowUp.Clearance.WAITING.label,
        )
