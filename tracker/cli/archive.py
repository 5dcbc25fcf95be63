"""The file that `tracker backup` makes: a ZIP of the database and the uploads, and a manifest that proves both.

`manifest.json` holds {"format": "ricochet-backup", "version": 1, "made_at": ISO 8601, "database": "sqlite" or
"postgresql", "revision": Alembic's, "members": {name: SHA-256 in hexadecimal}}; `database` is the copy as its own
program makes it; `uploads/…` and `https/…` the files of those folders. Keys that sign are never inside; those of the
workshop's own HTTPS are, because phones that trust them would have to be visited one by one.
"""

from __future__ import annotations

import errno
import hashlib
import json
import lzma
import os
import shutil
import struct
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from tracker.errors import Malformed
from tracker.i18n import N_

FORMAT = "ricochet-backup"
VERSION = 1
MANIFEST = "manifest.json"
DATABASE = "database"
UPLOADS = "uploads"
HTTPS = "https"
PIECE = 1 << 20
MANIFEST_LIMIT = 64 << 20  # bytes; a manifest of a million uploads is not longer than that
MOST_MEMBERS = 500_000
KINDS = (
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
)  # what `pack` writes; the others may ask for any amount of memory
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError),
    *(LookupError, AttributeError, ArithmeticError, ValueError, TypeError, RuntimeError),
)


@dataclass(frozen=True)
class Manifest:
    """What the file says of itself; `members` is name → SHA-256."""

    made_at: str
    database: str
    revision: str
    members: dict[str, str]
    format: str = FORMAT
    version: int = VERSION


def pack(target: Path, sources: dict[str, Path], made_at: str, database: str, revision: str) -> Manifest:
    """Write `target` with each source (member name → file) and the manifest. Mode 0600, on the disk when it returns."""
    with (
        os.fdopen(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as whole,
        zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive,
    ):
        members = {name: _add(archive, name, source) for name, source in sources.items()}
        manifest = Manifest(made_at, database, revision, members)
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
        archive.close()
        whole.flush()
        os.fsync(whole.fileno())
    return manifest


def unpack(source: Path, folder: Path) -> Manifest:
    """Write every member below `folder` and return the manifest. Raises `Malformed` unless each byte is as packed.

    Nothing is written where the members are too many, or larger together than the free space. A member is written as
    the plain file that it says, never as a link.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive)
            _must_find_room(archive, folder)
            for name, digest in manifest.members.items():
                _take(archive, name, digest, folder)
    except (OSError, *DAMAGED) as error:
        if (
            isinstance(error, OSError) and error.errno != errno.EINVAL
        ):  # that: an offset before the file's beginning
            raise
        raise Malformed(
            N_("%(file)s is damaged, or no backup of Ricochet. Nothing was restored: take another copy."),
            file=source,
        ) from error
    return manifest


def _must_find_room(archive: zipfile.ZipFile, folder: Path) -> None:
    """`zipfile` writes no more of a member than the size it says, so what they say together is what they take."""
    needed, free = sum(one.file_size for one in archive.infolist()), shutil.disk_usage(folder).free
    if needed > free:
        raise Malformed(
            N_(
                "What is in %(file)s takes %(needed)s bytes, and %(free)s are free. Make room, or take another copy: "
                "a backup that claims far more than it can hold is damaged or forged."
            ),
            file=archive.filename,
            needed=needed,
            free=free,
        )


def _add(archive: zipfile.ZipFile, name: str, source: Path) -> str:
    entry = zipfile.ZipInfo.from_file(source, name, strict_timestamps=False)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with source.open("rb") as reading, archive.open(entry, "w", force_zip64=True) as writing:
        return _copy(reading, writing)


def _take(archive: zipfile.ZipFile, name: str, digest: str, folder: Path) -> None:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with archive.open(name) as reading, path.open("xb") as writing:
        if _copy(reading, writing) != digest:
            raise ValueError(name)


def _copy(reading: IO[bytes], writing: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := reading.read(PIECE):
        digest.update(piece)
        writing.write(piece)
    return digest.hexdigest()


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    """The manifest, once the archive holds exactly what it lists and no name leads out of the folder."""
    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS or any(one.compress_type not in KINDS for one in entries):
        raise ValueError("more members, or other ones, than a backup has")
    if archive.getinfo(MANIFEST).file_size > MANIFEST_LIMIT:
        raise ValueError(MANIFEST)
    manifest = Manifest(**json.loads(archive.read(MANIFEST)))
    if manifest.format != FORMAT or not isinstance(manifest.version, int):
        raise ValueError(manifest.format)
    if manifest.version != VERSION:
        raise Malformed(
            N_("This backup is of format %(version)s, unknown here. Update Ricochet first, then restore."),
            version=manifest.version,
        )
    names = archive.namelist()
    if sorted(names) != sorted([*manifest.members, MANIFEST]) or DATABASE not in names:
        raise ValueError("the members are not those of the manifest")
    if not all(_inside(name) for name in manifest.members):
        raise ValueError("a name that leads out of the folder")
    return manifest


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    known = name == DATABASE or name.startswith((f"{UPLOADS}/", f"{HTTPS}/"))
    return known and str(path) == name and ".." not in path.parts


def move_below(source: Path, target: Path, *, private: bool = False) -> None:
    """Move each file below `source` to the same place below `target`; `private`: nobody else may read them there."""
    for path in sorted(source.rglob("*")):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, place)
            if private:
                place.chmod(0o600)
