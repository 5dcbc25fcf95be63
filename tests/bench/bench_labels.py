"""What a label costs: ours beside `blabel`, `pylabels`, WeasyPrint and a QR encoder written in C++, in one run.

A thousand labels on an A4 sheet of 21 (L7160) as PDF, each with a QR of 45 characters, a Code 128 and four lines of
text. Every contender runs in a process of its own, warmed up with one sheet, one after the other, as often as asked;
the figure is the median of the processor time. What the first round made is read back: the codes that a decoder finds
are counted, and labels whose words all stand in the text of the file. What is not installed (`scripts/bench.sh` puts
it into `bench/work/rivals`) is named and left out.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pypdfium2
import zxingcpp

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(__file__).with_name("label_contenders")
RIVALS = ROOT / "bench/work/rivals"
READ_AT_DPI = 300

Given = Sequence[Mapping[str, Any]]
Row = dict[str, Any]


class Contender(NamedTuple):
    """A script, what follows its file on the command line, and the folder of rivals it imports from."""

    name: str
    script: str
    arguments: tuple[str, ...] = ()
    rivals: str = ""


CONTENDERS = (
    Contender("ricochet", "ours.py"),
    Contender("ricochet with the matrices of zxing-cpp", "ours_with_zxing.py"),
    Contender("blabel", "with_blabel.py", rivals="weasyprint"),
    Contender("pylabels (reportlab)", "with_pylabels.py", rivals="pylabels"),
    Contender("WeasyPrint, codes by qrcode", "with_weasyprint.py", ("qrcode",), "weasyprint"),
    Contender("WeasyPrint, codes by zxing-cpp", "with_weasyprint.py", rivals="weasyprint"),
)
FORMATS = (
    Contender("ricochet, ZPL on 76 × 51 mm", "ours.py", ("zpl", "zebra-76x51")),
    Contender("ricochet, Brother on 100 × 62 mm", "ours.py", ("brother", "brother-dk-11202")),
    Contender("ricochet, PNG of L7160", "ours.py", ("png", "avery-l7160")),
    Contender("ricochet, SVG of L7160", "ours.py", ("svg", "avery-l7160")),
)


def sample(count: int) -> list[dict[str, object]]:
    """Labels of one size and different words, the same at each run."""
    chance = random.Random(1)
    codes = ["".join(chance.choices("BCDFGHJKLNPRSTVX", k=8)) for _ in range(count)]
    return [
        {
            "code": code,
            "payload": f"HTTPS://LILLE.RICOCHET.EXAMPLE.ORG/D/{code}",
            "word": "Effacé",
            "right": "12.11.2026",
            "title": f"HP ProBook 450 G{number % 9}",
            "lines": ["2 supports effacés, vérifiés", "Niveau Clear", f"Attestation 2026-{number:05d}"],
        }
        for number, code in enumerate(codes)
    ]


def run(count: int = 1_000, repeats: int = 5, streamed: int = 100_000, drawn: int = 210) -> list[Row]:
    """The table, ours first; then ours streamed, and ours in its other formats."""
    given = sample(count)
    rows = _compared(CONTENDERS, given, repeats, read=True)
    rows += _compared(FORMATS, sample(drawn), repeats, read=False)
    rows += [_streamed(given, number) for number in (count, streamed)]
    for row in rows:
        row["times_ours"] = round(row["cpu_ms_per_label"] / rows[0]["cpu_ms_per_label"], 2)
    heads = dict.fromkeys(head for row in rows for head in row)
    return [{head: row.get(head, "") for head in heads} for row in rows]


def _compared(contenders: Sequence[Contender], given: Given, repeats: int, read: bool) -> list[Row]:
    """Medians of the rounds. In a round each contender has its turn, so that a busy minute falls on all of them."""
    found: dict[Contender, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeats):
            for contender in contenders:
                file = Path(folder, str(contenders.index(contender)))
                measured = _measured(contender, file, given)
                if measured:
                    found.setdefault(contender, []).append(measured)
        return [
            _row(contender, rounds, given)
            | (_read_back(Path(folder, str(contenders.index(contender))), given) if read else {})
            for contender, rounds in found.items()
        ]


def _row(contender: Contender, rounds: list[dict[str, Any]], given: Given) -> Row:
    each = [one["seconds"] * 1000 / len(given) for one in rounds]
    return {
        "name": contender.name,
        "labels": len(given),
        "rounds": len(rounds),
        "cpu_ms_per_label": round(median(each), 3),
        "least": round(min(each), 3),
        "most": round(max(each), 3),
        "cold_sheet_cpu_ms": round(median(one["cold_ms"] for one in rounds)),
        "bytes_per_label": round(rounds[0]["bytes"] / len(given)),
    }


def _streamed(given: Given, count: int) -> Row:
    told = _answered(Contender("streamed", "ours_streamed.py"), [str(count)], given)
    assert told, "our own drawing has failed"
    return {
        "name": f"ricochet, {count:,} streamed",
        "labels": count,
        "rounds": 1,
        "cpu_ms_per_label": round(told["seconds"] * 1000 / count, 3),
        "bytes_per_label": round(told["bytes"] / count),
        "peak_mb": round(told["peak_mb"], 1),
        "first_page_ms": round(told["first_page_ms"], 1),
        "last_byte_ms": round(told["last_byte_ms"], 1),
    }


def _measured(contender: Contender, file: Path, given: Given) -> dict[str, Any] | None:
    return _answered(contender, [str(file), *contender.arguments], given)


def _answered(contender: Contender, arguments: list[str], given: Given) -> dict[str, Any] | None:
    """What the script tells of itself; nothing when what it compares with is not installed."""
    path = RIVALS / contender.rivals if contender.rivals else ROOT
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(SCRIPTS / contender.script), *arguments],
        input=json.dumps(given).encode(),
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(path)},
        check=False,
    )
    if done.returncode:
        print(f"left out, {contender.name}: {done.stderr.decode().strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _read_back(file: Path, given: Given) -> Row:
    """How many of the labels asked for are there: QR codes and bars on a picture of the pages, words in their text."""
    codes: set[str] = set()
    text = ""
    document = pypdfium2.PdfDocument(file)
    for page in document:
        picture = page.render(scale=READ_AT_DPI / 72, grayscale=True).to_numpy().squeeze()
        codes |= {found.text for found in zxingcpp.read_barcodes(picture)}
        text += page.get_textpage().get_text_bounded()
    document.close()
    text = "".join(text.split()).replace("\u00a0", "")
    return {
        "qr_read": sum(one["payload"] in codes for one in given),
        "bars_read": sum(one["code"] in codes for one in given),
        "words_found": sum(
            all("".join(line.split()) in text for line in [one["title"], *one["lines"]]) for one in given
        ),
    }


if __name__ == "__main__":
    for row in run(*(int(number) for number in sys.argv[1:])):
        print(row)
