"""The reports written for these tests, and how to tamper with them."""

from collections.abc import Iterable
from pathlib import Path

from tracker.wiping.readers import read
from tracker.wiping.readings import ReportReading, WipeRun
from tracker.wiping.rules import DriveVerdict, Verdict, verdict

FIXTURES = Path(__file__).parent / "fixtures"

OLD = "nwipe_0.30_two_drives.txt"
FAILED = "nwipe_0.34_one_failed.txt"
ABORTED = "nwipe_0.38_one_aborted.txt"
NEW = "nwipe_0.42_two_drives.txt"
NWIPE_LOGS = (OLD, FAILED, ABORTED, NEW)

REALLY_WIPED = {"RHD30A0001", "RNV30B0002", "RHD34A0001", "RSS38A0001", "RSS42A0001", "RNV42B0002"}
"""Serials of the drives that the logs show as wiped; the other two failed and were stopped."""


def text(name: str) -> str:
    """A fixture's text."""
    return (FIXTURES / name).read_text(encoding="utf-8")


def reading(content: str | bytes, name: str = "nwipe.log") -> ReportReading:
    """What the readers make of that content."""
    return read(content.encode() if isinstance(content, str) else content, name)


def runs(content: str | bytes) -> dict[tuple[int, str | None], WipeRun]:
    """The runs of a log by place in the file and device name."""
    return {(run.run, (run.device or "").removeprefix("/dev/")): run for run in reading(content).wipes}


def judged(content: str | bytes, device: str) -> DriveVerdict:
    """The verdict on one device of a log with one run."""
    (run,) = [run for (_, name), run in runs(content).items() if name == device]
    return verdict(run)


def word(content: str | bytes, device: str) -> Verdict:
    """The verdict's word alone."""
    return judged(content, device).verdict


def without(content: str, *parts: str) -> str:
    """The log without the lines that hold any of these parts."""
    kept = [line for line in content.split("\n") if not any(part in line for part in parts)]
    assert len(kept) < content.count("\n") + 1, "nothing was taken out"
    return "\n".join(kept)


def changed(content: str, *pairs: tuple[str, str]) -> str:
    """The log with each first text replaced by the second; the first must be there."""
    for old, new in pairs:
        assert old in content, f"{old!r} is not in the log"
        content = content.replace(old, new)
    return content


def falsely_wiped(content: str | bytes, wiped: Iterable[str] = REALLY_WIPED) -> list[WipeRun]:
    """The runs that are believed although their drive was never wiped: must always be empty."""
    honest = set(wiped)
    return [
        run
        for run in reading(content).wipes
        if verdict(run).verdict is Verdict.WIPED and run.serial not in honest
    ]
