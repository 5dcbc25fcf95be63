"""Where things stand in a cell: worked out once for a size of cell and a size of symbol, in millimetres.

Three arrangements. *Top*: a band across the label, the symbol below on the left, words on the right. *Side*, for low
cells: the symbol takes the height, the band stands over the words. *Tiny*, under 14 mm: symbol and code, nothing else.
The symbol's modules stand flush with the printed area; its quiet zone of four modules reaches into the blank edge
but never out of the cell, and nothing is ever drawn in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import floor

from labels import bars, qr
from labels.errors import LabelError

TINY_MM = 14.0
POSTER_MM = 40.0
"""Printed height from which a card's title fills the band, to be read from a metre away."""
LEAST_WIDTH_BESIDE_MM = 20.0
"""Under this a column beside the symbol holds no word whole."""
LEAST_MODULE_MM = 0.40
LEAST_TINY_MODULE_MM = 0.25
LARGEST_MODULE_MM = 1.20
AMPLE_MODULE_MM = 0.60
"""From here on a larger symbol is not worth a narrower column of words."""
LEAST_BAR_MM, LARGEST_BAR_MM = 0.25, 0.50
LEAST_CODE_MM = 2.0
"""Height of the code's letters where a label has room for nothing else."""
FREE_DOT = 0.025
"""Step of modules where there is no printer's dot: vectors on paper."""
CODE_128_MODULES = 123
"""Eight letters: start, eight, check and stop characters."""


@dataclass(frozen=True, slots=True)
class Area:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Cell:
    """What a frame depends on. `dot` is the printer's dot: modules are whole dots wherever they can be."""

    width: float
    height: float
    edge_x: float
    edge_y: float
    modules: int
    dot: float
    band: bool
    poster: bool = False

    @property
    def tiny(self) -> bool:
        return self.height < TINY_MM

    @property
    def printed(self) -> Area:
        return Area(self.edge_x, self.edge_y, self.width - 2 * self.edge_x, self.height - 2 * self.edge_y)


@dataclass(frozen=True, slots=True)
class Symbol2D:
    """Corner of the first module, and the module."""

    x: float
    y: float
    module: float


@dataclass(frozen=True, slots=True)
class Symbol1D:
    """Left of the first bar, the module, the height of the bars."""

    x: float
    y: float
    module: float
    height: float


@dataclass(frozen=True, slots=True)
class Frame:
    """`alone`: there is room for the code and nothing else; `poster`: the band holds the title, for the eye of somebody
    who stands a step away."""

    qr: Symbol2D
    words: Area
    band: Area | None = None
    bars: Symbol1D | None = None
    alone: bool = False
    poster: bool = False


@lru_cache(maxsize=512)
def frame(cell: Cell) -> Frame:
    """The frame of a cell; `LabelError` when its symbol would be too small to be read."""
    if cell.tiny:
        return _tiny(cell)
    if cell.band and cell.poster and cell.printed.height >= POSTER_MM:
        return replace(_best(cell, _band_across(cell, 0.3)), poster=True)
    if cell.band and cell.printed.height >= 31:
        return _best(cell, _band_across(cell))
    return _best(cell, None)


def _tiny(cell: Cell) -> Frame:
    printed, quiet = cell.printed, qr.QUIET_ZONE * 2
    room = min(cell.height / (cell.modules + quiet), printed.height / cell.modules)
    module = _module(cell, min(room, cell.width * 0.5 / (cell.modules + quiet)))
    x, y = max(printed.x, qr.QUIET_ZONE * module), (cell.height - cell.modules * module) / 2
    left = x + (cell.modules + qr.QUIET_ZONE) * module
    return Frame(Symbol2D(x, y, module), Area(left, printed.y, printed.right - left, printed.height))


def _band_across(cell: Cell, share: float = 0.0) -> Area:
    """Over the whole width, high enough for a word; or, for a card, `share` of the height."""
    printed = cell.printed
    height = printed.height * share or min(9.0, max(5.5, printed.height * 0.19))
    return Area(printed.x, printed.y, printed.width, height)


def _best(cell: Cell, band: Area | None) -> Frame:
    """Bars beside the symbol or under it: whichever leaves the larger symbol; none where there is no room."""
    beside, under = _bars_beside(cell, band), _bars_under(cell, band)
    found = [made for made in (beside, under) if made is not None]
    if found:
        return max(found, key=lambda made: min(made.qr.module, AMPLE_MODULE_MM))
    return _without_bars(cell, band)


def _bars_height(cell: Cell) -> float:
    return min(8.0, max(4.2, cell.printed.height * 0.18))


def _bar_modules(cell: Cell) -> list[float]:
    """Widths a bar may have, widest first: whole dots, or multiples of 0.125 mm where there is no printer's dot."""
    dot = 0.125 if cell.dot == FREE_DOT else cell.dot
    return [
        dots * dot
        for dots in range(floor(LARGEST_BAR_MM / dot + 1e-6), 0, -1)
        if dots * dot >= LEAST_BAR_MM - 1e-6
    ]


def _bars_beside(cell: Cell, band: Area | None) -> Frame | None:
    """The largest symbol that leaves room for the narrowest bars, then the widest bars that fit beside it."""
    modules, quiet = cell.modules, qr.QUIET_ZONE
    narrowest = _bar_modules(cell)[-1]
    room = _bars_right(cell, narrowest) - CODE_128_MODULES * narrowest
    largest = min(
        (room - cell.edge_x - _gap(0, narrowest)) / modules,
        (room - cell.edge_x) / (modules + quiet),
        room / (modules + 2 * quiet),
    )
    try:
        symbol = _symbol(cell, band, cell.height, largest * modules)
    except LabelError:
        return None
    side, height = symbol.x + modules * symbol.module, _bars_height(cell)
    for module in _bar_modules(cell):
        left = side + _gap(symbol.module, module)
        if left + module * CODE_128_MODULES <= _bars_right(cell, module) + 1e-6:
            stripes = Symbol1D(left, cell.printed.bottom - height, module, height)
            return _with_words(cell, symbol, band, left, stripes)
    return None


def _bars_right(cell: Cell, module: float) -> float:
    """Where bars must end: at the blank edge, or where their quiet zone still fits the cell."""
    return cell.width - max(cell.edge_x, bars.QUIET_ZONE * module)


def _gap(module: float, bar: float) -> float:
    """White between the symbol and what stands beside it: its own quiet zone, or that of the bars."""
    return max(qr.QUIET_ZONE * module, bars.QUIET_ZONE * bar + 0.1)


def _bars_under(cell: Cell, band: Area | None) -> Frame | None:
    """Bars below the symbol, in the middle of the label, as wide as fits."""
    fitting = [m for m in _bar_modules(cell) if CODE_128_MODULES * m <= 2 * _bars_right(cell, m) - cell.width]
    if not fitting:
        return None
    module = fitting[0]
    height = _bars_height(cell)
    stripes = Symbol1D(
        (cell.width - module * CODE_128_MODULES) / 2, cell.printed.bottom - height, module, height
    )
    try:
        symbol = _symbol(cell, band, stripes.y, cell.width * 0.42)
    except LabelError:
        return None
    left = symbol.x + (cell.modules + qr.QUIET_ZONE) * symbol.module
    return _with_words(cell, symbol, band, left, stripes)


def _without_bars(cell: Cell, band: Area | None) -> Frame:
    if cell.printed.width < LEAST_WIDTH_BESIDE_MM:
        return _stacked(cell)
    symbol = _symbol(cell, band, cell.height, cell.width * 0.44)
    left = symbol.x + (cell.modules + qr.QUIET_ZONE) * symbol.module
    return _with_words(cell, symbol, band, left, None)


def _stacked(cell: Cell) -> Frame:
    """The symbol over its letters and nothing else: for small labels that are as high as wide."""
    printed, modules, quiet = cell.printed, cell.modules, qr.QUIET_ZONE
    bottom = printed.bottom - LEAST_CODE_MM
    largest = min(
        printed.width / modules,
        cell.width / (modules + 2 * quiet),
        (bottom - printed.y) / (modules + quiet),
        bottom / (modules + 2 * quiet),
    )
    module = _module(cell, largest)
    side = modules * module
    symbol = Symbol2D((cell.width - side) / 2, bottom - quiet * module - side, module)
    return Frame(symbol, Area(printed.x, bottom, printed.width, LEAST_CODE_MM), alone=True)


def _symbol(cell: Cell, band: Area | None, bottom: float, room: float) -> Symbol2D:
    """The largest symbol between the band (or the top) and `bottom`, its modules at most `room` wide."""
    top = band.bottom if band else 0.0
    first = max(top, cell.edge_y) if band is None else top
    last = min(bottom, cell.printed.bottom)
    modules, quiet = cell.modules, qr.QUIET_ZONE
    largest = min(room / modules, (bottom - top) / (modules + 2 * quiet), (last - first) / modules)
    if band:
        largest = min(largest, (last - band.bottom) / (modules + quiet))
    module = _module(cell, largest)
    side, clear = modules * module, quiet * module
    highest = max(first, top + clear)
    lowest = min(last, bottom - clear) - side
    lowest = max(highest, lowest)
    y = (highest + lowest) / 2
    if band:
        y = lowest if lowest - highest < 6 else highest
    return Symbol2D(max(cell.edge_x, clear), y, module)


def _module(cell: Cell, largest: float) -> float:
    """Whole dots where that is large enough, else any size that is; `LabelError` where none is."""
    least = LEAST_TINY_MODULE_MM if cell.tiny else LEAST_MODULE_MM
    largest = min(largest, LARGEST_MODULE_MM)
    for step in (cell.dot, FREE_DOT):
        module = floor(largest / step + 1e-6) * step
        if module >= least - 1e-6:
            return module
    raise LabelError(
        "The link is too long for a label of %(width)g × %(height)g mm: its QR code would be too small "
        "to scan. Choose a larger label or a shorter base address.",
        width=cell.width,
        height=cell.height,
    )


def _with_words(
    cell: Cell, symbol: Symbol2D, band: Area | None, left: float, stripes: Symbol1D | None
) -> Frame:
    bottom = stripes.y - 0.9 if stripes else cell.printed.bottom
    right = cell.printed.right
    if cell.band and band is None:
        height = min(6.0, max(4.2, cell.printed.height * 0.22))
        band = Area(left, cell.edge_y, right - left, height)
    top = band.bottom + (1.0 if cell.printed.height < 24 else 1.5) if band else cell.edge_y
    return Frame(symbol, Area(left, top, right - left, bottom - top), band, stripes)
