"""What of a recommendation follows something else: the day it is due at a session, when an administrator says when the
session opens; and what its row repeats of its meeting and of its assignments."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from portal.core.acting import THE_PORTAL
from portal.core.copies import derive, follow
from portal.reference.models import CouncilSession, SessionOpening
from recommendations.actions.drafting import follow_session
from recommendations.models import Assignment, Recommendation

follow(Recommendation, "meeting")


@receiver([post_save, post_delete], sender=Assignment, dispatch_uid="recommendations.follow_lead")
def follow_lead(sender: type[Assignment], instance: Assignment, **kwargs: Any) -> None:
    """Also of an assignment that is written again under its old key."""
    rows = Recommendation.objects.filter(pk=instance.recommendation_id)
    derive(rows, lead_key=Subquery(Assignment.objects.leading(OuterRef("pk")).values("actor")[:1]))


@receiver([post_save, post_delete], sender=SessionOpening, dispatch_uid="recommendations.follow_opening")
def follow_opening(sender: type[SessionOpening], instance: SessionOpening, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        follow_session(instance.session, by=THE_PORTAL)


@receiver(post_save, sender=CouncilSession, dispatch_uid="recommendations.follow_month")
def follow_month(
    sender: type[CouncilSession], instance: CouncilSession, created: bool, raw: bool = False, **kwargs: Any
) -> None:
    if not raw and not created:
        follow_session(instance, by=THE_PORTAL)
