"""Making, sending, declining, cancelling and closing a request."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from tests import make
from tracker.accounts.rules import Ground
from tracker.allocation import operations, proposal_queries, queries, queue_queries
from tracker.allocation import promise_operations as promises
from tracker.allocation.models import EquipmentRequest
from tracker.allocation.needs_rules import Needs
from tracker.allocation.rules import Asked, RequestState
from tracker.database import session, transaction
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Flag, Stage
from tracker.devices.particulars import raise_flag
from tracker.devices.rules import DeviceType
from tracker.errors import Malformed, NotAllowed, NotHere, RuleBroken
from tracker.history import queries as past
from tracker.history.queries import chain_faults

ONE = [Asked(DeviceType.LAPTOP, 1)]


def test_an_association_asks_for_itself(app: Flask) -> None:
    by = make.actor("association")
    request = make.request(("laptop", 2), by=by, reference="B-12", note="before Christmas")
    assert (request.association_id, request.referrer_id, request.state) == (
        by.association_id,
        by.user_id,
        RequestState.SENT,
    )
    assert queries.note(request.note_id) == "before Christmas"
    assert request.sent_at is not None


def test_numbers_follow_one_another_within_a_year(app: Flask) -> None:
    numbers = [make.request().number for _ in range(3)]
    year = numbers[0][:4]
    assert numbers == [f"{year}-0001", f"{year}-0002", f"{year}-0003"]


def test_a_number_of_what_was_rolled_back_is_given_again(app: Flask) -> None:
    by = make.actor("coordinator")
    association_id = make.association().id

    def one_and_a_wrong_one() -> None:
        with transaction():
            operations.make_request(ONE, by, association_id=association_id)
            operations.make_request([], by, association_id=association_id)

    with pytest.raises(Malformed):
        one_and_a_wrong_one()
    assert make.request().number.endswith("-0001")


def test_an_association_cannot_ask_in_anothers_name(app: Flask) -> None:
    by, other = make.actor("association"), make.association("Another")
    with pytest.raises(NotHere), transaction():
        operations.make_request(ONE, by, association_id=other.id)
    assert session.scalars(select(EquipmentRequest)).first() is None


def test_a_volunteer_asks_for_nothing(app: Flask) -> None:
    by, association_id = make.actor("volunteer"), make.association().id
    with pytest.raises(NotAllowed), transaction():
        operations.make_request(ONE, by, association_id=association_id)


def test_a_coordinator_says_for_whom(app: Flask) -> None:
    by = make.actor("coordinator")
    with pytest.raises(Malformed) as refusal, transaction():
        operations.make_request(ONE, by)
    assert refusal.value.field == "association"


def test_a_closed_association_asks_for_nothing(app: Flask) -> None:
    closed, by = make.association("Closed", active=False), make.actor("coordinator")
    with pytest.raises(RuleBroken) as refusal, transaction():
        operations.make_request(ONE, by, association_id=closed.id)
    assert "no longer active" in str(refusal.value)


def test_a_draft_is_changed_then_sent_and_then_stands(app: Flask) -> None:
    by = make.actor("association")
    request = make.request(("laptop", 1), by=by, draft=True)
    assert queue_queries.place(request) is None
    with transaction():
        operations.revise(request, [Asked(DeviceType.SCREEN, 4)], by, reference="B-9", note=None)
        operations.send(request, by)
    kept = queries.by_id(request.id)
    assert [(line.type, line.quantity) for line in kept.lines] == [(DeviceType.SCREEN, 4)]
    with pytest.raises(RuleBroken), transaction():
        operations.revise(kept, ONE, by, reference=None, note=None)
    with pytest.raises(RuleBroken), transaction():
        operations.send(kept, by)


def test_another_associations_request_is_not_there(app: Flask) -> None:
    theirs = make.request(of=make.association("Another"))
    by = make.actor("association")
    for act in (
        lambda: queries.theirs(theirs.id, by),
        lambda: operations.cancel(theirs, by),
        lambda: operations.send(theirs, by),
        lambda: operations.new_link(theirs, by),
        lambda: operations.revise(theirs, ONE, by, reference=None, note=None),
    ):
        with pytest.raises(NotHere), transaction():
            act()
    assert queries.page(by).items == []
    assert sum(queries.count_by_state(by).values()) == 0


def test_only_a_coordinator_declines_or_closes(app: Flask) -> None:
    by = make.actor("association")
    request = make.request(by=by)
    for act in (operations.decline, operations.close):
        with pytest.raises(NotAllowed), transaction():
            act(request, by, reason="no")
        with pytest.raises(Malformed), transaction():
            act(request, make.actor("coordinator"), reason=" ")
    assert queries.by_id(request.id).state is RequestState.SENT


def test_an_association_reads_why_it_was_declined(app: Flask) -> None:
    request = make.request()
    with transaction():
        operations.decline(request, make.actor("coordinator"), reason="no tablets this year")
    kept = queries.by_id(request.id)
    assert kept.state is RequestState.DECLINED
    assert queries.note(kept.answer_id) == "no tablets this year"


def test_a_coordinators_cancelling_puts_devices_back(app: Flask) -> None:
    request, device = make.request(), make.device("ready")
    make.reserved(request, device)
    with transaction():
        operations.cancel(request, make.actor("coordinator"))
    assert devices.by_id(device.id).stage is Stage.READY
    assert queries.active(device.id) is None


def test_an_associations_cancelling_waits_for_the_workshop_to_put_devices_back(app: Flask) -> None:
    by = make.actor("association")
    request, device = make.request(by=by), make.device("ready")
    make.reserved(request, device)
    with pytest.raises(RuleBroken) as refusal, transaction():
        operations.cancel(request, by)
    assert "set aside" in str(refusal.value)
    assert devices.by_id(device.id).stage is Stage.RESERVED


def test_a_request_with_devices_set_aside_is_not_declined(app: Flask) -> None:
    request, device = make.request(), make.device("ready")
    make.reserved(request, device)
    with pytest.raises(RuleBroken), transaction():
        operations.decline(request, make.actor("coordinator"), reason="no")


def test_the_link_is_kept_as_a_hash_and_a_new_one_ends_the_old(app: Flask) -> None:
    request, by = make.request(), make.actor("coordinator")
    with transaction():
        first = operations.new_link(request, by)
    assert queries.by_token(first).id == request.id
    assert queries.by_id(request.id).token_hash != first
    with transaction():
        second = operations.new_link(request, by)
    assert queries.by_token(second).id == request.id
    for token in (first, "", "x", "é" * 50):
        with pytest.raises(NotHere):
            queries.by_token(token)


def test_the_place_counts_who_asked_earlier_for_the_same(app: Flask) -> None:
    first = make.request(("laptop", 1))
    screens = make.request(("screen", 1))
    both = make.request(("laptop", 1), ("screen", 1))
    make.request(("laptop", 5))
    assert [queue_queries.place(one) for one in (first, screens, both)] == [1, 1, 3]
    make.reserved(first, make.device("ready"))
    assert queue_queries.place(queries.by_id(both.id)) == 2
    assert queue_queries.place(queries.by_id(first.id)) is None


def test_what_happened_is_in_the_chain_without_a_word_of_the_note(app: Flask) -> None:
    request = make.request(note="a private matter")
    entries = past.of_subject("request", request.id, newest_first=False)
    assert [one.action for one in entries] == ["make_request", "send_request"]
    assert "private" not in str([one.facts for one in entries])
    assert chain_faults() == []


# ----------------------------------------------------------------------------------------------------- proposals


def proposed(request: EquipmentRequest) -> list[list[int]]:
    return [[one.device.id for one in line.candidates] for line in proposal_queries.proposals(request)]


def test_proposals_fit_and_the_oldest_ready_comes_first(app: Flask) -> None:
    old, new = make.device("ready"), make.device("ready")
    make.device("reconditioned")
    make.device("ready", "screen")
    flagged, taken = make.device("ready"), make.device("ready")
    with transaction():
        raise_flag(devices.locked(flagged.id), Flag.NEEDS_PART, make.actor("volunteer"))
    make.reserved(make.request(), taken)
    assert proposed(make.request(("laptop", 2))) == [[old.id, new.id]]


def test_a_device_about_which_all_is_known_goes_before_an_older_unknown_one(app: Flask) -> None:
    unknown = make.device("ready")
    known = make.device("ready", specification={"memory_mb": 16384})
    make.device("ready", specification={"memory_mb": 2048})
    request = make.request(("laptop", 1, {"memory_mb": 8192}))
    assert proposed(request) == [[known.id, unknown.id]]
    first, second = proposal_queries.proposals(request)[0].candidates
    assert "Enough memory: 16 GB for 8 GB." in [str(one) for one in first.reasons]
    assert "Not recorded: memory" in str(second.doubts[0])


def test_two_lines_are_not_proposed_the_same_device(app: Flask) -> None:
    device = make.device("ready", specification={"memory_mb": 8192})
    request = make.request(("laptop", 1, {"memory_mb": 4096}), ("laptop", 1))
    assert proposed(request) == [[device.id], []]


def test_a_public_gift_is_proposed_with_the_doubt_of_the_law(app: Flask) -> None:
    gift = make.collection(make.donor("public_body"))
    device = make.ready("screen", in_collection=gift)
    barred = make.request(("screen", 1), of=make.association("No ground", ground=Ground.NONE))
    allowed = make.request(("screen", 1), of=make.association("Useful", ground=Ground.PUBLIC_UTILITY))
    assert "no ground" in str(proposal_queries.proposals(barred)[0].candidates[0].doubts[0])
    assert proposal_queries.proposals(allowed)[0].candidates[0].doubts == ()
    assert proposal_queries.proposals(allowed)[0].candidates[0].device.id == device.id


def test_needs_of_a_line_are_read_back(app: Flask) -> None:
    request = make.request(("tablet", 3, {"usage": "study", "storage_gb": 64}))
    progress = queries.progress([request])[request.id][0]
    assert progress.needs == Needs.read({"usage": "study", "storage_gb": 64})
    assert (progress.given, progress.promised, progress.missing) == (0, 0, 3)


@pytest.mark.parametrize("ending", ["cancel", "close"])
def test_a_device_reserved_while_its_request_ends_is_promised_or_free_never_between(
    app: Flask, ending: str
) -> None:
    """The ending has looked for promised devices already when it waits for the request that the other hand holds."""
    device, request = make.ready("screen"), make.request(("screen", 1))
    make.reserved(request, device)
    with transaction():
        promises.release(
            device, make.actor("coordinator")
        )  # the request stays accepted, and is not written again
    wanted, by, said = request.id, make.actor("coordinator"), list[str]()

    def end() -> None:
        with app.app_context():
            try:
                with transaction():
                    kept = session.get_one(EquipmentRequest, wanted)
                    getattr(operations, ending)(kept, by, reason="not needed any more")
            except RuleBroken as refusal:
                said.append(str(refusal))
            finally:
                session.remove()

    other = threading.Thread(target=end)
    with transaction():
        promises.reserve(devices.locked(device.id), request.lines[0], by)
        other.start()
        other.join(1)
        assert other.is_alive()
    other.join(60)
    session.expire_all()
    assert (queries.active(device.id) is None) is not bool(said)
    assert (request.state is RequestState.ACCEPTED) is bool(said)
