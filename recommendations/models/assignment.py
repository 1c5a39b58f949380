"""Which institution does what of a recommendation."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.history import history
from recommendations.models import states
from recommendations.models.recommendation import Recommendation, RecommendationQuerySet, sees_inside

if TYPE_CHECKING:
    from portal.accounts.models import User


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def standing(self) -> Self:
        """Those not returned."""
        return self.filter(answer__in=states.STANDING)

    def leading(self, recommendation: Any) -> Self:
        """The one that leads, if any."""
        return self.standing().filter(part=Assignment.Part.LEAD, recommendation=recommendation)

    def named(self) -> Self:
        """Those not returned, with their institutions and the seats of these."""
        return self.standing().select_related("actor__seat")

    def led(self, user: "User") -> RecommendationQuerySet:
        """The adopted recommendations these lead, as this person is shown them; in public only accepted leads."""
        return self._of_part(Assignment.Part.LEAD, user)

    def supported(self, user: "User") -> RecommendationQuerySet:
        """Likewise those in which these are partners."""
        return self._of_part(Assignment.Part.SUPPORT, user)

    def _of_part(self, part: str, user: "User") -> RecommendationQuerySet:
        rows = self.standing().filter(part=part)
        if not sees_inside(user):
            rows = rows.filter(answer=Assignment.Answer.ACCEPTED)
        seen = Recommendation.objects.visible_to(user).adopted().as_shown_to(user)
        return seen.filter(pk__in=rows.values("recommendation"))


class Assignment(models.Model):
    """One institution asked to lead or support one recommendation, and its answer."""

    Part = states.AssignmentPart
    Answer = states.AssignmentAnswer

    recommendation = models.ForeignKey("recommendations.Recommendation", models.CASCADE, related_name="assignments")
    actor = models.ForeignKey(
        "directory.Actor", models.PROTECT, related_name="assignments", verbose_name=_("institution")
    )
    part = models.CharField(_("part"), max_length=10, choices=Part, default=Part.LEAD)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, default=Answer.WAITING)
    return_reason = models.CharField(_("reason"), max_length=300, blank=True)
    suggestion = models.ForeignKey(
        "directory.Actor",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("suggested institution"),
    )
    assigned_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AssignmentQuerySet.as_manager()
    history = history()

    TRANSITIONS = {
        Answer.WAITING: (Answer.ACCEPTED, Answer.RETURNED),
        Answer.ACCEPTED: (Answer.RETURNED,),
        Answer.RETURNED: (),
    }

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ("part", "pk")
        indexes = [
            models.Index(fields=["actor", "answer", "recommendation"], name="assignment_own"),
            # The desk: those that wait for an answer, in their order.
            models.Index(
                fields=["actor", "recommendation", "assigned_at", "id"],
                condition=Q(answer="waiting"),
                name="assignment_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation"],
                condition=Q(part="lead") & ~Q(answer="returned"),
                name="one_lead_per_recommendation",
                violation_error_message=_("This recommendation already has a lead."),
            ),
            models.UniqueConstraint(
                fields=["recommendation", "actor"],
                condition=~Q(answer="returned"),
                name="assigned_once",
                violation_error_message=_("This institution is already assigned."),
            ),
            models.CheckConstraint(
                condition=~Q(answer="returned", return_reason=""),
                name="assignment_returned_with_reason",
                violation_error_message=_("Say why the assignment is returned."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor} ({self.get_part_display()})"


def with_assignments(recommendations: RecommendationQuerySet) -> RecommendationQuerySet:
    """With the standing assignments and their institutions, and what a line of a list names."""
    standing = models.Prefetch("assignments", Assignment.objects.named())
    return recommendations.select_related("axis", "meeting", "space", "territory").prefetch_related(standing)
