"""For which names and addresses a workshop's own certificate may speak: those that exist on its own network alone."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta

from tracker.errors import Malformed
from tracker.i18n import N_

# RFC 6762, RFC 8375, and what routers give: nobody can own a name below them.
PRIVATE_ENDINGS = ("local", "lan", "internal", "home.arpa")
# RFC 1918, RFC 4193, RFC 3927 and RFC 4291, and the machine itself.
PRIVATE_NETWORKS = tuple(
    ipaddress.ip_network(one)
    for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8",
                "fc00::/7", "fe80::/10", "::1/128")
)  # fmt: skip
NAME = re.compile(r"(?=.{4,100}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]+")
ROOT_LASTS = timedelta(days=3650)
SERVER_LASTS = timedelta(days=390)  # browsers refuse more than 397 or 398
RENEWED_BEFORE = timedelta(days=60)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Names:
    """What a browser may call the server: one name, and addresses of its network."""

    name: str
    addresses: tuple[Address, ...]

    @property
    def hosts(self) -> tuple[str, ...]:
        return (self.name, *(str(one) for one in self.addresses))


def names(name: str, addresses: list[str] | tuple[str, ...]) -> Names:
    """The name and the addresses, checked. Raises `Malformed` for what exists outside of the workshop's network."""
    return Names(_name(name), tuple(dict.fromkeys(_address(one) for one in addresses)))


def _name(text: str) -> str:
    name = text.strip().rstrip(".").lower()
    if not NAME.fullmatch(name) or not is_private(name):
        raise Malformed(
            N_(
                "“%(name)s” is no name for a workshop’s own network: take one that ends in .local, .lan, .internal or "
                ".home.arpa. For a name on the Internet, put a web server in front (docs/https.md)."
            ),
            name=text[:80],
        )
    return name


def _address(text: str) -> Address:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        found = None
    if found is None or not any(found in one for one in PRIVATE_NETWORKS if one.version == found.version):
        raise Malformed(
            N_("“%(address)s” is no address of a private network: give one such as 192.168.1.10."),
            address=text[:80],
        )
    return found


def is_private(host: str) -> bool:
    """Whether this host is a name of a private network: nothing on the Internet can prove it to a browser."""
    return any(host.lower().endswith(f".{ending}") for ending in PRIVATE_ENDINGS)
