"""ZIPs made by hand, honest and not: each figure can be set apart from what is true."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib


def honest(*files: tuple[str, str | bytes], stored: bool = False) -> bytes:
    """As the standard library packs them."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return kept.getvalue()


class Forged:
    """An archive put together piece by piece."""

    def __init__(self) -> None:
        self.body, self.list, self.count = b"", b"", 0

    def add(
        self,
        name: bytes,
        data: bytes = b"x",
        *,
        flags: int = 0,
        method: int = 8,
        size: int | None = None,
        checksum: int | None = None,
        start: int | None = None,
        local_name: bytes | None = None,
        local_size: int | None = None,
        mode: int = 0o100644,
        extra: bytes = b"",
    ) -> Forged:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush() if method == 8 else data
        told, crc = len(data) if size is None else size, zlib.crc32(data) if checksum is None else checksum
        first = local_name if local_name is not None else name
        here = len(self.body) if start is None else start
        self.list += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 3 << 8 | 20, 20, flags, method, 0, 0, crc, len(packed), told,
            len(name), len(extra), 0, 0, 0, mode << 16, here,
        ) + name + extra  # fmt: skip
        self.count += 1
        if start is None:
            self.body += struct.pack(
                "<4s5H3L2H", b"PK\3\4", 20, flags, method, 0, 0, crc, len(packed),
                told if local_size is None else local_size, len(first), 0,
            ) + first + packed  # fmt: skip
        return self

    def done(self, *, count: int | None = None, size: int | None = None, before_end: bytes = b"") -> bytes:
        told = self.count if count is None else count
        end = struct.pack(
            "<4s4H2LH",
            b"PK\5\6",
            0,
            0,
            told,
            told,
            len(self.list) if size is None else size,
            len(self.body),
            0,
        )
        return self.body + self.list + before_end + end
