"""The formats labels come out in. To add one: a file with a `write` of the same shape, and a line here."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import RawIOBase
from itertools import chain
from typing import Any, NamedTuple

from labels import brother, pdf, png, svg, zpl
from labels.errors import LabelError
from labels.label import Label
from labels.media import Medium
from labels.sheets import Printing

Writer = Callable[[Iterable[Label], Medium, Printing], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """`paged`: each chunk of the writer is a file of its own, a page each; else all chunks are one file."""

    name: str
    extension: str
    media_type: str
    write: Writer
    paged: bool = False


FORMATS: dict[str, Format] = {
    made.name: made
    for made in (
        Format("pdf", "pdf", "application/pdf", pdf.write),
        Format("svg", "svg", "image/svg+xml", svg.write, paged=True),
        Format("png", "png", "image/png", png.write, paged=True),
        Format("zpl", "zpl", "application/vnd.zebra-zpl", zpl.write),
        Format("brother", "prn", "application/octet-stream", brother.write),
    )
}


class Rendered(NamedTuple):
    """A file on its way: what it is, the ending its name should have, and its bytes as they are made."""

    media_type: str
    extension: str
    chunks: Iterator[bytes]


def render(labels: Iterable[Label], medium: Medium, name: str, printing: Printing | None = None) -> Rendered:
    """Labels on a medium in the format of that name. Everything that can be refused is refused before this returns, except the
    labels after the first page. Pictures of more than one page come as a ZIP of pictures."""
    chosen = FORMATS.get(name)
    if chosen is None:
        raise LabelError(
            "There is no label format “%(name)s”. Choose one of: %(known)s.",
            name=name,
            known=", ".join(FORMATS),
        )
    chunks = chosen.write(labels, medium, printing or Printing())
    first, second = next(chunks), next(chunks, None)
    begun = chain([first] if second is None else [first, second], chunks)
    if chosen.paged and second is not None:
        return Rendered("application/zip", "zip", _zipped(begun, chosen.extension))
    return Rendered(chosen.media_type, chosen.extension, begun)


class _Outlet(RawIOBase):
    """What `zipfile` writes to: bytes wait here until they are taken."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        piece = bytes(data)
        self.waiting += piece
        return len(piece)

    def take(self) -> bytes:
        data = bytes(self.waiting)
        self.waiting.clear()
        return data


def _zipped(files: Iterator[bytes], extension: str) -> Iterator[bytes]:
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for number, data in enumerate(files, 1):
            archive.writestr(zipfile.ZipInfo(f"labels-{number:03d}.{extension}"), data)
            yield outlet.take()
    yield outlet.take()
