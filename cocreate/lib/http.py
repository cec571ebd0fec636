"""What a request says about its sender, believed only as far as our own proxies vouch for it."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

NETWORK_OF_ONE = 64  # bits: whoever rents one IPv6 line has 2^64 addresses


def client_address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw, or the peer's; anything further left in
    X-Forwarded-For is a claim, and so are Forwarded, X-Real-IP and their like.

    The one place that decides this: limits, sessions and mails all ask here. Empty on a socket.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    proxies: int = settings.TRUSTED_PROXIES
    if proxies:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(hops) >= proxies and (seen := parsed(hops[-proxies])):
            return str(seen)
    return str(parsed(direct) or direct)


def network_of(address: str) -> str:
    """Whom an address limit counts: an IPv4 address, or the /64 that one line of IPv6 has."""
    seen = parsed(address)
    if isinstance(seen, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((seen, NETWORK_OF_ONE), strict=False))
    return str(seen or address)


@lru_cache(4096)  # a request asks three times
def parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Without port, zone and brackets; an IPv4 address in IPv6 clothes is an IPv4 address."""
    address = address.strip()
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    try:
        seen = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(seen, "ipv4_mapped", None) or seen
