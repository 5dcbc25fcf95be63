"""What is read from the files that describe a computer and its drives."""

import json

import pytest

from tests.wiping.reports import FIXTURES, reading
from tracker.wiping.readers import lshw_xml, smartctl
from tracker.wiping.readers.source import Source
from tracker.wiping.readings import Medium

SMART = {
    "smartctl": {"argv": ["smartctl", "-j", "-a", "/dev/sda"], "exit_status": 216},
    "device": {"name": "/dev/sda", "type": "sat", "protocol": "ATA"},
    "model_name": "RICO SSD 250",
    "serial_number": "RSS38A0001",
    "user_capacity": {"bytes": 250059350016},
    "rotation_rate": 0,
    "smart_status": {"passed": False},
    "power_on_time": {"hours": 12001, "minutes": 5},
}


def smart(**changes: object) -> str:
    """smartctl's answer with some keys changed; None takes a key away."""
    return json.dumps({key: value for key, value in (SMART | changes).items() if value is not None})


def test_smartctl_tells_who_a_drive_is_even_when_it_is_ill() -> None:
    (drive,) = reading(smart()).drives
    assert (drive.device, drive.model, drive.serial) == ("/dev/sda", "RICO SSD 250", "RSS38A0001")
    assert (drive.size_bytes, drive.medium, drive.hours, drive.healthy) == (
        250059350016,
        Medium.SSD,
        12001,
        False,
    )


@pytest.mark.parametrize(
    ("changes", "medium"),
    [
        ({"rotation_rate": 7200}, Medium.HDD),
        ({"rotation_rate": None}, Medium.SSD),
        ({"rotation_rate": None, "model_name": "RICO HD"}, Medium.UNKNOWN),
        ({"rotation_rate": None, "model_name": "RICO HD", "trim": {"supported": False}}, Medium.UNKNOWN),
        ({"rotation_rate": None, "model_name": "RICO X", "trim": {"supported": True}}, Medium.SSD),
        ({"device": {"protocol": "NVMe"}, "rotation_rate": None}, Medium.NVME),
    ],
)
def test_smartctl_tells_the_medium_or_says_it_is_not_known(
    changes: dict[str, object], medium: Medium
) -> None:
    assert reading(smart(**changes)).drives[0].medium is medium


def test_smartctl_answers_come_in_lists_too() -> None:
    found = reading(f"[{smart()}, {smart(serial_number='RSS38A0002')}]")
    assert [drive.serial for drive in found.drives] == ["RSS38A0001", "RSS38A0002"]


def test_smartctl_without_identity_says_which_drive_to_look_at() -> None:
    found = reading(json.dumps({"smartctl": SMART["smartctl"]}))
    assert found.drives == ()
    assert "/dev/sda" in str(found.notes[0])


def test_a_raid_volume_hides_its_drives() -> None:
    found = reading(smart(vendor="Intel", model_name="Raid 1 Volume", serial_number="Volume1"))
    assert found.drives[0].hides_drives
    assert found.drives[0].serial_key is None
    assert "RAID" in str(found.notes[0])


@pytest.mark.parametrize("serial", [True, ["x"], {"a": 1}, 3.5e300, None])
def test_smartctl_values_of_the_wrong_kind_are_passed_over(serial: object) -> None:
    assert (
        reading(smart(serial_number=serial, user_capacity=[1], power_on_time="x", smart_status=3)).kind
        == "smartctl"
    )


LSHW = (FIXTURES / "lshw_laptop.json").read_text(encoding="utf-8")


def test_lshw_tells_the_computer() -> None:
    computer = reading(LSHW).computer
    assert computer is not None
    assert (computer.manufacturer, computer.model) == ("LENOVO", "ThinkPad Ricochet 5")
    assert (computer.serial, computer.other_serials, computer.memory_mb) == ("PFRICO38", ("L1RICO38",), 8192)
    assert (computer.type_guess, computer.cpu) == ("laptop", "Intel(R) Core(TM) i5-7200U CPU @ 2.50GHz")


def test_lshw_tells_each_drive_once_and_which_is_the_boot_stick() -> None:
    drives = {drive.device: drive for drive in reading(LSHW).drives}
    assert list(drives) == ["/dev/nvme0n1", "/dev/sda", "/dev/mmcblk0", "/dev/sdb"]
    assert (drives["/dev/nvme0n1"].serial, drives["/dev/nvme0n1"].size_bytes) == ("RNV42B0002", 512110190592)
    assert drives["/dev/nvme0n1"].medium is Medium.NVME
    assert (drives["/dev/sda"].serial, drives["/dev/sda"].medium) == ("RHD38B0002", Medium.HDD)
    assert (drives["/dev/mmcblk0"].serial, drives["/dev/mmcblk0"].medium) == ("0x1a2b3c4d", Medium.EMMC)
    assert [drive.boot_stick for drive in drives.values()] == [False, False, False, True]


def displays(*nodes: dict[str, str]) -> str:
    """lshw's answer of a computer with these displays."""
    parts = [{"id": f"display:{at}", "class": "display", **one} for at, one in enumerate(nodes)]
    return json.dumps({"id": "pc", "class": "system", "product": "R", "children": parts})


@pytest.mark.parametrize(
    ("nodes", "graphics"),
    [
        ([{"vendor": "Intel Corporation", "product": "HD Graphics 520"}], "Intel Corporation HD Graphics 520"),
        (
            [
                {"vendor": "Intel Corporation", "product": "HD Graphics 520"},
                {"vendor": "NVIDIA Corporation", "product": "GM108M [GeForce 940MX]"},
            ],
            "Intel Corporation HD Graphics 520 + NVIDIA Corporation GM108M [GeForce 940MX]",
        ),
        ([{"vendor": "Intel Corporation", "product": "HD Graphics 520"}, {"logicalname": "/dev/fb0"}],
         "Intel Corporation HD Graphics 520"),
        ([{"logicalname": "/dev/fb0"}], None),
        ([], None),
    ],
)  # fmt: skip
def test_lshw_tells_the_graphics_chips_and_no_frame_buffer(
    nodes: list[dict[str, str]], graphics: str | None
) -> None:
    computer = reading(displays(*nodes)).computer
    assert computer is not None
    assert computer.graphics == graphics


def test_lshw_says_the_same_as_a_list_and_as_broken_json() -> None:
    whole = reading(LSHW)
    assert reading(f"[{LSHW}]") == whole
    broken = LSHW.replace('"children": [', "").replace("]\n", "\n").replace("],", "")
    assert broken.count("[") < LSHW.count("[")
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(broken)
    found = reading(broken)
    assert found.computer == whole.computer
    assert [drive.serial for drive in found.drives] == [drive.serial for drive in whole.drives]


def test_lshw_cut_off_in_the_middle_still_gives_what_came_before() -> None:
    found = reading(LSHW[: LSHW.index('"id": "sata"')])
    assert found.computer is not None
    assert [drive.serial for drive in found.drives] == ["RNV42B0002"]


def test_no_host_user_or_network_name_is_kept() -> None:
    assert "marie-pc" in LSHW
    assert "00:11:22:33:44:55" in LSHW
    assert "marie" not in repr(reading(LSHW)).lower()
    assert "00:11:22" not in repr(reading(LSHW))


XML = """<?xml version="1.0"?><list><node id="marie-pc" class="system"><product>OptiPlex R (06B9)</product>
<vendor>Dell Inc.</vendor><serial>RICO034</serial><configuration><setting id="chassis" value="desktop"/></configuration>
<node id="core" class="bus"><node id="disk" class="disk"><product>RICO HD</product><logicalname>/dev/sda</logicalname>
<serial>RHD34A0001</serial><size units="bytes">320072933376</size></node></node></node></list>"""


def test_lshw_in_xml_says_the_same_things() -> None:
    found = reading(XML)
    assert found.computer is not None
    assert (found.computer.model, found.computer.serial) == ("OptiPlex R", "RICO034")
    assert [(drive.serial, drive.size_bytes) for drive in found.drives] == [("RHD34A0001", 320072933376)]


def test_readers_do_not_take_each_others_files() -> None:
    assert not smartctl.recognises(Source("x", LSHW.encode()))
    assert not lshw_xml.recognises(Source("x", smart().encode()))
