"""Which council's session a recommendation hangs on, and when that opens."""

from actors.directory.models import Actor
from portal.reference.sessions import Opening, Sessions
from recommendations.models import Assignment, Recommendation


def opening_of(recommendation: Recommendation, lead: Actor | None, sessions: Sessions) -> Opening | None:
    """When the session opens at which it is due: of the council that leads, or else of the recommendation's territory.

    None where it is not due at a session.
    """
    if recommendation.due_on is None or not recommendation.due_council:
        return None
    seat = recommendation.council_seat(recommendation.due_council, lead)
    return sessions.opening(recommendation.due_council, recommendation.due_on, seat.code if seat else None)


def hang_on_session(recommendation: Recommendation, sessions: Sessions | None = None) -> bool:
    """Bring the due date to the day by which the session opens; True when that moved it. Saves nothing."""
    if not recommendation.due_council:
        return False
    opening = opening_of(recommendation, _lead(recommendation), sessions or Sessions())
    if opening is None or opening.last == recommendation.due_on:
        return False
    recommendation.due_on = opening.last
    return True


def _lead(recommendation: Recommendation) -> Actor | None:
    """Who leads now, whatever was read before."""
    if recommendation.pk is None:
        return None
    leads = recommendation.assignments.standing().filter(part=Assignment.Part.LEAD)
    row = leads.select_related("actor__seat").first()
    return row.actor if row else None
