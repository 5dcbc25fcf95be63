"""The formats beside nwipe, smartctl and lshw: what they give, and that none of them proves a wipe by itself."""

import json
import zlib
from typing import Any

import pytest

from tests.wiping.reports import reading
from tracker.wiping.readings import Medium, ReportReading
from tracker.wiping.rules import Verdict, verdict

DMIDECODE = """# dmidecode 3.4
Getting SMBIOS data from sysfs.

Handle 0x0100, DMI type 1, 27 bytes
System Information
\tManufacturer: LENOVO
\tProduct Name: 20RICO038
\tVersion: ThinkPad Ricochet 5
\tSerial Number: PFRICO38
\tUUID: 5d0f8a31-7c22-4b19-9e0d-0a1b2c3d4e5f

Handle 0x0300, DMI type 3, 22 bytes
Chassis Information
\tType: Notebook
\tSerial Number: <BAD INDEX>

Handle 0x0999, DMI type 99, 1 bytes
<TRUNCATED>

Handle 0x1100, DMI type 17, 40 bytes
Memory Device
\tSize: 8 GB
\tType: DDR4

Handle 0x1101, DMI type 17, 40 bytes
Memory Device
\tSize: 16 MB
\tType: Flash
"""


def test_dmidecode_tells_the_computer_and_does_not_count_the_bios_chip_as_memory() -> None:
    computer = reading(DMIDECODE).computer
    assert computer is not None
    assert (computer.model, computer.type_guess, computer.memory_mb) == (
        "ThinkPad Ricochet 5",
        "laptop",
        8192,
    )
    assert computer.serial_keys == {"PFRICO38"}


def test_dmidecode_without_any_table_says_what_to_do() -> None:
    found = reading("# dmidecode 3.4\nScanning /dev/mem for entry point.\n")
    assert (found.kind, found.computer) == ("dmidecode", None)
    assert "as root" in str(found.notes[0])


MACHINE = {"000#0#1#Type": "Laptop", "001#1#1#System": "HP", "002#1#2#product": "EliteBook R", "004#0#3#serial": "5CGRICO",
           "005#1#1#Chassis": "", "007#0#2#serial": "5CGRICOX"}  # fmt: skip
BATTERY = {"000#1#1#ID-1": "BAT0", "001#0#2#condition": "41.2/57.0 Wh (72.3%)"}
SCREEN = {"003#1#2#Monitor": "eDP-1", "008#0#3#diag": '355mm (14")'}
SECTIONS = {"001#1#0#Machine": [MACHINE], "002#1#0#Battery": [BATTERY], "003#1#0#Graphics": [SCREEN]}


@pytest.mark.parametrize("root", [SECTIONS, [{key: value} for key, value in SECTIONS.items()]])
def test_inxi_tells_the_battery_and_the_screen_in_both_layouts(root: Any) -> None:
    found = reading(json.dumps(root))
    assert found.computer is not None
    assert (found.computer.model, found.computer.serial, found.computer.other_serials) == (
        "EliteBook R",
        "5CGRICO",
        ("5CGRICOX",),
    )
    assert (found.computer.battery_percent, found.computer.screen_inches) == (72, 14.0)


def inxi(section: str, *items: dict[str, str]) -> Any:
    """What inxi's answer with one more section says of the computer."""
    numbered = [
        {f"{place:03}#1#1#{key}": value for place, (key, value) in enumerate(one.items())} for one in items
    ]
    return reading(json.dumps(SECTIONS | {f"009#1#0#{section}": numbered})).computer


@pytest.mark.parametrize(
    ("section", "item", "megabytes"),
    [
        ("Info", {"Processes": "87", "Memory": "960.4 MiB", "used": "190.2 MiB (19.8%)"}, 960),
        ("Info", {"Memory": "", "total": "16 GiB", "available": "15.53 GiB", "used": "2 GiB (13%)"}, 16384),
        ("Info", {"Memory": "", "total": "N/A", "available": "7.63 GiB"}, 7813),
        ("Info", {"Memory": "1.2/7.63 GiB (16%)"}, 7813),
        ("Memory", {"RAM": "", "total": "8 GiB", "used": "1 GiB"}, 8192),
        ("Info", {"Memory": "a lot", "used": "2 GiB"}, None),
    ],
)
def test_inxi_tells_the_memory_in_each_of_its_layouts(
    section: str, item: dict[str, str], megabytes: int | None
) -> None:
    assert inxi(section, item).memory_mb == megabytes


def test_inxi_tells_the_graphics_chips_and_no_webcam() -> None:
    chips = inxi(
        "Graphics",
        {"Device-1": "Intel Skylake GT2 [HD Graphics 520]", "driver": "i915"},
        {"Device-2": "NVIDIA GM108M [GeForce 940MX]", "driver": "nouveau"},
        {"Device-3": "Chicony HP HD Camera", "driver": "uvcvideo", "type": "USB"},
    )
    assert chips.graphics == "Intel Skylake GT2 [HD Graphics 520] + NVIDIA GM108M [GeForce 940MX]"


def test_inxi_does_not_take_a_screen_that_is_plugged_in_from_outside_for_the_computers_own() -> None:
    outside = {"Monitor-1": "DP-1", "diag": '604mm (23.8")'}
    assert inxi("Graphics", outside).screen_inches is None
    assert inxi("Graphics", outside, {"Monitor-2": "eDP-1", "diag": '355mm (14")'}).screen_inches == 14.0
    assert inxi("Graphics", {"Monitor-1": "LVDS-1", "diag": '344mm (13.5")'}, outside).screen_inches == 13.5


def test_inxi_does_not_take_a_mouses_battery_for_the_computers() -> None:
    mouse = {"Device-1": "hidpp_battery_0", "model": "Logitech M720", "condition": "1.0/1.0 Wh (100.0%)"}
    own = {"ID-1": "BAT0", "condition": "41.2/57.0 Wh (72.3%)"}
    assert inxi("Battery", mouse).battery_percent is None
    assert inxi("Battery", mouse, own).battery_percent == 72


def test_inxi_gives_no_drive_because_it_cuts_serials_at_spaces() -> None:
    drives = {"004#1#0#Drives": [{"000#1#1#ID": "/dev/sda", "001#0#2#serial": "B"}]}
    assert reading(json.dumps(SECTIONS | drives)).drives == ()


DISK = {
    "name": "sda",
    "type": "disk",
    "tran": "sata",
    "rota": False,
    "model": "RICO SSD",
    "serial": "RSS38A0001",
    "size": 256000,
}
STICK = {"name": "sdb", "type": "disk", "tran": "usb", "serial": "STICK0001", "size": "14.9G",
         "children": [{"name": "sdb1", "mountpoints": [None, "/run/live/medium"]}]}  # fmt: skip


def test_lsblk_tells_whole_disks_and_the_boot_stick() -> None:
    others = [
        {"name": "sr0", "type": "rom"},
        {"name": "zram0", "type": "disk"},
        {"name": "loop0", "type": "loop"},
    ]
    disk, stick = reading(json.dumps({"blockdevices": [DISK, STICK, *others]})).drives
    assert (disk.device, disk.serial, disk.size_bytes, disk.medium) == (
        "/dev/sda",
        "RSS38A0001",
        256000,
        Medium.SSD,
    )
    assert (stick.boot_stick, stick.medium, stick.size_bytes) == (True, Medium.USB, int(14.9 * 2**30))


@pytest.mark.parametrize(
    "device",
    [
        {"DevicePath": "/dev/nvme0n1", "SerialNumber": "RNV42B0002", "PhysicalSize": 512},
        {
            "Subsystems": [
                {
                    "Controllers": [
                        {
                            "SerialNumber": "RNV42B0002",
                            "Namespaces": [{"NameSpace": "nvme0n1", "PhysicalSize": 512}],
                        }
                    ]
                }
            ]
        },
    ],
)
def test_nvme_list_in_both_layouts(device: dict[str, Any]) -> None:
    (drive,) = reading(json.dumps({"Devices": [device]})).drives
    assert (drive.device, drive.serial, drive.size_bytes) == ("/dev/nvme0n1", "RNV42B0002", 512)


def test_nvme_id_ctrl_tells_the_serial_without_its_padding() -> None:
    (drive,) = reading(json.dumps({"vid": 1, "sn": "RNV42B0002      ", "mn": "Rico NVMe   "})).drives
    assert (drive.serial, drive.model) == ("RNV42B0002", "Rico NVMe")


def sanitize_log(status: Any, progress: int = 65535) -> ReportReading:
    """A sanitize log with that status."""
    return reading(json.dumps({"nvme0": {"sprog": progress, "sstat": status}}))


def described(code: int, erased: int = 1) -> dict[str, Any]:
    """The status as newer versions describe it."""
    return {"global_erased": erased, "status": f"({code}) words"}


@pytest.mark.parametrize("status", [0x101, 0x104, described(1), described(4)])
def test_a_sanitize_log_alone_is_for_a_person_even_when_it_succeeded(status: Any) -> None:
    (run,) = sanitize_log(status).wipes
    assert run.status == "Erased"
    assert verdict(run).verdict is Verdict.REVIEW


@pytest.mark.parametrize(
    "status", [0x001, 0x103, 0x102, 0x000, described(3), described(1, erased=0), "x", None]
)
def test_a_sanitize_that_did_not_succeed_is_failed(status: Any) -> None:
    assert verdict(sanitize_log(status).wipes[0]).verdict is Verdict.FAILED


def test_a_sanitize_still_running_is_not_done() -> None:
    assert verdict(sanitize_log(0x101, progress=30000).wipes[0]).verdict is Verdict.FAILED


def test_hdparm_tells_who_the_drive_is() -> None:
    said = (
        "\n/dev/sda:\n\nATA device, with non-removable media\n\tModel Number:       RICO HD 500\n"
        "\tSerial Number:      RHD30A0001\n\tLBA48  user addressable sectors:      976773168\n"
        "\tLogical  Sector size:                   512 bytes\n\tNominal Media Rotation Rate: 7200\n"
    )
    (drive,) = reading(said).drives
    assert (drive.device, drive.model, drive.serial) == ("/dev/sda", "RICO HD 500", "RHD30A0001")
    assert (drive.size_bytes, drive.medium) == (976773168 * 512, Medium.HDD)


def test_a_sanitize_status_of_hdparm_proves_nothing_alone() -> None:
    found = reading(
        "\n/dev/sda:\nIssuing SANITIZE_STATUS command\nSanitize status:\n    State:    SD0 Sanitize Idle\n"
    )
    assert (found.kind, found.wipes) == ("hdparm_sanitize_status", ())
    assert "proves nothing" in str(found.notes[0])


@pytest.mark.parametrize(
    ("full", "design", "percent"), [("41.0", "57.0", 72), ("41,0", "57,0", 72), ("60", "57", 100)]
)
def test_upower_tells_what_is_left_of_the_battery(full: str, design: str, percent: int) -> None:
    said = (
        "Device: /org/freedesktop/UPower/devices/battery_BAT0\n  native-path:          BAT0\n"
        "  has statistics:       yes\n  battery\n    present:             yes\n"
        f"    energy-full:         {full} Wh\n    energy-full-design:  {design} Wh\n"
    )
    computer = reading(said).computer
    assert computer is not None
    assert computer.battery_percent == percent


def test_upower_does_not_take_a_mouses_battery_for_the_computers() -> None:
    mouse = (
        "Device: /org/freedesktop/UPower/devices/mouse_hidpp_battery_0\n  native-path:          hidpp_battery_0\n"
        "  power supply:         no\n  has statistics:       yes\n  battery\n    energy-full:  1 Wh\n"
        "    energy-full-design:  1 Wh\n    capacity:            100%\n\n"
    )
    own = (
        "Device: /org/freedesktop/UPower/devices/battery_BAT0\n  native-path:          BAT0\n"
        "  power supply:         yes\n  has statistics:       yes\n  battery\n    energy-full:  30 Wh\n"
        "    energy-full-design:  50 Wh\n"
    )
    assert reading(mouse).computer is None
    both = reading(mouse + own).computer
    assert both is not None and both.battery_percent == 60


STEP = {"success": True, "commands": [{"success": True}]}


def usody(steps: list[Any], result: bool = True) -> ReportReading:
    """A report of usody-sanitize on a drive that smartctl names."""
    smart = {"device": {"name": "/dev/sda"}, "model_name": "RICO", "serial_number": "RHD30A0001"}
    info = {"serial": "152D00539000", "export_data": {"smart": smart}}
    return reading(json.dumps({"steps": steps, "validation": {"result": result}, "device_info": info}))


def test_behind_a_bridge_smartctls_serial_is_preferred() -> None:
    assert usody([STEP]).wipes[0].serial == "RHD30A0001"


@pytest.mark.parametrize(
    ("steps", "result", "expected"),
    [
        ([STEP], True, Verdict.REVIEW),
        ([STEP], False, Verdict.FAILED),
        ([], True, Verdict.FAILED),
        ([STEP, {"success": False, "commands": [{"success": True}]}], True, Verdict.FAILED),
        ([{"success": True, "commands": [{"success": False}]}], True, Verdict.FAILED),
        ([{"success": True, "commands": []}], True, Verdict.FAILED),
    ],
)
def test_usodys_result_is_not_believed_without_every_step(
    steps: list[Any], result: bool, expected: Verdict
) -> None:
    assert verdict(usody(steps, result).wipes[0]).verdict is expected


def test_an_ereuse_snapshot_tells_drives_and_its_erasures_go_to_a_person() -> None:
    step = {"type": "StepRandom", "severity": "Info"}
    erased = {"type": "EraseSectors", "severity": "Info", "steps": [step]}
    stub = {"type": "EraseBasic", "severity": "Info", "steps": []}
    drive = {
        "type": "SolidStateDrive",
        "serialNumber": "RSS38A0001",
        "model": "RICO",
        "size": 238475,
        "actions": [erased, stub],
    }
    device = {"type": "Laptop", "serialNumber": "PFRICO38", "model": "Ricochet 5"}
    found = reading(
        json.dumps({"type": "Snapshot", "software": "Workbench", "device": device, "components": [drive]})
    )
    assert found.computer is not None
    assert (found.computer.serial, found.computer.type_guess) == ("PFRICO38", "laptop")
    assert (found.drives[0].serial, found.drives[0].size_bytes) == ("RSS38A0001", 238475000000)
    assert [verdict(run).verdict for run in found.wipes] == [Verdict.REVIEW, Verdict.FAILED]


def test_an_ereuse_snapshot_tells_the_processor_the_memory_and_the_graphics() -> None:
    components = [
        {"type": "Processor", "model": "Intel Core i5-7200U CPU @ 2.50GHz"},
        {"type": "RamModule", "size": 4096},
        {"type": "RamModule", "size": 4096},
        {"type": "GraphicCard", "model": "HD Graphics 620"},
        {"type": "GraphicCard", "model": "GeForce 940MX"},
        {"type": "GraphicCard", "model": None},
    ]
    snapshot = {"type": "Snapshot", "software": "Workbench", "device": {}, "components": components}
    computer = reading(json.dumps(snapshot)).computer
    assert computer is not None
    assert (computer.cpu, computer.memory_mb) == ("Intel Core i5-7200U CPU @ 2.50GHz", 8192)
    assert computer.graphics == "HD Graphics 620 + GeForce 940MX"


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_new_ereuse_snapshot_carries_other_tools_answers_and_its_erase_field_proves_nothing(
    wrapped: bool,
) -> None:
    lshw: Any = {"id": "pc", "class": "system", "serial": "PFRICO38", "children": []}
    smart: Any = [{"smartctl": {}, "model_name": "RICO", "serial_number": "RSS38A0001"}]
    data = {"lshw": json.dumps(lshw) if wrapped else lshw, "disks": json.dumps(smart) if wrapped else smart}
    found = reading(
        json.dumps(
            {"type": "Snapshot", "software": "workbench-script", "data": data, "erase": [{"success": True}]}
        )
    )
    assert found.computer is not None
    assert (found.computer.serial, [drive.serial for drive in found.drives], found.wipes) == (
        "PFRICO38",
        ["RSS38A0001"],
        (),
    )


BLANCCO = """<root><report><blancco_data><blancco_erasure_report><entries name="erasures"><entries name="erasure">
<entry name="state" type="string">{state}</entry><entry name="erasure_standard_name" type="string">NIST</entry>
<entries name="target"><entry name="serial" type="string">RHD30A0001</entry></entries></entries></entries>
</blancco_erasure_report><blancco_hardware_report><entries name="system"><entry name="serial">RICO034</entry></entries>
</blancco_hardware_report></blancco_data></report></root>"""
WIPEDRIVE = "<WipeDrive><Drive><Serial>RHD30A0001</Serial><Result>{state}</Result></Drive></WipeDrive>"


@pytest.mark.parametrize("layout", [BLANCCO, WIPEDRIVE])
@pytest.mark.parametrize(
    ("state", "expected"), [("Successful", Verdict.REVIEW), ("Failed", Verdict.FAILED), ("", Verdict.FAILED)]
)
def test_commercial_reports_are_read_by_a_person(layout: str, state: str, expected: Verdict) -> None:
    found = reading(layout.format(state=state or "Unknown"))
    assert [(run.serial, verdict(run).verdict) for run in found.wipes] == [("RHD30A0001", expected)]


def test_shred_in_any_language_proves_nothing() -> None:
    found = reading("shred: /dev/sda : étape 1/2 (random)…\ncode retour : 0\n")
    assert (found.kind, found.wipes, found.drives) == ("shred", (), ())


def test_a_pdf_is_an_attachment() -> None:
    found = reading(b"%PDF-1.4\n%%EOF")
    assert (found.kind, found.wipes) == ("pdf", ())
    assert "attachment" in str(found.notes[0])


CERTIFICATE = b"%%PDF-1.4\n4 0 obj << /Length 9 >>\nstream\n%s\nendstream\nendobj\n"
WORDS = b"BT (Disk Erasure Report) Tj ET\nBT ( Model: RICO \\(HD\\) 320 ) Tj ET\nBT (Serial: RHD30A0001 ) Tj ET\n(Erased) Tj"


@pytest.mark.parametrize("words", [WORDS, zlib.compress(WORDS)], ids=["plain", "compressed"])
def test_a_certificate_of_nwipe_names_its_drive_and_proves_nothing(words: bytes) -> None:
    found = reading(CERTIFICATE % words)
    assert found.kind == "nwipe_pdf" and "the text log of the same run decides" in str(found.notes[0])
    assert [(drive.model, drive.serial) for drive in found.drives] == [("RICO (HD) 320", "RHD30A0001")]
    assert found.wipes == ()


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        (
            {"type": "nvme", "error": "Permission denied"},
            "nvme_error",
            "could not read this drive: Permission denied",
        ),
        ({"critical_warning": 0, "data_units_written": 5}, "nvme_smart_log", "names no drive"),
    ],
)
def test_what_nvme_says_of_no_drive_is_said_in_words(
    answer: dict[str, Any], kind: str, sentence: str
) -> None:
    found = reading(json.dumps(answer))
    assert (found.kind, found.drives, found.wipes) == (kind, (), ())
    assert sentence in str(found.notes[0])
