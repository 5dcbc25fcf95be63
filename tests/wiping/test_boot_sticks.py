"""A boot stick is never counted as a part of a computer; and nothing else is taken for one."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from tests import make
from tests.web.browsing import send
from tests.wiping.arrivals import SSD, arrived, drive, ends, flags, is_gone, upload
from tests.wiping.reports import NEW, changed, text
from tests.wiping.test_report_operations import smartctl
from tracker.accounts.rules import SYSTEM, Actor
from tracker.database import session, transaction
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.wiping import boot_stick_operations, drive_queries, drive_rules
from tracker.wiping.drive_rules import Stay
from tracker.wiping.models import Drive
from tracker.wiping.readings import DriveSeen, Medium

STICK = "4C530001STICK"


def listed(serial: str = STICK, **values: object) -> str:
    """What lsblk says of one drive; by default a stick from which the system runs."""
    node = {"name": "sdb", "type": "disk", "tran": "usb", "rota": True, "serial": serial, "model": "SanDisk Ultra",
            "size": 32_000_000_000, "children": [{"name": "sdb1", "mountpoint": "/run/live/medium"}]}  # fmt: skip
    return json.dumps({"blockdevices": [{**node, **values}]})


UNCLEAR = listed(tran=None, rota=None, children=[])
"""What a tool says that sees neither how the stick is plugged in nor what runs from it."""


def mark(serial: str, by: Actor | None = None, note: str = "our blue stick") -> None:
    who = by or make.actor("quality")
    with transaction():
        boot_stick_operations.mark(drive(serial), who, note)


def test_a_stick_from_which_a_system_ran_is_remembered(app: Flask) -> None:
    device = arrived(serial=None)
    upload(("lsblk.json", listed()), device=device)
    assert ends(device) == {} and drive(STICK).boot_stick_at is not None


def test_a_stick_that_a_person_marked_is_not_counted_by_a_tool_that_does_not_know_it(app: Flask) -> None:
    upload(("lsblk.json", listed()), device=arrived(serial=None))
    with transaction():
        boot_stick_operations.unmark(drive(STICK), make.actor("quality"), "wait")
    mark(STICK)
    device = arrived(serial="PFOTHER01")
    upload(("later.json", UNCLEAR), device=device)
    assert ends(device) == {}


def test_what_only_a_report_called_a_stick_counts_where_it_may_be_built_in(app: Flask) -> None:
    """A disk that lay in a USB case yesterday may be this laptop's today."""
    device = arrived(serial=None)
    upload(("lsblk.json", listed()), device=arrived(serial="PFOTHER01"))
    upload(("later.json", UNCLEAR), device=device)
    assert ends(device) == {STICK: None} and drive(STICK).boot_stick_at is None


def test_a_wiped_boot_stick_counts_for_no_computer(app: Flask) -> None:
    device = arrived()
    upload(("lsblk.json", listed(SSD)), device=device)
    upload(("nwipe.txt", changed(text(NEW), ("/dev/sda,  ATA-SSD,", "/dev/sda,  USB    ,"))), device=device)
    assert SSD not in ends(device) and not is_gone(arrived(serial="PFOTHER01"))


@pytest.mark.parametrize(
    "built_in", [{"tran": "sata"}, {"tran": "sata", "rota": False}, {"name": "nvme0n1", "tran": "nvme"}]
)
def test_a_built_in_drive_from_which_a_live_system_ran_still_has_to_be_wiped(
    app: Flask, built_in: dict[str, object]
) -> None:
    device = arrived(serial=None)
    upload(("lsblk.json", listed(SSD, **built_in)), device=device)
    assert ends(device) == {SSD: None} and drive(SSD).boot_stick_at is None


def test_a_report_alone_takes_no_drive_away_from_its_device(app: Flask) -> None:
    """The drive of a laptop, in a USB case from which someone started a live system."""
    device = arrived(serial=None)
    upload(("unclear.json", listed(SSD, tran=None, rota=None, children=[])), device=device)
    upload(("lsblk.json", listed(SSD)), device=arrived(serial="PFOTHER01"))
    assert ends(device) == {SSD: None} and not is_gone(device)


def test_a_remembered_stick_that_turns_up_built_in_counts(app: Flask) -> None:
    device, other = arrived(serial=None), arrived(serial="PFOTHER01")
    upload(("lsblk.json", listed(SSD)), device=other)
    upload(("smart.json", smartctl(SSD)), device=device)
    assert ends(device) == {SSD: None} and drive(SSD).boot_stick_at is None


def test_a_wipe_of_a_remembered_stick_that_is_built_in_counts(app: Flask) -> None:
    device = arrived()
    upload(("lsblk.json", listed(SSD)), device=arrived(serial="PFOTHER01"))
    upload(("nwipe.txt", text(NEW)), device=device)
    assert ends(device)[SSD] == "wiped" and is_gone(device)


def test_a_person_marks_a_stick_and_every_device_is_free_of_it(app: Flask) -> None:
    device = arrived(serial=None)
    upload(("unclear.json", listed(tran=None, rota=None, children=[])), device=device)
    assert ends(device) == {STICK: None}
    mark(STICK)
    assert ends(device) == {} and not is_gone(device), "no drive seen is not no data"


def test_a_mark_is_taken_back_with_all_its_duties(app: Flask) -> None:
    device = arrived(serial=None)
    upload(("unclear.json", listed(tran=None, rota=None, children=[])), device=device)
    mark(STICK)
    with transaction():
        boot_stick_operations.unmark(drive(STICK), make.actor("quality"), "it came out of the laptop")
    assert ends(device) == {STICK: None}


def test_no_person_can_call_a_built_in_drive_a_boot_stick(app: Flask) -> None:
    device = arrived(serial=None)
    upload(("lsblk.json", listed(SSD, tran="sata", children=[])), device=device)
    with pytest.raises(RuleBroken, match="built into"):
        mark(SSD)
    assert ends(device) == {SSD: None}


def test_only_a_named_quality_checker_marks_and_says_why(app: Flask) -> None:
    upload(("unclear.json", listed(tran=None, rota=None, children=[])), device=arrived(serial=None))
    with pytest.raises(NotAllowed):
        mark(STICK, make.actor("volunteer"))
    with pytest.raises(NotAllowed, match="named person"):
        mark(STICK, SYSTEM)
    with pytest.raises(Malformed, match="few words"):
        mark(STICK, note=" ")
    assert drive(STICK).boot_stick_at is None


def test_a_marked_stick_pulls_no_report_to_a_device(app: Flask) -> None:
    device = arrived(serial=None)
    upload(("unclear.json", listed(tran=None, rota=None, children=[])), device=device)
    (pulled,) = upload(("b.json", listed(tran=None, rota=None, children=[], size=1)))
    assert pulled.device is not None and pulled.device.id == device.id
    mark(STICK)
    (free,) = upload(("c.json", listed(tran=None, rota=None, children=[], size=2)))
    assert free.device is None


def test_marking_goes_through_the_page(app: Flask) -> None:
    device = arrived(serial=None)
    upload(("unclear.json", listed(tran=None, rota=None, children=[])), device=device)
    page = f"/wiping/drives/{drive(STICK).id}"
    client = make.signed_in(app, "quality")
    assert f"{page}/boot-stick" in client.get(page).text
    assert f"{page}/boot-stick" not in make.signed_in(app).get(page).text
    assert send(client, f"{page}/boot-stick", {"note": "our blue stick"}).status_code == 303
    assert ends(device) == {} and STICK in client.get("/wiping/drives?show=boot_sticks").text
    assert send(client, f"{page}/boot-stick", {"note": "wrong one"}).status_code == 303
    assert ends(device) == {STICK: None} and flags(device) == set()


@pytest.mark.parametrize("medium", list(Medium))
def test_only_a_usb_stick_is_remembered_by_a_report(medium: Medium) -> None:
    told = drive_rules.remembered(DriveSeen("/dev/sdb", serial=STICK, medium=medium, boot_stick=True))
    assert told is (medium is Medium.USB)


def test_a_stick_without_usable_serial_is_not_remembered() -> None:
    assert not drive_rules.remembered(
        DriveSeen("/dev/sdb", serial="0000", medium=Medium.USB, boot_stick=True)
    )


def test_a_drive_is_swapped_only_where_another_came_after_it() -> None:
    from datetime import UTC, datetime, timedelta

    start = datetime(2026, 9, 1, tzinfo=UTC)
    day = timedelta(days=1)
    old, new = Stay(1, start, start + day), Stay(2, start + 2 * day, start + 3 * day)
    assert drive_rules.swapped([old, new]) == {1}
    together = Stay(3, start, start + 3 * day)
    assert drive_rules.swapped([old, together]) == set()
    assert drive_rules.swapped([Stay(1, start, start + day, removed_at=start + day), new]) == set()


def test_the_register_keeps_one_row_for_a_remembered_stick(app: Flask) -> None:
    upload(("a.json", listed()), device=arrived(serial=None))
    upload(("b.json", listed(size=31_000_000_000)), device=arrived(serial="PFOTHER01"))
    found = session.query(Drive).filter(Drive.serial_key == drive(STICK).serial_key).count()
    assert found == 1 and drive_queries.sightings_of(drive(STICK).id) == []
