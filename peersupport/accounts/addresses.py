"""Whose machine is asking: the one answer that limits and records rely on."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"


def client_address(request: HttpRequest) -> str:
    """The address of whoever asked, for a page or an API call. See `believed`."""
    return believed(
        peer=request.META.get("REMOTE_ADDR") or "",
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        proxies=settings.TRUSTED_PROXIES,
    )


def address_of(scope: Mapping[str, Any]) -> str:
    """The address of whoever opens a socket, from its ASGI scope. See `believed`."""
    forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    peer = scope.get("client") or ("", 0)
    return believed(
        peer=peer[0],
        forwarded_for=b",".join(forwarded).decode("latin-1"),
        proxies=settings.TRUSTED_PROXIES,
    )


def believed(*, peer: str, forwarded_for: str, proxies: int) -> str:
    """The address seen by the outermost of our own proxies, or the peer's where there is none.

    Each proxy adds what it saw at the right end of X-Forwarded-For; whatever stands left of our own entries
    was written by the client and is not believed. A list shorter than `proxies` did not come through them.

    >>> believed(peer="10.0.0.2", forwarded_for="6.6.6.6, 192.0.2.7", proxies=1)
    '192.0.2.7'
    """
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    chosen = hops[-proxies] if 0 < proxies <= len(hops) else peer
    return _plain(chosen) or _plain(peer) or UNKNOWN


def _plain(address: str) -> str:
    """The address without brackets and port; empty if it is none. IPv4 in IPv6 clothing counts as IPv4."""
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)


def neighbourhood(address: str) -> str:
    """What a limit counts by: an IPv4 address, or the /64 that one household gets of IPv6 (RFC 6177)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network(f"{parsed}/64", strict=False).network_address)
    return str(parsed)
