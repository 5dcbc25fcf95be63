"""A boot stick: the real script in a folder, run by a real shell against a real server."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests import make
from tests.wiping.reports import NEW, text
from tracker.app import create_app
from tracker.database import transaction
from tracker.wiping import station_documents, station_operations

SHELLS = [["dash"], ["busybox", "ash"], ["bash", "--posix"]]
NO_PROGRAM = "no-program-of-this-name"  # the machine of the tests may really run nwipe


@dataclass
class Stick:
    """A folder with the script; `say` is everything that the last run printed."""

    folder: Path
    url: str
    shell: tuple[str, ...] = ("sh",)
    said: str = ""

    def put(self, name: str = "nwipe_log_1.txt", content: str | bytes | None = None) -> Path:
        data = text(NEW) if content is None else content
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def run(self, *arguments: str, lang: str = "en_GB.UTF-8", **environment: str) -> int:
        """Run the script; its exit code. Waits are short."""
        waits = {"RICOCHET_TRIES": "1", "RICOCHET_WAIT_S": "0", "RICOCHET_CALL_S": "20"}
        given = {"PATH": os.environ["PATH"], "LANG": lang, **waits, **environment}
        done = subprocess.run(
            [*self.shell, str(self.folder / "station.sh"), *arguments],
            env=given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        self.said = done.stdout.decode() + done.stderr.decode()
        return done.returncode

    def files(self, part: str) -> list[str]:
        return sorted(path.name for path in (self.folder / "ricochet" / part).glob("*"))

    def setting(self, name: str) -> str:
        lines = (self.folder / "ricochet" / "station.conf").read_text().splitlines()
        return next(line.split("=", 1)[1] for line in lines if line.startswith(f"{name}="))


def stick(folder: Path, url: str, code: str = "", shell: list[str] | None = None) -> Stick:
    """A stick with the script of that server; with `code` its settings file too."""
    folder.mkdir(parents=True)
    (folder / "station.sh").write_bytes(station_documents.script(url, "en"))
    settings = f"WIPER={NO_PROGRAM}\nINVENTORY=no\nCODE={code}\n"
    (folder / "station.conf").write_text(settings, newline="\r\n")
    return Stick(folder, url, tuple(shell or ["sh"]))


def code_of(name: str = "Stick 1") -> str:
    """The code of a new station, in the database of the settings."""
    with create_app().app_context():
        by = make.actor("coordinator")
        with transaction():
            return station_operations.add(name, by)[1]


def missing(shell: list[str]) -> bool:
    return shutil.which(shell[0]) is None
