"""Who may open what: a line for each view. A view without a line fails the suite, and so does a line without a view.

    "stock.show": WORKSHOP,                         one answer for all methods
    "stock.index POST": COORDINATORS,               one method of a view that treats them differently
    "allocation.show": Line(ASKING, own=…, other=…) objects of one's own association, and of another: the first
                                                    opens, the second answers 404

`own` and `other` are functions without argument that make the object and return the values of the address.
The values of an address that no line gives lead to something that is not there (404 where one may look).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ANYONE = frozenset({"anonymous", "volunteer", "quality", "coordinator", "admin", "association"})
SIGNED_IN = ANYONE - {"anonymous"}
WORKSHOP = frozenset({"volunteer", "quality", "coordinator", "admin"})
CHECKERS = frozenset({"quality", "coordinator", "admin"})
COORDINATORS = frozenset({"coordinator", "admin"})
ADMINISTRATORS = frozenset({"admin"})
ASKING = frozenset({"coordinator", "admin", "association"})

Values = Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Line:
    roles: frozenset[str]
    own: Values | None = None
    other: Values | None = None


MATRIX: dict[str, frozenset[str] | Line] = {
    # web
    "web.home": SIGNED_IN,
    "web.language": ANYONE,
    "web.accessibility": ANYONE,
    "web.privacy": ANYONE,
    "health.alive": ANYONE,
    "health.ready": ANYONE,
    "health.metrics": ADMINISTRATORS,
    # accounts
    "accounts.login": ANYONE,
    "accounts.logout": SIGNED_IN,
    "accounts.forgotten": ANYONE,
    "accounts.choose_password": ANYONE,
    "account.show": SIGNED_IN,
    "account.add_key": SIGNED_IN,
    "account.revoke_key": SIGNED_IN,
    "users.index": COORDINATORS,
    "users.invite": COORDINATORS,
    "users.change": COORDINATORS,
    "users.link": COORDINATORS,
    "users.disable": COORDINATORS,
    "users.enable": COORDINATORS,
    "associations.index": COORDINATORS,
    "associations.add": COORDINATORS,
    "associations.change": COORDINATORS,
    "associations.close": COORDINATORS,
    "associations.reopen": COORDINATORS,
    # devices: what is put right by hand
    "devices.edit": WORKSHOP,
    "devices.accessories": WORKSHOP,
    "devices.flags": WORKSHOP,
    "devices.clear_flag": WORKSHOP,
    "devices.tag": WORKSHOP,
    "devices.merge": WORKSHOP,
    # collection
    "collection.collections": WORKSHOP,
    "collection.new_collection": WORKSHOP,
    "collection.show": WORKSHOP,
    "collection.add": WORKSHOP,
    "collection.receive": WORKSHOP,
    "collection.give_back": COORDINATORS,
    "lists.download_template": WORKSHOP,
    "lists.choose": WORKSHOP,
    "lists.look": WORKSHOP,
    "donors.index": COORDINATORS,
    "donors.add": COORDINATORS,
    "donors.show": COORDINATORS,
    "donors.change": COORDINATORS,
    # stock
    "stock.index": WORKSHOP,
    "stock.nowhere": WORKSHOP,
    "stock.put": WORKSHOP,
    "stock.add": WORKSHOP,
    "stock.show": WORKSHOP,
    "stock.put_here": WORKSHOP,
    "stock.change": WORKSHOP,
    "stock.close": WORKSHOP,
    "stock.reopen": WORKSHOP,
}


def line_of(endpoint: str, method: str) -> Line | None:
    """The line of a view; a line for one method goes before the line for all."""
    found = MATRIX.get(f"{endpoint} {method}", MATRIX.get(endpoint))
    return Line(found) if isinstance(found, frozenset) else found
