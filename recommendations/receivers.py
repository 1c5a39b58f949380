"""What of a recommendation follows something else: the day it is due at a session, when an administrator says when the
session opens; and what its row repeats of its meeting."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from portal.core.acting import THE_PORTAL
from portal.core.copies import follow
from portal.reference.models import CouncilSession, SessionOpening
from recommendations.actions.drafting import follow_session
from recommendations.models import Recommendation

follow(Recommendation, "meeting")


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
