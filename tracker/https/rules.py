"""For which names and addresses a workshop's own certificate may speak: those that exist on its own network alone."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.errors import Malformed
from tracker.i18n import N_, Sentence

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


@dataclass(frozen=True)
class Standing:
    """What there is: `fingerprint` is the root's SHA-256, in pairs; the times are from when and until when each holds."""

    names: Names
    fingerprint: str
    root_from: datetime
    root_until: datetime
    server_from: datetime
    server_until: datetime

    def is_due(self, at: datetime) -> bool:
        """Whether the server's certificate ends soon, has ended, or was made by a clock that was ahead."""
        return self.server_until - at < RENEWED_BEFORE or at < self.server_from

    def is_over(self, at: datetime) -> bool:
        """Whether the root holds no more, or not yet: then no renewal helps."""
        return not self.root_from <= at <= self.root_until


def faults(standing: Standing, at: datetime, own: tuple[str, ...] = ()) -> list[Sentence]:
    """Why browsers will refuse the certificate at that moment by this machine's clock; `own`: the addresses by which it
    is reached now."""
    found = []
    if at < standing.server_from:
        found.append(Sentence(EARLY, {"today": f"{at:%Y-%m-%d}", "made": f"{standing.server_from:%Y-%m-%d}"}))
    elif at > standing.root_until:
        found.append(Sentence(ROOT_OVER, {"day": f"{standing.root_until:%Y-%m-%d}"}))
    elif at > standing.server_until:
        found.append(
            Sentence(SERVER_OVER, {"day": f"{standing.server_until:%Y-%m-%d}", "today": f"{at:%Y-%m-%d}"})
        )
    found += [Sentence(ELSEWHERE, {"host": one}) for one in own if one not in standing.names.hosts]
    return found


EARLY = N_("This machine says that today is %(today)s, and the certificate begins on %(made)s. Set the clock right; "
           "if it is right, run tracker https renew.")  # fmt: skip
ROOT_OVER = N_("The workshop’s authority ended on %(day)s: browsers refuse it. If the clock is right, run "
               "tracker https init --anew; every phone then installs the new certificate.")  # fmt: skip
SERVER_OVER = N_("The server’s certificate ended on %(day)s, and today is %(today)s here: browsers refuse it. Run "
                 "tracker https renew; phones need nothing. If today is wrong, set the clock right.")  # fmt: skip
ELSEWHERE = N_("The certificate does not name %(host)s: browsers that come by it are warned. Give the server its fixed "
               "address again, or run tracker https renew with --address for each address it has.")  # fmt: skip


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
