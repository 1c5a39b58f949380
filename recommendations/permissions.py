"""Who may do what with a recommendation, and why a thing cannot be done as it stands.

`can_…` is the plain question about a person; its `check_…` raises Forbidden with the sentence. `why_not_…` asks nobody:
it is the sentence why it cannot be done in this state, '' where it can.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actors.directory.models import Actor, Membership, SpaceMember
from actors.directory.models.membership import parts_by_actor
from actors.directory.models.space import role_in
from actors.directory.permissions import is_administrator
from meetings.models import Meeting
from meetings.permissions import steers
from portal.core.acting import person, rule
from portal.core.dates import today
from portal.reference.models import CouncilSession
from recommendations.models import Assignment, FollowUp, Recommendation

if TYPE_CHECKING:
    from portal.accounts.models import User

State = Recommendation.State


# Drafting and adopting: the secretariat's work.


check_steering = rule(steers, gettext_lazy("Only the secretariat or chair of the meeting does this."))


def why_not_draft(meeting: Meeting) -> str:
    match meeting.state:
        case Meeting.State.DRAFT:
            return _("Announce the meeting first: recommendations are drafted in a meeting that takes place.")
        case Meeting.State.CANCELLED:
            return _("This meeting was cancelled: nothing can be recommended by it.")
        case Meeting.State.POSTPONED:
            return _("This meeting is postponed: recommendations are drafted once it is announced again.")
        case Meeting.State.CLOSED:
            return _("The file of this meeting is closed: no recommendation can be added to it.")
        case _ if meeting.state in Meeting.RUNNING:
            pass
    return ""


def why_not_adopt(recommendation: Recommendation) -> str:
    if recommendation.state == State.DROPPED:
        return _("This recommendation was dropped: reopen it before adopting it.")
    if recommendation.state != State.DRAFT:
        return _("This recommendation has already been adopted.")
    return why_not_adopt_yet(recommendation.meeting)


def why_not_adopt_yet(meeting: Meeting) -> str:
    """Recommendations are adopted in the room or after it, never before."""
    if meeting.took_place:
        return ""
    if meeting.state == Meeting.State.CANCELLED:
        return _("This meeting was cancelled: nothing can be recommended by it.")
    if meeting.state != Meeting.State.ANNOUNCED or not meeting.has_begun():
        return _("Recommendations are adopted once the meeting has begun.")
    return ""


def why_not_edit(recommendation: Recommendation) -> str:
    if recommendation.state == State.CONFIRMED:
        return _("The completion of this recommendation is confirmed: reopen it before changing it.")
    if recommendation.state == State.DROPPED:
        return _("This recommendation was dropped: reopen it before changing it.")
    return ""


def why_not_drop(recommendation: Recommendation) -> str:
    match recommendation.state:
        case State.DROPPED:
            return _("This recommendation has already been dropped.")
        case State.DONE:
            return _("This recommendation was declared done: confirm it or express a reservation.")
        case State.CONFIRMED:
            return _("The completion of this recommendation is confirmed: it cannot be dropped any more.")
        case _ if recommendation.state in (State.DRAFT, *Recommendation.OPEN):
            pass
    return ""


def why_not_reopen(recommendation: Recommendation) -> str:
    if recommendation.state not in (State.CONFIRMED, State.DROPPED):
        return _("This recommendation is not closed: there is nothing to reopen.")
    return ""


# Assigning and answering.


def why_not_assign(recommendation: Recommendation) -> str:
    if recommendation.state == State.DRAFT:
        return _("Adopt the recommendation before assigning it to an institution.")
    if not recommendation.is_open:
        return _("This recommendation is no longer open: it cannot be assigned.")
    return ""


def can_answer(user: "User", assignment: Assignment) -> bool:
    """The institution's own people."""
    return assignment.actor_id in parts_by_actor(user)


check_answer = rule(can_answer, gettext_lazy("Only the people of the institution answer for it."))


def why_not_answer(assignment: Assignment, answer: str = "") -> str:
    """An accepted assignment can still be returned while the work is open."""
    if assignment.answer == Assignment.Answer.RETURNED:
        return _("Your institution has already returned this assignment.")
    if assignment.answer == Assignment.Answer.ACCEPTED and answer != Assignment.Answer.RETURNED:
        return _("Your institution has already accepted this assignment.")
    if not assignment.recommendation.is_open:
        return _("This recommendation is no longer open: the assignment needs no answer.")
    return ""


# Following up.


def can_report(user: "User", recommendation: Recommendation, actor: Actor | None = None) -> bool:
    """The people of an assigned institution, for it; without `actor`, of any."""
    own = parts_by_actor(user)
    asked = {row.actor_id for row in recommendation.assignments.all()}
    return bool(asked & set(own)) if actor is None else actor.pk in own and actor.pk in asked


def _not_reporting(user: "User", recommendation: Recommendation, actor: Actor | None = None) -> str:
    if actor is None:
        return _("Only an institution asked to implement this recommendation reports on it.")
    if actor.pk not in parts_by_actor(user):
        return _("You report only for an institution you work for.")
    return _("This recommendation is not assigned to your institution.")


check_report = rule(can_report, _not_reporting)


def why_not_report(recommendation: Recommendation, actor: Actor) -> str:
    rows = [row for row in recommendation.assignments.all() if row.actor_id == actor.pk]
    if not rows:
        return _("This recommendation is not assigned to your institution.")
    if all(row.answer == Assignment.Answer.RETURNED for row in rows):
        return _("Your institution returned this assignment: it reports no progress on it.")
    match recommendation.state:
        case State.DRAFT:
            return _("This recommendation is still a draft: there is no progress to report yet.")
        case State.DROPPED:
            return _("This recommendation was dropped: there is no progress to report any more.")
        case State.DONE:
            return _("This recommendation was declared done and waits for confirmation: nothing is missing from you.")
        case State.CONFIRMED:
            return _("The completion of this recommendation is confirmed: there is nothing left to report.")
        case _ if recommendation.state in Recommendation.OPEN:
            pass
    return ""


def reporting_assignments(user: "User", recommendation: Recommendation) -> list[Assignment]:
    """The assignments for which this person may report now, the lead's first."""
    rows = [
        row
        for row in recommendation.assignments.all()
        if can_report(user, recommendation, row.actor) and not why_not_report(recommendation, row.actor)
    ]
    return sorted((row for row in rows if row.answer != Assignment.Answer.RETURNED), key=lambda row: row.part)


def is_cleared_at_once(by: object, actor: Actor) -> bool:
    """True where the institution asks for no validation, or its validator (or nobody) writes the entry."""
    user = person(by)
    return (
        user is None
        or not actor.internal_validation
        or Membership.Part.VALIDATOR in parts_by_actor(user).get(actor.pk, ())
    )


def can_clear(user: "User", follow_up: FollowUp) -> bool:
    """The institution's validator; its manager where it has no validator in office."""
    own = parts_by_actor(user).get(follow_up.on_behalf_of_id or 0, set())
    if Membership.Part.VALIDATOR in own:
        return True
    return Membership.Part.MANAGER in own and not _has_validator(follow_up.on_behalf_of_id)


check_clear = rule(can_clear, gettext_lazy("Only the validator of the institution clears its entries."))


def why_not_clear(follow_up: FollowUp) -> str:
    if follow_up.clearance == FollowUp.Clearance.CLEARED:
        return _("This entry has already been cleared.")
    if follow_up.clearance == FollowUp.Clearance.SENT_BACK:
        return _("This entry was sent back to its author: it is replaced by a new one.")
    return ""


def _has_validator(actor_id: int | None) -> bool:
    return Membership.objects.serving(today(), Membership.Part.VALIDATOR).filter(actor=actor_id).exists()


# Confirming.


def can_confirm(user: "User", recommendation: Recommendation) -> bool:
    """The secretariat or chair confirms or expresses a reservation, never for its own institution.

    1. The lead's own people never confirm what they reported.
    2. The chair, the secretariat (or the organiser's managers where there is no space) confirm what others reported.
    3. Where the lead is the chair, the secretariat or the organiser, any other member of the space (or institution
       that took part in the meeting) confirms.
    """
    lead = recommendation.lead
    if _is_own(user, lead):
        return False
    if steers(user, recommendation.meeting):
        return True
    return _is_voice(user, recommendation) and lead is not None and lead_steers(recommendation, lead)


def _not_confirming(user: "User", recommendation: Recommendation) -> str:
    if _is_own(user, recommendation.lead):
        return _("Your own institution reported this: another member of the space confirms it.")
    return _("The secretariat or chair of the space confirms what was reported.")


check_confirm = rule(can_confirm, _not_confirming)


def _is_own(user: "User", lead: Assignment | None) -> bool:
    return lead is not None and lead.actor_id in parts_by_actor(user)


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


def why_not_confirm(recommendation: Recommendation) -> str:
    if recommendation.state == State.CONFIRMED:
        return _("The completion of this recommendation has already been confirmed.")
    if recommendation.state != State.DONE:
        return _("This recommendation has not been declared done: there is nothing to confirm yet.")
    return ""


def why_not_contest(recommendation: Recommendation) -> str:
    if recommendation.state == State.CONTESTED:
        return _("A reservation on this recommendation has already been expressed.")
    return why_not_confirm(recommendation)


def can_follow_session(user: "User", session: CouncilSession) -> bool:
    """Who says when councils sit."""
    return is_administrator(user)


check_follow_session = rule(can_follow_session, gettext_lazy("Only administrators say when councils sit."))


def can_read_reminders(user: "User", recommendation: Recommendation) -> bool:
    """Those who prepare the meeting, and the people of an assigned institution."""
    own = parts_by_actor(user)
    return steers(user, recommendation.meeting) or any(row.actor_id in own for row in recommendation.assignments.all())


check_read_reminders = rule(can_read_reminders, gettext_lazy("The reminders are shown to the institutions concerned."))
