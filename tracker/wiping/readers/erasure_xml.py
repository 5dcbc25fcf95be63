"""XML of commercial tools: Blancco reports and WipeDrive logs. Low confidence: a person reads them.

Blancco writes `<entries name="…">` and `<entry name="…">` in its own order; each version moves things, so that
only names are relied on. WipeDrive's layouts differ too: its operations are found by their tag.
"""

from collections.abc import Iterator
from itertools import islice
from xml.etree.ElementTree import Element

from tracker.wiping.readers.source import MOST_DRIVES, Source, as_text, name_of
from tracker.wiping.readers.xml_file import root_of
from tracker.wiping.readings import ComputerSeen, DriveSeen, Oddity, ReportReading, WipeRun

KIND = "erasure_xml"

_DONE = frozenset({"successful", "success", "succeeded", "passed", "completed"})


def recognises(source: Source) -> bool:
    """Whether the file names one of the two in its first lines."""
    head = source.head.lower()
    return head.lstrip().startswith("<") and ("blancco" in head or "wipedrive" in head)


def read(source: Source) -> ReportReading:
    """The computer and the erasures."""
    root = root_of(source)
    if root is None:
        raise ValueError
    if "blancco" in source.head.lower():
        return _blancco(root)
    return _wipedrive(root)


def _blancco(root: Element) -> ReportReading:
    system = next((part for part in root.iter("entries") if part.get("name") == "system"), None)
    computer = None
    if system is not None:
        says = _entries(system)
        computer = ComputerSeen(
            manufacturer=name_of(says.get("manufacturer")),
            model=name_of(says.get("model")),
            serial=as_text(says.get("serial")),
        )
    parts = [part for part in root.iter("entries") if part.get("name") == "erasure"]
    runs = [_erasure(part) for part in parts[:MOST_DRIVES]]
    disks = [part for part in root.iter("entries") if part.get("name") == "disk"][:MOST_DRIVES]
    drives = tuple(
        DriveSeen(model=name_of(says.get("model")), serial=as_text(says.get("serial")))
        for says in map(_entries, disks)
    )
    return ReportReading("blancco", computer=computer, drives=drives, wipes=tuple(runs))


def _erasure(part: Element) -> WipeRun:
    target = next((inner for inner in part.iter("entries") if inner.get("name") == "target"), part)
    says, drive = _entries(part), _entries(target)
    return _run("Blancco", drive, says.get("state"), says.get("erasure_standard_name"))


def _entries(part: Element) -> dict[str, str]:
    """The direct entries of a part, by name."""
    return {entry.get("name", ""): (entry.text or "").strip() for entry in part if entry.tag == "entry"}


def _wipedrive(root: Element) -> ReportReading:
    runs = tuple(islice(_operations(root), MOST_DRIVES))
    return ReportReading("wipedrive", wipes=runs)


def _operations(root: Element) -> Iterator[WipeRun]:
    for part in root.iter():
        says = {child.tag.lower(): (child.text or "").strip() for child in part}
        serial = says.get("serial") or says.get("serialnumber") or says.get("driveserial")
        result = says.get("result") or says.get("actionresult") or says.get("status")
        if serial and result:
            named = {"serial": serial, "model": says.get("model") or says.get("product") or ""}
            yield _run("WipeDrive", named, result, says.get("method") or says.get("pattern"))


def _run(tool: str, drive: dict[str, str], state: str | None, method: str | None) -> WipeRun:
    return WipeRun(
        device=None,
        tool=tool,
        serial=as_text(drive.get("serial")),
        model=name_of(drive.get("model")),
        method=as_text(method),
        status="Erased" if (state or "").lower() in _DONE else "-FAILED-",
        oddities=frozenset({Oddity.OTHER_TOOL}),
    )
