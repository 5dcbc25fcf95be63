"""What a label costs: ours beside `blabel`, `pylabels` and a QR encoder written in C++, in one run.

A thousand labels on an A4 sheet of 21 (L7160) as PDF, each with a QR of 45 characters, a Code 128 and four lines of
text. Every contender runs in a process of its own, warmed up with one sheet, one after the other, as often as asked;
the figure is the median of the processor time. `pylabels` is looked for in `bench/work/rivals` (its package is called
`labels`, as ours is); what is not installed is named and left out.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import TypedDict

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(__file__).with_name("label_contenders")
OURS = "ricochet"
CONTENDERS = {
    OURS: "ours.py",
    "ricochet with the matrices of zxing-cpp": "ours_with_zxing.py",
    "blabel (WeasyPrint)": "with_blabel.py",
    "pylabels (reportlab)": "with_pylabels.py",
}


class Row(TypedDict):
    """One line of the table: processor time and size, and how many times our time that is."""

    name: str
    labels: int
    ms_per_label: float
    megabytes: float
    ratio: float


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


def run(count: int = 1_000, repeats: int = 5) -> list[Row]:
    """The table, ours first. Takes about a minute for each repeat."""
    given = json.dumps(sample(count)).encode()
    found: dict[str, list[tuple[float, int]]] = {name: [] for name in CONTENDERS}
    for _ in range(repeats):
        for name, script in CONTENDERS.items():
            result = _measured(SCRIPTS / script, given)
            if result is not None:
                found[name].append(result)
    ours = median(seconds for seconds, _ in found[OURS])
    return [
        Row(
            name=name,
            labels=count,
            ms_per_label=round(median(seconds for seconds, _ in results) * 1000 / count, 3),
            megabytes=round(results[0][1] / 1e6, 2),
            ratio=round(median(seconds for seconds, _ in results) / ours, 2),
        )
        for name, results in found.items()
        if results
    ]


def _measured(script: Path, given: bytes) -> tuple[float, int] | None:
    """Seconds of processor and bytes of PDF; nothing when what it compares with is not installed."""
    path = os.pathsep.join([str(ROOT / "bench/work/rivals")] if "pylabels" in script.name else [str(ROOT)])
    done = subprocess.run(
        [sys.executable, str(script)],
        input=given,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )
    if done.returncode:
        print(f"{script.name}: {done.stderr.decode().strip().splitlines()[-1]}", file=sys.stderr)
        return None
    answer = json.loads(done.stdout.splitlines()[-1])
    return float(answer["seconds"]), int(answer["bytes"])


if __name__ == "__main__":
    for row in run(*(int(number) for number in sys.argv[1:])):
        print(row)
