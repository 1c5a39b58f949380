"""What comes next for a recommendation, and the one thing this person can do about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from meetings.permissions import steers
from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.permissions import (
    can_answer,
    can_clear,
    can_confirm,
    reporting_assignments,
    why_not_adopt,
    why_not_answer,
    why_not_assign,
    why_not_clear,
    why_not_confirm,
    why_not_drop,
    why_not_edit,
    why_not_reopen,
)

if TYPE_CHECKING:
    from portal.accounts.models import User

State = Recommendation.State


@dataclass(frozen=True)
class NextAct:
    """A button: a link, or a form of one button where the act needs no words."""

    label: str
    url: str
    posts: bool = False
    icon: str = ""


@dataclass
class NextStep:
    """A sentence on what is awaited, the primary act of this person, and the quieter ones."""

    text: str
    primary: NextAct | None = None
    others: list[NextAct] = field(default_factory=list)


def next_step(user: "User", recommendation: Recommendation, entries: Sequence[FollowUp]) -> NextStep:
    """By urgency: answer, clear an entry, confirm, report; then what the secretariat does; else who is awaited."""
    may_steer = steers(user, recommendation.meeting)
    step = (
        _to_answer(user, recommendation)
        or _to_clear(user, entries)
        or _to_confirm(user, recommendation)
        or _to_report(user, recommendation, entries)
        or (_to_steer(recommendation) if may_steer else None)
        or NextStep(_awaited(recommendation))
    )
    if may_steer:
        taken = {step.primary.url} if step.primary else set()
        step.others += [act for act in _steering(recommendation) if act.url not in taken]
    return step


def _to(route: str, argument: object) -> str:
    return reverse(f"recommendations:{route}", args=[argument])


def _to_answer(user: "User", recommendation: Recommendation) -> NextStep | None:
    asked = (row for row in recommendation.assignments.all() if row.answer == Assignment.Answer.WAITING)
    row = next((row for row in asked if can_answer(user, row) and not why_not_answer(row)), None)
    if row is None:
        return None
    sentence = _("“%(institution)s” is invited to lead this recommendation.")
    if row.part == Assignment.Part.SUPPORT:
        sentence = _("“%(institution)s” is invited to support this recommendation.")
    accept = NextAct(_("Accept the assignment"), _to("accept_assignment", row.pk), posts=True, icon="check")
    back = NextAct(_("Return: outside our competence"), _to("answer_assignment", row.pk))
    return NextStep(sentence % {"institution": row.actor}, accept, [back])


def _to_clear(user: "User", entries: Sequence[FollowUp]) -> NextStep | None:
    waiting = [entry for entry in entries if entry.clearance == FollowUp.Clearance.WAITING]
    entry = next((entry for entry in waiting if not why_not_clear(entry) and can_clear(user, entry)), None)
    if entry is None:
        return None
    return NextStep(
        _("An entry of your institution waits for your validation."),
        NextAct(_("Read and validate"), _to("clear_follow_up", entry.pk)),
    )


def _to_confirm(user: "User", recommendation: Recommendation) -> NextStep | None:
    if why_not_confirm(recommendation) or not can_confirm(user, recommendation):
        return None
    confirm = NextAct(
        _("Confirm completion"), _to("confirm_recommendation", recommendation.reference), icon="shield-check"
    )
    contest = NextAct(_("Express a reservation"), _to("contest_recommendation", recommendation.reference))
    return NextStep(
        _("The lead declared this recommendation done. Read the account and the evidence, then confirm."),
        confirm,
        [contest],
    )


def _to_report(user: "User", recommendation: Recommendation, entries: Sequence[FollowUp]) -> NextStep | None:
    rows = reporting_assignments(user, recommendation)
    if not rows:
        return None
    first, *more = rows
    acts = [_report(row, recommendation) for row in more]
    if first.answer == Assignment.Answer.ACCEPTED and not why_not_answer(first, Assignment.Answer.RETURNED):
        acts.append(NextAct(_("Return: outside our competence"), _to("answer_assignment", first.pk)))
    waits = any(
        entry.clearance == FollowUp.Clearance.WAITING and entry.on_behalf_of_id == first.actor_id for entry in entries
    )
    if waits:
        text = _("An entry of your institution waits for its validator.")
    elif recommendation.state == State.CONTESTED:
        text = _("A reservation was expressed: answer it with an update.")
    elif recommendation.is_overdue:
        text = _("The due date has passed: an update says where it stands and what stands in the way.")
    else:
        text = _("Say where the implementation stands; it takes a minute.")
    return NextStep(text, _report(first, recommendation), acts)


def _report(row: Assignment, recommendation: Recommendation) -> NextAct:
    url = f"{_to('report_progress', recommendation.reference)}?for={row.actor.slug}"
    return NextAct(_("Update progress"), url, icon="pencil")


def _to_steer(recommendation: Recommendation) -> NextStep | None:
    reference = recommendation.reference
    if not why_not_adopt(recommendation):
        adopt = NextAct(_("Adopt the recommendation"), _to("adopt_recommendation", reference), posts=True, icon="check")
        return NextStep(_("A draft: it stands in the register once it is adopted."), adopt)
    if recommendation.lead is None and not why_not_assign(recommendation):
        assign = NextAct(_("Choose a lead"), _to("assign", reference), icon="user-plus")
        return NextStep(_("No institution leads this recommendation yet."), assign)
    return None


def _steering(recommendation: Recommendation) -> list[NextAct]:
    reference = recommendation.reference
    acts = []
    if not why_not_edit(recommendation):
        acts.append(NextAct(_("Edit"), _to("edit_recommendation", reference), icon="pencil"))
    if not why_not_assign(recommendation):
        acts.append(NextAct(_("Assign to an institution"), _to("assign", reference), icon="user-plus"))
    if recommendation.quote_revision_id is None:
        acts.append(NextAct(_("Link to its passage of the minutes"), _to("link_passage", reference), icon="quote"))
    if not why_not_reopen(recommendation):
        acts.append(NextAct(_("Reopen"), _to("reopen_recommendation", reference), icon="rotate-ccw"))
    if not why_not_drop(recommendation):
        acts.append(NextAct(_("Drop with a reason"), _to("drop_recommendation", reference), icon="circle-slash"))
    return acts


def _awaited(recommendation: Recommendation) -> str:
    """Who is awaited, for a reader who has nothing to do here."""
    lead = recommendation.lead
    match recommendation.state:
        case State.DRAFT:
            return _("A draft of the meeting, not adopted yet.")
        case State.DONE:
            return _("Declared done. The confirmation of the space is awaited.")
        case State.CONFIRMED:
            return _("Its completion is confirmed. Nothing more is awaited.")
        case State.DROPPED:
            return _("This recommendation was dropped.")
        case _ if recommendation.state in Recommendation.OPEN:
            pass
    if lead is None:
        return _("No institution leads this recommendation yet.")
    if lead.answer == Assignment.Answer.WAITING:
        return _("The answer of “%(institution)s” is awaited.") % {"institution": lead.actor}
    return _("“%(institution)s” implements this recommendation.") % {"institution": lead.actor}
