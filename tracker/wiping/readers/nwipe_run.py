"""One run inside an nwipe log: its lines are collected drive by drive, then turned into plain values."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from tracker.devices.serials import usable_serial
from tracker.wiping.readers.computers import model_name, type_guess
from tracker.wiping.readers.nwipe_doubts import oddities
from tracker.wiping.readers.nwipe_drive import Drive
from tracker.wiping.readers.nwipe_tables import Tables
from tracker.wiping.readers.source import MOST_DRIVES, name_of
from tracker.wiping.readings import ComputerSeen, DriveSeen, Oddity, Verification, WipeRun

_FOUND = re.compile(r"Found (/dev/[^\s,]+), *(.*), S/N=(.*)")
_SERIAL = re.compile(r"(/dev/\S+) has serial number ?(.*)")
_START = re.compile(r"Invoking method '(.*)' on .*?(/dev/[\w/.+-]*\w)")
_INTERNAL = re.compile(r"Attempting \w+ ((?:Sanitize|Secure) .*) on (/dev/[\w/.+-]*\w)")
_SYSTEM = re.compile(r"((?:bios|system|baseboard|chassis|processor)-[a-z-]+) = (.*)")
_OPTION = re.compile(r" {2}(banner|method|rounds|verify) *= (.*)")
_VERSION = re.compile(r"nwipe (\d+\.\d[\w.]*)")
_DEVICE = re.compile(r"/dev/[\w/+-]+(?:\.\w+)*")
_ONCE = ("Automatically enumerated", "Program options are set", "Opened entropy source", "bios-version = ")
_ENDS = ("Nwipe successfully", "Nwipe exited with errors, ", "Nwipe was aborted")
# How messages begin: by it most lines are told apart before any pattern is tried.
_SYSTEM_WORDS = ("bios-", "system-", "baseboard-", "chassis-", "processor-")
_OF_THE_RUN = (*_ONCE, *_ENDS, "nwipe ", *_SYSTEM_WORDS)
_MAY_BEGIN = (*_ONCE, "nwipe ", *_SYSTEM_WORDS, "Invoking method '", "Found /dev/")
_VERIFY_OPTIONS = {"0": Verification.NONE, "1": Verification.LAST, "2": Verification.ALL}


class Run:
    """The lines of one run. `number` is its place in the file, from 1."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.tables = Tables()
        self.by_path: dict[str, Drive] = {}
        self.system: dict[str, str] = {}
        self.options: dict[str, str] = {}
        self.once: Counter[str] = Counter()
        self.banner: str | None = None
        self.no_blank = False
        self.geometry = False
        self.closed = False

    @property
    def has_content(self) -> bool:
        """Whether anything that belongs to a run was read."""
        return bool(self.by_path or self.system or self.options or self.once or self.tables.seen)

    def cannot_hold(self, level: str, message: str) -> bool:
        """Whether this line begins another run: a second banner, a drive found after the search was over."""
        if not message.startswith(_MAY_BEGIN):
            return False
        if level == "info" and _VERSION.fullmatch(message):
            return self.has_content
        begins = (
            message.startswith(_ONCE) or _SYSTEM.match(message) or message.startswith("Invoking method '")
        )
        if self.closed and begins:
            return True
        if not message.startswith("Found /dev/"):
            return False
        path = message[6:].partition(",")[0]
        known = self.by_path.get(path)
        return (
            self.closed
            or bool(self.once or self.system)
            or (known is not None and known.found)
            or self._started()
        )

    def take(self, stamp: str, level: str, message: str, line: str) -> None:
        """Reads one line, printed at `stamp`."""
        if "HIDDEN SECTORS" in line:
            self._note_hidden(line)
        elif message.startswith("Total Throughput"):
            self.tables.take_total(_time(stamp), message)
            self.closed = True
        elif self.tables.take(line):
            pass
        elif message.startswith("Found /dev/"):
            self._take_found(message)
        else:
            self._take_message(stamp, level, message)

    def _take_found(self, message: str) -> None:
        if (found := _FOUND.match(message)) and len(self.by_path) < MOST_DRIVES:
            self._drive(found[1]).identify(found[2], found[3])

    def _take_message(self, stamp: str, level: str, message: str) -> None:
        if message.startswith("  "):
            self._take_option(level, message)
        elif message.startswith(_OF_THE_RUN):
            self._take_of_the_run(level, message)
        elif message.startswith(("Invoking ", "Attempting ")) and (
            found := _START.match(message) or _INTERNAL.match(message)
        ):
            self._drive(found[2]).begin(found[1], _time(stamp))
        elif "has serial number" in message and (found := _SERIAL.match(message)):
            self._drive(found[1]).other_serials.append(found[2].strip())
        elif "/dev/" in message:
            self._hear(level, message)

    def _take_option(self, level: str, message: str) -> None:
        self.geometry |= message.startswith("  Total device bytes")
        self.no_blank |= message.startswith("  do not perform a final blank pass")
        if found := _OPTION.match(message):
            self.options.setdefault(found[1], found[2].strip())
        elif "/dev/" in message:
            self._hear(level, message)

    def _take_of_the_run(self, level: str, message: str) -> None:
        for words in _ONCE:
            if message.startswith(words):
                self.once[words] += 1
        self.closed |= message.startswith(_ENDS)
        if level == "info" and _VERSION.fullmatch(message):
            self.banner = message
        elif found := _SYSTEM.match(message):
            self.system.setdefault(found[1], found[2].strip())
        elif "/dev/" in message:
            self._hear(level, message)

    def _hear(self, level: str, message: str) -> None:
        for path in set(_DEVICE.findall(message)) & self.by_path.keys():
            self.by_path[path].hear(level, message)

    def _drive(self, path: str) -> Drive:
        if path not in self.by_path and len(self.by_path) >= MOST_DRIVES:
            return Drive(path)
        return self.by_path.setdefault(path, Drive(path))

    def _started(self) -> bool:
        return any(drive.starts for drive in self.by_path.values())

    def _note_hidden(self, line: str) -> None:
        """The warning names its drive; where it does not, it holds for every drive of the run."""
        oddity = Oddity.HIDDEN_UNKNOWN if "INDETERMINATE" in line else Oddity.HIDDEN_SECTORS
        named = [self._drive(path) for path in _DEVICE.findall(line)]
        for drive in named or self.by_path.values():
            drive.oddities.add(oddity)

    @property
    def layout(self) -> str:
        """The oldest version known to print this run's layout."""
        if "bytes" in self.tables.seen or self.geometry:
            return "0.42"
        if self.banner:
            return "0.38"
        return "0.34" if self.options or {"errors", "title"} & self.tables.seen else "0.30"

    @cached_property
    def computer(self) -> ComputerSeen:
        """The computer, once all lines are taken, as dmidecode told nwipe; equal to `ComputerSeen()` where it told nothing."""
        says = self.system.get
        maker = name_of(says("system-manufacturer"))
        return ComputerSeen(
            manufacturer=maker,
            model=model_name(maker, says("system-product-name"), says("system-version")),
            serial=says("system-serial-number") or None,
            other_serials=tuple(
                text for key in ("chassis-serial-number", "baseboard-serial-number") if (text := says(key))
            ),
            uuid=says("system-uuid") or None,
            type_guess=type_guess(says("chassis-type")),
            cpu=name_of(says("processor-version")),
        )

    def drives(self) -> Iterator[DriveSeen]:
        """The drives nwipe found, wiped or not."""
        host = self.computer
        return (replace(drive.seen(), host=host) for drive in self.by_path.values() if drive.found)

    def wipes(self) -> list[WipeRun]:
        """One attempt for each drive that was begun or has a result."""
        self._hand_out_rows()
        keys = Counter(key for drive in self.by_path.values() if (key := usable_serial(drive.serial)))
        host = self.computer
        return [
            self._wipe(drive, keys[usable_serial(drive.serial) or ""] > 1, host)
            for drive in self.by_path.values()
            if drive.starts or drive.rows
        ]

    def _hand_out_rows(self) -> None:
        """Gives each table row to its drive. Names are cut to their last 6 (0.30) or 8 characters."""
        for name in dict.fromkeys((*self.tables.status, *self.tables.errors, *self.tables.bytes)):
            owners = self._named(name)
            if not owners and name in self.tables.status:
                owners = [self._drive(name)]
            for drive in owners:
                if len(owners) > 1:
                    drive.oddities.add(Oddity.TWO_ROWS)
                drive.rows += self.tables.status.get(name, ())
                drive.error_rows += self.tables.errors.get(name, ())
                drive.byte_rows += self.tables.bytes.get(name, ())

    def _named(self, name: str) -> list[Drive]:
        exact = [drive for path, drive in self.by_path.items() if path.rpartition("/")[2] == name]
        if exact or len(name) < 6:
            return exact
        return [drive for path, drive in self.by_path.items() if path.endswith(name)]

    def _wipe(self, drive: Drive, shared: bool, host: ComputerSeen) -> WipeRun:
        row = drive.rows[0] if drive.rows else None
        errors = drive.error_rows[0] if drive.error_rows else (None, None, None)
        counted = drive.byte_rows[0] if drive.byte_rows else (None, None)
        ended = (
            drive.started + row.duration if drive.started and row and row.duration else self.tables.closed_at
        )
        verification = self._verification()
        banner = _VERSION.match(self.banner or self.options.get("banner", ""))
        return WipeRun(
            device=drive.path,
            tool="nwipe",
            serial=drive.serial,
            model=drive.model,
            medium=drive.medium,
            size_bytes=counted[1] or drive.size_bytes,
            version=banner[1] if banner else None,
            layout=self.layout,
            run=self.number,
            method=drive.method or self.tables.method,
            rounds=self.tables.rounds,
            blanking=not self.no_blank if self.tables.blanking is None else self.tables.blanking,
            verification=verification,
            status=row.word if row else None,
            pass_errors=errors[0],
            verify_errors=errors[1],
            sync_errors=errors[2],
            bytes_erased=counted[0],
            bytes_total=counted[1],
            started=drive.started,
            finished=ended if row else None,
            oddities=self._oddities(drive, shared, verification),
            host=host,
        )

    def _oddities(self, drive: Drive, shared: bool, verification: Verification | None) -> frozenset[Oddity]:
        return frozenset(
            oddities(
                drive,
                self.tables,
                layout=self.layout,
                shared=shared,
                mixed=self._is_mixed,
                verification=verification,
            )
        )

    @property
    def _is_mixed(self) -> bool:
        return any(count > 1 for count in self.once.values())

    def _verification(self) -> Verification | None:
        """What the result line says, at most what the options say: the weaker of the two is believed."""
        said = (self.tables.verification, _VERIFY_OPTIONS.get(self.options.get("verify", "")[:1]))
        order = list(Verification)
        known = [word for word in said if word is not None]
        return min(known, key=order.index) if known else None


def _time(stamp: str) -> datetime | None:
    """nwipe prints its computer's local time and no zone: the moment stays without one."""
    try:
        return datetime.fromisoformat(stamp.replace("/", "-")) if stamp else None
    except ValueError:
        return None
