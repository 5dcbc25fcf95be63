"""Report files as the tools of a boot stick write them, for devices that do not exist.

The layout is that of nwipe 0.42 and `smartctl -j`; the real readers judge them like any other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker import clock


@dataclass(frozen=True)
class Disk:
    """A drive to be wiped: name as Linux gives it, kind as nwipe prints it (`SATA-SSD`, `HDD`…)."""

    name: str
    kind: str
    model: str
    serial: str
    size_bytes: int


@dataclass(frozen=True)
class Machine:
    manufacturer: str
    model: str
    serial: str


def nwipe_log(
    machine: Machine, disks: list[Disk], ended: datetime, *, failed: frozenset[str] = frozenset()
) -> bytes:
    """One run over all disks that ended at `ended`; the serials in `failed` did not answer to the end."""
    begun = ended - timedelta(minutes=80)
    lines = [_line(begun, "info", "nwipe 0.42")]
    for disk in disks:
        size = f"{disk.size_bytes // 10**9} GB"
        lines += [
            _line(
                begun,
                "notice",
                f"Found /dev/{disk.name}, {disk.kind:8}, {disk.model}, {size:>8}, S/N={disk.serial}",
            ),
            _line(begun, "info", f"No hidden sectors on /dev/{disk.name}"),
        ]
    for key, value in (
        ("system-manufacturer", machine.manufacturer),
        ("system-product-name", machine.model),
        ("system-serial-number", machine.serial),
    ):
        lines.append(_line(begun, "info", f"{key} = {value}"))
    for option in (
        "banner       = nwipe 0.42",
        "method       = Fill With Zeros",
        "rounds       = 1",
        "verify       = 1 (last pass)",
    ):
        lines.append(_line(begun, "notice", f"  {option}"))
    for disk in disks:
        lines += _run(disk, begun, ended, disk.serial in failed)
    lines += _tables(disks, ended, failed)
    end = (
        "Nwipe exited with errors. See summary table for details."
        if failed
        else "Nwipe successfully completed. See summary table for details."
    )
    return "\n".join([*lines, _line(ended, "info", end), ""]).encode()


def _line(moment: datetime, level: str, text: str) -> str:
    return f"[{clock.local(moment):%Y/%m/%d %H:%M:%S}] {level:>7}: {text}"


def _run(disk: Disk, begun: datetime, ended: datetime, failed: bool) -> list[str]:
    path = f"/dev/{disk.name}"
    lines = [
        _line(begun, "notice", f"{path} has serial number {disk.serial}"),
        _line(begun, "notice", f"Invoking method 'Fill With Zeros' on {path}"),
        _line(begun, "notice", f"Starting round 1 of 1 on {path}"),
        _line(begun, "notice", f"Starting pass 1/1, round 1/1, on {path}"),
    ]
    if failed:
        return [*lines, _line(ended, "error", f"Write error on {path}: Input/output error")]
    return [
        *lines,
        _line(ended, "notice", f"{disk.size_bytes} bytes written to {path}"),
        _line(ended, "notice", f"Finished pass 1/1, round 1/1, on {path}"),
        _line(ended, "notice", f"Finished final round 1 of 1 on {path}"),
        _line(ended, "notice", f"Blanking device {path}"),
        _line(ended, "notice", f"{disk.size_bytes} bytes written to {path}"),
        _line(ended, "notice", f"Verifying that {path} is empty."),
        _line(ended, "notice", f"{disk.size_bytes} bytes read from {path}"),
        _line(ended, "notice", f"[SUCCESS] Verified that {path} is empty."),
        _line(ended, "notice", f"[SUCCESS] Blanked device {path}"),
    ]


def _tables(disks: list[Disk], ended: datetime, failed: frozenset[str]) -> list[str]:
    errors, erased, status = [], [], []
    for disk in disks:
        bad = disk.serial in failed
        done = disk.size_bytes // 3 if bad else disk.size_bytes
        mark = "!" if bad else " "
        errors.append(f"{mark}  {disk.name:>7} | {1 if bad else 0:11} | {0:20} | {0:20}")
        percent = f"{100 * done / disk.size_bytes:.2f}%"
        erased.append(f"{mark}  {disk.name:>7} | {done:17} | {disk.size_bytes:16} | {percent:>17}")
        word = "-FAILED-" if bad else " Erased "
        status.append(
            f"{mark}  {disk.name:>7} |{word}|  300 MB/s | 01:16:00 | {disk.model[:17]}/{disk.serial}"
        )
    rule = "-" * 80
    return [
        "",
        "******************************** Error Summary *********************************",
        "!   Device | Pass Errors | Verifications Errors | Fdatasync I\\O Errors",
        rule,
        *errors,
        "*" * 80,
        "",
        "******************************* Erasure Summary ********************************",
        "!   Device |      Bytes Erased |      Bytes Total | Percentage Erased",
        rule,
        *erased,
        "*" * 80,
        "",
        "********************************* Drive Status *********************************",
        "!   Device | Status | Thru-put | HH:MM:SS | Model/Serial Number",
        rule,
        *status,
        rule,
        f"[{clock.local(ended):%Y/%m/%d %H:%M:%S}] Total Throughput 1200 MB/s, Fill With Zeros, 1R+B+VL",
        "*" * 80,
        "",
    ]


def smartctl_json(disk: Disk, hours: int) -> bytes:
    """`smartctl -j -a` of one drive, its identity and health."""
    spinning = disk.kind == "HDD"
    return json.dumps(
        {
            "json_format_version": [1, 0],
            "smartctl": {"version": [7, 4], "exit_status": 0},
            "device": {
                "name": f"/dev/{disk.name}",
                "type": "nvme" if disk.name.startswith("nvme") else "sat",
            },
            "model_name": disk.model,
            "serial_number": disk.serial,
            "user_capacity": {"bytes": disk.size_bytes},
            "rotation_rate": 5400 if spinning else 0,
            "smart_status": {"passed": True},
            "power_on_time": {"hours": hours},
        }
    ).encode()
