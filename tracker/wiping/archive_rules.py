"""A ZIP of report files among those dropped: how much of it is unpacked, and how deep. `zip_rules` reads its layout.

An archive that is not honest, or too large, is refused as a whole, in one sentence; the other files are taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracker.i18n import N_, Sentence
from tracker.wiping import zip_rules
from tracker.wiping.readings import say
from tracker.wiping.zip_rules import NotOpened

MOST_FILES = 500
MOST_BYTES = 64 * 1024 * 1024
MOST_ENTRIES = 700
"""Folders and what systems leave behind count here, though not as files."""
LARGEST_FILE = 8 * 1024 * 1024
"""Larger ones in an archive are stepped over: a stick holds its own system beside the reports."""
DEEPEST = 2
"""A ZIP within a ZIP is opened, a third one inside is not."""

_JUNK = re.compile(
    r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$|System Volume Information/)"
)

_TOO_MANY = N_(
    "This ZIP holds more than %(count)s files. Make several of it, or leave out what is no report."
)
_TOO_MUCH = N_("This ZIP holds more than %(size)s MB. Make several of it, or leave out what is no report.")
_TOO_DEEP = N_("A ZIP inside a ZIP is opened, but not the next one inside. Unpack it first.")
_EMPTY = N_("This ZIP holds no file.")
_STEPPED_OVER = N_("Larger than %(size)s MB: this is no report, it was not looked at.")


@dataclass(frozen=True)
class Piece:
    """One file of a drop with its path, or what is said instead of it."""

    name: str
    data: bytes = b""
    refusal: Sentence | None = None


@dataclass
class Room:
    """How much may still be unpacked in one go."""

    files: int = MOST_FILES
    size: int = MOST_BYTES


def is_archive(name: str, data: bytes) -> bool:
    """Whether a dropped file is a ZIP that should be opened; an office document is one too, and is not."""
    return name.lower().endswith(".zip") and data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def pieces(name: str, data: bytes, room: Room, depth: int = 1) -> list[Piece]:
    """The files of the archive, archives within it opened too; or the one sentence why it is not opened.

    Nothing of an archive is taken unless all of it holds.
    """
    before = (room.files, room.size)
    try:
        if depth > DEEPEST:
            raise NotOpened(_TOO_DEEP)
        return [piece for one in _unpacked(data, room) for piece in _opened(name, one, room, depth)]
    except NotOpened as refused:
        room.files, room.size = before
        return [Piece(name, refusal=refused.sentence)]


def _opened(archive: str, one: Piece, room: Room, depth: int) -> list[Piece]:
    path = f"{archive}/{one.name}"
    if one.refusal is None and is_archive(path, one.data):
        return pieces(path, one.data, room, depth + 1)
    return [Piece(path, one.data, one.refusal)]


def _unpacked(data: bytes, room: Room) -> list[Piece]:
    entries = [zip_rules.placed(data, one) for one in zip_rules.listed(data, MOST_ENTRIES)]
    wanted = [one for one in entries if not one.name.endswith("/") and not _JUNK.search(one.name)]
    zip_rules.must_lie_apart(entries)
    taken = [one for one in wanted if one.size <= LARGEST_FILE]
    if not wanted:
        raise NotOpened(_EMPTY)
    room.files -= len(wanted)
    room.size -= sum(one.size for one in taken)
    if room.files < 0:
        raise NotOpened(_TOO_MANY, count=MOST_FILES)
    if room.size < 0:
        raise NotOpened(_TOO_MUCH, size=MOST_BYTES // 1024**2)
    stepped = say(_STEPPED_OVER, size=LARGEST_FILE // 1024**2)
    return [
        Piece(one.name, zip_rules.body(data, one))
        if one.size <= LARGEST_FILE
        else Piece(one.name, refusal=stepped)
        for one in wanted
    ]
