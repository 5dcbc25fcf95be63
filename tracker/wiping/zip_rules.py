"""The layout of a ZIP, read without trust: every figure it gives of itself is checked before anything is unpacked.

After APPNOTE.TXT 6.3.10 of PKWARE; only what makers of report bundles write is taken: stored or deflated files, no
encryption, no ZIP64, no links. What is not honest raises `NotOpened`.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tracker.i18n import N_
from tracker.wiping.readings import say

HIGHEST_RATIO = 300
RATIO_FROM = 1024 * 1024
"""Text of logs shrinks to a tenth or a fiftieth; what is smaller than this needs no judgement."""

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _LATER_SIZES, _UTF8, _STRONG, _MASKED = 0x1, 0x8, 0x800, 0x40, 0x2000
_STORED, _DEFLATED = 0, 8
_UNIX, _KIND, _REGULAR, _FOLDER, _LINK = 3, 0o170000, 0o100000, 0o040000, 0o120000
_ZIP64, _ALL_ONES = 1, 0xFFFFFFFF
_DRIVE_LETTER = re.compile(r"[A-Za-z]:")
_TOO_MANY = N_(
    "This ZIP holds more than %(count)s files. Make several of it, or leave out what is no report."
)
_DAMAGED = N_("This ZIP is damaged or was cut off: %(what)s. Make it again, or send its files as they are.")
_NO_END = N_("its list of files is missing")
_LIST_WRONG = N_("its list of files is not whole")
_DIFFERS = N_("“%(file)s” says two different things of itself")
_WRONG_SIZE = N_("“%(file)s” has not the size it names")
_WRONG_SUM = N_("“%(file)s” does not have the checksum it names")
_OVERLAP = N_("“%(file)s” lies on top of another file")
_TWICE = N_("“%(file)s” is in it twice")
_LOCKED = N_("This ZIP has a password. Make it again without one.")
_ZIP64_REFUSED = N_(
    "This ZIP is of the kind for huge archives (ZIP64). Make an ordinary one of the reports alone."
)
_ODD_METHOD = N_("“%(file)s” is packed in a way that is not read here. Make an ordinary ZIP.")
_OUTSIDE = N_(
    "“%(file)s” in this ZIP points outside of it. Make the ZIP again from the folder of the reports."
)
_NO_FILE = N_("“%(file)s” in this ZIP is a link, not a file. Put the report itself into the ZIP.")
_ODD_NAME = N_(
    "A file in this ZIP has a name with forbidden signs. Give it a plain name and make the ZIP again."
)
_BOMB = N_("“%(file)s” would grow out of all measure when unpacked. This ZIP is not opened.")


class NotOpened(Exception):
    """Why an archive is refused."""

    def __init__(self, message: str, **details: object) -> None:
        self.sentence = say(message, **details)
        super().__init__(str(self.sentence))


@dataclass(frozen=True)
class Entry:
    """One file as the list of the archive names it; `body`: where its bytes begin, 0 until looked for."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    start: int
    body: int = 0


def listed(data: bytes, most: int) -> Iterator[Entry]:
    """The entries as the archive's own list names them, `most` at most; a longer list is not even read."""
    count, size, start = _end(data)
    if count > most:
        raise NotOpened(_TOO_MANY, count=most)
    at, end, names = start, start + size, set()
    for _ in range(count):
        if at + _CENTRAL.size > end:
            raise _damaged(_LIST_WRONG)
        entry, at = _entry(data, at)
        if at > end:
            raise _damaged(_LIST_WRONG)
        if entry.name in names:
            raise _damaged(_TWICE, entry.name)
        names.add(entry.name)
        yield entry
    if at != end:
        raise _damaged(_LIST_WRONG)


def _end(data: bytes) -> tuple[int, int, int]:
    """Number of entries, size and place of their list, from the record that ends the archive."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 0xFFFF - _END.size))
    if at < 0 or at + _END.size > len(data):
        raise _damaged(_NO_END)
    _, disk, list_disk, here, count, size, start, comment = _END.unpack_from(data, at)
    if (
        0xFFFF in (disk, here, count)
        or _ALL_ONES in (size, start)
        or data[at - 20 : at - 16] == b"PK\x06\x07"
    ):
        raise NotOpened(_ZIP64_REFUSED)
    if disk or list_disk or here != count or start + size != at or at + _END.size + comment != len(data):
        raise _damaged(_LIST_WRONG)
    return count, size, start


def _entry(data: bytes, at: int) -> tuple[Entry, int]:
    head = _CENTRAL.unpack_from(data, at)
    sign, made_by, _, flags, method, _, _, checksum, packed, size, n_name, n_extra, n_note, disk, _, kind, start = (
        head[0], head[1], *head[2:]
    )  # fmt: skip
    if sign != b"PK\x01\x02" or disk:
        raise _damaged(_LIST_WRONG)
    begins = at + _CENTRAL.size
    raw, extra = data[begins : begins + n_name], data[begins + n_name : begins + n_name + n_extra]
    entry = Entry(_named(raw, flags), raw, flags, method, checksum, packed, size, start)
    _must_be_plain(entry, made_by >> 8, kind >> 16)
    if _ALL_ONES in (packed, size, start) or _ZIP64 in _extra_ids(extra):
        raise NotOpened(_ZIP64_REFUSED)
    return entry, begins + n_name + n_extra + n_note


def _extra_ids(extra: bytes) -> Iterator[int]:
    at = 0
    while at + 4 <= len(extra):
        word, size = struct.unpack_from("<2H", extra, at)
        yield word
        at += 4 + size


def _named(raw: bytes, flags: int) -> str:
    """The path with forward strokes. Many tools write UTF-8 without saying so; the others mean the DOS page."""
    if b"\0" in raw or not raw:
        raise NotOpened(_ODD_NAME)
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        if flags & _UTF8:
            raise NotOpened(_ODD_NAME) from None
        name = raw.decode("cp437")
    name = name.replace("\\", "/")
    if not name.isprintable():
        raise NotOpened(_ODD_NAME)
    if name.startswith("/") or _DRIVE_LETTER.match(name) or ".." in name.split("/"):
        raise NotOpened(_OUTSIDE, file=name[-120:])
    return name


def _must_be_plain(one: Entry, system: int, mode: int) -> None:
    shown = one.name[-120:]
    if one.flags & (_ENCRYPTED | _STRONG | _MASKED):
        raise NotOpened(_LOCKED)
    if system == _UNIX and mode & _KIND not in (0, _REGULAR, _FOLDER):
        raise NotOpened(_NO_FILE, file=shown)
    if one.method not in (_STORED, _DEFLATED):
        raise NotOpened(_ODD_METHOD, file=shown)
    if one.name.endswith("/") and one.size:
        raise _damaged(_DIFFERS, shown)
    if one.method == _STORED and one.packed != one.size:
        raise _damaged(_WRONG_SIZE, shown)
    if one.size > RATIO_FROM and one.size > HIGHEST_RATIO * one.packed:
        raise NotOpened(_BOMB, file=shown)


def placed(data: bytes, one: Entry) -> Entry:
    """The entry with the place of its bytes; what stands before them must say the same as the list."""
    shown = one.name[-120:]
    if one.start + _LOCAL.size > len(data):
        raise _damaged(_LIST_WRONG)
    sign, _, flags, method, _, _, checksum, packed, size, n_name, n_extra = _LOCAL.unpack_from(
        data, one.start
    )
    begins = one.start + _LOCAL.size
    same = (flags & ~_UTF8, method) == (one.flags & ~_UTF8, one.method)
    if sign != b"PK\x03\x04" or not same or data[begins : begins + n_name] != one.raw_name:
        raise _damaged(_DIFFERS, shown)
    told = (checksum, packed, size)
    if not flags & _LATER_SIZES and told != (one.checksum, one.packed, one.size):
        raise _damaged(_DIFFERS, shown)
    return replace(one, body=begins + n_name + n_extra)


def must_lie_apart(entries: Sequence[Entry]) -> None:
    """No two share bytes: such files make a small archive large without a high ratio (Fifield, WOOT 2019)."""
    end = 0
    for one in sorted(entries, key=lambda entry: entry.start):
        if one.start < end:
            raise _damaged(_OVERLAP, one.name[-120:])
        end = one.body + one.packed


def body(data: bytes, one: Entry) -> bytes:
    """The file itself, of exactly the size and checksum it names."""
    packed = data[one.body : one.body + one.packed]
    if len(packed) != one.packed:
        raise _damaged(_WRONG_SIZE, one.name[-120:])
    content = packed if one.method == _STORED else _inflated(packed, one)
    if len(content) != one.size:
        raise _damaged(_WRONG_SIZE, one.name[-120:])
    if zlib.crc32(content) != one.checksum:
        raise _damaged(_WRONG_SUM, one.name[-120:])
    return content


def _inflated(packed: bytes, one: Entry) -> bytes:
    """At most one byte more than was named."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        body = stream.decompress(packed, one.size + 1)
    except zlib.error:
        raise _damaged(_WRONG_SUM, one.name[-120:]) from None
    if len(body) == one.size and not stream.eof:
        body += stream.decompress(stream.unconsumed_tail, 1)
    if not stream.eof or stream.unused_data:
        raise _damaged(_WRONG_SIZE, one.name[-120:])
    return body


def _damaged(what: str, file: str | None = None) -> NotOpened:
    return NotOpened(_DAMAGED, what=say(what, **({"file": file} if file is not None else {})))
