"""Sheets and rolls as data, one line each. Lengths are millimetres.

A cell is what is peeled off: one label. `left` and `top` are the corner of the first cell on the page, `across`
and `down` the distance from one cell's corner to the next (the pitch). `edge_x` and `edge_y` are the strip inside
the cell where nothing is printed: the tolerance of the cut on sheets, the unprintable border on rolls; sheets whose
labels reach the paper's edge leave free what no office printer reaches.

`source` says where a line's measures were compared (`media_sources`); MEMORY: nowhere yet. A name never changes:
the register of prints bears it. Try a new box of sheets with the calibration page first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from labels.errors import LabelError
from labels.media_shapes import A4, LETTER, Medium, checked, roll, sheet, tape
from labels.media_sources import BROTHER, DYMO, GLABELS, MEMORY, OFFICE

__all__ = ["A4", "LETTER", "MEDIA", "Medium", "checked", "medium", "roll", "sheet", "tape"]

MEDIA: tuple[Medium, ...] = (
    # Avery, A4
    sheet("avery-l7159", 3, 8, 63.5, 33.9, left=7.2, top=13.03, across=66.04, down=33.87, source=OFFICE),
    sheet("avery-l7160", 3, 7, 63.5, 38.1, left=7.2, top=15.15, across=66.04, down=38.1, source=OFFICE),
    sheet("avery-l7161", 3, 6, 63.5, 46.6, left=7.2, top=8.82, across=66.04, down=46.56, source=OFFICE),
    sheet("avery-l7162", 2, 8, 99.1, 33.9, left=4.67, top=13.02, across=101.6, down=33.87, source=OFFICE),
    sheet("avery-l7163", 2, 7, 99.1, 38.1, left=4.67, top=15.15, across=101.6, down=38.1, source=OFFICE),
    sheet("avery-l7164", 3, 4, 63.5, 72.0, left=7.2, top=4.57, across=66.04, down=71.97, source=OFFICE),
    sheet("avery-l7165", 2, 4, 99.1, 67.7, left=4.67, top=13.04, across=101.6, down=67.73, source=OFFICE),
    sheet("avery-l7166", 2, 3, 99.1, 93.1, left=4.67, top=8.81, across=101.6, down=93.13, source=OFFICE),
    sheet("avery-l7173", 2, 5, 99.1, 57.0, left=4.67, top=6.0, across=101.6, down=57.0, source=OFFICE),
    sheet("avery-l7177", 2, 6, 99.1, 42.3, left=4.67, top=21.44, across=101.6, down=42.33, source=OFFICE),
    sheet("avery-l7418", 2, 4, 86.0, 55.0, left=19.0, top=38.5, across=86.0, down=55.0, source=OFFICE),
    sheet("avery-l7651", 5, 13, 38.1, 21.2, left=4.67, top=10.9, across=40.64, down=21.17, source=OFFICE),
    sheet("avery-l7654", 4, 10, 45.7, 25.4, left=9.75, top=21.43, across=48.26, down=25.4, source=OFFICE),
    sheet("avery-l6009", 4, 12, 45.7, 21.2, left=9.75, top=21.41, across=48.26, down=21.17, source=OFFICE),
    sheet("avery-l6011", 3, 9, 63.5, 29.6, left=7.2, top=15.1, across=66.04, down=29.63, source=OFFICE),
    sheet("avery-l4731", 7, 27, 25.4, 10.0, left=8.48, top=13.43, across=27.94, down=10.0, source=OFFICE),
    sheet("avery-l4732", 5, 16, 35.6, 16.9, left=11.0, top=13.05, across=38.1, down=16.93, source=GLABELS),
    sheet("avery-l4785", 2, 5, 80.0, 50.0, left=17.5, top=13.5, across=95.0, down=55.0, source=GLABELS),
    sheet("avery-c32011", 2, 5, 85.0, 54.0, left=15.0, top=13.5, across=95.0, down=54.0, source=GLABELS),
    sheet("avery-c32015", 2, 4, 85.0, 54.0, left=17.0, top=31.5, across=91.0, down=60.0, source=GLABELS),
    # Avery Zweckform and APLI: labels that reach the paper’s edge
    sheet(
        "avery-3474", 3, 8, 70.0, 37.0, left=0.0, top=0.5, across=70.0, down=37.0, edge=5.0, source=GLABELS
    ),
    sheet(
        "avery-3490", 3, 8, 70.0, 36.0, left=0.0, top=4.43, across=70.0, down=36.0, edge=5.0, source=GLABELS
    ),
    sheet("apli-01273", 3, 8, 70.0, 37.0, left=0.0, top=0.5, across=70.0, down=37.0, edge=5.0, source=MEMORY),
    # Herma, A4
    sheet("herma-4606", 5, 13, 38.1, 21.2, left=9.75, top=10.7, across=38.1, down=21.2, source=OFFICE),
    sheet("herma-4608", 4, 11, 48.3, 25.4, left=8.48, top=8.8, across=48.26, down=25.4, source=OFFICE),
    sheet("herma-4614", 3, 8, 66.0, 33.9, left=6.0, top=13.03, across=66.0, down=33.87, source=OFFICE),
    sheet("herma-4677", 3, 7, 63.5, 38.1, left=7.2, top=15.15, across=66.04, down=38.1, source=OFFICE),
    # Avery, US letter
    sheet(
        "avery-5160",
        3,
        10,
        66.7,
        25.4,
        left=4.76,
        top=12.7,
        across=69.85,
        down=25.4,
        page=LETTER,
        source=MEMORY,
    ),
    sheet(
        "avery-5163",
        2,
        5,
        101.6,
        50.8,
        left=3.97,
        top=12.7,
        across=106.36,
        down=50.8,
        page=LETTER,
        source=GLABELS,
    ),
    # Brother QL: cut out, then endless tapes that are cut to any length
    roll("brother-dk-11209", 62, 29, edge_x=1.7, edge_y=3.2, source=BROTHER),
    roll("brother-dk-11201", 90, 29, edge_x=3.2, edge_y=1.7, source=BROTHER),
    roll("brother-dk-11202", 100, 62, edge_x=3.2, edge_y=1.7, source=BROTHER),
    roll("brother-dk-11208", 90, 38, edge_x=3.2, edge_y=1.7, source=BROTHER),
    roll("brother-dk-11204", 54, 17, edge_x=3.2, edge_y=1.7, source=BROTHER),
    roll("brother-dk-11221", 23, 23, edge_x=3.2, edge_y=3.2, source=BROTHER),
    tape("brother-dk-22205", 62, 40, source=BROTHER),
    tape("brother-dk-22210", 29, 62, source=BROTHER),
    tape("brother-dk-22214", 12, 40, source=BROTHER),
    tape("brother-dk-22225", 38, 62, source=BROTHER),
    # Dymo LabelWriter: 6 mm at either end stay blank
    roll("dymo-99010", 89, 28, edge_x=6.0, edge_y=1.5, source=DYMO),
    roll("dymo-99012", 89, 36, edge_x=6.0, edge_y=1.5, source=DYMO),
    roll("dymo-99014", 101, 54, edge_x=6.0, edge_y=1.5, source=DYMO),
    roll("dymo-11352", 54, 25, edge_x=6.0, edge_y=1.5, source=DYMO),
    roll("dymo-11354", 57, 32, edge_x=3.0, edge_y=3.0, source=DYMO),
    # Rolls of the sizes that makers of thermal printers sell
    roll("zebra-51x25", 51, 25, source=MEMORY),
    roll("zebra-57x32", 57, 32, source=MEMORY),
    roll("zebra-76x51", 76, 51, edge_x=2.0, edge_y=2.0, source=MEMORY),
    roll("zebra-102x51", 102, 51, edge_x=2.0, edge_y=2.0, source=MEMORY),
)

_BY_NAME = {medium.name: medium for medium in MEDIA}
_CUT = re.compile(r"(?P<reference>[a-z0-9-]+)x(?P<length>[0-9]{1,5})")


def medium(name: str, own: Sequence[Medium] = ()) -> Medium:
    """The medium of that name (any case), also among a workshop's `own`; `brother-dk-22205x40` is that tape cut to
    40 mm. `LabelError` lists the names when there is none."""
    by_name = {one.name: one for one in own} | _BY_NAME
    wanted = name.strip().lower()
    if found := by_name.get(wanted):
        return found
    cut = _CUT.fullmatch(wanted)
    if cut and (whole := by_name.get(cut["reference"])) and whole.tape_mm:
        return whole.cut(int(cut["length"]))
    raise LabelError(
        "There is no label medium “%(name)s”. Choose one of: %(known)s.", name=name, known=", ".join(by_name)
    )
