"""What a report file says, as plain values: readers fill these shapes, rules judge them.

Only what helps to recognise, judge or recondition a device has a field here. Host names, user names,
network addresses and Wi-Fi names have none, so that a reader has nowhere to put them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracker.devices.serials import usable_serial
from tracker.i18n import N_, Sentence


def say(message: str, **details: object) -> Sentence:
    """A sentence from a message already marked with `N_()`."""
    return Sentence(message, details)


class Medium(StrEnum):
    """What data lies on. `USB` is a stick or a bridge whose inside is not known."""

    HDD = "hdd"
    SSD = "ssd"
    NVME = "nvme"
    EMMC = "emmc"
    USB = "usb"
    UNKNOWN = "unknown"


MEDIUM_NAMES = {
    Medium.HDD: N_("Hard disk"),
    Medium.SSD: N_("SSD"),
    Medium.NVME: N_("NVMe"),
    Medium.EMMC: N_("eMMC"),
    Medium.USB: N_("USB stick or enclosure"),
    Medium.UNKNOWN: N_("Kind not known"),
}
"""What people read for each medium."""


FIXED = frozenset({Medium.HDD, Medium.SSD, Medium.NVME})
"""What is built into a computer: never taken for a stick, whatever ran from it. A memory card may look like an eMMC."""


class Verification(StrEnum):
    """How much a tool says it read back: nothing, the last pass, or each pass."""

    NONE = "none"
    LAST = "last"
    ALL = "all"


class Oddity(StrEnum):
    """A fact about a run that stands in the way of believing its status word."""

    NO_START = "no_start"
    NO_IDENTITY_LINE = "no_identity_line"
    SERIAL_DIFFERS = "serial_differs"
    SERIAL_SHARED = "serial_shared"
    TWO_ROWS = "two_rows"
    MIXED_RUNS = "mixed_runs"
    ROW_MISSING = "row_missing"
    OLD_WITHOUT_PROOF = "old_without_proof"
    ROUND_UNFINISHED = "round_unfinished"
    SHORT_WRITE = "short_write"
    ERROR_LINES = "error_lines"
    FAILURE_LINES = "failure_lines"
    VERIFICATION_NOT_SHOWN = "verification_not_shown"
    HIDDEN_SECTORS = "hidden_sectors"
    HIDDEN_UNKNOWN = "hidden_unknown"
    STEPS_NOT_SHOWN = "steps_not_shown"
    OTHER_TOOL = "other_tool"


@dataclass(frozen=True)
class ComputerSeen:
    """A computer as a report describes it. `serial` is verbatim; `other_serials`: its case and board."""

    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    other_serials: tuple[str, ...] = ()
    uuid: str | None = None
    type_guess: str | None = None
    cpu: str | None = None
    memory_mb: int | None = None
    battery_percent: int | None = None
    screen_inches: float | None = None
    graphics: str | None = None

    @property
    def serial_keys(self) -> frozenset[str]:
        """Usable keys of all serials, for matching."""
        keys = (usable_serial(text) for text in (self.serial, *self.other_serials))
        return frozenset(key for key in keys if key)


@dataclass(frozen=True)
class DriveSeen:
    """A data-bearing part as a report describes it. `serial`: verbatim, None where the file says nothing.

    `host`: the computer it was found in, where one file can tell of several; else the report's computer.
    """

    device: str | None = None
    model: str | None = None
    serial: str | None = None
    size_bytes: int | None = None
    medium: Medium = Medium.UNKNOWN
    hours: int | None = None
    healthy: bool | None = None
    boot_stick: bool = False
    hides_drives: bool = False
    host: ComputerSeen | None = None

    @property
    def serial_key(self) -> str | None:
        """The key by which this drive may be recognised, None when its serial is unusable."""
        return usable_serial(self.serial)

    @property
    def plugged_in(self) -> bool:
        """Whether it is a stick, or what the system ran from: no part of the computer, as far as the report tells."""
        return self.medium is Medium.USB or (self.boot_stick and self.medium not in FIXED)


@dataclass(frozen=True)
class WipeRun:
    """One attempt on one drive, as its tool wrote it. Times are the tool's local time, without zone."""

    device: str | None
    tool: str
    serial: str | None = None
    model: str | None = None
    medium: Medium = Medium.UNKNOWN
    size_bytes: int | None = None
    version: str | None = None
    layout: str = ""
    run: int = 1
    method: str | None = None
    rounds: int | None = None
    blanking: bool | None = None
    verification: Verification | None = None
    status: str | None = None
    pass_errors: int | None = None
    verify_errors: int | None = None
    sync_errors: int | None = None
    bytes_erased: int | None = None
    bytes_total: int | None = None
    started: datetime | None = None
    finished: datetime | None = None
    oddities: frozenset[Oddity] = frozenset()
    host: ComputerSeen | None = None

    @property
    def serial_key(self) -> str | None:
        """The key by which this drive may be recognised, None when its serial is unusable."""
        return usable_serial(self.serial)


@dataclass(frozen=True)
class ReportReading:
    """All that one file says. `kind`: the reader's, `unknown` when none reads it; `notes`: for people.

    `unnamed`: ends of wipes that count only where a file beside this one names their drive (`bundle_rules`).
    """

    kind: str
    computer: ComputerSeen | None = None
    drives: tuple[DriveSeen, ...] = ()
    wipes: tuple[WipeRun, ...] = ()
    notes: tuple[Sentence, ...] = ()
    unnamed: tuple[WipeRun, ...] = ()
