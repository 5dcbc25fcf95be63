"""The helper as it is taken away: one script, with our address inside."""

from __future__ import annotations

import re
from pathlib import Path

SCRIPT_NAME = "ricochet-print.py"
_HERE = Path(__file__).parent
_PARTS = ("workshop_kept", "workshop_ways")
_MAIN = "workshop_print"
_FUTURE = "from __future__ import annotations\n"
_IMPORT = re.compile(r"^(?:import|from) .*\n", re.MULTILINE)
_SAFE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/[]")


def script(site_url: str) -> bytes:
    """One file: the helper with its ways to printers inside, and our address.

    Raises `ValueError` for an address that could end the script's quotes.
    """
    if not set(site_url) <= _SAFE:
        raise ValueError(f"{site_url!r} cannot stand in a script")
    head, _, main = _text(_MAIN).partition(_FUTURE)
    bodies = [*(_text(name).partition(_FUTURE)[2] for name in _PARTS), main]
    imports = {line for body in bodies for line in _IMPORT.findall(body) if "tracker." not in line}
    plain = [_IMPORT.sub("", body).strip("\n") for body in bodies]
    whole = head + _FUTURE + "\n" + "".join(sorted(imports, key=_order)) + "\n" + "\n\n\n".join(plain) + "\n"
    return whole.replace("@SERVER@", site_url).encode()


def _order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line


def _text(name: str) -> str:
    return (_HERE / f"{name}.py").read_text(encoding="utf-8")
