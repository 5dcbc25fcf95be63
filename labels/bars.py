"""Code 128 as bar widths, from `python-barcode`; never an image, so that bars land on whole dots."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain, count
from operator import mul

from barcode import Code128
from barcode.charsets import code128

QUIET_ZONE = 10
"""Modules of white at each end, by ISO/IEC 15417."""

_RUN = re.compile("1+|0+")


def widths(code: str) -> tuple[int, ...]:
    """Modules of bar, gap, bar, … bar; the sum for eight letters is 123."""
    if not (code.isascii() and code.isalpha()):
        (modules,) = Code128(code).build()
        return _widths(modules)
    # Letters alone never change the set of characters: start, letters, check, seven times faster than `build()`.
    values = [code128.START_CODES["B"], *[code128.B[letter] for letter in code]]
    check = (values[0] + sum(map(mul, values, count()))) % 103
    return (*chain.from_iterable(map(_character, [*values, check])), *_END)


def _widths(modules: str) -> tuple[int, ...]:
    return tuple(len(run) for run in _RUN.findall(modules))


@cache
def _character(value: int) -> tuple[int, ...]:
    return _widths(code128.CODES[value])


_END = _widths(code128.STOP + "11")
