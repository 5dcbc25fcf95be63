"""Code 128 as bar widths, from `python-barcode`; never an image, so that bars land on whole dots."""

from __future__ import annotations

import re

from barcode import Code128

QUIET_ZONE = 10
"""Modules of white at each end, by ISO/IEC 15417."""

_RUN = re.compile("1+|0+")


def widths(code: str) -> tuple[int, ...]:
    """Modules of bar, gap, bar, … bar; the sum for eight letters is 123."""
    (modules,) = Code128(code).build()
    return tuple(len(run) for run in _RUN.findall(modules.strip("0")))
