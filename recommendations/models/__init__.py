"""What must follow from a meeting, and what became of it."""

from recommendations.models.assignment import Assignment
from recommendations.models.follow_up import Evidence, FollowUp
from recommendations.models.recommendation import Recommendation, sees_inside
from recommendations.models.shown import Shown, shown_to
from recommendations.models.states import strip_of

__all__ = ["Assignment", "Evidence", "FollowUp", "Recommendation", "Shown", "sees_inside", "shown_to", "strip_of"]
