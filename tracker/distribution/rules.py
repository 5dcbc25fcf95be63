"""What may be handed over, at what price, with what accessories, signed by whom. Plain values."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from tracker.accounts.rules import NEVER_SOLD_GROUNDS, Ground
from tracker.collection.rules import DonorKind
from tracker.devices.rules import ACCESSORIES, DEMANDED, TYPES, Accessories, DeviceType
from tracker.errors import Malformed, RuleBroken
from tracker.i18n import N_, Sentence

MOST_DEVICES = 1_000
LONGEST_NAME = 120
MOST_PEOPLE = 100_000
HIGHEST_PRICE_CENTS = 1_000_000

# Highest prices, tax included, at which what public bodies gave may be passed on (décret n° 2022-1413 du 7 novembre
# 2022). It names the desktop computer with its screen: an all-in-one is one. It has two kinds of printers; ours are
# held to the lower figure, since nothing here tells them apart.
DECREE = "décret n°\u00a02022-1413"
PRICE_CAPS_CENTS: dict[DeviceType, int] = {
    DeviceType.LAPTOP: 180_00,
    DeviceType.DESKTOP: 150_00,
    DeviceType.ALL_IN_ONE: 150_00,
    DeviceType.TABLET: 100_00,
    DeviceType.SMARTPHONE: 100_00,
    DeviceType.SCREEN: 30_00,
    DeviceType.PRINTER: 30_00,
}


class Otherwise(enum.StrEnum):
    """What the person would have done without this device. Optional; it replaces an assumption of the footprint."""

    BOUGHT_NEW = "bought_new"
    BOUGHT_USED = "bought_used"
    BORROWED = "borrowed"
    NOTHING = "nothing"


OTHERWISES: dict[Otherwise, str] = {
    Otherwise.BOUGHT_NEW: N_("Bought a new one"),
    Otherwise.BOUGHT_USED: N_("Bought a used one"),
    Otherwise.BORROWED: N_("Borrowed one"),
    Otherwise.NOTHING: N_("Gone without"),
}


@dataclass(frozen=True)
class Signed:
    """Who receives: a name and a role, and the drawing (PNG) where there is one."""

    name: str
    role: str
    drawing: bytes | None = None


def read_signer(name: str | None, role: str | None, drawing: bytes | None = None) -> Signed:
    """Raise `Malformed` unless a name and the person's role are given, drawn signature or not."""
    said, part = " ".join((name or "").split()), " ".join((role or "").split())
    if len(said) < 2:
        raise Malformed(N_("Write the name of the person who receives the devices."), field="signed_by")
    if not part:
        raise Malformed(
            N_("Write the role of the person who receives the devices, for example “volunteer”."),
            field="signed_role",
        )
    if max(len(said), len(part)) > LONGEST_NAME:
        raise Malformed(
            N_("A name or a role has at most %(most)s signs."), field="signed_by", most=LONGEST_NAME
        )
    return Signed(said, part, drawing)


def read_signer_in_one(text: str | None, drawing: bytes | None = None) -> Signed:
    """Name and role as a script sends them, in one text: “Claire Exemple, présidente”. Without a comma there is no
    role: none is made up, and the document shows that none was stated."""
    name, _, role = (text or "").partition(",")
    if role.strip():
        return read_signer(name, role, drawing)
    return Signed(read_signer(name, "-", drawing).name, "", drawing)


def must_be_a_price(cents: Any) -> int:
    """Raise `Malformed` unless this is a whole number of cents in reason."""
    if isinstance(cents, bool) or not isinstance(cents, int) or not 0 <= cents <= HIGHEST_PRICE_CENTS:
        raise Malformed(
            N_("A price is a whole number of cents, from 0 to %(most)s."),
            field="price_cents",
            most=HIGHEST_PRICE_CENTS,
        )
    return cents


def must_be_people(count: int | None) -> int | None:
    if count is not None and not 0 <= count <= MOST_PEOPLE:
        raise Malformed(N_("The number of people is from 0 to %(most)s."), field="people", most=MOST_PEOPLE)
    return count


def price_obstacle(kind: DeviceType, origin: DonorKind | None, ground: Ground, cents: int) -> Sentence | None:
    """Why this price is too high, or None. Where the origin is not on record, the cap holds: nobody can show that it
    does not. What passes under the ground of assistance may never be sold."""
    if cents == 0 or origin in (DonorKind.COMPANY, DonorKind.PERSON):
        return None
    if origin is DonorKind.PUBLIC_BODY and ground in NEVER_SOLD_GROUNDS:
        return Sentence(
            N_("This device was given by a public body for works of assistance: it can only be handed over free of charge (CG3P, art. L3212-2).")
        )  # fmt: skip
    cap = PRICE_CAPS_CENTS[kind]
    if cents <= cap:
        return None
    values = {
        "price": _euros(cents),
        "cap": _euros(cap),
        "type": Sentence(TYPES[kind]),
        "decree": DECREE,
    }
    if origin is None:
        return Sentence(
            N_("%(price)s € is above the cap of %(cap)s € (%(type)s, %(decree)s), which holds because the donor is not on record: lower the price, or record the collection."),
            values,
        )  # fmt: skip
    return Sentence(
        N_("%(price)s € is above the cap of %(cap)s € for what public bodies gave (%(type)s, %(decree)s): lower the price."),
        values,
    )  # fmt: skip


def _euros(cents: int) -> str:
    return f"{cents // 100}" if cents % 100 == 0 else f"{cents // 100},{cents % 100:02d}"


def missing_accessories(kind: DeviceType, packed: Collection[str]) -> tuple[Accessories, ...]:
    """Those the type demands and nobody has ticked as packed."""
    return tuple(sorted(one for one in DEMANDED[kind] if one.value not in packed))


def accessories_obstacle(kind: DeviceType, packed: Collection[str]) -> Sentence | None:
    missing = missing_accessories(kind, packed)
    if not missing:
        return None
    return Sentence(
        N_(
            "Missing beside the device: %(accessory)s. Pack it, and tick it on the page “Prepare” of this device."
        ),
        {"accessory": Sentence(ACCESSORIES[missing[0]])},
    )


@dataclass(frozen=True)
class CannotGo:
    """A device that cannot be handed over, and every reason why."""

    code: str
    reasons: tuple[Sentence, ...]


class NothingHandedOver(RuleBroken):
    """At least one device cannot go, so none went; `cannot_go` has a sentence for each."""

    def __init__(self, cannot_go: tuple[CannotGo, ...]) -> None:
        self.cannot_go = cannot_go
        first = cannot_go[0]
        values = {
            "code": f"{first.code[:4]}-{first.code[4:]}",
            "reason": first.reasons[0],
            "more": len(cannot_go) - 1,
        }
        if len(cannot_go) == 1:
            super().__init__(N_("Nothing was handed over. %(code)s cannot go: %(reason)s"), **values)
        else:
            super().__init__(
                N_("Nothing was handed over. %(code)s cannot go: %(reason)s (And %(more)s more.)"), **values
            )
