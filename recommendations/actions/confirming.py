"""What the space says to what was reported: confirmed, reserved, dropped, reopened."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.models import Actor, SpaceMember
from actors.directory.models.membership import parts_by_actor
from actors.directory.rules.recipients import recipients_of
from portal.core import history
from portal.core.acting import Acting, person
from portal.core.dates import today
from portal.core.errors import refuse
from portal.notifications.actions import notify
from recommendations.models import FollowUp, Recommendation
from recommendations.permissions import (
    check_confirm,
    check_steering,
    why_not_confirm,
    why_not_contest,
    why_not_drop,
    why_not_reopen,
)

State = Recommendation.State


@transaction.atomic
def confirm_recommendation(recommendation: Recommendation, *, by: Acting, account: str = "") -> None:
    """Confirm that it was done; an entry is added and the lead is told. Raises Refused."""
    check_confirm(by, recommendation)
    refuse(why_not_confirm(recommendation))
    history.move(recommendation, State.CONFIRMED, by=by, last_news_at=timezone.now())
    _add_entry(recommendation, FollowUp.Kind.CONFIRMATION, account, by)
    _tell_the_assigned(recommendation, "recommendations.confirmed", by)


@transaction.atomic
def contest_recommendation(recommendation: Recommendation, *, reason: str, by: Acting) -> None:
    """Express a reservation on what was declared done; the work is open again and the lead is told. Raises Refused."""
    check_confirm(by, recommendation)
    refuse(why_not_contest(recommendation))
    _need_reason(reason, _("Say what the reservation is about, so that the institution can answer it."))
    history.move(recommendation, State.CONTESTED, by=by, reason=reason.strip(), last_news_at=timezone.now())
    _add_entry(recommendation, FollowUp.Kind.CONTEST, reason, by)
    _tell_the_assigned(recommendation, "recommendations.contested", by, reason=reason.strip())


@transaction.atomic
def drop_recommendation(recommendation: Recommendation, *, reason: str, by: Acting) -> None:
    """Give the recommendation up, with a reason that is kept; the assigned institutions are told. Raises Refused."""
    check_steering(by, recommendation.meeting)
    refuse(why_not_drop(recommendation))
    _need_reason(reason, _("Say why the recommendation is dropped."))
    history.move(recommendation, State.DROPPED, by=by, reason=reason.strip(), drop_reason=reason.strip()[:300])
    if recommendation.was_adopted:
        _add_entry(recommendation, FollowUp.Kind.DROP, reason, by)
        _tell_the_assigned(recommendation, "recommendations.dropped", by, reason=reason.strip())


@transaction.atomic
def reopen_recommendation(recommendation: Recommendation, *, reason: str, by: Acting) -> None:
    """Take up again what was confirmed or dropped: work goes on, and the assigned institutions are told; a dropped
    draft is a draft again. Raises Refused."""
    check_steering(by, recommendation.meeting)
    refuse(why_not_reopen(recommendation))
    _need_reason(reason, _("Say why the recommendation is reopened."))
    now = timezone.now()
    if recommendation.state == State.CONFIRMED:
        changes: dict[str, Any] = {"progress": Recommendation.Progress.NEARLY, "done_at": None, "last_news_at": now}
        history.move(recommendation, State.IN_PROGRESS, by=by, reason=reason.strip(), **changes)
    elif recommendation.was_adopted:
        history.move(recommendation, State.ADOPTED, by=by, reason=reason.strip(), drop_reason="", last_news_at=now)
    else:
        history.move(recommendation, State.DRAFT, by=by, reason=reason.strip(), drop_reason="")
        return
    _add_entry(recommendation, FollowUp.Kind.REOPENING, reason, by)
    _tell_the_assigned(recommendation, "recommendations.reopened", by, reason=reason.strip())


def _need_reason(reason: str, sentence: str) -> None:
    refuse("" if reason.strip() else sentence, field="reason")


def _add_entry(recommendation: Recommendation, kind: str, account: str, by: Acting) -> None:
    now = timezone.now()
    entry = FollowUp(
        recommendation=recommendation,
        kind=kind,
        on_behalf_of=_speaking_for(recommendation, by),
        new_state=recommendation.state,
        account=account.strip(),
        drafted_by=person(by),
        drafted_at=now,
        cleared_by=person(by),
        cleared_at=now,
    )
    history.save(entry, by=by)


def _speaking_for(recommendation: Recommendation, by: Acting) -> Actor | None:
    """The institution this person speaks for here: the one with the strongest part in the space, or the organiser."""
    user = person(by)
    own = list(parts_by_actor(user)) if user is not None else []
    if recommendation.space_id is None:
        return Actor.objects.filter(pk=recommendation.meeting.organiser_id, pk__in=own).first()
    rank = {part: number for number, part in enumerate(SpaceMember.Part.values)}
    terms = SpaceMember.objects.on(today()).filter(space=recommendation.space_id, actor__in=own).select_related("actor")
    lead = recommendation.lead
    others = [term for term in terms if lead is None or term.actor_id != lead.actor_id]
    return min(others, key=lambda term: rank[term.part]).actor if others else None


def _tell_the_assigned(recommendation: Recommendation, kind: str, by: Acting, **context: str) -> None:
    for row in recommendation.assignments.standing().select_related("actor"):
        notify(recipients_of(row.actor), kind=kind, about=recommendation, by=by, context=context)
