"""A page asks the database as often for 25 rows as for 5, and a device's page as often after a long life as after a
short one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import make
from tests.reconditioning import places
from tests.statements import counted
from tracker import clock
from tracker.accounts.rules import Ground
from tracker.allocation import queries as allocation
from tracker.collection import operations as collecting
from tracker.collection.models import Intake
from tracker.collection.rules import Line
from tracker.database import session, transaction
from tracker.demo.reports import Disk, Machine, nwipe_log
from tracker.devices import operations as moves
from tracker.devices import particulars
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action, Flag, Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType
from tracker.labelling import operations as labelling
from tracker.stock import operations as stock
from tracker.wiping import report_operations

FEW, MORE = 5, 20
MOST_ON_A_DEVICE = 18
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXY"


def statements(client: FlaskClient, path: str) -> list[str]:
    """What one look at the page asks; the look before it has warmed what a process reads once."""
    assert client.get(path).status_code == 200
    with counted() as found:
        client.get(path)
    return found


def told(found: list[str]) -> str:
    return "\n".join(sorted(" ".join(one.split())[:300] for one in found))


def _devices(first: int, last: int) -> None:
    for at in range(first, last):
        made = make.device(Stage.RECEIVED, manufacturer="Lenovo", model=f"L{at}")
        with transaction():
            particulars.raise_flag(devices.locked(made.id), Flag.NEEDS_PART, make.actor())


def _with_reports(first: int, last: int) -> None:
    """At the wiping bench: one drive wiped, one that failed, one without a serial number, which a person decides on."""
    for at in range(first, last):
        made = make.device([Stage.RECEIVED, Stage.WIPING][at % 2], serial=f"PF0RICO{at:02}")
        logs = [
            nwipe_log(
                Machine("LENOVO", f"L{at}", f"PF0RICO{at:02}"), disks(at), clock.now(), failed=failed(at)
            )
        ]
        with transaction():
            report_operations.receive(
                [("nwipe.log", one) for one in logs], make.actor(), devices.locked(made.id)
            )


def disks(at: int) -> list[Disk]:
    serials = (f"RSS80A0{at:03}", f"RSF80A0{at:03}", "")
    return [
        Disk(f"sd{sign}", "SATA-SSD", "RICO SSD 256", serial, 256_060_514_304 + position)
        for position, (sign, serial) in enumerate(zip("abc", serials, strict=True))
    ]


def failed(at: int) -> frozenset[str]:
    return frozenset({f"RSF80A0{at:03}"})


def _requests(first: int, last: int) -> None:
    for at in range(first, last):
        make.request(("laptop", 2), ("screen", 1), of=make.association(f"Association {SIGNS[at]}"))


def _places(first: int, last: int) -> None:
    for at in range(first, last):
        place = make.location(f"Étagère {SIGNS[at]}")
        made = make.device()
        with transaction():
            stock.put(devices.locked(made.id), place, make.actor())


def _collections(first: int, last: int) -> None:
    for at in range(first, last):
        given = make.collection(make.donor("person", f"Personne {SIGNS[at]}"))
        with transaction():
            collecting.add_device(given, Line(DeviceType.LAPTOP), Action.RECEIVE, make.actor())


def _labels(first: int, last: int) -> None:
    for at in range(first, last):
        make.device([Stage.RECEIVED, Stage.WIPED, Stage.READY][at % 3])


def _prints(first: int, last: int) -> None:
    by = make.actor()
    for at in range(first, last):
        made = make.device([Stage.RECEIVED, Stage.WIPED, Stage.READY][at % 3])
        with transaction():
            labelling.print_labels([made.code], None, "avery-l7160", "pdf", 2, by)


def _handovers(first: int, last: int) -> None:
    for at in range(first, last):
        to = make.association(f"Association {SIGNS[at]}", ground=Ground.REUSE_BODY)
        given, kept = (make.request(("screen", 1), of=to) for _ in range(2))
        make.handover(given, make.ready(DeviceType.SCREEN))
        make.reserved(kept, make.ready(DeviceType.SCREEN))


def _leaving(first: int, last: int) -> None:
    """Kept for parts, and held up by a flag; drives seen in both."""
    _devices(first, last)
    _with_reports(first, last)
    for at in range(first, last):
        make.device(Stage.PARTS, model=f"P{at}")
        held = make.device(Stage.WIPING, serial=f"PF0RICP{at:02}")
        log = nwipe_log(Machine("LENOVO", f"L{at}", f"PF0RICP{at:02}"), disks(at)[:1], clock.now())
        with transaction():
            report_operations.receive([("nwipe.log", log)], make.actor(), devices.locked(held.id))
            particulars.raise_flag(devices.locked(held.id), Flag.DO_NOT_GIVE, make.actor())


def _at_the_bench(first: int, last: int) -> None:
    for _at in range(first, last):
        make.device(Stage.WIPED)
        tested = places.worked_through()
        with transaction():
            particulars.raise_flag(devices.locked(tested.id), Flag.NEEDS_PART, make.actor())
        places.finished()


LISTS: dict[str, Callable[[int, int], None]] = {
    "/devices": _devices,
    "/wiping": _with_reports,
    "/requests": _requests,
    "/stock": _places,
    "/collections": _collections,
    "/donors": _collections,
    "/labels": _labels,
    "/labels/register": _prints,
    "/labels/sheets": _prints,
    "/labels/habits": _labels,
    "/handovers": _handovers,
    "/recycling": _leaving,
    "/reconditioning": _at_the_bench,
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_of_25_asks_no_more_than_a_list_of_5(
    app: Flask, signed_in: Callable[..., FlaskClient], path: str
) -> None:
    client = signed_in("coordinator")
    LISTS[path](0, FEW)
    few = statements(client, path)
    LISTS[path](FEW, FEW + MORE)
    more = statements(client, path)
    assert len(more) == len(few), told(more)


def live(device: Device, first: int, last: int) -> None:
    """Some of a device's life, `last - first` times over: reports, drives, marks, words, places, labels."""
    by = make.actor("coordinator")
    machine = Machine("LENOVO", "L480", "PF0RICO8")
    for at in range(first, last):
        place = make.location(f"Étagère {SIGNS[at]}")
        inside = [replace(disks(one)[0], name=f"sd{SIGNS[one].lower()}") for one in range(at + 1)]
        # Each life ends its wipes at another second: the same drive and start again would be the same run.
        log = nwipe_log(machine, inside, clock.now() + timedelta(seconds=2 * at))
        with transaction():
            device = devices.locked(device.id)
            particulars.raise_flag(device, Flag.NEEDS_PART, by, f"seen {at}")
            particulars.clear_flag(device, Flag.NEEDS_PART, by)
            particulars.edit(device, by, model=f"L48{at}")
            stock.put(device, place, by)
            report_operations.receive([("nwipe.log", log)], by, device)
        with transaction():
            labelling.print_labels([device.code], None, "avery-l7160", "pdf", 1, by, None)


def give_and_take(device: Device, times: int) -> None:
    """Handed over and come back, to and from a new association each time."""
    for at in range(times):
        make.handover(
            make.request(
                ("screen", 1), of=make.association(f"A{at} {device.code}", ground=Ground.REUSE_BODY)
            ),
            device,
        )
        with transaction():
            moves.perform(
                devices.locked(device.id), Action.TAKE_BACK, make.actor("coordinator"), {"reason": "dim"}
            )
        _ready_again(device)


def _ready_again(device: Device) -> None:
    from tracker.devices.rules import Grade
    from tracker.reconditioning import operations as bench
    from tracker.reconditioning.rules import Answer

    by = make.actor()
    with transaction():
        held = devices.locked(device.id)
        moves.perform(held, Action.FINISH_WIPING, by)
        moves.perform(held, Action.START_RECONDITIONING, by)
        bench.answer_all(held, Answer.PASSED, by)
        bench.grade(held, Grade.B, by)
        moves.perform(held, Action.FINISH_RECONDITIONING, by)
        moves.perform(held, Action.PASS_QUALITY_CHECK, make.actor("quality"))


def test_the_page_of_a_device_asks_no_more_for_a_long_life(
    app: Flask, signed_in: Callable[..., FlaskClient]
) -> None:
    client = signed_in("coordinator")
    device = make.device(Stage.WIPING, serial="PF0RICO8")
    live(device, 0, 1)
    short = statements(client, f"/devices/{device.code}")
    live(device, 1, 6)
    long = statements(client, f"/devices/{device.code}")
    assert len(long) == len(short), told(long)
    assert len(long) <= MOST_ON_A_DEVICE, told(long)


def test_the_page_of_a_device_asks_no_more_for_three_handovers_and_ten_requests_that_wait(
    app: Flask, signed_in: Callable[..., FlaskClient]
) -> None:
    client = signed_in("coordinator")
    device = make.ready(DeviceType.SCREEN, make.collection())
    give_and_take(device, 1)
    make.request(("screen", 3))
    short = statements(client, f"/devices/{device.code}")
    give_and_take(device, 2)
    for sign in SIGNS[:10]:
        make.request(("screen", 3), of=make.association(f"Association {sign}"))
    long = statements(client, f"/devices/{device.code}")
    assert len(long) == len(short), told(long)
    assert len(long) <= MOST_ON_A_DEVICE, told(long)


@pytest.mark.parametrize("stage", Stage)
def test_the_page_of_a_device_asks_at_most_eighteen_times_at_any_stage(
    app: Flask, signed_in: Callable[..., FlaskClient], stage: Stage
) -> None:
    device = make.device(stage)
    found = statements(signed_in("coordinator"), f"/devices/{device.code}")
    assert len(found) <= MOST_ON_A_DEVICE, told(found)


def test_the_page_of_a_prepared_device_asks_at_most_eighteen_times_and_no_more_for_a_long_life(
    app: Flask, signed_in: Callable[..., FlaskClient]
) -> None:
    client = signed_in("coordinator")
    device = make.device(Stage.WIPING, serial="PF0RICO8")
    with transaction():
        session.add(Intake(device_id=device.id, collection_id=make.collection().id, position=1))
    live_until_prepared(device, 0)
    short: list[str] = []
    for at in range(1, 4):
        promise = allocation.active(device.id)
        assert promise is not None
        make.handover(promise.line.request, session.merge(device))
        with transaction():
            moves.perform(devices.locked(device.id), Action.TAKE_BACK, make.actor(), {"reason": "too slow"})
        live_until_prepared(device, at)
        short = short or statements(client, f"/devices/{device.code}")  # once there is something of each kind
    long = statements(client, f"/devices/{device.code}")
    assert len(long) == len(short), told(long)
    assert len(long) <= MOST_ON_A_DEVICE, told(long)


def live_until_prepared(device: Device, at: int) -> None:
    """Wiped by its report, put somewhere, reconditioned, promised to a new association, packed."""
    live(device, at, at + 1)
    _ready_again(device)
    with transaction():
        place = make.location(f"Étagère {SIGNS[at]}{SIGNS[at]}")
        stock.put(devices.locked(device.id), place, make.actor())
    to = make.association(f"Association {SIGNS[at]}", ground=Ground.REUSE_BODY)
    make.reserved(make.request(of=to), session.merge(device))
    with transaction():
        moves.perform(devices.locked(device.id), Action.PREPARE, make.actor())
