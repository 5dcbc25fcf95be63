"""Donors, collections, devices that come in and go back."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests import make
from tests.distribution.drawings import data_url, drawn, png
from tracker.accounts.rules import Role
from tracker.clock import now
from tracker.collection import operations, queries
from tracker.collection.models import Collection, Donor, GiveBack, Intake
from tracker.collection.rules import DonorKind, Line, Reachable, SameSerial
from tracker.contacts.models import Contact
from tracker.database import db, session, transaction
from tracker.devices import particulars
from tracker.devices import queries as devices
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.operations import judge, perform
from tracker.devices.rules import DeviceType, Unproven
from tracker.errors import Conflict, Malformed, NotAllowed, RuleBroken
from tracker.history import queries as past
from tracker.history.rules import Subject

LAPTOP = Line(
    DeviceType.LAPTOP, manufacturer="HP", model="ProBook", serial="5CD-9123", weight_g=1900, charger=True
)
PNG = drawn()
EMPTY_SHEET = data_url(png(ink=False))


def added(
    collection: Collection, line: Line = LAPTOP, action: Action = Action.ANNOUNCE, **values: object
) -> Device:
    with transaction():
        return operations.add_device(collection, line, action, make.system(), **values)  # type: ignore[arg-type]


# ---- donors


def test_donors_are_numbered_one_after_the_other(app: Flask) -> None:
    assert [make.donor().reference, make.donor(name="Autre").reference] == ["D-001", "D-002"]


def test_a_persons_name_is_in_the_contact_and_nowhere_else(app: Flask) -> None:
    donor = make.donor("person", "Prénom Nom")
    assert donor.name is None
    assert donor.contact is not None and donor.contact.name == "Prénom Nom"
    entry = past.of_subject(Subject.DONOR, donor.id)[0]
    assert "Prénom" not in str(entry.facts)


def test_only_a_coordinator_adds_a_donor(app: Flask) -> None:
    with pytest.raises(NotAllowed), transaction():
        operations.add_donor(DonorKind.COMPANY, make.actor(), name="X")


def test_history_says_that_a_contact_changed_but_not_into_what(app: Flask) -> None:
    donor = make.donor()
    reachable = Reachable(name="Prénom Nom", phone="0600000000")
    with transaction():
        entry = operations.edit_donor(
            donor, make.system(), kind=DonorKind.COMPANY, name="Autre nom", siret=None, reachable=reachable
        )
    assert entry is not None and entry.facts == {"fields": ["contact", "name"]}


def test_nothing_changed_is_nothing_written(app: Flask) -> None:
    donor = make.donor(name="Imprimerie")
    with transaction():
        entry = operations.edit_donor(
            donor, make.system(), kind=DonorKind.COMPANY, name="Imprimerie", siret=None, reachable=Reachable()
        )
    assert entry is None


def test_a_volunteer_learns_an_organisations_name_but_no_persons(app: Flask) -> None:
    volunteer, coordinator = make.actor(), make.actor(Role.COORDINATOR)
    body, person = make.donor(name="Mairie"), make.donor("person", "Prénom Nom")
    assert [queries.shown_name(one, volunteer) for one in (body, person)] == ["Mairie", None]
    assert [queries.shown_name(one, coordinator) for one in (body, person)] == ["Mairie", "Prénom Nom"]
    assert queries.shown_name(body, make.actor(Role.ASSOCIATION)) is None


def test_a_volunteer_does_not_find_a_person_by_her_name(app: Flask) -> None:
    make.donor("person", "Zyx Nom")
    assert queries.donors("zyx", make.actor()).items == []
    assert len(queries.donors("zyx", make.actor(Role.COORDINATOR)).items) == 1


# ---- collections


def test_a_collection_takes_the_next_number_of_its_year(app: Flask) -> None:
    donor = make.donor()
    days = [date(2026, 1, 5), date(2025, 12, 30), date(2026, 2, 1)]
    assert [make.collection(donor, date=day).reference for day in days] == [
        "C-2026-001",
        "C-2025-001",
        "C-2026-002",
    ]


def test_a_reference_given_by_hand_is_passed_over_by_the_numbering(app: Flask) -> None:
    donor = make.donor()
    make.collection(donor, date=date(2026, 1, 5), reference="c-2026-001")
    assert make.collection(donor, date=date(2026, 1, 6)).reference == "C-2026-002"


def test_a_reference_that_is_taken_is_refused(app: Flask) -> None:
    donor = make.donor()
    make.collection(donor, reference="DON-1")
    with pytest.raises(Conflict, match="DON-1"):
        make.collection(donor, reference="DON-1")


def test_a_note_is_kept_where_it_can_be_erased(app: Flask) -> None:
    collection = make.collection(note="2e étage, sans ascenseur")
    entry = past.of_subject(Subject.COLLECTION, collection.id)[0]
    assert queries.note_of(collection) == "2e étage, sans ascenseur"
    assert "étage" not in str(entry.facts)


@pytest.mark.parametrize("day", [date(1999, 12, 31), now().date() + timedelta(days=400)])
def test_an_unlikely_day_is_refused(app: Flask, day: date) -> None:
    with pytest.raises(Malformed):
        make.collection(date=day)


# ---- devices come in


def test_a_device_has_its_place_in_its_collection(app: Flask) -> None:
    collection = make.collection()
    first, second = added(collection), added(collection, Line(DeviceType.SCREEN))
    gifts = [queries.gift_of(device.id) for device in (first, second)]
    assert [(gift.position, gift.total) for gift in gifts if gift] == [(1, 2), (2, 2)]
    assert [row.kind for row in first.accessories] == ["charger"]


def test_a_device_of_a_usable_serial_number_is_not_added_twice_without_a_word(app: Flask) -> None:
    collection = make.collection()
    first = added(collection)
    with pytest.raises(SameSerial) as refusal:
        added(collection, Line(DeviceType.LAPTOP, serial="5cd 9123"))
    assert refusal.value.codes == (first.code,)
    assert added(collection, another=True).id != first.id


def test_a_placeholder_is_no_serial_number(app: Flask) -> None:
    collection = make.collection()
    for _ in range(2):
        added(collection, Line(DeviceType.DESKTOP, serial="System Serial Number"))
    assert queries.last_position(collection.id) == 2


def test_the_same_device_is_taken_further_on_its_way(app: Flask) -> None:
    collection = make.collection()
    device = added(collection)
    with transaction():
        entry = operations.same_again(collection, device, Action.RECEIVE, make.actor())
    assert entry is not None and device.stage is Stage.RECEIVED
    with transaction():
        assert operations.same_again(collection, device, Action.RECEIVE, make.actor()) is None


def test_a_device_without_a_collection_joins_the_one_it_is_found_in(app: Flask) -> None:
    collection, device = make.collection(), make.device(Stage.RECEIVED)
    with transaction():
        operations.same_again(collection, device, Action.RECEIVE, make.actor())
    gift = queries.gift_of(device.id)
    assert gift is not None and gift.collection.id == collection.id


def test_a_device_of_another_collection_stays_there(app: Flask) -> None:
    device = added(make.collection())
    with pytest.raises(RuleBroken, match="C-20"), transaction():
        operations.same_again(make.collection(make.donor(name="Autre")), device, Action.RECEIVE, make.actor())
    assert device.stage is Stage.ANNOUNCED


def test_a_device_that_is_ready_does_not_join_a_collection(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="past its arrival"), transaction():
        operations.same_again(make.collection(), make.device(Stage.READY), Action.RECEIVE, make.actor())


def test_a_refused_device_leaves_no_trace(app: Flask) -> None:
    collection = make.collection()
    with pytest.raises(NotAllowed), transaction():
        operations.add_device(collection, LAPTOP, Action.ANNOUNCE, make.actor())
    assert queries.last_position(collection.id) == 0
    assert session.scalars(select(Device)).all() == []


def test_a_minted_tag_is_put_on_at_reception(app: Flask) -> None:
    device = added(make.collection())
    with transaction():
        tag = particulars.mint(Kind.DEVICE)[0].code
    old = device.code
    with transaction():
        perform(device, Action.RECEIVE, make.actor(), {"code": f"https://x/D/{tag}", "weight_g": "2100"})
    assert (device.code, device.weight_g, device.stage) == (tag, 2100, Stage.RECEIVED)
    assert devices.by_code(old).id == device.id


@pytest.mark.parametrize(
    "values", [{"code": "BCDF"}, {"weight_g": "lourd"}, {"accessories": ["gold"]}, {"weight_g": -1}]
)
def test_a_reception_with_a_fault_changes_nothing(app: Flask, values: dict[str, object]) -> None:
    device = added(make.collection())
    with pytest.raises(Malformed), transaction():
        perform(device, Action.RECEIVE, make.actor(), values)
    assert (device.stage, device.weight_g) == (Stage.ANNOUNCED, 1900)


def test_a_volunteer_does_not_decline(app: Flask) -> None:
    device = added(make.collection())
    with pytest.raises(NotAllowed), transaction():
        perform(device, Action.DECLINE, make.actor(), {"reason": "trop vieux"})
    with transaction():
        perform(device, Action.DECLINE, make.actor(Role.COORDINATOR), {"reason": "trop vieux"})
    assert device.stage is Stage.DECLINED


def test_two_records_of_one_device_keep_one_place(app: Flask) -> None:
    collection = make.collection()
    gone, kept = added(collection), make.device(Stage.RECEIVED)
    with transaction():
        particulars.merge(kept, gone, make.actor())
    gift = queries.gift_of(kept.id)
    assert gift is not None and gift.position == 1


def test_merging_two_of_one_collection_never_renumbers_the_labels(app: Flask) -> None:
    collection = make.collection()
    first, second = added(collection), added(collection, Line(DeviceType.LAPTOP))
    with transaction():
        particulars.merge(first, second, make.actor())
    gift = queries.gift_of(first.id)
    assert gift is not None and (gift.position, gift.total) == (1, 2)
    assert queries.counts([collection.id])[collection.id] == {Stage.ANNOUNCED: 1}


# ---- and go back


def received() -> Device:
    return added(make.collection(), action=Action.RECEIVE)


def test_a_device_goes_back_to_its_donor_against_a_name(app: Flask) -> None:
    device, by = received(), make.actor(Role.COORDINATOR)
    with transaction():
        entry = perform(
            device, Action.GIVE_BACK, by, {"taken_as": "staff", "taken_by": "Prénom Nom", "signature": PNG}
        )
    paper = session.scalars(select(GiveBack)).one()
    assert device.stage is Stage.DECLINED
    assert paper.signature is not None and paper.signature.startswith(b"\x89PNG")
    signed = session.get(Contact, paper.contact_id)
    assert signed is not None and signed.name == "Prénom Nom"
    assert "Prénom" not in str(entry.facts)
    assert entry.facts["proven"]["returned_to_donor"]["taken_as"] == "staff"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"taken_as": "donor"},
        {"taken_as": "donor", "taken_by": "  "},
        {"taken_as": "recycler", "taken_by": "Recyclage SA"},
        {"taken_by": "Recyclage SA"},
    ],
)
def test_nobody_but_the_donors_own_takes_a_device_back(app: Flask, values: dict[str, str]) -> None:
    device, by = received(), make.actor(Role.COORDINATOR)
    with pytest.raises(Unproven), transaction():
        perform(device, Action.GIVE_BACK, by, values)
    assert device.stage is Stage.RECEIVED
    assert session.scalars(select(GiveBack)).all() == []


def test_a_device_without_a_donor_is_given_back_to_nobody(app: Flask) -> None:
    refusal = judge(
        make.device(), Action.GIVE_BACK, make.actor(Role.COORDINATOR), {"taken_as": "donor", "taken_by": "X"}
    )
    assert refusal is not None and "No donor" in str(refusal)


@pytest.mark.parametrize(
    "signature",
    ["data:image/png;base64,AAAA", "data:image/svg+xml;base64,PHN2Zz4=", "x", PNG + "é", EMPTY_SHEET],
)
def test_a_signature_that_is_no_drawing_is_refused(app: Flask, signature: str) -> None:
    device = received()
    values = {"taken_as": "donor", "taken_by": "X", "signature": signature}
    with pytest.raises(Malformed), transaction():
        perform(device, Action.GIVE_BACK, make.actor(Role.COORDINATOR), values)
    assert session.scalars(select(Contact).where(Contact.name == "X")).all() == []


def test_a_giving_back_that_is_undone_keeps_its_paper_marked(app: Flask) -> None:
    device, by = received(), make.actor(Role.COORDINATOR)
    with transaction():
        perform(device, Action.GIVE_BACK, by, {"taken_as": "donor", "taken_by": "X"})
    with transaction():
        perform(device, Action.CORRECT, by)
    assert device.stage is Stage.RECEIVED
    assert session.scalars(select(GiveBack)).one().undone_at is not None


def test_what_was_proven_before_a_giving_back_counts_no_more_once_it_is_undone(app: Flask) -> None:
    """The donor may have used it meanwhile; undoing is the only way in again."""
    device, by = received(), make.actor(Role.COORDINATOR)
    before = device.arrived_at
    with transaction():
        perform(device, Action.GIVE_BACK, by, {"taken_as": "donor", "taken_by": "X"})
    with transaction():
        perform(device, Action.CORRECT, by)
    assert before is not None and device.arrived_at is not None and device.arrived_at > before


# ---- two hands at once


def test_four_people_adding_at_once_get_four_places(app: Flask) -> None:
    collection = make.collection()
    reference, by = collection.reference, make.system()
    session.remove()
    faults: list[BaseException] = []

    def work(number: int) -> None:
        with app.app_context():
            try:
                with transaction():
                    line = Line(DeviceType.LAPTOP, serial=f"SERIAL-{number}")
                    operations.add_device(queries.collection(reference), line, Action.RECEIVE, by)
            except BaseException as fault:  # noqa: BLE001 (told below)
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert sorted(session.scalars(select(Intake.position)).all()) == [1, 2, 3, 4]


def test_two_people_adding_a_donor_at_once_get_two_numbers(app: Flask) -> None:
    by = make.system()
    make.site()
    session.remove()
    faults: list[BaseException] = []

    def work(number: int) -> None:
        with app.app_context():
            try:
                with transaction():
                    operations.add_donor(DonorKind.COMPANY, by, name=f"Donateur {number}")
            except BaseException as fault:  # noqa: BLE001
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(set(session.scalars(select(Donor.reference)).all())) == 4
