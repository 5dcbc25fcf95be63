"""What was dropped in one go, unpacked and read before anything is written: pure, and within limits.

Reading may take seconds, and while the database is written nobody else can write: so it happens before.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from tracker.errors import Malformed
from tracker.i18n import N_, Sentence
from tracker.wiping import bundle_rules, readers
from tracker.wiping.archive_rules import MOST_BYTES, MOST_FILES, Piece, Room, is_archive, pieces
from tracker.wiping.readings import ReportReading, say

MOST_ATTEMPTS = 1_000
"""Wipes in one go: a stick that wiped ten computers a day fills this in ten weeks."""
LONGEST_S = 20.0
"""How long one go may be read: the web server gives up after thirty."""

_NO_TIME = N_("There was no time left to read this file: send it again, with fewer others.")
_TOO_MANY_RUNS = N_(
    "With this file the go would hold more than %(count)s wipes: send it again by itself. The files before it are taken."
)


@dataclass(frozen=True)
class ReadFile:
    """One file with what it says."""

    name: str
    data: bytes
    digest: str
    reading: ReportReading


@dataclass(frozen=True)
class Refused:
    """One file that was not taken, and why."""

    name: str
    reason: Sentence


@dataclass(frozen=True)
class Drop:
    """The files of one go in their order, and those that were refused."""

    files: tuple[ReadFile, ...]
    refused: tuple[Refused, ...] = ()


def opened(
    files: Sequence[tuple[str, bytes]],
    beside: Sequence[tuple[str, bytes]] = (),
    now: Callable[[], float] = time.monotonic,
) -> Drop:
    """Unpack the archives among `files` (name as dropped, bytes), read everything, join what belongs together.

    `beside`: files of the same go that came before and may name a drive that one of these does not.
    A hostile archive is refused in words and the others are taken. Raises `Malformed` when there are none, or too many.
    """
    _must_fit(files)
    room = Room(MOST_FILES - sum(not is_archive(*one) for one in files))
    laid_out = [piece for name, data in files for piece in _laid_out(name, data, room)]
    drop = _read(laid_out, now() + LONGEST_S, now)
    known = [_said(name, data, readers.read(data, name)) for name, data in beside]
    return replace(drop, files=_joined(drop.files, known))


def read(files: Sequence[tuple[str, bytes]]) -> Drop:
    """Read `files` as they are: no archive is opened, so that each one has its answer."""
    _must_fit(files)
    return Drop(tuple(_said(name, data, readers.read(data, name)) for name, data in files))


def _must_fit(files: Sequence[tuple[str, bytes]]) -> None:
    if not files:
        raise Malformed(N_("Choose at least one report file."), field="files")
    if len(files) > MOST_FILES or sum(len(data) for _, data in files) > MOST_BYTES:
        raise Malformed(
            N_("At most %(files)s files and %(size)s MB at a time: send them in several goes."),
            field="files",
            files=MOST_FILES,
            size=MOST_BYTES // 1024**2,
        )


def _laid_out(name: str, data: bytes, room: Room) -> list[Piece]:
    return pieces(name, data, room) if is_archive(name, data) else [Piece(name, data)]


def _read(laid_out: Iterable[Piece], until: float, now: Callable[[], float]) -> Drop:
    files: list[ReadFile] = []
    refused: list[Refused] = []
    left = MOST_ATTEMPTS
    for piece in laid_out:
        if piece.refusal is not None or now() > until:
            refused.append(Refused(piece.name, piece.refusal or say(_NO_TIME)))
            continue
        one = _said(piece.name, piece.data, readers.read(piece.data, piece.name))
        count = len(one.reading.wipes)
        # One that is too long by itself is kept, and said to be so where it is judged.
        if left < count <= MOST_ATTEMPTS:
            refused.append(Refused(piece.name, say(_TOO_MANY_RUNS, count=MOST_ATTEMPTS)))
            continue
        left -= count if count <= MOST_ATTEMPTS else 0
        files.append(one)
    return Drop(tuple(files), tuple(refused))


def _joined(files: Sequence[ReadFile], known: Sequence[ReadFile]) -> tuple[ReadFile, ...]:
    """Each status that names no drive with the file that does; where there is none, with a word of why."""
    everything = [*files, *known]
    found = bundle_rules.joins([bundle_rules.Told(one.name, one.reading) for one in everything])
    return tuple(_with(one, found[n], everything) if n in found else one for n, one in enumerate(files))


def _with(one: ReadFile, join: bundle_rules.Join, files: Sequence[ReadFile]) -> ReadFile:
    if join.identity is None:
        return replace(one, reading=replace(one.reading, notes=join.reasons))
    identity = files[join.identity]
    data = bundle_rules.packed((one.name, one.data), (identity.name, identity.data))
    return _said(one.name, data, join.reading)


def _said(name: str, data: bytes, reading: ReportReading) -> ReadFile:
    return ReadFile(name, data, hashlib.sha256(data).hexdigest(), reading)
