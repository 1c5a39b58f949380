"""Which council's session a recommendation hangs on, and when that opens."""

from actors.directory.models import Actor
from portal.reference.models import Council
from portal.reference.sessions import Opening, Sessions
from recommendations.models import Assignment, Recommendation


def council_of(actor: Actor | None) -> tuple[Council, str] | None:
    """The kind of council an institution is, and the code of its territory; None for any other institution."""
    if actor is None or actor.kind not in Actor.COUNCILS or actor.seat is None:
        return None
    return Council(actor.seat.level), actor.seat.code


def opening_of(recommendation: Recommendation, lead: Actor | None, sessions: Sessions) -> Opening | None:
    """When the session opens at which it is due: of the council that leads, or else of the recommendation's territory.

    None where it is not due at a session.
    """
    if recommendation.due_on is None or not recommendation.due_council:
        return None
    council, territory = recommendation.due_council, recommendation.territory
    of_territory = (territory.level, territory.code) if territory else None
    mine = (code for level, code in filter(None, (council_of(lead), of_territory)) if level == council)
    return sessions.opening(council, recommendation.due_on, next(mine, None))


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
