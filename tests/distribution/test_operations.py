"""Preparing, handing over, coming back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import make
from tests.distribution.drawings import drawn
from tracker.accounts.association_operations import set_active
from tracker.accounts.rules import Ground
from tracker.allocation import queries as allocation
from tracker.allocation.rules import Ending, RequestState
from tracker.contacts.models import Contact
from tracker.database import session, transaction
from tracker.devices import operations as moves
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action, Flag, Stage
from tracker.devices.models import Device
from tracker.devices.particulars import raise_flag
from tracker.devices.rules import Accessories, Unproven
from tracker.distribution import operations, queries
from tracker.distribution import packing_operations as packing
from tracker.distribution.models import Handover, HandoverItem
from tracker.distribution.operations import Terms
from tracker.distribution.rules import NothingHandedOver, Otherwise, Signed
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history import queries as past
from tracker.history.queries import chain_faults
from tracker.web.drawn import read_drawing

SIGNED = Signed("Someone of the association", "volunteer")


def perform(device: Device, action: Action, role: str = "volunteer", **values: Any) -> None:
    with transaction():
        moves.perform(devices.locked(device.id), action, make.actor(role), values)


def stage_of(device: Device) -> Stage:
    return devices.by_id(device.id).stage


def test_a_laptop_without_its_charger_is_not_prepared(app: Flask) -> None:
    request, laptop = make.request(), make.ready()
    make.reserved(request, laptop)
    with pytest.raises(Unproven) as refusal, transaction():
        packing.prepare(laptop, {Accessories.BAG}, make.actor("volunteer"))
    assert "Charger" in str(refusal.value)
    assert stage_of(laptop) is Stage.RESERVED
    assert queries.accessories_of(laptop.id) == {}


def test_what_is_ticked_is_on_record_with_who_packed_it(app: Flask) -> None:
    request, laptop, by = make.request(), make.ready(), make.actor("volunteer")
    make.reserved(request, laptop)
    with transaction():
        packing.prepare(laptop, {Accessories.CHARGER, Accessories.BAG}, by)
    assert stage_of(laptop) is Stage.PREPARED
    assert queries.accessories_of(laptop.id) == {"bag": True, "charger": True}
    assert any(entry.action == "pack" for entry in past.of_subject("device", laptop.id))


def test_a_scan_after_packing_says_that_what_is_demanded_is_packed(app: Flask) -> None:
    request, laptop = make.request(), make.ready()
    make.reserved(request, laptop)
    perform(laptop, Action.PREPARE)
    assert queries.accessories_of(laptop.id) == {"charger": True}


@pytest.mark.parametrize("listed", [["phone"], 3, {"charger": True}])
def test_an_accessory_nobody_knows_is_refused(app: Flask, listed: object) -> None:
    request, laptop = make.request(), make.ready()
    make.reserved(request, laptop)
    with pytest.raises(Malformed):
        perform(laptop, Action.PREPARE, accessories=listed)


def test_several_devices_go_with_one_signature(app: Flask) -> None:
    request = make.request(("laptop", 1), ("screen", 2))
    laptop, one, two = make.ready(), make.ready("screen"), make.ready("screen")
    make.reserved(request, laptop)
    make.reserved(request, one, two, line=1)
    drawing = read_drawing(drawn())
    with transaction():
        made = operations.hand_over(
            request,
            [laptop, one, two],
            make.actor("volunteer"),
            Terms(
                Signed("Someone", "chair", drawing),
                prices_cents={laptop.id: 90_00},
                otherwise=Otherwise.NOTHING,
                otherwises={two.id: Otherwise.BOUGHT_NEW},
                people=3,
                packed=True,
            ),
        )
    kept = queries.handover(made.id)
    assert kept.number.startswith("R-")
    assert kept.number.endswith("-0001")
    assert [(item.price_cents, item.otherwise) for item in kept.items] == [
        (90_00, Otherwise.NOTHING),
        (0, Otherwise.NOTHING),
        (0, Otherwise.BOUGHT_NEW),
    ]
    assert {stage_of(device) for device in (laptop, one, two)} == {Stage.DELIVERED}
    assert allocation.by_id(request.id).state is RequestState.SERVED
    assert allocation.by_id(request.id).served_at is not None
    assert (kept.people, kept.signer.name) == (3, "Someone")
    assert queries.signature(kept.id).image == drawing
    assert [one["accessories"] for one in kept.facts["items"]] == [
        ["charger"],
        ["power_cable"],
        ["power_cable"],
    ]
    assert kept.facts["items"][0]["certificate"] is not None
    assert chain_faults() == []


def test_no_persons_name_is_in_the_history_or_the_documents_facts(app: Flask) -> None:
    request, screen = make.request(("screen", 1)), make.ready("screen")
    kept = make.handover(request, screen)
    entries = [*past.of_subject("handover", kept.id), *past.of_subject("device", screen.id)]
    assert "Personne" not in str([one.facts for one in entries])
    assert "Personne" not in str(kept.facts)


def test_one_that_cannot_go_keeps_all_here_and_each_is_told_why(app: Flask) -> None:
    request = make.request(("laptop", 1), ("screen", 2))
    laptop, good, flagged = make.ready(), make.ready("screen"), make.ready("screen")
    make.reserved(request, laptop)
    make.reserved(request, good, flagged, line=1)
    perform(good, Action.PREPARE)
    perform(flagged, Action.PREPARE)
    with transaction():
        raise_flag(devices.locked(flagged.id), Flag.DO_NOT_GIVE, make.actor("volunteer"))
    stranger = make.ready("screen")
    with pytest.raises(NothingHandedOver) as refusal, transaction():
        operations.hand_over(
            request, [laptop, good, flagged, stranger], make.actor("volunteer"), Terms(SIGNED)
        )
    told = {one.code: " ".join(str(reason) for reason in one.reasons) for one in refusal.value.cannot_go}
    assert set(told) == {laptop.code, flagged.code, stranger.code}
    assert "Charger" in told[laptop.code]
    assert "Do not give" in told[flagged.code]
    assert "not reserved" in told[stranger.code]
    assert "2 more" in str(refusal.value)
    assert stage_of(good) is Stage.PREPARED
    for table in (Handover, HandoverItem, Contact):
        assert session.scalars(select(table)).first() is None
    assert make.handover(allocation.by_id(request.id), good).number.endswith("-0001")


def test_a_laptop_whose_data_is_not_proven_gone_is_not_handed_over(app: Flask) -> None:
    request, laptop = make.request(), make.device("ready")
    make.reserved(request, laptop)
    with pytest.raises(NothingHandedOver) as refusal, transaction():
        operations.hand_over(request, [laptop], make.actor("volunteer"), Terms(SIGNED, packed=True))
    assert len(refusal.value.cannot_go[0].reasons) == 2  # neither DATA_GONE nor CERTIFIED


@pytest.mark.parametrize(
    ("ground", "price", "goes"),
    [
        (Ground.PUBLIC_UTILITY, 30_00, True),
        (Ground.PUBLIC_UTILITY, 30_01, False),
        (Ground.ASSISTANCE, 0, True),
        (Ground.ASSISTANCE, 1, False),
        (Ground.NOT_RECORDED, 0, False),
        (Ground.NONE, 0, False),
    ],
)
def test_a_public_gift_goes_only_where_and_for_what_the_law_says(
    app: Flask, ground: Ground, price: int, goes: bool
) -> None:
    screen = make.ready("screen", in_collection=make.collection(make.donor("public_body")))
    request = make.request(("screen", 1), of=make.association("Receiver", ground=ground))
    make.reserved(request, screen)
    with transaction():
        moves.perform(devices.locked(screen.id), Action.PREPARE, make.actor("volunteer"))
    if not goes:
        with pytest.raises(NothingHandedOver) as refusal, transaction():
            operations.hand_over(request, [screen], make.actor("volunteer"), Terms(SIGNED, price_cents=price))
        assert "L3212-2" in str(refusal.value) or "2022-1413" in str(refusal.value)
        assert stage_of(screen) is Stage.PREPARED
        return
    made = make.handover(request, screen, price_cents=price)
    assert made.items[0].origin == "public_body"
    assert made.facts["items"][0]["public"] is True


def test_a_companys_gift_may_cost_more_than_the_cap(app: Flask) -> None:
    screen = make.ready("screen", in_collection=make.collection(make.donor("company", "Une entreprise")))
    assert make.handover(make.request(("screen", 1)), screen, price_cents=45_00).items[0].price_cents == 45_00


def test_an_association_closed_since_receives_nothing(app: Flask) -> None:
    receiver = make.association("Receiver")
    request, screen = make.request(("screen", 1), of=receiver), make.ready("screen")
    make.reserved(request, screen)
    with transaction():
        set_active(session.merge(receiver), make.actor("coordinator"), active=False)
    with pytest.raises(NothingHandedOver) as refusal, transaction():
        operations.hand_over(request, [screen], make.actor("volunteer"), Terms(SIGNED, packed=True))
    assert "no longer active" in str(refusal.value)


def test_handing_over_twice_is_refused_and_changes_nothing(app: Flask) -> None:
    request, screen = make.request(("screen", 2)), make.ready("screen")
    make.handover(request, screen)
    with pytest.raises(NothingHandedOver) as refusal, transaction():
        operations.hand_over(request, [devices.locked(screen.id)], make.actor("volunteer"), Terms(SIGNED))
    assert "already" in str(refusal.value)
    assert len(session.scalars(select(Handover)).all()) == 1


@pytest.mark.parametrize("by", ["association"])
def test_an_association_cannot_hand_over_to_itself(app: Flask, by: str) -> None:
    request, screen = make.request(("screen", 1)), make.ready("screen")
    make.reserved(request, screen)
    with pytest.raises(NotAllowed), transaction():
        operations.hand_over(request, [screen], make.actor(by), Terms(SIGNED, packed=True))


def test_nothing_chosen_is_refused(app: Flask) -> None:
    request = make.request()
    with pytest.raises(Malformed), transaction():
        operations.hand_over(request, [], make.actor("volunteer"), Terms(SIGNED))


def test_a_bare_move_cannot_deliver(app: Flask) -> None:
    request, screen = make.request(("screen", 1)), make.ready("screen")
    make.reserved(request, screen)
    perform(screen, Action.PREPARE)
    with pytest.raises(RuleBroken) as refusal:
        perform(screen, Action.DELIVER)
    assert request.number in str(refusal.value)
    with pytest.raises(Unproven) as unproven, transaction():
        moves.advance(
            devices.locked(screen.id), Action.DELIVER, make.actor("volunteer"), case={"signed": "yes"}
        )
    assert "Nobody has signed" in str(unproven.value)


def test_one_device_may_be_delivered_by_an_action_that_brings_its_signature(app: Flask) -> None:
    request, screen = make.request(("screen", 1)), make.ready("screen")
    make.reserved(request, screen)
    perform(screen, Action.DELIVER, signed_by="Someone", signed_role="chair", packed=True, price_cents=500)
    assert queries.item_in_hand(screen.id).price_cents == 500


def test_a_handover_is_not_undone(app: Flask) -> None:
    screen = make.ready("screen")
    make.handover(make.request(("screen", 1)), screen)
    with pytest.raises(RuleBroken) as refusal:
        perform(screen, Action.CORRECT, role="coordinator")
    assert "record the return" in str(refusal.value)


def test_a_device_that_comes_back_is_received_anew_and_its_request_waits_again(app: Flask) -> None:
    laptop = make.ready()
    request = make.request()
    made = make.handover(request, laptop)
    assert allocation.by_id(request.id).state is RequestState.SERVED
    perform(laptop, Action.TAKE_BACK, reason="does not start")
    assert stage_of(laptop) is Stage.RECEIVED
    item = queries.handover(made.id).items[0]
    assert item.returned_at is not None
    assert allocation.note(item.return_note_id) == "does not start"
    assert allocation.active(laptop.id) is None
    assert allocation.last_ended(laptop.id).ending is Ending.RETURNED
    assert allocation.by_id(request.id).state is RequestState.ACCEPTED
    assert allocation.by_id(request.id).served_at is None
    assert queries.accessories_of(laptop.id) == {"charger": False}
    make.handover(allocation.by_id(request.id), make.ready())
    assert allocation.by_id(request.id).state is RequestState.SERVED


def test_a_return_needs_its_reason(app: Flask) -> None:
    screen = make.ready("screen")
    made = make.handover(make.request(("screen", 1)), screen)
    with pytest.raises(RuleBroken):
        perform(screen, Action.TAKE_BACK)
    assert queries.handover(made.id).items[0].returned_at is None


def test_a_return_recorded_by_mistake_is_undone(app: Flask) -> None:
    request, screen = make.request(("screen", 1)), make.ready("screen")
    made = make.handover(request, screen)
    perform(screen, Action.TAKE_BACK, reason="wrong one")
    perform(screen, Action.CORRECT)
    assert stage_of(screen) is Stage.DELIVERED
    assert queries.handover(made.id).items[0].returned_at is None
    assert allocation.by_id(request.id).state is RequestState.SERVED
    assert allocation.active(screen.id) is not None


def test_a_device_given_again_has_two_handovers(app: Flask) -> None:
    screen = make.ready("screen")
    make.handover(make.request(("screen", 1)), screen)
    perform(screen, Action.TAKE_BACK, reason="no longer needed")
    with transaction():
        again = devices.locked(screen.id)
        again.stage = Stage.READY
    make.handover(make.request(("screen", 1)), devices.by_id(screen.id))
    first, second = queries.items_of_device(screen.id)[::-1]
    assert first.returned_at is not None
    assert queries.item_in_hand(screen.id).id == second.id


def test_a_person_is_forgotten_and_the_handover_stays(app: Flask) -> None:
    screen = make.ready("screen")
    made = make.handover(make.request(("screen", 1)), screen)
    before = (made.document_hash, dict(made.facts))
    with transaction():
        operations.erase_signature(queries.handover(made.id), make.actor("coordinator"))
    kept = queries.handover(made.id)
    signature = queries.signature(made.id)
    assert (kept.signer.name, signature.image, signature.role) == (None, None, None)
    assert (kept.document_hash, kept.facts) == before
    assert chain_faults() == []


def test_what_waits_is_counted_by_request(app: Flask) -> None:
    request = make.request(("screen", 3))
    one, two = make.ready("screen"), make.ready("screen")
    make.reserved(request, one, two)
    perform(one, Action.PREPARE)
    (waiting,) = queries.waiting()
    assert (waiting.request.id, waiting.to_prepare, waiting.prepared) == (request.id, 1, 1)
    assert [parcel.device.id for parcel in queries.parcels(request.id)] == [one.id, two.id]
