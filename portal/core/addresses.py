"""From where a request comes, through the proxies that are trusted, and as much of it as may be kept."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address of who asks, as the last trusted proxy saw it; '' where the server does not say.

    Each proxy adds the address it was asked from to the end of X-Forwarded-For. What stands before what
    `TRUSTED_PROXIES` of them added is said by whoever asks, and counts for nothing; so does a header that is shorter.
    """
    trusted = settings.TRUSTED_PROXIES
    added = request.headers.get("X-Forwarded-For", "").split(",")
    seen = _cleaned(added[-trusted]) if 0 < trusted <= len(added) else ""
    return seen or _cleaned(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """What a limit knows an address by: of IPv6 the network, since one line has more addresses than anybody counts."""
    return _within(address, v4=32, v6=64)


def region_of(address: str) -> str:
    """What may be kept of an address: enough to tell one line from another, too little to find a household."""
    return _within(address, v4=24, v6=48)


def _within(address: str, *, v4: int, v6: int) -> str:
    if not address:
        return ""
    bits = v4 if ipaddress.ip_address(address).version == 4 else v6
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False)).removesuffix("/32")


def _cleaned(text: str) -> str:
    """The address alone: without the port some proxies write, without a zone, IPv4 as such; '' for what is none."""
    text = text.strip()
    host = text[1:].partition("]")[0] if text.startswith("[") else text
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)
