"""The offers of an institution that wait to be taken up, and whether their mail arrived."""

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, OuterRef, Subquery
from django.db.models.functions import Cast

from actors.directory.models import AccountOffer, Actor
from portal.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class WaitingOffer:
    """An offer, and how its mail failed: None where it did not, or not yet. Nothing here depends on whether the address
    has an account."""

    offer: AccountOffer
    failure: Notification.State | None


def waiting_offers(actor: Actor) -> list[WaitingOffer]:
    mails = Notification.objects.filter(
        content_type=ContentType.objects.get_for_model(AccountOffer), object_id=Cast(OuterRef("pk"), CharField())
    )
    failed = mails.filter(state__in=Notification.UNDELIVERED).order_by("-pk").values("state")[:1]
    rows = actor.offers.open().annotate(failure=Subquery(failed))
    return [WaitingOffer(row, Notification.State(row.failure) if row.failure else None) for row in rows]
