"""How assignments are settled when two sheets of the directory become one."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from actors.doubles.registry import Rule, Values, keep_first, settle
from portal.core.journal import Plan
from recommendations.models import Assignment, FollowUp, Recommendation

TOLD = ("part", "answer", "answered_at", "answered_by_id")


def register() -> None:
    """Called from `RecommendationsConfig.ready()`."""
    settle(
        Assignment,
        "actor",
        Rule(
            join=_stronger_part,
            mend=_not_itself,
            named=("recommendation", "get_part_display"),
            says=_("Where both are assigned, one assignment stays: the lead before support."),
        ),
    )
    settle(Assignment, "suggestion", Rule(mend=_not_itself))
    keep_first(_keep)
    # The check asks only that a progress report names an institution, and it still does.
    settle(FollowUp, "on_behalf_of", Rule(named=("recommendation", "get_kind_display")))


def _keep(actors: Collection[int]) -> None:
    """As the acts on a recommendation do: it before its assignments, and before the sheets they name."""
    assigned = Assignment.objects.filter(actor__in=actors).values("recommendation")
    list(Recommendation.objects.filter(pk__in=assigned).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _stronger_part(ours: Assignment, theirs: Assignment) -> Values:
    """The lead's answer counts; of two supports, the one that accepted."""
    if theirs.part == Assignment.Part.LEAD and ours.part != Assignment.Part.LEAD:
        return {name: getattr(theirs, name) for name in TOLD}
    waiting = ours.answer == Assignment.Answer.WAITING
    if ours.part == theirs.part and waiting and theirs.answer == Assignment.Answer.ACCEPTED:
        return {name: getattr(theirs, name) for name in TOLD}
    return {}


def _not_itself(assignment: Assignment, plan: Plan) -> Values:
    """An institution that returned a recommendation suggests another one than itself."""
    return {"suggestion_id": None} if assignment.suggestion_id == assignment.actor_id else {}
