"""`dmidecode`: the computer, its case and its memory, from the whole output or one table of it.

Firmware ships broken tables, so each line is read by itself: what cannot be read is passed over.
"""

import re

from tracker.i18n import N_
from tracker.wiping.readers.computers import model_name, type_guess
from tracker.wiping.readers.source import Source, as_text, name_of
from tracker.wiping.readings import ComputerSeen, ReportReading, say

KIND = "dmidecode"

_NOTHING = N_("This dmidecode file names no computer: run dmidecode as root.")
_SIZE = re.compile(r"(\d{1,9}) (MB|GB|TB)")
_MEGABYTES = {"MB": 1, "GB": 1024, "TB": 1024 * 1024}
_MOST_TABLES = 5000

Table = dict[str, str]


def recognises(source: Source) -> bool:
    """Whether the file begins as dmidecode does, or shows one of its tables."""
    return source.head.startswith("# dmidecode") or "\nHandle 0x" in "\n" + source.head[:2000]


def read(source: Source) -> ReportReading:
    """The computer, None where no table names it."""
    tables = _tables(source.lines)
    computer = _computer(tables)
    if computer == ComputerSeen():
        return ReportReading(KIND, notes=(say(_NOTHING),))
    return ReportReading(KIND, computer=computer)


def _tables(lines: list[str]) -> list[tuple[str, Table]]:
    """Each table's title with its plain values, in order; lists inside tables are left out."""
    tables: list[tuple[str, Table]] = []
    titled = False
    for line in lines:
        if line.startswith("Handle 0x"):
            titled = len(tables) < _MOST_TABLES
        elif line and titled and not line[0].isspace():
            tables.append((line.strip(), {}))
            titled = False
        elif tables and line.startswith("\t") and not line.startswith("\t\t"):
            key, colon, value = line.strip().partition(":")
            if colon:
                tables[-1][1].setdefault(key, value.strip())
    return tables


def _computer(tables: list[tuple[str, Table]]) -> ComputerSeen:
    first = dict(reversed(tables))
    system = first.get("System Information", {})
    chassis = first.get("Chassis Information", {})
    board = first.get("Base Board Information", {})
    maker = name_of(system.get("Manufacturer"))
    others = (as_text(part.get("Serial Number")) for part in (chassis, board))
    return ComputerSeen(
        manufacturer=maker,
        model=model_name(maker, system.get("Product Name"), system.get("Version")),
        serial=as_text(system.get("Serial Number")),
        other_serials=tuple(text for text in others if text),
        uuid=as_text(system.get("UUID")),
        type_guess=type_guess(chassis.get("Type")),
        cpu=name_of(first.get("Processor Information", {}).get("Version")),
        memory_mb=_memory_mb([values for title, values in tables if title == "Memory Device"]),
    )


def _memory_mb(modules: list[Table]) -> int | None:
    """The sum of the modules; `Type: Flash` is the BIOS chip, not memory."""
    sizes = [_SIZE.fullmatch(module.get("Size", "")) for module in modules if module.get("Type") != "Flash"]
    return sum(int(size[1]) * _MEGABYTES[size[2]] for size in sizes if size) or None
