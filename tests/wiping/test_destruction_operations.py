"""A drive is gone only once a second person has confirmed its destruction, with something to show."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import make
from tests.wiping.arrivals import SSD, arrived, destroyed, drive, ends, flags, is_gone, missing, move, upload
from tests.wiping.reports import FAILED, text
from tests.wiping.test_report_operations import smartctl
from tracker.accounts.rules import SYSTEM, Actor
from tracker.clock import now
from tracker.database import session, transaction
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action
from tracker.devices.models import Device
from tracker.devices.rules import Unproven
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history import queries as past
from tracker.history.rules import Subject
from tracker.wiping import (
    attestation_queries,
    declaration_operations,
    destruction_operations,
    destruction_queries,
)
from tracker.wiping.certificate_rules import Covered
from tracker.wiping.models import StorageDeclaration
from tracker.wiping.rules import DeclarationKind


def declared(device: Device, by: Actor | None = None, **values: object) -> StorageDeclaration:
    who = by or make.actor()
    with transaction():
        return declaration_operations.declare(
            device,
            DeclarationKind.DESTROYED,
            who,
            "drilled through",
            **values,  # type: ignore[arg-type]
        )


def confirm(row: StorageDeclaration, by: Actor | None = None, **values: object) -> None:
    who = by or make.actor("quality")
    with transaction():
        destruction_operations.confirm(row.id, who, **values)  # type: ignore[arg-type]


def holder() -> Device:
    """A device with one drive that may hold data."""
    device = arrived(serial=None)
    upload(("smart.json", smartctl(SSD)), device=device)
    return device


def test_a_declared_destruction_does_not_count_before_it_is_confirmed(app: Flask) -> None:
    device = holder()
    row = declared(device, slip="BSD-7")
    assert ends(device) == {SSD: None} and "second person" in missing(device)
    with pytest.raises(Unproven, match="second person"):
        move(device, Action.FINISH_WIPING)
    confirm(row)
    assert ends(device) == {SSD: "destroyed"} and is_gone(device)


def test_whoever_declared_it_cannot_confirm_it_through_any_door(app: Flask) -> None:
    device, declarer = holder(), make.actor("coordinator")
    row = declared(device, declarer, slip="BSD-7")
    by_key = Actor(role=declarer.role, user_id=declarer.user_id, token_id=5)
    for one in (declarer, by_key):
        with pytest.raises(NotAllowed, match="someone else"):
            confirm(row, one)
    with pytest.raises(NotAllowed, match="named person"):
        confirm(row, SYSTEM)
    assert not is_gone(device)


def test_an_association_confirms_nothing(app: Flask) -> None:
    row = declared(holder(), slip="BSD-7")
    with pytest.raises(NotAllowed):
        confirm(row, make.actor("association"))


def test_a_destruction_is_confirmed_only_with_a_photo_or_a_slip(app: Flask) -> None:
    device = holder()
    row = declared(device)
    with pytest.raises(Malformed, match="photo"):
        confirm(row)
    with pytest.raises(Malformed, match="photo"):
        confirm(row, slip="   ")
    assert not is_gone(device)
    confirm(row, slip="BSD-8")
    assert is_gone(device) and session.get_one(StorageDeclaration, row.id).slip == "BSD-8"


def test_a_photo_is_enough_and_its_hash_stands_in_the_history(app: Flask) -> None:
    device = holder()
    row = declared(device, photo=b"a picture")
    confirm(row)
    assert destruction_queries.photo(row.id) == b"a picture"
    told = past.of_subject(Subject.DRIVE, drive(SSD).id)[0]
    assert told.action == "destruction_confirmed" and told.facts["photo"] == destruction_queries.photo_hash(
        row.id
    )


def test_a_drive_seen_after_its_destruction_was_declared_is_not_confirmed(app: Flask) -> None:
    device = holder()
    row = declared(device, slip="BSD-7")
    upload(("smart2.json", smartctl(SSD, power_on_time={"hours": 7})), device=device)
    with pytest.raises(RuleBroken, match="seen again"):
        confirm(row)
    assert ends(device) == {SSD: None}


def test_a_drive_seen_meanwhile_in_another_computer_is_not_confirmed(app: Flask) -> None:
    device, other = holder(), arrived(serial="PFOTHER01")
    row = declared(device, slip="BSD-7")
    upload(("smart2.json", smartctl(SSD, power_on_time={"hours": 7})), device=other)
    with pytest.raises(RuleBroken, match="seen again"):
        confirm(row)
    assert not is_gone(device) and not is_gone(other)


def test_a_device_that_came_back_since_is_not_confirmed_destroyed(app: Flask) -> None:
    device = arrived(serial=None)
    row = declared(device, slip="BSD-7")
    with transaction():
        devices.locked(device.id).arrived_at = now()
    with pytest.raises(RuleBroken, match="seen again"):
        confirm(row)
    assert not is_gone(device)


def test_a_whole_device_is_destroyed_only_once_confirmed(app: Flask) -> None:
    device = arrived(serial=None)
    row = declared(device, slip="BSD-7")
    assert not is_gone(device) and "second person" in missing(device)
    confirm(row)
    assert is_gone(device)


def test_a_refused_destruction_never_counts(app: Flask) -> None:
    device = arrived(serial=None)
    row = declared(device, slip="BSD-7")
    with transaction():
        destruction_operations.refuse(row.id, make.actor("quality"), "it still lies on the bench")
    assert not is_gone(device) and "No drive is known" in missing(device)
    with pytest.raises(RuleBroken, match="not destroyed"):
        confirm(row)


def test_a_destruction_is_confirmed_once(app: Flask) -> None:
    row = destroyed(holder())
    with pytest.raises(RuleBroken, match="already"):
        confirm(row, make.actor("admin"))


def test_a_destroyed_drive_clears_the_failed_wipe_only_once_confirmed(app: Flask) -> None:
    device = arrived(serial="RICO034")
    upload(("nwipe.txt", text(FAILED)))
    row = declared(device, slip="BSD-7")
    assert flags(device) == {"wipe_failed"}
    confirm(row)
    assert flags(device) == set()


def test_a_phone_declared_destroyed_waits_for_the_second_person(app: Flask) -> None:
    phone = arrived(kind="smartphone", serial=None)
    row = declared(phone, slip="BSD-7")
    assert not is_gone(phone) and "second person" in missing(phone)
    confirm(row)
    assert is_gone(phone)


def test_what_waits_is_listed_until_someone_decides(app: Flask) -> None:
    row = declared(holder(), slip="BSD-7")
    assert [one.id for one in destruction_queries.waiting()] == [row.id]
    confirm(row)
    assert destruction_queries.count_waiting() == 0


def test_a_certificate_cites_the_word_that_was_confirmed_never_one_that_waits_or_was_refused(
    app: Flask,
) -> None:
    device = holder()
    good = destroyed(device)
    refused = declared(device, slip="BSD-8")
    with transaction():
        destruction_operations.refuse(refused.id, make.actor("quality"), "it still lies on the bench")
    declared(device, slip="BSD-9")
    (line,) = attestation_queries.told(device, Covered.PROVEN)["drives"]
    assert line["end"] == "destroyed"
    assert (line["declaration"]["slip"], line["declaration"]["confirmed_by"]) == ("BSD-7", good.confirmed_by)


def test_the_word_on_a_whole_device_stands_on_its_certificate_only_once_confirmed(app: Flask) -> None:
    device = arrived(serial=None)
    row = declared(device, slip="BSD-7")
    assert attestation_queries.told(device, Covered.PROVEN)["declarations"] == []
    confirm(row)
    (told,) = attestation_queries.told(session.merge(device), Covered.PROVEN)["declarations"]
    assert told["slip"] == "BSD-7"
