"""QR symbols from a table of `qrcode`'s own matrices.

With version, level and mask fixed, a QR symbol is linear over GF(2): the symbol of a payload is the symbol of an
empty stream with one pattern exclusive-ored in for each bit that is set. So the patterns are taken from `qrcode`
once per version (about 50 ms) and any symbol is then a few dozen exclusive-ors, module for module what `qrcode`
draws with mask 2. The search for the "best" mask, 91 % of its time, is not made: every decoder must accept all
eight masks (ISO/IEC 18004), and mask 2 is read no worse than the best from pictures that are blurred and speckled, faded,
streaked or tilted; only far out of focus, where most are lost with any mask, the best is read a little more often.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from qrcode import base, constants, util
from qrcode.main import QRCode

from labels.errors import LabelError

MASK = 2
QUIET_ZONE = 4
"""Modules of white on each side, by ISO/IEC 18004."""

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {character: value for value, character in enumerate(ALPHANUMERIC)}
_CAPACITY = {2: 38, 3: 61, 4: 90}
"""Alphanumeric characters that fit a version at level M (ISO/IEC 18004, table 7)."""
LARGEST = 17 + 4 * max(_CAPACITY)
"""Modules on a side of the largest symbol."""


class Symbol(NamedTuple):
    """`size` modules a side; `bits` row by row from the top, most significant bit first, 1 is dark."""

    size: int
    bits: int

    @property
    def rows(self) -> list[str]:
        """One string of 0 and 1 for each row."""
        text = format(self.bits, f"0{self.size * self.size}b")
        return [text[at : at + self.size] for at in range(0, len(text), self.size)]


class _Table(NamedTuple):
    size: int
    empty: int
    patterns: tuple[tuple[int, ...], ...]


def version_for(payload: str) -> int:
    """The smallest version (2, 3, 4) at level M that holds the payload; `LabelError` when none does."""
    for version, capacity in _CAPACITY.items():
        if len(payload) <= capacity:
            return version
    raise LabelError(
        "The link “%(payload)s” has %(length)d characters; a label holds at most %(most)d. "
        "Choose a shorter base address.",
        payload=payload,
        length=len(payload),
        most=capacity,
    )


def symbol(payload: str) -> Symbol:
    """The QR symbol of an alphanumeric payload (level M, mask 2, without quiet zone)."""
    version = version_for(payload)
    size, bits, patterns = _table(version)
    for pattern, value in zip(patterns, _stream(payload, len(patterns)), strict=True):
        bits ^= pattern[value]
    return Symbol(size, bits)


def _stream(payload: str, length: int) -> bytes:
    """The data codewords: mode, count, characters in pairs, terminator, padding (ISO/IEC 18004, 7.4)."""
    try:
        values = [_VALUE[character] for character in payload]
    except KeyError:
        raise LabelError(
            "The link “%(payload)s” may hold only capital letters, digits, space and $%%*+-./:.",
            payload=payload,
        ) from None
    stream = 0b0010 << 9 | len(values)
    for at in range(0, len(values) - 1, 2):
        stream = stream << 11 | values[at] * 45 + values[at + 1]
    used = 13 + len(values) // 2 * 11
    if len(values) % 2:
        stream = stream << 6 | values[-1]
        used += 6
    free = length * 8 - used
    whole = -(-(used + min(4, free)) // 8)
    data = (stream << (whole * 8 - used)).to_bytes(whole, "big")
    return data + (b"\xec\x11" * length)[: length - whole]


@lru_cache(maxsize=4)
def _table(version: int) -> _Table:
    """For each data codeword, its 256 patterns, taken from `qrcode`."""
    blocks = base.rs_blocks(version, constants.ERROR_CORRECT_M)
    length = sum(block.data_count for block in blocks)
    total = sum(block.total_count for block in blocks)
    size, empty, places = _places(version, total)
    plain = _codewords(bytes([1]) * length, blocks)
    patterns = []
    for codeword in range(length):
        single = []
        for bit in range(8):
            data = bytearray([1]) * length
            data[codeword] ^= 1 << bit
            single.append(_pattern(_codewords(data, blocks) ^ plain, places))
        patterns.append(_all_sums(single))
    return _Table(size, empty, tuple(patterns))


def _codewords(data: bytes | bytearray, blocks: list[base.RSBlock]) -> int:
    """Data with its Reed-Solomon codewords, interleaved, as one number; `qrcode` cannot divide a block of zeros."""
    buffer = util.BitBuffer()
    for value in data:
        buffer.put(value, 8)
    return int.from_bytes(bytes(util.create_bytes(buffer, blocks)), "big")


def _pattern(codewords: int, places: dict[int, int]) -> int:
    """The modules that differ when these codeword bits differ; bits are numbered from the last."""
    pattern = 0
    while codewords:
        lowest = codewords & -codewords
        pattern |= 1 << places[lowest.bit_length() - 1]
        codewords ^= lowest
    return pattern


def _all_sums(single: list[int]) -> tuple[int, ...]:
    sums = [0]
    for pattern in single:
        sums += [known ^ pattern for known in sums]
    return tuple(sums)


def _places(version: int, total: int) -> tuple[int, int, dict[int, int]]:
    """Where each codeword bit lands in the symbol: found by showing `qrcode` the digits of its number."""
    size, empty = _drawn(version, bytes(total))
    numbers: dict[int, int] = {}
    for digit in range((total * 8).bit_length()):
        shown = sum(1 << at for at in range(total * 8) if (at + 1) >> digit & 1)
        changed = _drawn(version, shown.to_bytes(total, "big"))[1] ^ empty
        for place in range(size * size):
            if changed >> place & 1:
                numbers[place] = numbers.get(place, 0) | 1 << digit
    return size, empty, {number - 1: place for place, number in numbers.items()}


def _drawn(version: int, codewords: bytes) -> tuple[int, int]:
    """A symbol drawn by `qrcode` from finished codewords, as size and bits."""
    drawing = QRCode(version=version, error_correction=constants.ERROR_CORRECT_M, mask_pattern=MASK, border=0)
    drawing.data_cache = list(codewords)
    drawing.makeImpl(False, MASK)
    bits = 0
    for row in drawing.modules:
        for dark in row:
            bits = bits << 1 | bool(dark)
    return drawing.modules_count, bits
