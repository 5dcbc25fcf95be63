"""What a SIRET is, what a reference is, and who may begin a journey where."""

from __future__ import annotations

import pytest

from tracker.accounts.rules import Actor, Role
from tracker.collection.rules import (
    DonorKind,
    Reachable,
    beginnings_for,
    clean_siret,
    leads_on,
    must_be_a_reference,
    must_be_named,
)
from tracker.devices.lifecycle import Action, Stage
from tracker.errors import Malformed


def test_a_siret_is_kept_as_its_fourteen_digits() -> None:
    assert clean_siret(" 732 829 320 00074 ") == "73282932000074"


def test_a_siret_with_one_wrong_digit_is_refused() -> None:
    with pytest.raises(Malformed, match="not a SIRET"):
        clean_siret("73282932000075")


def test_la_poste_is_checked_by_its_own_rule() -> None:
    """Its establishments fail the Luhn formula: their digits add up to a multiple of 5."""
    assert clean_siret("35600000049837") == "35600000049837"
    with pytest.raises(Malformed):
        clean_siret("35600000049838")


def test_a_siren_is_told_from_a_siret() -> None:
    with pytest.raises(Malformed, match="is a SIREN"):
        clean_siret("732829320")


def test_no_siret_is_no_fault() -> None:
    assert clean_siret("  ") is None


@pytest.mark.parametrize("text", ["", "C 2026", "É-1", "x" * 25, "a/b"])
def test_a_reference_fits_an_address_and_a_label(text: str) -> None:
    with pytest.raises(Malformed):
        must_be_a_reference(text)


def test_a_reference_is_written_in_capitals() -> None:
    assert must_be_a_reference(" don-42 ") == "DON-42"


def test_a_person_needs_a_name_in_the_contact_and_an_organisation_one_of_its_own() -> None:
    must_be_named(DonorKind.PERSON, None, Reachable(name="A. B."))
    must_be_named(DonorKind.COMPANY, "Imprimerie du Port", Reachable())
    for kind, name in ((DonorKind.PERSON, "A. B."), (DonorKind.PUBLIC_BODY, None)):
        with pytest.raises(Malformed):
            must_be_named(kind, name, Reachable())


def test_only_a_coordinator_announces() -> None:
    def offered(role: Role) -> list[Action]:
        return [move.action for move in beginnings_for(Actor(role))]

    assert offered(Role.VOLUNTEER) == [Action.COLLECT, Action.RECEIVE]
    assert offered(Role.COORDINATOR) == [Action.ANNOUNCE, Action.COLLECT, Action.RECEIVE]


def test_a_device_is_only_taken_further_on_its_way_in() -> None:
    assert leads_on(Stage.ANNOUNCED, Action.RECEIVE)
    assert not leads_on(Stage.RECEIVED, Action.COLLECT)
    assert not leads_on(Stage.READY, Action.RECEIVE)
