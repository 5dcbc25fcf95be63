"""`lsblk -J` with any columns, sizes in bytes (`-b`) or not."""

import re

from tracker.wiping.readers.source import (
    MOST_DRIVES,
    Json,
    Source,
    as_dict,
    as_list,
    as_number,
    as_text,
    name_of,
)
from tracker.wiping.readings import DriveSeen, Medium, ReportReading

KIND = "lsblk"

_SIZE = re.compile(r"([\d]{1,9}(?:[.,]\d{1,3})?)([KMGTP])")
_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40, "P": 2**50}
_LIVE = ("/run/live", "/lib/live", "/run/archiso", "/run/initramfs/live", "/cdrom", "/isodevice")
_NOT_DRIVES = ("zram", "loop", "ram", "dm-", "md", "sr", "fd", "nbd")


def recognises(source: Source) -> bool:
    """Whether the JSON is lsblk's."""
    return '"blockdevices"' in source.head and bool(as_list(as_dict(source.json).get("blockdevices")))


def read(source: Source) -> ReportReading:
    """Every whole disk, the boot stick marked as such."""
    nodes = [as_dict(node) for node in as_list(as_dict(source.json).get("blockdevices"))]
    drives = [_drive(node) for node in nodes[:MOST_DRIVES] if _is_drive(node)]
    return ReportReading(KIND, drives=tuple(drives))


def _is_drive(node: dict[str, Json]) -> bool:
    name = as_text(node.get("name")) or as_text(node.get("kname")) or ""
    return (as_text(node.get("type")) or "disk") == "disk" and not name.removeprefix("/dev/").startswith(
        _NOT_DRIVES
    )


def _drive(node: dict[str, Json]) -> DriveSeen:
    name = as_text(node.get("path")) or as_text(node.get("name")) or as_text(node.get("kname"))
    return DriveSeen(
        device=name if name is None or name.startswith("/dev/") else f"/dev/{name}",
        model=name_of(node.get("model")),
        serial=as_text(node.get("serial")),
        size_bytes=_size(node.get("size")),
        medium=_medium(node, (name or "").removeprefix("/dev/")),
        boot_stick=any(point.startswith(_LIVE) for point in _mount_points(node)),
    )


def _size(value: Json) -> int | None:
    found = _SIZE.fullmatch(as_text(value) or "")
    return int(float(found[1].replace(",", ".")) * _UNITS[found[2]]) if found else as_number(value)


def _medium(node: dict[str, Json], name: str) -> Medium:
    if name.startswith("nvme"):
        return Medium.NVME
    if name.startswith("mmcblk"):
        return Medium.EMMC
    if as_text(node.get("tran")) == "usb":
        return Medium.USB
    turns = {True: Medium.HDD, "1": Medium.HDD, False: Medium.SSD, "0": Medium.SSD}
    rotates = node.get("rota")
    return turns.get(rotates, Medium.UNKNOWN) if isinstance(rotates, bool | str) else Medium.UNKNOWN


def _mount_points(node: dict[str, Json]) -> list[str]:
    points: list[str] = []
    waiting = [node]
    for _ in range(1000):
        if not waiting:
            break
        one = waiting.pop()
        points += [
            text for text in map(as_text, [one.get("mountpoint"), *as_list(one.get("mountpoints"))]) if text
        ]
        waiting += [as_dict(child) for child in as_list(one.get("children"))[:200]]
    return points
