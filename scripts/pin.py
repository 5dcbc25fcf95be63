"""Write constraints.txt anew: what pip resolves today, one version that all the given Pythons can have.

scripts/pin.py python3.11 python3.12 python3.13
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
# Exact versions of everything, transitive too, for Python {pythons}.
# Written by `scripts/pin.py`; after it, run `make test`.
"""


def main(interpreters: list[str]) -> None:
    resolved = [resolve(interpreter) for interpreter in interpreters]
    names = sorted({name for found in resolved for name in found}, key=str.lower)
    lines = [line(name, resolved) for name in names]
    header = HEADER.format(pythons=" · ".join(version(interpreter) for interpreter in interpreters))
    (ROOT / "constraints.txt").write_text(header + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"constraints.txt: {len(lines)} packages")


def resolve(interpreter: str) -> dict[str, str]:
    """What pip would install for this Python: name → version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    build = project["build-system"]["requires"]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run([interpreter, "-m", "venv", f"{folder}/venv"], check=True)
        pip = [f"{folder}/venv/bin/python", "-m", "pip", "install", "-q"]
        subprocess.run([*pip, "-U", "pip"], check=True)
        subprocess.run(
            [
                *pip,
                "--dry-run",
                "--ignore-installed",
                "--report",
                report,
                ".[test]",
                "editables",
                *build,
            ],
            check=True,
            cwd=ROOT,
        )
        installs = json.loads(report.read_text(encoding="utf-8"))["install"]
    own = project["project"]["name"]
    found = {item["metadata"]["name"]: item["metadata"]["version"] for item in installs}
    return {name: number for name, number in found.items() if name != own}


def line(name: str, resolved: list[dict[str, str]]) -> str:
    """The lowest version any of them got: the others can have it too, as a rule; `make test` tells."""
    versions = {found[name] for found in resolved if name in found}
    return f"{name}=={min(versions, key=lambda number: [int(part) for part in number.split('.') if part.isdigit()])}"


def version(interpreter: str) -> str:
    command = [interpreter, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
