"""Faces, sizes and colours of the documents we print."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

INK = colors.HexColor("#1c2733")
SOFT = colors.HexColor("#52606d")
LINE = colors.HexColor("#d9d2c6")
ACCENT = colors.HexColor("#a93810")
TINT = colors.HexColor("#f3ede3")
GOOD, GOOD_TINT = colors.HexColor("#1d6b45"), colors.HexColor("#eaf4ee")
BAD, BAD_TINT = colors.HexColor("#a4161a"), colors.HexColor("#fbebea")


@cache
def register_faces() -> None:
    """Make our faces known to reportlab, once."""
    for name in ("text", "bold", "code"):
        data = BytesIO(files("labels").joinpath("faces", f"{name}.ttf").read_bytes())
        pdfmetrics.registerFont(TTFont(f"ricochet-{name}", data))
    pdfmetrics.registerFontFamily(
        "ricochet-text",
        normal="ricochet-text",
        bold="ricochet-bold",
        italic="ricochet-text",
        boldItalic="ricochet-bold",
    )


def _style(name: str, size: float, font: str = "text", **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=f"ricochet-{font}", fontSize=size, leading=size * 1.3, textColor=INK, **more
    )


STYLES = {
    "text": _style("text", 9.5, spaceAfter=2 * mm),
    "small": _style("small", 8, spaceAfter=1 * mm),
    "heading": _style("heading", 12, "bold", spaceBefore=4 * mm, spaceAfter=2 * mm, keepWithNext=1),
    "band": _style("band", 13, "bold", spaceAfter=0.5 * mm),
    "cell": _style("cell", 8.5),
    "cell_number": _style("cell_number", 8.5, alignment=TA_RIGHT),
    "cell_code": _style("cell_code", 8.5, "code"),
    "cell_head": _style("cell_head", 8, "bold"),
    "cell_head_number": _style("cell_head_number", 8, "bold", alignment=TA_RIGHT),
    "label": _style("label", 8.5),
    "value": _style("value", 9.5, "bold"),
}
