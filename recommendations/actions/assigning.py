"""Who is asked to do it, and what the institution answers."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.rules.recipients import recipients_of
from meetings.rules.recipients import steering_recipients
from portal.core import history
from portal.core.acting import Acting, person
from portal.core.errors import Refused, refuse, refuse_all
from portal.notifications.actions import notify
from recommendations.models import Assignment, Recommendation
from recommendations.permissions import check_answer, check_steering, why_not_answer, why_not_assign
from recommendations.rules.sessions import hang_on_session


@transaction.atomic
def assign(
    recommendation: Recommendation,
    *,
    actor: Actor,
    part: str,
    by: Acting,
    due_on: date | None = None,
    due_council: str = "",
) -> Assignment:
    """Ask an institution to lead or support, and say by when; the institution is told. Raises Refused.

    A due date given here becomes the recommendation's; none given leaves it as it was.
    """
    check_steering(by, recommendation.meeting)
    history.renew(recommendation)
    refuse(why_not_assign(recommendation))
    refuse_all(_wrong_assignment(recommendation, actor, part))
    assignment = Assignment(recommendation=recommendation, actor=actor, part=part)
    try:
        with transaction.atomic():
            history.save(assignment, by=by)
    except IntegrityError:
        raise Refused(
            _("Somebody else has just assigned this recommendation. Reload the page to see to whom.")
        ) from None
    due = due_on is not None and (due_on, due_council) != (recommendation.due_on, recommendation.due_council)
    if due:
        recommendation.due_on, recommendation.due_council = due_on, due_council
    if hang_on_session(recommendation) or due:
        history.save(recommendation, by=by)
    context = {"actor": actor, "part": Assignment.Part(part).label}
    notify(recipients_of(actor), kind="recommendations.assigned", about=recommendation, by=by, context=context)
    return assignment


def _wrong_assignment(recommendation: Recommendation, actor: Actor, part: str) -> dict[str, str]:
    wrong: dict[str, str] = {}
    standing = list(recommendation.assignments.standing().select_related("actor"))
    if actor.state != Actor.State.PUBLISHED:
        wrong["actor"] = _("This institution’s sheet is not published: it cannot be assigned anything.")
    elif any(row.actor_id == actor.pk for row in standing):
        wrong["actor"] = _("This institution is already assigned.")
    lead = next((row for row in standing if row.part == Assignment.Part.LEAD), None)
    if part == Assignment.Part.LEAD and lead is not None:
        wrong["part"] = _(
            "“%(institution)s” already leads this recommendation: withdraw its assignment first, or ask for support."
        ) % {"institution": lead.actor}
    return wrong


@transaction.atomic
def withdraw_assignment(assignment: Assignment, *, by: Acting) -> None:
    """Take back what was asked of an institution; its history and its entries stay. Raises Refused."""
    check_steering(by, assignment.recommendation.meeting)
    _keep(assignment)
    refuse(why_not_assign(assignment.recommendation))
    if assignment.answer == Assignment.Answer.RETURNED:
        raise Refused(_("This assignment was returned: there is nothing to withdraw."))
    history.delete(assignment, by=by)
    _follow_lead(assignment.recommendation, by)


@transaction.atomic
def answer_assignment(
    assignment: Assignment, *, answer: str, by: Acting, reason: str = "", suggestion: Actor | None = None
) -> None:
    """Accept, or return with a reason and perhaps the name of the competent institution; the secretariat is told.

    Raises Refused; nothing is enforced on an institution that returns.
    """
    check_answer(by, assignment)
    _keep(assignment)
    refuse(why_not_answer(assignment, answer))
    if answer == Assignment.Answer.RETURNED and not reason.strip():
        raise Refused(_("Say why the assignment is returned."), field="reason")
    if suggestion is not None and suggestion.pk == assignment.actor_id:
        raise Refused(_("Suggest another institution than your own."), field="suggestion")
    returned = answer == Assignment.Answer.RETURNED
    because: dict[str, Any] = {"return_reason": reason.strip(), "suggestion": suggestion} if returned else {}
    because |= {"answered_at": timezone.now(), "answered_by": person(by)}
    history.move(assignment, answer, by=by, field="answer", **because)
    _follow_lead(assignment.recommendation, by)
    notify(
        steering_recipients(assignment.recommendation.meeting),
        kind="recommendations.assignment_answered",
        about=assignment.recommendation,
        by=by,
        context={
            "actor": assignment.actor,
            "answer": Assignment.Answer(answer).label,
            "reason": assignment.return_reason,
            "suggestion": assignment.suggestion,
        },
    )


def _keep(assignment: Assignment) -> None:
    """The assignment, and the recommendation before it, as they stand and stay until the end of the transaction."""
    history.renew(assignment.recommendation)
    history.renew(assignment)


def _follow_lead(recommendation: Recommendation, by: Acting) -> None:
    """What is due at a session hangs on the council that leads."""
    if hang_on_session(recommendation):
        history.save(recommendation, by=by, only=["due_on"])
