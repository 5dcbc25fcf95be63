"""A device is promised to one line, by one person, once."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from flask import Flask

from tests import make
from tracker.allocation import operations, queries
from tracker.allocation import promise_operations as promises
from tracker.allocation.models import Allocation
from tracker.allocation.rules import Ending, RequestState
from tracker.database import session, transaction
from tracker.devices import operations as moves
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action, Flag, Stage
from tracker.devices.particulars import raise_flag
from tracker.devices.rules import AlreadySo, Unproven
from tracker.errors import Conflict, Malformed, NotAllowed, NotHere, RuleBroken

THREADS = 12


def perform(device_id: int, action: Action, role: str = "coordinator", **values: object) -> None:
    with transaction():
        moves.perform(devices.locked(device_id), action, make.actor(role), values)


def test_the_first_promise_accepts_a_sent_request(app: Flask) -> None:
    request, device = make.request(("laptop", 1)), make.device("ready")
    assert request.state is RequestState.SENT
    perform(device.id, Action.RESERVE, line=request.lines[0].id)
    assert devices.by_id(device.id).stage is Stage.RESERVED
    assert queries.by_id(request.id).state is RequestState.ACCEPTED


def test_a_device_is_never_promised_twice(app: Flask) -> None:
    first, second, device = make.request(), make.request(), make.device("ready")
    make.reserved(first, device)
    with pytest.raises(Conflict) as refusal, transaction():
        promises.reserve(device, second.lines[0], make.actor("coordinator"))
    assert "Someone else was first" in str(refusal.value)
    assert queries.active(device.id).line.request_id == first.id


def test_a_double_click_is_told_apart_from_a_rival(app: Flask) -> None:
    request, device = make.request(("laptop", 2)), make.device("ready")
    make.reserved(request, device)
    with pytest.raises(AlreadySo), transaction():
        promises.reserve(device, request.lines[0], make.actor("coordinator"))


def test_the_database_itself_refuses_a_second_promise(app: Flask) -> None:
    request, device = make.request(("laptop", 2)), make.device("ready")
    make.reserved(request, device)
    standing = queries.active(device.id)
    twice = Allocation(
        device_id=device.id, line_id=standing.line_id, active=True, reserved_at=standing.reserved_at
    )
    with pytest.raises(Conflict), transaction():
        session.add(twice)


@pytest.mark.parametrize("for_one_line", [True, False], ids=["one line", "twelve requests"])
def test_of_twelve_hands_at_once_one_wins(app: Flask, for_one_line: bool) -> None:
    device = make.device("ready")
    wide = make.request(("laptop", THREADS))
    requests = [wide] * THREADS if for_one_line else [make.request() for _ in range(THREADS)]
    lines = [one.lines[0].id for one in requests]
    by, device_id = make.actor("coordinator"), device.id
    session.remove()
    outcomes: list[str] = []
    together = threading.Barrier(THREADS)

    def race(line_id: int) -> None:
        with app.app_context():
            together.wait()
            try:
                with transaction():
                    promises.reserve(devices.locked(device_id), queries.line(line_id), by)
                outcomes.append("won")
            except RuleBroken as refusal:
                outcomes.append(f"{type(refusal).__name__} {refusal.status}")
            finally:
                session.remove()

    threads = [threading.Thread(target=race, args=(line_id,)) for line_id in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lost = "AlreadySo 409" if for_one_line else "Conflict 409"
    assert Counter(outcomes) == {"won": 1, lost: THREADS - 1}
    assert session.query(Allocation).filter_by(device_id=device_id, active=True).count() == 1


def test_of_twelve_devices_at_once_a_line_takes_what_it_asked_for(app: Flask) -> None:
    request = make.request(("screen", 3))
    ids = [make.device("ready", "screen").id for _ in range(THREADS)]
    by, line_id = make.actor("coordinator"), request.lines[0].id
    session.remove()
    won: list[int] = []

    def race(device_id: int) -> None:
        with app.app_context():
            try:
                with transaction():
                    promises.reserve(devices.locked(device_id), queries.line(line_id), by)
                won.append(device_id)
            except RuleBroken:
                pass
            finally:
                session.remove()

    threads = [threading.Thread(target=race, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 3


def test_a_full_line_takes_no_more(app: Flask) -> None:
    request, device, other = make.request(("laptop", 1)), make.device("ready"), make.device("ready")
    make.reserved(request, device)
    with pytest.raises(Unproven) as refusal, transaction():
        promises.reserve(other, request.lines[0], make.actor("coordinator"))
    assert "is full" in str(refusal.value)


def test_a_device_that_has_not_what_is_asked_for_is_refused(app: Flask) -> None:
    request = make.request(("laptop", 1, {"memory_mb": 8192}))
    small = make.device("ready", specification={"memory_mb": 4096})
    wrong = make.device("ready", "screen")
    for device, word in ((small, "Not enough memory"), (wrong, "asks for “Laptop”")):
        with pytest.raises(Unproven) as refusal, transaction():
            promises.reserve(device, request.lines[0], make.actor("coordinator"))
        assert word in str(refusal.value)
    assert devices.by_id(small.id).stage is Stage.READY


def test_what_nobody_measured_is_told_and_left_to_the_person(app: Flask) -> None:
    request, device = make.request(("laptop", 1, {"memory_mb": 8192})), make.device("ready")
    perform(device.id, Action.RESERVE, line=request.lines[0].id)
    entry = promises.last_entry(device)
    assert entry.facts["proven"]["fits_request"] == {
        "line": request.lines[0].id,
        "not_recorded": ["memory_mb"],
    }


def test_a_flag_stands_against_a_promise(app: Flask) -> None:
    request, device = make.request(), make.device("ready")
    with transaction():
        raise_flag(devices.locked(device.id), Flag.DO_NOT_GIVE, make.actor("volunteer"))
    with pytest.raises(Unproven), transaction():
        promises.reserve(device, request.lines[0], make.actor("coordinator"))


@pytest.mark.parametrize("state", ["draft", "cancelled", "declined", "closed"])
def test_nothing_is_promised_to_a_request_that_is_not_open(app: Flask, state: str) -> None:
    by, device = make.actor("coordinator"), make.device("ready")
    request = make.request(draft=state == "draft")
    with transaction():
        if state == "cancelled":
            operations.cancel(request, by)
        if state == "declined":
            operations.decline(request, by, reason="none left")
        if state == "closed":
            operations.close(request, by, reason="none left")
    with pytest.raises(Unproven), transaction():
        promises.reserve(device, queries.by_id(request.id).lines[0], by)


def test_a_volunteer_cannot_promise(app: Flask) -> None:
    request, device = make.request(), make.device("ready")
    with pytest.raises(NotAllowed), transaction():
        promises.reserve(device, request.lines[0], make.actor("volunteer"))


@pytest.mark.parametrize(
    ("line", "error"),
    [(None, RuleBroken), ("x", Malformed), (999, NotHere), (2**40, NotHere), ([1], Malformed)],
)
def test_a_line_that_is_none_is_refused_in_words(app: Flask, line: object, error: type[RuleBroken]) -> None:
    device = make.device("ready")
    with pytest.raises(error):
        perform(device.id, Action.RESERVE, line=line)


def test_release_frees_the_device_and_the_line(app: Flask) -> None:
    request, device = make.request(), make.device("ready")
    make.reserved(request, device)
    perform(device.id, Action.RELEASE)
    assert queries.active(device.id) is None
    assert queries.last_ended(device.id).ending is Ending.RELEASED
    other = make.device("ready")
    make.reserved(queries.by_id(request.id), other)
    assert queries.active(other.id) is not None


def test_undoing_a_reservation_ends_the_promise(app: Flask) -> None:
    request, device = make.request(("screen", 1)), make.ready("screen")
    make.reserved(request, device)
    perform(device.id, Action.CORRECT)
    assert devices.by_id(device.id).stage is Stage.READY
    assert queries.active(device.id) is None


def test_undoing_a_release_promises_again(app: Flask) -> None:
    request, device = make.request(("screen", 1)), make.ready("screen")
    make.reserved(request, device)
    perform(device.id, Action.RELEASE)
    perform(device.id, Action.CORRECT)
    assert devices.by_id(device.id).stage is Stage.RESERVED
    assert queries.active(device.id).line.request_id == request.id
    assert queries.active(device.id).ending is None


def test_undoing_a_release_is_refused_once_the_line_is_full(app: Flask) -> None:
    request, device = make.request(("screen", 1)), make.ready("screen")
    make.reserved(request, device)
    perform(device.id, Action.RELEASE)
    make.reserved(queries.by_id(request.id), make.device("ready", "screen"))
    with pytest.raises(Unproven) as refusal:
        perform(device.id, Action.CORRECT)
    assert "is full" in str(refusal.value)
    assert devices.by_id(device.id).stage is Stage.READY


def test_a_lost_device_is_promised_to_nobody_and_undoing_promises_it_again(app: Flask) -> None:
    request, device = make.request(("screen", 1)), make.ready("screen")
    make.reserved(request, device)
    perform(device.id, Action.LOSE, reason="not on its shelf")
    assert queries.active(device.id) is None
    assert queries.last_ended(device.id).ending is Ending.LOST
    perform(device.id, Action.CORRECT)
    assert devices.by_id(device.id).stage is Stage.RESERVED
    assert queries.active(device.id).line.request_id == request.id


def test_every_promise_is_in_the_history(app: Flask) -> None:
    request, device = make.request(), make.device("ready")
    make.reserved(request, device)
    facts = promises.last_entry(device).facts
    assert (facts["request"], facts["line"]) == (request.number, request.lines[0].id)
