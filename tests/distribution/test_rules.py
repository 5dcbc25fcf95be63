"""Prices, signatures and accessories."""

from __future__ import annotations

import pytest

from tracker.accounts.rules import Ground
from tracker.allocation.eligibility_rules import obstacle
from tracker.collection.rules import DonorKind
from tracker.devices.rules import Accessories, DeviceType
from tracker.distribution import rules
from tracker.errors import Malformed

# décret n° 2022-1413: highest price in euros, tax included
CAPS = [("laptop", 180), ("desktop", 150), ("all_in_one", 150), ("tablet", 100), ("smartphone", 100), ("screen", 30), ("printer", 30)]  # fmt: skip


@pytest.mark.parametrize(("kind", "euros"), CAPS)
@pytest.mark.parametrize("origin", [DonorKind.PUBLIC_BODY, None])
def test_the_cap_is_the_decrees_to_the_cent(kind: str, euros: int, origin: DonorKind | None) -> None:
    at_most, above = euros * 100, euros * 100 + 1
    assert rules.price_obstacle(DeviceType(kind), origin, Ground.PUBLIC_UTILITY, at_most) is None
    refused = rules.price_obstacle(DeviceType(kind), origin, Ground.PUBLIC_UTILITY, above)
    assert "2022-1413" in str(refused)
    assert f"{euros},01 €" in str(refused)


@pytest.mark.parametrize("origin", [DonorKind.COMPANY, DonorKind.PERSON])
def test_what_companies_and_persons_gave_has_no_cap(origin: DonorKind) -> None:
    assert rules.price_obstacle(DeviceType.SCREEN, origin, Ground.NONE, 90_000) is None


def test_a_public_gift_for_works_of_assistance_is_never_sold() -> None:
    ask = rules.price_obstacle
    assert ask(DeviceType.LAPTOP, DonorKind.PUBLIC_BODY, Ground.ASSISTANCE, 0) is None
    assert "free of charge" in str(ask(DeviceType.LAPTOP, DonorKind.PUBLIC_BODY, Ground.ASSISTANCE, 1))
    assert ask(DeviceType.LAPTOP, DonorKind.COMPANY, Ground.ASSISTANCE, 5_000) is None


@pytest.mark.parametrize(
    ("ground", "may"),
    [
        (Ground.PUBLIC_UTILITY, True),
        (Ground.ASSISTANCE, True),
        (Ground.SCHOOL_AND_STUDENTS, True),
        (Ground.REUSE_BODY, True),
        (Ground.NOT_RECORDED, False),
        (Ground.NONE, False),
    ],
)
def test_public_gifts_go_only_where_the_law_says(ground: Ground, may: bool) -> None:
    assert (obstacle(active=True, ground=ground, name="X", from_public_body=True) is None) is may
    assert obstacle(active=True, ground=ground, name="X", from_public_body=False) is None
    assert obstacle(active=False, ground=ground, name="X", from_public_body=False) is not None


@pytest.mark.parametrize("cents", [-1, 1_000_001, True, 12.5, "12", None])
def test_a_price_that_is_none_is_refused(cents: object) -> None:
    with pytest.raises(Malformed):
        rules.must_be_a_price(cents)


@pytest.mark.parametrize(
    ("name", "role"),
    [("", "chair"), ("X", "chair"), ("Someone", ""), ("Someone", " "), (None, None), ("x" * 121, "chair")],
)
def test_a_signature_has_a_name_and_a_role(name: str | None, role: str | None) -> None:
    with pytest.raises(Malformed):
        rules.read_signer(name, role)


def test_a_script_gives_name_and_role_in_one_text() -> None:
    read = rules.read_signer_in_one
    assert (read("Someone, chair").name, read("Someone, chair").role) == ("Someone", "chair")
    assert (read("Someone").name, read("Someone").role) == ("Someone", "")
    for nothing in (None, "", ", chair", "x" * 200):
        with pytest.raises(Malformed):
            read(nothing)


def test_what_is_missing_is_named_with_the_place_to_tick_it() -> None:
    assert rules.missing_accessories(DeviceType.LAPTOP, {"bag"}) == (Accessories.CHARGER,)
    assert "Charger" in str(rules.accessories_obstacle(DeviceType.LAPTOP, set()))
    assert "Prepare" in str(rules.accessories_obstacle(DeviceType.LAPTOP, set()))
    assert rules.accessories_obstacle(DeviceType.LAPTOP, {"charger"}) is None
