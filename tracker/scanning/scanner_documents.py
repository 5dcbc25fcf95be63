"""The sample that scanners are tried with, drawn as on a label."""

from __future__ import annotations

from itertools import accumulate

from labels import bars, qr

MODULE_MM = 0.6
BAR_MM, BARS_HIGH_MM = 0.4, 18


def sample_qr(payload: str) -> str:
    """SVG of the QR code with its white margin, black on white whatever the page's colours are."""
    rows = qr.symbol(payload).rows
    dark = "".join(
        f"M{x + qr.QUIET_ZONE} {y + qr.QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, module in enumerate(row)
        if module == "1"
    )
    size = len(rows) + 2 * qr.QUIET_ZONE
    return _drawn(size, size, size * MODULE_MM, size * MODULE_MM, dark)


def sample_bars(code: str) -> str:
    """SVG of the same letters in Code 128."""
    widths = bars.widths(code)
    edges = [bars.QUIET_ZONE, *(bars.QUIET_ZONE + edge for edge in accumulate(widths))]
    high = BARS_HIGH_MM / BAR_MM
    dark = "".join(f"M{edges[at]} 0h{widths[at]}v{high:g}h-{widths[at]}z" for at in range(0, len(widths), 2))
    wide = edges[-1] + bars.QUIET_ZONE
    return _drawn(wide, high, wide * BAR_MM, BARS_HIGH_MM, dark)


def _drawn(wide: float, high: float, wide_mm: float, high_mm: float, dark: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide_mm:g}mm" '
        f'height="{high_mm:g}mm" shape-rendering="crispEdges" aria-hidden="true" focusable="false">'
        f'<path fill="#fff" d="M0 0h{wide:g}v{high:g}h-{wide:g}z"/><path fill="#000" d="{dark}"/></svg>'
    )
