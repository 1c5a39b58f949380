"""How often something may be done: so often by one person, or from one address, within a window of time.

`settings.LIMITS` says of each limit how many and within how many seconds. What guards a password, sends a mail or
orders work is counted in the database, which is there or nothing is; what only reads (ON_READING) in the cache, so that
a page that is read writes nothing: where the cache is away, it is let through.
"""

import logging
from datetime import UTC, datetime, timedelta
from math import ceil

from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from portal.core.acting import THE_PORTAL, Acting, acting
from portal.core.addresses import address_of, network_of
from portal.core.errors import TooOften
from portal.core.keys import bearer_of
from portal.core.logs import refused
from portal.core.models import Tally

log = logging.getLogger(__name__)

#: limits on what is only read
ON_READING = frozenset({"exports", "searches", "links"})


def take(limit: str, who: str) -> datetime | None:
    """Count one more; None where it may be done, else the instant from which it may be done again."""
    counted = _in_cache if limit in ON_READING else _in_database
    return counted(limit, _mark(limit, who), timezone.now())


def give_back(limit: str, who: str) -> None:
    """What was counted turned out to be none: the right password, say."""
    rows = Tally.objects.filter(limit=limit, mark=_mark(limit, who), until__gt=timezone.now(), count__gt=0)
    rows.update(count=F("count") - 1)


def forget(limit: str, who: str) -> None:
    """Begin anew."""
    Tally.objects.filter(limit=limit, mark=_mark(limit, who)).delete()


def within_limit(request: HttpRequest, limit: str) -> None:
    """Count one more for who asks: the person, the bearer of a link, or for a visitor the address. Raises TooOften,
    which a middleware answers with a page."""
    _within(limit, bearer_of(acting(request)) or network_of(address_of(request)))


def within_limit_of(by: Acting, limit: str) -> None:
    """The same of an act, whoever does it; the portal has no limit."""
    if by is not THE_PORTAL:
        _within(limit, bearer_of(by))


def _within(limit: str, who: str) -> None:
    if until := take(limit, who):
        refused(f"too many {limit}: {who} waits until {until.isoformat(timespec='seconds')}")
        raise TooOften(until)


def again_in(until: datetime) -> str:
    """When it may be done again, in the reader's words."""
    minutes = max(1, ceil((until - timezone.now()).total_seconds() / 60))
    sentence = ngettext("Try again in %(count)s minute.", "Try again in %(count)s minutes.", minutes)
    return sentence % {"count": minutes}


def _mark(limit: str, who: str) -> str:
    """Stands for a person or an address, and says neither."""
    return salted_hmac(f"portal.core.limits.{limit}", who, algorithm="sha256").hexdigest()


def _in_database(limit: str, mark: str, now: datetime) -> datetime | None:
    """Each step is one conditional write, so that of many at once no more than the limit come through."""
    most, seconds = settings.LIMITS[limit]
    rows, anew = Tally.objects.filter(limit=limit, mark=mark), {"count": 1, "until": now + timedelta(seconds=seconds)}
    while True:
        if rows.filter(until__gt=now, count__lt=most).update(count=F("count") + 1):
            return None
        if until := rows.filter(until__gt=now).values_list("until", flat=True).first():
            return until
        if rows.filter(until__lte=now).update(**anew):
            return None
        if Tally.objects.get_or_create(limit=limit, mark=mark, defaults=anew)[1]:
            return None


def _in_cache(limit: str, mark: str, now: datetime) -> datetime | None:
    most, seconds = settings.LIMITS[limit]
    window = int(now.timestamp()) // seconds
    key = f"limit:{limit}:{mark}:{window}"
    try:
        cache.add(key, 0, timeout=seconds)
        count = cache.incr(key)
    except Exception as error:
        log.warning("The cache did not answer, so %s are not counted: %r", limit, error)
        return None
    return datetime.fromtimestamp((window + 1) * seconds, UTC) if count > most else None
