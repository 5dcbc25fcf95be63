"""What reports say of the inside fills the device's specification; a person's word stands; what is taken away goes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import make
from tests.statements import counted
from tests.wiping.arrivals import arrived, upload
from tests.wiping.reports import FIXTURES, changed
from tracker import clock
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType
from tracker.errors import NotAllowed, RuleBroken
from tracker.history.models import HistoryEntry
from tracker.wiping import (
    declaration_operations,
    destruction_operations,
    hardware_operations,
    hardware_queries,
    hardware_word_operations,
    release_operations,
    report_operations,
)
from tracker.wiping.hardware_models import HardwareClaim, HardwareFact
from tracker.wiping.hardware_queries import Known
from tracker.wiping.hardware_value_rules import Piece
from tracker.wiping.models import ReportFile
from tracker.wiping.rules import DeclarationKind

LSHW = (FIXTURES / "lshw_laptop.json").read_text(encoding="utf-8")
SERIAL = "PFRICO38"


def lshw(memory_mb: int = 8192, cpu: str = "Intel(R) Core(TM) i5-7200U CPU @ 2.50GHz") -> str:
    return changed(
        LSHW,
        (str(8192 * 2**20), str(memory_mb * 2**20)),
        ("Intel(R) Core(TM) i5-7200U CPU @ 2.50GHz", cpu),
    )


def dmidecode(
    memory_gb: int = 8, cpu: str = "Intel(R) Core(TM) i5-7200U CPU @ 2.50GHz", serial: str = SERIAL
) -> str:
    return (
        "# dmidecode 3.4\nHandle 0x0001, DMI type 1, 27 bytes\nSystem Information\n"
        f"\tManufacturer: LENOVO\n\tSerial Number: {serial}\n\n"
        f"Handle 0x0004, DMI type 4, 48 bytes\nProcessor Information\n\tVersion: {cpu}\n\n"
        f"Handle 0x0011, DMI type 17, 40 bytes\nMemory Device\n\tType: DDR4\n\tSize: {memory_gb} GB\n"
    )  # fmt: skip


def upower(full: float, design: float = 50.0) -> str:
    return (
        "Device: /org/freedesktop/UPower/devices/battery_BAT0\n  native-path:          BAT0\n"
        "  has statistics:       yes\n  battery\n"
        f"    energy-full:         {full} Wh\n    energy-full-design:  {design} Wh\n"
    )


def inxi(percent: int = 72, inches: str = '14.0"', serial: str = SERIAL) -> str:
    return json.dumps([
        {"000#1#0#Machine": [{"000#1#1#Type": "Laptop", "001#0#2#System": "LENOVO", "002#0#3#serial": serial}]},
        {"001#1#0#Battery": [{"000#1#1#ID-1": "BAT0", "001#0#2#condition": f"36.0/50.0 Wh ({percent}%)"}]},
        {"002#1#0#Graphics": [{"000#1#1#Device-1": "Intel Skylake GT2 [HD Graphics 520]", "001#0#2#driver": "i915"},
                              {"003#1#2#Monitor-1": "eDP-1", "008#0#3#diag": f"355mm ({inches})"}]},
    ])  # fmt: skip


def smartctl(serial: str, size: int, model: str = "RICO SSD") -> str:
    answer = {"smartctl": {"exit_status": 0}, "device": {"name": "/dev/sda", "protocol": "ATA"}, "model_name": model,
              "serial_number": serial, "user_capacity": {"bytes": size}}  # fmt: skip
    return json.dumps(answer)


def laptop(**values: Any) -> Device:
    return arrived(SERIAL, **values)


def inside(device: Device) -> dict[str, Any]:
    session.expire_all()
    return dict(device.specification)


def known(device: Device) -> dict[Piece, Known]:
    session.expire_all()
    return {one.piece: one for one in hardware_queries.known(device)}


def later(report: ReportFile | None = None) -> None:
    """Reports that are on record came a day earlier: what comes now is another look at the computer."""
    with transaction():
        for one in session.scalars(select(HardwareClaim)):
            one.told_at -= timedelta(days=1)
            one.taken_at -= timedelta(days=1)


def edited(device: Device, **values: Any) -> None:
    """Somebody corrects what is inside on the device's page; None takes a value away."""
    with transaction():
        held = devices.locked(device.id)
        wanted = {**held.specification, **values}
        kept = {key: value for key, value in wanted.items() if value is not None}
        particulars.edit(held, make.actor(), specification=kept)


def choose(device: Device, piece: Piece, report: int | None) -> None:
    with transaction():
        hardware_word_operations.choose(devices.locked(device.id), piece, report, make.actor())


def actions(device: Device) -> list[str]:
    return list(
        session.scalars(
            select(HistoryEntry.action).where(HistoryEntry.subject_id == device.id).order_by(HistoryEntry.id)
        )
    )


def count(table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_one_drop_fills_the_specification_each_value_from_its_best_source(app: Flask) -> None:
    device = laptop()
    upload(
        ("hw/lshw.json", lshw(7782)),
        ("hw/dmidecode.txt", dmidecode(8)),
        ("hw/inxi.json", inxi()),
        device=device,
    )
    assert inside(device) == {
        "cpu": "Intel Core i5-7200U",
        "memory_mb": 8192,
        "storage_gb": 512
        + 1000
        + 32,  # the NVMe, the hard disk and the eMMC of the fixture; its boot stick is none
        "battery_percent": 72,
        "screen_inches": 14.0,
        "graphics": "Intel HD Graphics 520",
    }
    sources = {piece.value: one.stands.source for piece, one in known(device).items()}
    assert sources == {
        "cpu": sources["cpu"], "memory_mb": "dmidecode", "storage_gb": "lshw", "battery_percent": "inxi",
        "screen_inches": "inxi", "graphics": "inxi",
    }  # fmt: skip
    assert sources["cpu"] in ("lshw", "dmidecode")
    assert not any(one.choices for one in known(device).values())


def test_each_value_says_from_which_file_it_comes_and_when_that_came(app: Flask) -> None:
    device = laptop()
    (one,) = upload(("dmidecode.txt", dmidecode(8)))
    said = known(device)[Piece.MEMORY].stands
    assert (said.report, said.sha256, said.at) == (one.report.id, one.report.sha256, one.report.received_at)


def test_the_history_says_what_reports_changed_and_only_when_they_changed_something(app: Flask) -> None:
    device = laptop()
    upload(("dmidecode.txt", dmidecode(8)))
    entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "specification_filled")).one()
    assert entry.facts["specification"] == [{}, {"cpu": "Intel Core i5-7200U", "memory_mb": 8192}]
    assert entry.facts["sources"]["memory_mb"][0] == "dmidecode"
    upload(("again/lshw.json", lshw(8192)))
    upload(("again/dmidecode.txt", dmidecode(8)))
    assert actions(device).count("specification_filled") == 2  # the second told of the drives
    upload(("third/dmidecode.txt", dmidecode(8) + "\n\n"))
    assert actions(device).count("specification_filled") == 2


def test_the_order_in_which_reports_come_changes_nothing(app: Flask) -> None:
    one, other = laptop(), arrived("PFRICO39")
    files = [("l.json", lshw(7782)), ("d.txt", dmidecode(8)), ("i.json", inxi()), ("u.txt", upower(36.5))]
    for name, data in files:
        upload((name, data), device=one)
    for name, data in reversed(files):
        upload((name, data.replace(SERIAL, "PFRICO39") + " "), device=other)
    first, second = inside(one), inside(other)
    assert first["memory_mb"] == second["memory_mb"] == 8192
    assert {key: first[key] for key in ("cpu", "graphics", "screen_inches", "storage_gb")} == {
        key: second[key] for key in ("cpu", "graphics", "screen_inches", "storage_gb")
    }


def test_a_new_report_after_a_repair_updates_and_what_stood_before_stays_on_record_with_its_dates(
    app: Flask,
) -> None:
    device = laptop()
    upload(("before/dmidecode.txt", dmidecode(4)))
    later()
    upload(("after/dmidecode.txt", dmidecode(16)))
    memory = known(device)[Piece.MEMORY]
    assert inside(device)["memory_mb"] == 16384 and memory.choices == ()
    (former,) = memory.before
    assert (former.value, former.source) == (4096, "dmidecode")
    assert former.until is not None and former.until <= clock.now()


def test_two_equally_good_sources_that_disagree_wait_for_a_person_and_her_choice_is_kept(app: Flask) -> None:
    device = laptop()
    upload(("lshw.json", lshw()), ("d.txt", dmidecode(cpu="Intel(R) Core(TM) i7-7500U CPU @ 2.70GHz")))
    cpu = known(device)[Piece.CPU]
    (choice,) = cpu.choices
    assert {cpu.stands.value, choice.value} == {"Intel Core i5-7200U", "Intel Core i7-7500U"}
    choose(device, Piece.CPU, choice.report)
    cpu = known(device)[Piece.CPU]
    assert cpu.choices == () and inside(device)["cpu"] == choice.value
    assert (cpu.stands.source, cpu.stands.person, cpu.stands.report) == (
        "person",
        make.user().name,
        choice.report,
    )
    entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "specification_chosen")).one()
    assert (entry.actor_id, entry.facts["piece"], entry.facts["report"]) == (
        make.user().id,
        "cpu",
        choice.report,
    )
    upload(("more.txt", upower(36.0)), device=device)
    assert known(device)[Piece.CPU].choices == ()


def test_keeping_what_stands_is_a_choice_too(app: Flask) -> None:
    device = laptop()
    upload(("inxi.json", inxi(72)), ("upower.txt", upower(45.0)), device=device)
    stood = inside(device)["battery_percent"]
    assert len(known(device)[Piece.BATTERY].choices) == 1
    choose(device, Piece.BATTERY, None)
    assert inside(device)["battery_percent"] == stood and known(device)[Piece.BATTERY].choices == ()
    assert known(device)[Piece.BATTERY].stands.person == make.user().name


def test_a_choice_that_somebody_else_has_settled_is_refused(app: Flask) -> None:
    device = laptop()
    upload(("inxi.json", inxi(72)), ("upower.txt", upower(45.0)), device=device)
    choose(device, Piece.BATTERY, None)
    with pytest.raises(RuleBroken, match="settled"):
        choose(device, Piece.BATTERY, None)
    with pytest.raises(RuleBroken, match="settled"):
        choose(device, Piece.MEMORY, None)


def test_a_report_that_is_not_among_the_choices_cannot_be_chosen(app: Flask) -> None:
    device = laptop()
    inx, up = upload(("inxi.json", inxi(72)), ("upower.txt", upower(45.0)), device=device)
    with pytest.raises(RuleBroken, match="settled"):
        choose(device, Piece.BATTERY, max(inx.report.id, up.report.id) + 1)


def test_an_association_chooses_nothing(app: Flask) -> None:
    device = laptop()
    upload(("inxi.json", inxi(72)), ("upower.txt", upower(45.0)), device=device)
    with pytest.raises(NotAllowed), transaction():
        hardware_word_operations.choose(
            devices.locked(device.id), Piece.BATTERY, None, make.actor("association")
        )


def test_what_a_person_corrected_is_never_overwritten_and_a_later_report_asks(app: Flask) -> None:
    device = laptop()
    upload(("dmidecode.txt", dmidecode(8)))
    edited(device, memory_mb=16384)
    later()
    (one,) = upload(("new/dmidecode.txt", dmidecode(8) + "\n"))
    memory = known(device)[Piece.MEMORY]
    assert inside(device)["memory_mb"] == 16384
    assert (memory.stands.source, memory.stands.person) == ("person", make.user().name)
    assert [(choice.value, choice.report) for choice in memory.choices] == [(8192, one.report.id)]
    assert [former.value for former in memory.before] == [8192]


def test_a_correction_after_a_report_is_not_asked_about(app: Flask) -> None:
    device = laptop()
    upload(("dmidecode.txt", dmidecode(8)))
    edited(device, memory_mb=16384)
    upload(("upower.txt", upower(40.0)), device=device)
    assert known(device)[Piece.MEMORY].choices == () and inside(device)["memory_mb"] == 16384


def test_what_a_person_took_away_stays_away_until_a_new_report_says_it(app: Flask) -> None:
    device = laptop()
    upload(("dmidecode.txt", dmidecode(8)))
    edited(device, memory_mb=None)
    upload(("upower.txt", upower(40.0)), device=device)
    assert "memory_mb" not in inside(device)
    upload(("new/dmidecode.txt", dmidecode(8) + "\n"))
    assert inside(device)["memory_mb"] == 8192


def test_a_donors_list_gives_way_to_a_report_that_agrees_and_is_asked_about_where_it_does_not(
    app: Flask,
) -> None:
    device = laptop(specification={"cpu": "i5", "memory_mb": 16384, "system": "Linux Mint 22"})
    (one,) = upload(("dmidecode.txt", dmidecode(8)))
    found = known(device)
    assert inside(device) == {"cpu": "Intel Core i5-7200U", "memory_mb": 16384, "system": "Linux Mint 22"}
    assert [former.value for former in found[Piece.CPU].before] == ["i5"]
    memory = found[Piece.MEMORY]
    assert (memory.stands.source, [choice.report for choice in memory.choices]) == (
        "arrival",
        [one.report.id],
    )
    choose(device, Piece.MEMORY, one.report.id)
    assert inside(device)["memory_mb"] == 8192


def test_a_desktop_takes_no_battery_and_no_screen_from_a_report(app: Flask) -> None:
    device = laptop(kind=DeviceType.DESKTOP)
    upload(("inxi.json", inxi()), ("upower.txt", upower(40.0)), device=device)
    assert inside(device) == {"graphics": "Intel HD Graphics 520"}


def test_a_device_of_another_type_has_other_parts(app: Flask) -> None:
    device = laptop()
    upload(("inxi.json", inxi()))
    assert inside(device)["battery_percent"] == 72
    with transaction():
        particulars.edit(devices.locked(device.id), make.actor(), type=DeviceType.DESKTOP)
    assert inside(device) == {"graphics": "Intel HD Graphics 520"}
    with transaction():
        particulars.edit(devices.locked(device.id), make.actor(), type=DeviceType.LAPTOP)
    assert inside(device)["battery_percent"] == 72


def test_what_another_computer_has_inside_is_not_taken_for_this_ones(app: Flask) -> None:
    device = laptop()
    upload(("dmidecode.txt", dmidecode(64, serial="PFOTHER77")), device=device)
    assert inside(device) == {} and count(HardwareClaim) == 0


def test_a_report_that_is_taken_away_takes_its_facts_with_it(app: Flask) -> None:
    device = arrived(None)
    (good,) = upload(("dmidecode.txt", dmidecode(8)), device=device)
    later()
    (wrong,) = upload(("other/dmidecode.txt", dmidecode(64, "Intel(R) Xeon(R) Gold 6126")), device=device)
    assert inside(device)["memory_mb"] == 65536
    with transaction():
        release_operations.release(
            session.get_one(ReportFile, wrong.report.id), make.actor("coordinator"), "of another computer"
        )
    assert inside(device) == {"cpu": "Intel Core i5-7200U", "memory_mb": 8192}
    assert known(device)[Piece.MEMORY].stands.report == good.report.id
    assert session.scalars(select(HardwareFact).where(HardwareFact.report_id == wrong.report.id)).all() == []
    assert actions(device)[-1] == "specification_filled"
    other = arrived(None)
    with transaction():
        report_operations.assign(session.get_one(ReportFile, wrong.report.id), other, make.actor())
    assert inside(other)["memory_mb"] == 65536


def test_a_value_chosen_from_a_report_goes_with_it_and_what_came_before_stands_again(app: Flask) -> None:
    device = arrived(None, specification={"memory_mb": 16384})
    (wrong,) = upload(("dmidecode.txt", dmidecode(8)), device=device)
    choose(device, Piece.MEMORY, wrong.report.id)
    assert inside(device)["memory_mb"] == 8192
    with transaction():
        release_operations.release(
            session.get_one(ReportFile, wrong.report.id), make.actor("coordinator"), "of another computer"
        )
    assert inside(device) == {"memory_mb": 16384}
    assert known(device)[Piece.MEMORY].stands.source == "arrival"


def test_a_question_goes_with_the_report_that_raised_it(app: Flask) -> None:
    device = laptop()
    upload(("inxi.json", inxi(72)), device=device)
    (up,) = upload(("upower.txt", upower(45.0)), device=device)
    assert known(device)[Piece.BATTERY].choices != ()
    with transaction():
        release_operations.release(
            session.get_one(ReportFile, up.report.id), make.actor("coordinator"), "of another computer"
        )
    assert inside(device)["battery_percent"] == 72 and known(device)[Piece.BATTERY].choices == ()


def test_storage_is_the_drives_together_and_each_file_of_a_drive_adds_its_own(app: Flask) -> None:
    device = laptop()
    upload(("a.json", smartctl("RSSD000001", 512110190592)), device=device)
    assert inside(device)["storage_gb"] == 512
    upload(("b.json", smartctl("RHDD000002", 1000204886016)), device=device)
    assert inside(device)["storage_gb"] == 1512
    assert known(device)[Piece.STORAGE].stands.source == "smartctl"


def test_a_drive_that_was_taken_out_counts_no_more(app: Flask) -> None:
    device = laptop()
    upload(("a.json", smartctl("RSSD000001", 512110190592)), device=device)
    upload(("b.json", smartctl("RHDD000002", 1000204886016)), device=device)
    with transaction():
        declaration_operations.declare(
            devices.locked(device.id), DeclarationKind.REMOVED, make.actor(), "for another laptop",
            serial="RHDD000002",
        )  # fmt: skip
    assert inside(device)["storage_gb"] == 512


def test_a_drive_whose_destruction_is_confirmed_counts_no_more(app: Flask) -> None:
    device = laptop()
    upload(("a.json", smartctl("RSSD000001", 512110190592)), device=device)
    upload(("b.json", smartctl("RHDD000002", 1000204886016)), device=device)
    with transaction():
        row = declaration_operations.declare(
            devices.locked(device.id), DeclarationKind.DESTROYED, make.actor(), "drilled through",
            serial="RHDD000002", slip="D-17",
        )  # fmt: skip
        declared = row.id
    assert inside(device)["storage_gb"] == 1512
    with transaction():
        destruction_operations.confirm(declared, make.actor("quality"))
    assert inside(device)["storage_gb"] == 512


def test_what_came_with_the_device_stays_on_record_when_a_person_corrects_it(app: Flask) -> None:
    device = laptop(specification={"memory_mb": 8192})
    edited(device, memory_mb=16384)
    (former,) = known(device)[Piece.MEMORY].before
    assert (former.value, former.source) == (8192, "arrival") and former.until is not None


def test_records_that_are_one_device_keep_what_each_knew(app: Flask) -> None:
    kept, gone = laptop(), make.device(specification={"system": "Linux Mint 22", "memory_mb": 8192})
    upload(("inxi.json", inxi()), device=kept)
    upload(("upower.txt", upower(35.0)), ("d.txt", dmidecode(8, serial="None")), device=gone)
    with transaction():
        particulars.merge(devices.locked(kept.id), devices.locked(gone.id), make.actor())
    found = inside(kept)
    assert (found["memory_mb"], found["screen_inches"], found["system"]) == (8192, 14.0, "Linux Mint 22")
    assert known(kept)[Piece.MEMORY].stands.source == "dmidecode"


def test_the_same_report_twice_is_one_claim(app: Flask) -> None:
    device = laptop()
    for _ in range(2):
        upload(("dmidecode.txt", dmidecode(8)))
    assert count(HardwareClaim) == 1
    assert len(known(device)[Piece.MEMORY].before) == 0


def test_settling_nothing_asks_nothing(app: Flask) -> None:
    with counted() as asked:
        hardware_operations.settle([], make.system())
    assert asked == []
