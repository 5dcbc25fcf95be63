"""What a stick of report files costs: reading each format beside reading its JSON or text once, then a whole drop.

The first row of each kind is a stick of 400 files read, judged and stored in a fresh SQLite database by the operation that
the page calls; below it, each reader on one file of its format, as a multiple of `json.loads` (for XML, of a parse; for
text, of taking each line of it apart once: moment, key, value). Files come from `tests/wiping`, filled up to the
size that real tools write.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

from defusedxml import ElementTree

ROOT = Path(__file__).resolve().parents[2]
FILES = 400
MOST_RATIO = 10
"""How many times the reading of the JSON or text alone a reader may take."""

_ANY_LINE = re.compile(r"(?:\[([\d/]+ [\d:]+)\] *)?(?:([a-zA-Z -]+): )?(.*)")
"""A line's moment, its key or level, and its value: what `json.loads` gives of a JSON file."""


class Row(TypedDict):
    """One line of the table. `once_ms`: reading the JSON, XML or text of the same file once."""

    name: str
    files: int
    kilobytes: float
    ms_per_file: float
    once_ms: float | str
    ratio: float | str


def once(data: bytes) -> None:
    """What nobody can do without: the file's JSON, its XML, or its lines."""
    text = data.decode("utf-8", "replace")
    if text.lstrip()[:1] == "<":
        ElementTree.fromstring(text.lstrip(), forbid_dtd=True)
    elif text.lstrip()[:1] == "{" or text[:3] == '[{"':
        json.loads(text)
    else:
        parts = [found.groups("") for line in text.split("\n") if (found := _ANY_LINE.match(line))]
        dict.fromkeys(parts)


def _seconds(act: Callable[[], object], least_s: float = 0.01, repeats: int = 5) -> float:
    """The least of processor time for one call: what others do on the machine only adds to it."""
    act()
    count, spent = 1, 0.0
    while spent < least_s:
        begin = time.process_time()
        for _ in range(count):
            act()
        spent = time.process_time() - begin
        count = count if spent >= least_s else count * 2
    results = []
    for _ in range(repeats):
        begin = time.process_time()
        for _ in range(count):
            act()
        results.append((time.process_time() - begin) / count)
    return min(results)


def readers_rows(files: Mapping[str, bytes]) -> list[Row]:
    """Each format: our reader beside reading the file once."""
    from tracker.wiping.readers import read

    rows = []
    for name, data in files.items():
        ours = _seconds(partial(read, data, "stick/file"))
        alone = _seconds(partial(once, data))
        rows.append(
            Row(
                name=f"read {name}",
                files=1,
                kilobytes=round(len(data) / 1000, 1),
                ms_per_file=round(ours * 1000, 3),
                once_ms=round(alone * 1000, 3),
                ratio=round(ours / alone, 1),
            )
        )
    return rows


def samples() -> dict[str, bytes]:
    """A file of each format, as large as real ones."""
    from tests.wiping import planted
    from tests.wiping.reports import NWIPE_LOGS, text

    files: dict[str, bytes] = {f"nwipe log of {name[6:10]}": text(name).encode() for name in NWIPE_LOGS}
    files["nwipe log of 50 runs"] = "".join(text(NWIPE_LOGS[number % 4]) for number in range(50)).encode()
    skip = ("nwipe_log", "unknown", "nwipe_pdf", "shred")
    return files | {name: _filled(data) for name, data in planted.FILES.items() if name not in skip}


def _filled(data: bytes) -> bytes:
    """With what a real tool writes besides: hundreds of values that no reader looks at."""
    more = {
        f"attribute_{n}": {"id": n, "name": "Raw_Read_Error_Rate", "value": 100, "worst": 100}
        for n in range(150)
    }
    if data[:1] == b"{":
        root: Any = json.loads(data)
        return json.dumps({**root, "zz_table": more}, indent=1).encode()
    if data[:1] == b"<":
        end = data.rstrip().rfind(b"</")
        filling = b"".join(b'<part name="x"><value>%d</value></part>\n' % n for n in range(150))
        return data[:end] + filling + data[end:]
    lines = b"".join(b"\tFeature %d: as it was made\n" % n for n in range(300))
    return data.rstrip() + b"\n" + lines


def stick(count: int = FILES) -> list[tuple[str, bytes]]:
    """As many files, of a hundred computers: a log of two drives, lshw, smartctl and dmidecode for each."""
    from tests.wiping import planted
    from tests.wiping.reports import NEW, text

    files: list[tuple[str, bytes]] = []
    for number in range(-(-count // 4)):
        tail = f"{number:05}"
        log = text(NEW).replace("RSS42A0001", f"RSS42A{tail}").replace("RNV42B0002", f"RNV42B{tail}")
        log = log.replace("YLRICO42", f"YLR{tail}")
        lshw = (
            planted.FILES["lshw"]
            .decode()
            .replace("PFRICO38", f"YLR{tail}")
            .replace("RNV42B0002", f"RNV42B{tail}")
        )
        smart = planted.FILES["smartctl"].decode().replace("RSS38A0001", f"RSS42A{tail}")
        dmi = planted.FILES["dmidecode"].decode().replace("PFRICO38", f"YLR{tail}")
        told = (("nwipe.txt", log), ("lshw.json", lshw), ("smart.json", smart), ("dmidecode.txt", dmi))
        files += [(f"PC{tail}/{name}", data.encode()) for name, data in told]
    return files[:count]


def drop_rows(count: int) -> list[Row]:
    """A stick into a fresh database: read and judged, then stored, beside reading each file once."""
    import os

    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "TRACKER_INSTANCE": folder, "TRACKER_DEVELOPMENT": "1", "TRACKER_DATABASE_URL": f"sqlite:///{folder}/b.sqlite3",
        }  # fmt: skip
        from tracker.app import create_app
        from tracker.cli.db import upgrade_schema

        with create_app().app_context():
            upgrade_schema()
            return _dropped(count)


def _dropped(count: int) -> list[Row]:
    from tests import make
    from tracker.database import transaction
    from tracker.wiping import drop_rules, report_operations

    files = stick(count)
    kilobytes = round(sum(len(data) for _, data in files) / len(files) / 1000, 1)
    for number in range(-(-count // 4)):
        make.device(serial=f"YLR{number:05}")
    who, begin = make.actor(), time.process_time()
    drop = drop_rules.opened(files)
    read, began = time.process_time() - begin, time.process_time()
    with transaction():
        received = report_operations.receive(drop, who)
    stored = time.process_time() - began
    assert all(one.device is not None for one in received if one.name.endswith(("nwipe.txt", "lshw.json")))
    alone = sum(_seconds(partial(once, data), 0, 1) for _, data in files[:40]) * len(files) / 40
    per_file = 1000 / len(files)

    def row(name: str, seconds: float) -> Row:
        return Row(
            name=name, files=len(files), kilobytes=kilobytes, ms_per_file=round(seconds * per_file, 2),
            once_ms=round(alone * per_file, 3), ratio=round(seconds / alone, 1),
        )  # fmt: skip

    return [
        row("a stick, read, judged and stored", read + stored),
        row("… read and judged", read),
        row("… stored", stored),
    ]


def run(count: int = FILES) -> list[Row]:
    """The table; says so where a reader takes more than `MOST_RATIO` times reading the file once."""
    rows = [*drop_rows(count), *readers_rows(samples())]
    slow = [
        row["name"] for row in rows if row["name"].startswith("read ") and float(row["ratio"]) > MOST_RATIO
    ]
    if slow:
        print(f"above {MOST_RATIO} times reading the file once: {', '.join(slow)}", file=sys.stderr)
    return rows


if __name__ == "__main__":
    for one in run(*(int(number) for number in sys.argv[1:])):
        print(one)
