"""What reports say of a computer's inside, made comparable: names without ornament, sizes within reason.

Tools and people name one thing in many ways: "Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz" and "i5-8250U", 7.6 GB left of
8 beside the graphics chip, 256 GB that a tool calls 238.5.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TypeAlias

from tracker.devices.rules import DeviceType
from tracker.i18n import N_

Value: TypeAlias = "str | int | float"


class Piece(StrEnum):
    """One fact about what is inside: the key of a device's specification, which says its unit."""

    CPU = "cpu"
    MEMORY = "memory_mb"
    STORAGE = "storage_gb"
    BATTERY = "battery_percent"
    SCREEN = "screen_inches"
    GRAPHICS = "graphics"


PIECES: dict[Piece, str] = {
    Piece.CPU: N_("Processor"),
    Piece.MEMORY: N_("Memory"),
    Piece.STORAGE: N_("Storage"),
    Piece.BATTERY: N_("Battery"),
    Piece.SCREEN: N_("Screen size"),
    Piece.GRAPHICS: N_("Graphics"),
}

# A desktop's "battery" is that of a mouse or of a power supply, its screen is another device of ours.
_WITH_BATTERY = frozenset({DeviceType.LAPTOP, DeviceType.TABLET, DeviceType.SMARTPHONE})
_WITH_SCREEN = _WITH_BATTERY | {DeviceType.ALL_IN_ONE}

# Outside of these a tool has misread: (least, most).
_PLAUSIBLE: dict[Piece, tuple[float, float]] = {
    Piece.MEMORY: (256, 4 * 2**20),
    Piece.STORAGE: (1, 1_000_000),
    Piece.BATTERY: (1, 110),
    Piece.SCREEN: (3, 60),
}

# The smaller value divided by the larger one, from which two say the same. Memory: what a graphics chip takes, and 4 is
# never taken for 6. Storage: 931 binary for 1,000 decimal. Screens: 14 inches are not 13.3.
_SAME: dict[Piece, float] = {Piece.MEMORY: 0.87, Piece.STORAGE: 0.92, Piece.SCREEN: 0.97}
_SAME_BATTERY_POINTS = 5
_FULL = 100

_MARKS = re.compile(r"\((?:R|TM|C)\)|[®™©]", re.IGNORECASE)
_AFTER_CPU = re.compile(r"@.*$|,? \d+ compute cores.*$| (?:with|w/) radeon.*$", re.IGNORECASE)
_CPU_NOISE = re.compile(
    r"\b(?:\d+th|\d+st|\d+nd|\d+rd) gen\b|\b(?:dual|triple|quad|six|eight|\d+)-core processor\b|\bcpu\b|\bprocessor\b|\bgenuine\b",
    re.IGNORECASE,
)
_NO_CPU = re.compile(
    r"qemu|virtual|^pc-|^(?:\d+|unknown|other|central|undefined|not specified|none|n/a|0+)?$", re.IGNORECASE
)
_AMD = re.compile(r"advanced micro devices,?(?: inc\.?)?(?: \[amd(?:/ati)?\])?", re.IGNORECASE)
_FIRM = re.compile(r"\b(?:corporation|corp\.?|inc\.?|co\.,? ltd\.?|technologies)(?=\s|$|,)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\[([^\[\]]+)\]")
_NO_GRAPHICS = re.compile(
    r"^\S*fb$|^(?:efi|vesa) vga|^simple(?:drm)?$|virtio|\bqxl\b|bochs|cirrus|vmware|virtualbox|llvmpipe|red hat|hyper-v",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z0-9]+")
_UNSAID = re.compile(r"core|processor|cpu|gen|generation|graphics|controller|\d+(?:th|st|nd|rd|e|eme)")

# eMMC and the smallest SSD are sold by a power of two and hold a little less.
_SOLD_AS = (8, 16, 32, 64, 128)
_NEARLY = 0.96


def belongs(piece: Piece, kind: DeviceType) -> bool:
    """Whether a device of that type has such a part of its own."""
    if piece is Piece.BATTERY:
        return kind in _WITH_BATTERY
    if piece is Piece.SCREEN:
        return kind in _WITH_SCREEN
    return True


def cleaned(piece: Piece, value: Value | None) -> Value | None:
    """The value as it is kept and shown; None for what says nothing: placeholders, virtual parts, absurd numbers."""
    if value is None:
        return None
    if piece is Piece.CPU:
        return cpu_name(str(value))
    if piece is Piece.GRAPHICS:
        return graphics_name(str(value))
    return _plausible(piece, value)


def _plausible(piece: Piece, value: Value) -> Value | None:
    least, most = _PLAUSIBLE[piece]
    if isinstance(value, str | bool) or not least <= value <= most:
        return None
    if piece is Piece.SCREEN:
        return round(float(value), 1)
    return min(round(value), _FULL) if piece is Piece.BATTERY else round(value)


def cpu_name(text: str) -> str | None:
    """`Intel Core i5-8250U` of "Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz"; None for a virtual one or a placeholder."""
    if _NO_CPU.search(text.strip()):
        return None
    plain = _CPU_NOISE.sub(" ", _AFTER_CPU.sub(" ", _MARKS.sub(" ", text)))
    return " ".join(plain.split()).strip(" ,-") or None


def graphics_name(text: str) -> str | None:
    """`Intel HD Graphics 520` of "Intel Skylake GT2 [HD Graphics 520]", several with a plus; None where none is real."""
    names = (_chip_name(part) for part in text.split(" + "))
    return " + ".join(dict.fromkeys(name for name in names if name)) or None


def _chip_name(text: str) -> str | None:
    if _NO_GRAPHICS.search(text.strip()):
        return None
    plain = _FIRM.sub(" ", _AMD.sub("AMD", _MARKS.sub(" ", text)))
    sold = _IN_BRACKETS.search(plain)
    words = f"{plain.split()[0]} {sold[1]}" if sold else plain
    return " ".join(words.replace(" ,", ",").split()).strip(" ,") or None


def marketed_gb(size_bytes: int) -> int:
    """What a drive of that many bytes is sold as, in GB of 10⁹ bytes."""
    size = round(size_bytes / 10**9)
    return next((sold for sold in _SOLD_AS if sold * _NEARLY <= size < sold), size)


def agree(piece: Piece, one: Value, other: Value) -> bool:
    """Whether two say the same: of names one may say less than the other, numbers are within what tools differ by."""
    if isinstance(one, str) or isinstance(other, str):
        said, also = _words(one), _words(other)
        return said <= also or also <= said
    if piece is Piece.BATTERY:
        return abs(one - other) <= _SAME_BATTERY_POINTS
    return min(one, other) >= _SAME.get(piece, 1) * max(one, other)


def _words(value: Value) -> set[str]:
    plain = _MARKS.sub(" ", str(value)).casefold()
    return {word for word in _WORD.findall(plain) if not _UNSAID.fullmatch(word)}
