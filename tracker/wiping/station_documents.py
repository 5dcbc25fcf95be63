"""What is put on a station's stick: the script with our address inside, its settings, and its code as a picture."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path

import qrcode
from qrcode.constants import ERROR_CORRECT_M

SCRIPT_NAME = "station.sh"
SETTINGS_NAME = "station.conf"
_SCRIPT = Path(__file__).parent / SCRIPT_NAME
_SAFE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/[]")


def script(site_url: str, language: str) -> bytes:
    """The shell script for this tracker. Raises `ValueError` for an address that could end the script's quotes."""
    if not set(site_url) <= _SAFE:
        raise ValueError(f"{site_url!r} cannot stand in a script")
    text = _SCRIPT.read_text(encoding="utf-8")
    return text.replace("@SERVER@", site_url).replace("@LANGUAGE@", language).encode()


def settings_file(site_url: str, language: str, code: str) -> bytes:
    """`station.conf` with the one-time code, as the script reads it."""
    return f"SERVER={site_url}\nCODE={code}\nLANGUAGE={language}\n".encode()


def qr_address(site_url: str, code: str) -> str:
    """What the code holds: the page of the stations, and the code behind it where no server sees it.

    A scanner at the stick types it as it is, and the script takes the last twelve letters.
    """
    return f"{site_url}/wiping/stations#{code}"


def qr_picture(text: str) -> str:
    """A QR code as a `data:` address of a PNG."""
    drawing = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=6, border=4)
    drawing.add_data(text)
    drawing.make()
    out = BytesIO()
    drawing.make_image().save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
