"""What is inside the computers of the real samples: each folder's inventories agree, and no junk is taken.

The folder is not part of the repository; where it is missing these tests are skipped and say so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.wiping.arrivals import arrived, upload
from tests.wiping.test_corpus import SAMPLES
from tracker.database import session
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType
from tracker.wiping import hardware_queries
from tracker.wiping.hardware_queries import Known
from tracker.wiping.hardware_value_rules import Piece, agree, cleaned
from tracker.wiping.readers import read

pytestmark = pytest.mark.skipif(SAMPLES is None, reason="no ../shared/samples folder beside the checkout")

GIVEN_MB = 1024  # what every virtual machine of the samples was given
REAL_SIZES = "27-realsize-inventory-and-abort-v042"  # the only one whose drives are as large as real ones


def inventories() -> list[Path]:
    """The folders of `real/` that hold an lshw inventory beside other files."""
    assert SAMPLES is not None
    return sorted({path.parent for path in (SAMPLES / "real").rglob("lshw*.json")})


def scenario(folder: Path) -> str:
    assert SAMPLES is not None
    return folder.relative_to(SAMPLES / "real").parts[0]


def filled(folder: Path) -> tuple[Device, dict[Piece, Known]]:
    """A device of the kind that lshw names, with every file of the folder dropped on it."""
    files = [(path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file()]
    lshw = next(read(data, name) for name, data in files if name.startswith("lshw"))
    assert lshw.computer is not None
    device = arrived(None, kind=DeviceType(lshw.computer.type_guess or "desktop"))
    upload(*files, device=device)
    session.expire_all()
    return device, {one.piece: one for one in hardware_queries.known(device)}


def test_each_computer_of_the_samples_is_filled_without_a_question_and_without_junk(app: Flask) -> None:
    wrong: list[Any] = []
    folders = inventories()
    assert len(folders) >= 20
    for folder in folders:
        device, known = filled(folder)
        inside: dict[str, Any] = device.specification
        asked = [piece for piece, one in known.items() if one.choices]
        # A virtual machine has no battery, and its screen is plugged into a virtual socket.
        junk = {Piece.BATTERY, Piece.SCREEN, Piece.GRAPHICS} & set(inside)
        cpu = str(inside.get("cpu"))
        plain = cpu.startswith("Intel ") and not set("(@") & set(cpu)
        # Two folders hold the same bytes of dmidecode and lshw, which stay with the first: inxi tells of the second.
        if asked or junk or not plain or not agree(Piece.MEMORY, inside.get("memory_mb", 0), GIVEN_MB):
            wrong.append((folder, asked, inside))
        if (Piece.STORAGE in inside) != (scenario(folder) == REAL_SIZES):
            wrong.append((folder, inside))
    assert wrong == []


def test_the_drives_of_real_size_are_counted_together_from_their_best_source(app: Flask) -> None:
    assert SAMPLES is not None
    device, known = filled(SAMPLES / "real" / REAL_SIZES / "hardware")
    assert device.specification["storage_gb"] == 512 + 256 + 1000
    assert known[Piece.STORAGE].stands.source in ("smartctl", "nvme_list", "nvme_id_ctrl", "hdparm_identity")
    assert known[Piece.MEMORY].stands.source == "dmidecode"


def test_no_name_in_any_sample_keeps_a_tools_ornament() -> None:
    assert SAMPLES is not None
    found = 0
    for path in sorted(SAMPLES.rglob("*")):
        computer = read(path.read_bytes(), path.name).computer if path.is_file() else None
        for piece, told in (
            (Piece.CPU, computer and computer.cpu),
            (Piece.GRAPHICS, computer and computer.graphics),
        ):
            name = cleaned(piece, told) if told else None
            if name is not None:
                found += 1
                assert not any(
                    mark in str(name) for mark in ("(R)", "(TM)", "@", "drmfb", "Corporation", "  ")
                ), path
    assert found > 50
