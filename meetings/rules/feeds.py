"""The secret address of a person’s calendar: signed over its row and number. So nothing secret is stored, its owner is
shown it again, and one that is renewed leaves those before it without effect."""

import re

from django.core import signing

from meetings.models import CalendarFeed

SALT = "meetings.calendar_feed"
#: the row and the number of its address
NAMED = re.compile(r"([1-9]\d{0,17})-([1-9]\d{0,8})", re.ASCII)


def token_of(feed: CalendarFeed) -> str:
    return _signer().sign(f"{feed.pk}-{feed.number}")


def feed_of(token: str) -> CalendarFeed | None:
    """The feed with this address; None for one that is forged, renewed or stopped since, or whose owner may not sign
    in any more: they are answered alike."""
    try:
        named = NAMED.fullmatch(_signer().unsign(token))
    except signing.BadSignature:
        return None
    if named is None:
        return None
    row = CalendarFeed.objects.filter(pk=int(named[1]), number=int(named[2]), is_open=True, user__is_active=True)
    return row.select_related("user").first()


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")
