"""Where a connection may be opened to: what the operator listed, and behind a name only the workshop's own network."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Sequence

from tracker.errors import Malformed
from tracker.printing.rules import socket_address

# RFC 1918 and RFC 4193. Loopback and link-local (where clouds keep their keys) are not among them.
WORKSHOP_NETWORKS = tuple(
    ipaddress.ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


def host_and_port(address: str) -> tuple[str, int]:
    """`192.168.1.40:9100` → its parts; an IPv6 address without its brackets."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def reachable(found: Sequence[str], port: int, allowed: Collection[str]) -> list[str]:
    """Those of the addresses a name stands for that may be reached: private ones, and any that the operator listed as
    figures with this port."""
    listed = set(_figures(allowed))
    chosen = []
    for text in found:
        address = ipaddress.ip_address(text.partition("%")[0])
        plain = getattr(address, "ipv4_mapped", None) or address
        if (plain, port) in listed or any(plain in network for network in WORKSHOP_NETWORKS):
            chosen.append(text)
    return chosen


def _figures(
    allowed: Collection[str],
) -> list[tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]]:
    found = []
    for one in allowed:
        try:
            host, port = host_and_port(socket_address(one))
            found.append((ipaddress.ip_address(host), port))
        except (Malformed, ValueError):
            continue
    return found
