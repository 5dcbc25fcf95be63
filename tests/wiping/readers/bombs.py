"""Files made to exhaust whoever reads them: each of the largest size that its reader looks into, or small and swelling.

`python -m tests.wiping.readers.bombs` reads each once and prints a line of JSON: name, processor seconds, megabytes that
the process had in memory at the most until then, the reading's kind, and how many notes, drives and wipes it has.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tracker.wiping.readers import MAX_BYTES, read
from tracker.wiping.readers.source import MOST_STRUCTURED
from tracker.wiping.readers.xml_file import MOST_MARKS

STAMP = "[2026/09/06 09:00:00]"
ENTITIES = "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(12)
)  # 10 to the 12th


def _room(begin: str) -> int:
    return MOST_STRUCTURED - 1 if begin[:1] in ("{", "[", "<") else MAX_BYTES


def _crowded(begin: str, again: str, end: str) -> bytes:
    """XML with as many tags as are looked at."""
    return (begin + again * ((MOST_MARKS - 10) // again.count("<")) + end).encode()


def _filled(begin: str, again: str, end: str = "") -> bytes:
    """As often `again` as there is room for."""
    room = _room(begin) - len(begin.encode()) - len(end.encode())
    return (begin + again * (room // len(again.encode())) + end).encode()


def _pdf(stream: bytes) -> bytes:
    """A PDF of one page that begins as nwipe's does, with this content, compressed."""
    packed = zlib.compress(stream, 9)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        made
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(made)
    )


def _wide(begin: str, item: Callable[[int], str], end: str) -> bytes:
    """Items with numbers, comma between, until the file is full."""
    parts, size, number = [], len(begin) + len(end), 0
    while size < _room(begin) - 200:
        parts.append(item(number))
        size += len(parts[-1]) + 1
        number += 1
    return (begin + ",".join(parts) + end).encode()


def _snapshot(parts: Callable[[int], str]) -> bytes:
    return _wide('{"type":"Snapshot","software":"Workbench","device":{},"components":[', parts, "]}")


def _entities() -> bytes:
    return f"<?xml version='1.0'?><!DOCTYPE blancco [{ENTITIES}]><blancco>&e11;</blancco>".encode()


def _attributes() -> bytes:
    return ("<blancco " + " ".join(f'a{n}="{n}"' for n in range(140_000)) + "/>").encode()


BOMBS: dict[str, Callable[[], bytes]] = {
    "deep arrays": lambda: _filled("", "["),
    "deep arrays that close": lambda: b"[" * (MAX_BYTES // 2) + b"]" * (MAX_BYTES // 2),
    "deep objects": lambda: _filled("", '{"a":'),
    "lshw without end": lambda: _filled("", '{"id":"a","class":"system","children":['),
    "lshw of braces": lambda: _filled('{"id":"x","class":"y" ', "{"),
    "lshw of quotes": lambda: _filled('{"id":"x","class":"y" ', '"'),
    "lshw of backslashes": lambda: _filled('{"id":"x","class":"y" "', "\\"),
    "lshw of digits": lambda: _filled('{"id":"x","class":"y" ', "1 "),
    "lshw of many drives": lambda: _wide(
        '{"id":"pc","class":"system","children":[',
        lambda n: f'{{"id":"d","class":"disk","logicalname":"/dev/sd{chr(97 + n % 26)}","serial":"S{n}"}}',
        "]}",
    ),
    "many empty arrays": lambda: b"[" + b"[]," * (MAX_BYTES // 3 - 2) + b"0]",
    "many smartctl answers": lambda: _wide("[", lambda n: f'{{"smartctl":{{}},"serial_number":"S{n}"}}', "]"),
    "smartctl of many words": lambda: _wide(
        '{"smartctl":{"argv":[', lambda n: f'"{n}"', '],"exit_status":2}}'
    ),
    "many block devices": lambda: _wide(
        '{"blockdevices":[', lambda n: f'{{"name":"sd{n}","type":"disk","serial":"S{n}","size":{n}}}', "]}"
    ),
    "block devices in block devices": lambda: _filled(
        '{"blockdevices":[', '{"name":"a","type":"disk","children":['
    ),
    "many NVMe drives": lambda: _wide(
        '{"Devices":[', lambda n: f'{{"DevicePath":"/dev/n{n}","SerialNumber":"S{n}"}}', "]}"
    ),
    "many controllers of one NVMe drive": lambda: _wide(
        '{"Devices":[{"Subsystems":[{"Controllers":[', lambda n: f'{{"SerialNumber":"S{n}"}}', "]}]}]}"
    ),
    "many sanitize logs": lambda: _wide("{", lambda n: f'"nvme{n}":{{"sprog":65535,"sstat":257}}', "}"),
    "many parts of a snapshot": lambda: _snapshot(lambda n: f'{{"type":"HardDrive","serialNumber":"S{n}"}}'),
    "a snapshot in a snapshot": lambda: json.dumps(
        {
            "type": "Snapshot",
            "software": "workbench-script",
            "data": {"lshw": '{"id":"x","class":"y" ' + "{" * 2_000_000},
        }
    ).encode(),
    "many steps of usody": lambda: _wide(
        '{"validation":{"result":true},"steps":[',
        lambda n: '{"success":true,"commands":[{"success":true}]}',
        "]}",
    ),
    "many sections of inxi": lambda: _wide(
        '{"001#1#0#Machine":[{"000#0#1#Type":"Laptop"}]' + ",",
        lambda n: f'"{n:03}#1#0#S{n}":[{{"001#1#1#a":"b"}}]',
        "}",
    ),
    "a number without end": lambda: _filled('{"smartctl":{},"serial_number":', "9", "}"),
    "a float without end": lambda: _filled('{"smartctl":{},"user_capacity":{"bytes":1.', "9", "e999999}}"),
    "one line without end": lambda: _filled(f"{STAMP}  notice: Found /dev/sda, ", "A, "),
    "lines without end": lambda: _filled(f"{STAMP}    info: nwipe 0.38\n", "\n"),
    "many drives of nwipe": lambda: _filled(
        f"{STAMP}    info: nwipe 0.38\n", f"{STAMP}  notice: Found /dev/sda,  ATA, X,  1 GB, S/N=ABCDE\n"
    ),
    "many runs of nwipe": lambda: _filled(
        "", f"{STAMP}    info: nwipe 0.38\n{STAMP}  notice: Found /dev/a,  ATA, B,  1 GB, S/N=C\n"
    ),
    "many rows of nwipe": lambda: _filled(
        f"{STAMP}    info: nwipe 0.38\n{STAMP}  notice: Found /dev/sda,  ATA, X,  1 GB, S/N=ABCDE\n"
        "******************************** Drive Status\n",
        "       sda | Erased |   86 MB/s | 01:02:03 | X/ABCDE\n",
    ),
    "many lines of one nwipe drive": lambda: _filled(
        f"{STAMP}    info: nwipe 0.38\n{STAMP}  notice: Found /dev/sda,  ATA, X,  1 GB, S/N=ABCDE\n",
        f"{STAMP}   error: /dev/sda, /dev/sda, /dev/sda\n",
    ),
    "many tables of dmidecode": lambda: _filled(
        "# dmidecode 3.4\n", "Handle 0x1\nMemory Device\n\tSize: 8 GB\n"
    ),
    "one table of dmidecode": lambda: _filled(
        "# dmidecode 3.4\nHandle 0x1\nSystem Information\n", "\ta: b\n"
    ),
    "many batteries of upower": lambda: _filled(
        "  native-path: x\n  has statistics: yes\n", "  battery\n    energy-full: 0 Wh\n"
    ),
    "many answers of hdparm": lambda: _filled(
        "", "\n/dev/sda:\nModel=X, FwRev=1, SerialNo=S\nSanitize status:\n"
    ),
    "many lines of shred": lambda: _filled("", "shred: /dev/sda: pass 1/1 (random)...\n"),
    "entities": _entities,
    "one entity many times": lambda: _filled(
        f"<?xml version='1.0'?><!DOCTYPE blancco [<!ENTITY a '{'x' * 100_000}'>]><blancco>",
        "&a;",
        "</blancco>",
    ),
    "deep XML": lambda: _filled("<blancco>", "<a>"),
    "deep XML that closes": lambda: b"<blancco>" + b"<a>" * 24_000 + b"</a>" * 24_000 + b"</blancco>",
    "XML of as many tags as are looked at": lambda: _crowded("<blancco>", "<a/>", "</blancco>"),
    "lshw's XML of as many tags": lambda: _crowded(
        '<node id="a" class="system">', '<node id="d" class="disk"/>', "</node>"
    ),
    "Blancco's XML of as many tags": lambda: _crowded(
        "<blancco>", '<entries name="erasure"><entry name="state">Successful</entry></entries>', "</blancco>"
    ),
    "WipeDrive's XML of as many tags": lambda: _crowded(
        "<WipeDrive>", "<D><Serial>S</Serial><Result>Successful</Result></D>", "</WipeDrive>"
    ),
    "wide XML": lambda: _filled("<blancco>", "<a/>", "</blancco>"),
    "XML of attributes": _attributes,
    "wide XML of lshw": lambda: _filled(
        '<node id="a" class="system">', '<node id="d" class="disk"/>', "</node>"
    ),
    "many erasures of Blancco": lambda: _filled(
        "<blancco>", '<entries name="erasure"><entry name="state">Successful</entry></entries>', "</blancco>"
    ),
    "erasures within erasures": lambda: (
        b"<blancco>"
        + (b'<entries name="erasure">' * 50 + b"</entries>" * 50) * (MOST_MARKS // 100 - 1)
        + b"</blancco>"
    ),
    "many operations of WipeDrive": lambda: _filled(
        "<WipeDrive>", "<D><Serial>S</Serial><Result>Successful</Result></D>", "</WipeDrive>"
    ),
    "a PDF that swells": lambda: _pdf(b"BT /F 1 Tf (nwipe) Tj ET\n" + b"0 0 m\n" * 10_000_000),
    "a PDF of much text": lambda: _pdf(b"BT /F 1 Tf\n" + b"(nwipe) Tj\n" * 600_000 + b"ET"),
    "a PDF of noise": lambda: b"%PDF-1.7\n" + b"1 0 obj << /Type /Catalog " * (MAX_BYTES // 27),
    "a PDF whose tables form a ring": lambda: (
        b"%PDF-1.4\n" + b"trailer\n<< /Size 1 /Prev 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n" * 10_000
    ),
    "many lines that were glued": lambda: _filled(
        f"{STAMP}    info: nwipe 0.38\n", f"{STAMP} x {STAMP} x {STAMP} x\n"
    ),
    "half pairs of UTF-16": lambda: b"\xff\xfe" + b"\x00\xd8" * (MAX_BYTES // 2 - 2),
    "zeros": lambda: b"\0" * MAX_BYTES,
    "noise": lambda: bytes(range(256)) * (MAX_BYTES // 256),
}


def measured(names: list[str]) -> Iterator[dict[str, object]]:
    for name in names:
        data = BOMBS[name]()
        assert len(data) <= MAX_BYTES, name
        begin = time.process_time()
        found = read(data, "stick/report.log")
        seconds = time.process_time() - begin
        yield {
            "name": name,
            "seconds": round(seconds, 3),
            "megabytes": _most_megabytes(),
            "kind": found.kind,
            "said": [len(found.notes), len(found.drives), len(found.wipes)],
        }


def _most_megabytes() -> int:
    """What this program held at the most. (`ru_maxrss` would begin with what the process that started it holds.)"""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return int(told.split("VmHWM:", 1)[1].split()[0]) // 1024


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    for one in measured(sys.argv[1:] or list(BOMBS)):
        print(json.dumps(one), flush=True)
