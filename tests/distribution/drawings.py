"""Signatures as a browser sends them, good and bad."""

from __future__ import annotations

import base64
import struct
import zlib
from io import BytesIO

from PIL import Image, ImageDraw

PREFIX = "data:image/png;base64,"


def data_url(raw: bytes) -> str:
    return PREFIX + base64.b64encode(raw).decode()


def png(width: int = 600, height: int = 200, *, ink: bool = True, mode: str = "RGB") -> bytes:
    """A sheet, with a stroke across it where there is ink."""
    picture = Image.new(mode, (width, height), "white" if mode != "RGBA" else (0, 0, 0, 0))
    if ink:
        points = [(30, 150), (120, 40), (180, 160), (260, 50), (420, 140), (560, 60)]
        ImageDraw.Draw(picture).line(points, fill="#1c2733", width=4, joint="curve")
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def drawn() -> str:
    return data_url(png())


def bomb(side: int) -> bytes:
    """A PNG that is small as a file and says that it is `side` pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">2I5B", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )
