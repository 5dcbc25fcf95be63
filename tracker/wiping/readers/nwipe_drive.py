"""One drive inside one nwipe run: what its lines say, then the same as plain values."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from tracker.devices.serials import serial_key
from tracker.wiping.readers.nwipe_tables import StatusRow
from tracker.wiping.readers.source import name_of
from tracker.wiping.readings import DriveSeen, Medium, Oddity

_WRITTEN = re.compile(r"(\d{1,19}) bytes written to ")
_SIZE = re.compile(r"sect/blk/dev \d+/\d+/(\d{1,19})")
_FAILURES = re.compile(r"\[FAILURE\]|exited with errors on device|failed on /dev/|could not be executed on")
_LOUD = ("error", "fatal", "warning")


@dataclass
class Drive:
    """What one run says about the drive at `path`. The first three are set by its `Found` line."""

    path: str
    bus: str | None = None
    model: str | None = None
    serial: str | None = None
    found: bool = False
    other_serials: list[str] = field(default_factory=list)
    size_bytes: int | None = None
    method: str | None = None
    starts: int = 0
    started: datetime | None = None
    written: list[int] = field(default_factory=list)
    rounds_started: bool = False
    final_round_finished: bool = False
    verified: bool = False
    oddities: set[Oddity] = field(default_factory=set)
    rows: list[StatusRow] = field(default_factory=list)
    error_rows: list[tuple[int | None, ...]] = field(default_factory=list)
    byte_rows: list[tuple[int | None, ...]] = field(default_factory=list)

    def identify(self, details: str, serial: str) -> None:
        """Reads a `Found` line: "ATA-SSD, Samsung SSD 860,  500 GB" (a model may hold commas and slashes)."""
        self.found = True
        bus, _, rest = details.partition(",")
        self.bus = bus
        self.model = name_of(rest.rpartition(",")[0])
        self.serial = serial.strip() or None

    def begin(self, method: str, at: datetime | None) -> None:
        """Reads the line that says the method begins."""
        self.method = method
        self.starts += 1
        self.started = self.started or at

    def hear(self, level: str, message: str) -> None:
        """Reads any other line that names this drive."""
        if "sect/blk/dev" in message and (found := _SIZE.search(message)):
            self.size_bytes = int(found[1])
        if not self.starts:
            return
        if found := _WRITTEN.match(message):
            self.written.append(int(found[1]))
        self.rounds_started |= message.startswith("Starting round")
        self.final_round_finished |= message.startswith("Finished final round")
        self.verified |= "Verified " in message
        if _FAILURES.search(message) or (level == "debug" and message.startswith("Status:")):
            self.oddities.add(Oddity.FAILURE_LINES)
        elif level in _LOUD:
            self.oddities.add(Oddity.ERROR_LINES)

    @property
    def medium(self) -> Medium:
        """The medium that the bus word tells. Plain `ATA` is a hard disk only where the column is padded
        (since 0.36, which tells `ATA-SSD` apart)."""
        bus = self.bus or ""
        word = bus.strip().upper()
        if word.endswith("-SSD"):
            return Medium.SSD
        if word in ("ATA", "SAS", "SCSI"):
            return Medium.HDD if bus.endswith(" ") else Medium.UNKNOWN
        return {"NVME": Medium.NVME, "USB": Medium.USB, "MMC": Medium.EMMC}.get(word, Medium.UNKNOWN)

    def seen(self) -> DriveSeen:
        """This drive as a part of the computer."""
        return DriveSeen(self.path, self.model, self.serial, self.size_bytes, self.medium)

    def row_differs(self) -> bool:
        """Whether the table or a later line names another drive than the `Found` line does."""
        own = serial_key(self.serial)
        if any(serial_key(other) != own for other in self.other_serials):
            return True
        expected = _squash(f"{(self.model or '')[:17].strip()}/{self.serial}")
        return any(
            _squash(row.model_and_serial) != expected
            and not (
                self.model is None and _squash(row.model_and_serial).endswith(_squash(f"/{self.serial}"))
            )
            for row in self.rows
        )


def _squash(text: str) -> str:
    return "".join(text.split())
