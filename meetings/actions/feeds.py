"""The secret address of a person's calendar: made, renewed, stopped."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from meetings.models import CalendarFeed
from meetings.permissions import check_keep_feed
from portal.core.acting import Acting

if TYPE_CHECKING:
    from portal.accounts.models import User


@transaction.atomic
def renew_feed(owner: "User", *, by: Acting) -> CalendarFeed:
    """Give the person a new address for their calendar; any that they had opens nothing from now on."""
    check_keep_feed(by, owner)
    feed, is_new = CalendarFeed.objects.select_for_update().get_or_create(user=owner)
    if not is_new:
        feed.number, feed.is_open, feed.renewed_at = feed.number + 1, True, timezone.now()
        feed.save(update_fields=["number", "is_open", "renewed_at"])
    return feed


@transaction.atomic
def stop_feed(owner: "User", *, by: Acting) -> None:
    """Close the address: whoever has it reads nothing more."""
    check_keep_feed(by, owner)
    for feed in CalendarFeed.objects.select_for_update().filter(user=owner, is_open=True):
        feed.is_open = False
        feed.save(update_fields=["is_open"])
