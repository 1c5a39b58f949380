"""Who may do what with a recommendation; every refusal has a sentence of its own.

`check_…` raises Refused with the reason (NotYours where it is the person who may not); `can_…` is the plain question.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from actors.models import Actor, Membership, SpaceMember
from actors.models.membership import parts_by_actor
from actors.models.space import role_in
from meetings.models import Meeting
from meetings.permissions import steers
from portal.core.dates import today
from portal.core.errors import Refused
from recommendations.models import Assignment, FollowUp, Recommendation

if TYPE_CHECKING:
    from portal.accounts.models import User

State = Recommendation.State


class NotYours(Refused):
    """The act is possible, but not for this person."""


def allowed(check: Callable[..., None], *arguments: object) -> bool:
    """The plain question of a check."""
    try:
        check(*arguments)
    except Refused:
        return False
    return True


# Drafting and adopting: the secretariat's work.


def check_steering(user: "User", meeting: Meeting) -> None:
    if not steers(user, meeting):
        raise NotYours(_("Only the secretariat or chair of the meeting does this."))


def check_draft(user: "User", meeting: Meeting) -> None:
    check_steering(user, meeting)
    match meeting.state:
        case Meeting.State.DRAFT:
            raise Refused(_("Announce the meeting first: recommendations are drafted in a meeting that takes place."))
        case Meeting.State.CANCELLED:
            raise Refused(_("This meeting was cancelled: nothing can be recommended by it."))
        case Meeting.State.POSTPONED:
            raise Refused(_("This meeting is postponed: recommendations are drafted once it is announced again."))
        case Meeting.State.CLOSED:
            raise Refused(_("The file of this meeting is closed: no recommendation can be added to it."))
        case _ if meeting.state in Meeting.RUNNING:
            pass


def can_draft(user: "User", meeting: Meeting) -> bool:
    return allowed(check_draft, user, meeting)


def check_adopt(user: "User", recommendation: Recommendation) -> None:
    check_steering(user, recommendation.meeting)
    if recommendation.state == State.DROPPED:
        raise Refused(_("This recommendation was dropped: reopen it before adopting it."))
    if recommendation.state != State.DRAFT:
        raise Refused(_("This recommendation has already been adopted."))
    check_adopting_time(recommendation.meeting)


def check_adopting_time(meeting: Meeting) -> None:
    """Recommendations are adopted in the room or after it, never before."""
    if meeting.took_place:
        return
    if meeting.state == Meeting.State.CANCELLED:
        raise Refused(_("This meeting was cancelled: nothing can be recommended by it."))
    if meeting.state != Meeting.State.ANNOUNCED or meeting.starts_at > timezone.now():
        raise Refused(_("Recommendations are adopted once the meeting has begun."))


def can_adopt(user: "User", recommendation: Recommendation) -> bool:
    return allowed(check_adopt, user, recommendation)


def check_edit(user: "User", recommendation: Recommendation) -> None:
    check_steering(user, recommendation.meeting)
    if recommendation.state == State.CONFIRMED:
        raise Refused(_("The completion of this recommendation is confirmed: reopen it before changing it."))
    if recommendation.state == State.DROPPED:
        raise Refused(_("This recommendation was dropped: reopen it before changing it."))


def can_edit(user: "User", recommendation: Recommendation) -> bool:
    return allowed(check_edit, user, recommendation)


def check_drop(user: "User", recommendation: Recommendation) -> None:
    check_steering(user, recommendation.meeting)
    match recommendation.state:
        case State.DROPPED:
            raise Refused(_("This recommendation has already been dropped."))
        case State.DONE:
            raise Refused(_("This recommendation was declared done: confirm it or express a reservation."))
        case State.CONFIRMED:
            raise Refused(_("The completion of this recommendation is confirmed: it cannot be dropped any more."))
        case _ if recommendation.state in (State.DRAFT, *Recommendation.OPEN):
            pass


def can_drop(user: "User", recommendation: Recommendation) -> bool:
    return allowed(check_drop, user, recommendation)


def check_reopen(user: "User", recommendation: Recommendation) -> None:
    check_steering(user, recommendation.meeting)
    if recommendation.state not in (State.CONFIRMED, State.DROPPED):
        raise Refused(_("This recommendation is not closed: there is nothing to reopen."))


def can_reopen(user: "User", recommendation: Recommendation) -> bool:
    return allowed(check_reopen, user, recommendation)


# Assigning and answering.


def check_assign(user: "User", recommendation: Recommendation) -> None:
    check_steering(user, recommendation.meeting)
    if recommendation.state == State.DRAFT:
        raise Refused(_("Adopt the recommendation before assigning it to an institution."))
    if not recommendation.is_open:
        raise Refused(_("This recommendation is no longer open: it cannot be assigned."))


def can_assign(user: "User", recommendation: Recommendation) -> bool:
    return allowed(check_assign, user, recommendation)


def check_answer(user: "User", assignment: Assignment, answer: str = "") -> None:
    """The institution's own people answer; an accepted assignment can still be returned while the work is open."""
    if assignment.actor_id not in parts_by_actor(user):
        raise NotYours(_("Only the people of the institution answer for it."))
    if assignment.answer == Assignment.Answer.RETURNED:
        raise Refused(_("Your institution has already returned this assignment."))
    if assignment.answer == Assignment.Answer.ACCEPTED and answer != Assignment.Answer.RETURNED:
        raise Refused(_("Your institution has already accepted this assignment."))
    if not assignment.recommendation.is_open:
        raise Refused(_("This recommendation is no longer open: the assignment needs no answer."))


def can_answer(user: "User", assignment: Assignment) -> bool:
    return assignment.answer == Assignment.Answer.WAITING and allowed(check_answer, user, assignment)


# Following up.


def check_report(user: "User", recommendation: Recommendation, actor: Actor | None) -> None:
    """An entry is written by the people of an assigned institution, for it, while the work is open."""
    if actor is None or actor.pk not in parts_by_actor(user):
        raise NotYours(_("You report only for an institution you work for."))
    rows = [row for row in recommendation.assignments.all() if row.actor_id == actor.pk]
    if not rows:
        raise NotYours(_("This recommendation is not assigned to your institution."))
    if all(row.answer == Assignment.Answer.RETURNED for row in rows):
        raise Refused(_("Your institution returned this assignment: it reports no progress on it."))
    match recommendation.state:
        case State.DRAFT:
            raise Refused(_("This recommendation is still a draft: there is no progress to report yet."))
        case State.DROPPED:
            raise Refused(_("This recommendation was dropped: there is no progress to report any more."))
        case State.DONE:
            raise Refused(
                _("This recommendation was declared done and waits for confirmation: nothing is missing from you.")
            )
        case State.CONFIRMED:
            raise Refused(_("The completion of this recommendation is confirmed: there is nothing left to report."))
        case _ if recommendation.state in Recommendation.OPEN:
            pass


def reporting_assignments(user: "User", recommendation: Recommendation) -> list[Assignment]:
    """The assignments for which this person may report now, the lead's first."""
    rows = [row for row in recommendation.assignments.all() if allowed(check_report, user, recommendation, row.actor)]
    return sorted((row for row in rows if row.answer != Assignment.Answer.RETURNED), key=lambda row: row.part)


def is_cleared_at_once(user: "User", actor: Actor) -> bool:
    """True where the institution asks for no validation, or its validator writes the entry."""
    return not actor.internal_validation or Membership.Part.VALIDATOR in parts_by_actor(user).get(actor.pk, ())


def check_clear(user: "User", follow_up: FollowUp) -> None:
    """The institution's validator clears; its manager where it has no validator in office."""
    own = parts_by_actor(user).get(follow_up.on_behalf_of_id or 0, set())
    is_validator = Membership.Part.VALIDATOR in own
    if not is_validator and not (Membership.Part.MANAGER in own and not _has_validator(follow_up.on_behalf_of_id)):
        raise NotYours(_("Only the validator of the institution clears its entries."))
    if follow_up.clearance == FollowUp.Clearance.CLEARED:
        raise Refused(_("This entry has already been cleared."))
    if follow_up.clearance == FollowUp.Clearance.SENT_BACK:
        raise Refused(_("This entry was sent back to its author: it is replaced by a new one."))


def _has_validator(actor_id: int | None) -> bool:
    return (
        Membership.objects.on(today())
        .filter(actor=actor_id, part=Membership.Part.VALIDATOR, user__is_active=True)
        .exists()
    )


def can_clear(user: "User", follow_up: FollowUp) -> bool:
    return follow_up.on_behalf_of_id in parts_by_actor(user) and allowed(check_clear, user, follow_up)


# Confirming.


def check_confirm(user: "User", recommendation: Recommendation) -> None:
    """The secretariat or chair confirms, never for its own institution; where they lead, another member does.

    1. The lead's own people never confirm what they reported.
    2. The chair, the secretariat (or the organiser's managers where there is no space) confirm what others reported.
    3. Where the lead is the chair, the secretariat or the organiser, any other member of the space (or institution
       that took part in the meeting) confirms.
    """
    if recommendation.state == State.CONFIRMED:
        raise Refused(_("The completion of this recommendation has already been confirmed."))
    if recommendation.state != State.DONE:
        raise Refused(_("This recommendation has not been declared done: there is nothing to confirm yet."))
    lead = recommendation.lead
    if lead is not None and lead.actor_id in parts_by_actor(user):
        raise NotYours(_("Your own institution reported this: another member of the space confirms it."))
    if steers(user, recommendation.meeting):
        return
    if not _is_voice(user, recommendation):
        raise NotYours(_("The secretariat or chair of the space confirms what was reported."))
    if lead is None or not lead_steers(recommendation, lead):
        raise NotYours(_("The secretariat or chair of the space confirms what was reported."))


def _is_voice(user: "User", recommendation: Recommendation) -> bool:
    if recommendation.space is not None:
        return role_in(user, recommendation.space) in SpaceMember.VOICES
    return Meeting.objects.taken_part_in_by(user).filter(pk=recommendation.meeting_id).exists()


def lead_steers(recommendation: Recommendation, lead: Assignment) -> bool:
    """True where the lead is the chair, the secretariat or (without a space) the organiser."""
    if recommendation.space_id is None:
        return lead.actor_id == recommendation.meeting.organiser_id
    terms = SpaceMember.objects.on(today()).filter(space=recommendation.space_id, part__in=SpaceMember.STEERING)
    return terms.filter(actor=lead.actor_id).exists()


def can_confirm(user: "User", recommendation: Recommendation) -> bool:
    return user.is_authenticated and allowed(check_confirm, user, recommendation)


def check_contest(user: "User", recommendation: Recommendation) -> None:
    """Whoever may confirm may express a reservation instead."""
    if recommendation.state == State.CONTESTED:
        raise Refused(_("A reservation on this recommendation has already been expressed."))
    check_confirm(user, recommendation)


def can_contest(user: "User", recommendation: Recommendation) -> bool:
    return user.is_authenticated and allowed(check_contest, user, recommendation)


def can_read_reminders(user: "User", recommendation: Recommendation) -> bool:
    """Those who prepare the meeting, and the people of an assigned institution."""
    own = parts_by_actor(user) if user.is_authenticated else {}
    return steers(user, recommendation.meeting) or any(row.actor_id in own for row in recommendation.assignments.all())
