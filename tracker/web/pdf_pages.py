"""The frame of every document we print: A4, our faces, the title and number on each page, "page n of N".

    pages = Pages(title, number, organisation=…, locale="fr", subtitle=…)
    pages.facts([("Association", "Le Relais"), …])
    pages.table(["Code", "Appareil"], rows, widths_mm=[30, 140])
    pdf = pages.made()

Every text is escaped, and written in signs the faces have. The same content gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from babel import numbers
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    Image,
    KeepTogether,
    LongTable,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus.tables import Table, TableStyle

from labels.typefaces import face
from labels.wording import printable
from tracker import i18n
from tracker.clock import WORKSHOP_ZONE
from tracker.i18n import N_, Sentence
from tracker.web.pdf_styles import (
    ACCENT,
    BAD,
    BAD_TINT,
    GOOD,
    GOOD_TINT,
    INK,
    LINE,
    SOFT,
    STYLES,
    TINT,
    register_faces,
)

MARGIN_MM = 18
HEAD_MM = 26
FOOT_MM = 18
WIDTH_MM = 210 - 2 * MARGIN_MM


def day(moment: datetime, locale: str) -> str:
    """`24 novembre 2026`, on the workshop's calendar."""
    return i18n.day(moment.astimezone(WORKSHOP_ZONE), "long", locale)


def euros(cents: int, locale: str) -> str:
    """`180,00 €`."""
    return str(numbers.format_currency(Decimal(cents) / 100, "EUR", locale=locale))


def say(text: str | Sentence, locale: str) -> str:
    """A marked English text, or a sentence, in that language."""
    return (text if isinstance(text, Sentence) else Sentence(text)).shown_in(locale)


def _text(text: str, font: str = "text") -> str:
    """Escaped, in signs of the face; line breaks stay."""
    rows = [escape(printable(row, face(font))) for row in str(text).split("\n")]
    return "<br/>".join(rows)


class Pages:
    """A document under way. Lengths in millimetres; `WIDTH_MM` is what lies between the margins."""

    def __init__(
        self, title: str, number: str, *, organisation: str, locale: str, subtitle: str = ""
    ) -> None:
        register_faces()
        self.title, self.number, self.subtitle = title, number, subtitle
        self.organisation, self.locale = organisation, locale
        self.flow: list[Any] = []

    def heading(self, text: str) -> None:
        self.flow.append(Paragraph(_text(text, "bold"), STYLES["heading"]))

    def paragraph(self, text: str, *, small: bool = False) -> None:
        self.flow.append(Paragraph(_text(text), STYLES["small" if small else "text"]))

    def band(self, title: str, lines: Sequence[str], *, good: bool) -> None:
        """What the document comes to, across the whole width, before anything else."""
        parts = [Paragraph(_text(title, "bold"), STYLES["band"])]
        parts += [Paragraph(_text(one), STYLES["small"]) for one in lines]
        box = Table([[parts]], colWidths=[WIDTH_MM * mm], hAlign="LEFT")
        box.setStyle(
            TableStyle(
                [
                    ("BACKGROUND", (0, 0), (-1, -1), GOOD_TINT if good else BAD_TINT),
                    ("LINEBEFORE", (0, 0), (0, -1), 4, GOOD if good else BAD),
                    ("LEFTPADDING", (0, 0), (-1, -1), 12),
                    ("TOPPADDING", (0, 0), (-1, -1), 6),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
                ]
            )
        )
        self.flow += [box, Spacer(1, 4 * mm)]

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names and values, one below the other."""
        self.flow += [self._facts(rows, WIDTH_MM), Spacer(1, 3 * mm)]

    def _facts(self, rows: Sequence[tuple[str, str]], width_mm: float) -> Table:
        cells = [
            [Paragraph(_text(name), STYLES["label"]), Paragraph(_text(value, "bold"), STYLES["value"])]
            for name, value in rows
        ]
        table = Table(cells, colWidths=[45 * mm, (width_mm - 45) * mm], hAlign="LEFT")
        table.setStyle(
            TableStyle(
                [
                    ("LEFTPADDING", (0, 0), (-1, -1), 0),
                    ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ]
            )
        )
        return table

    def facts_beside(self, rows: Sequence[tuple[str, str]], image: bytes, side_mm: float) -> None:
        """As `facts`, with a square picture (PNG) of that side at the right margin."""
        width = WIDTH_MM - side_mm - 4
        table = self._facts(rows, width)
        beside = Table(
            [[table, _picture(image, side_mm, side_mm)]], colWidths=[(WIDTH_MM - side_mm) * mm, side_mm * mm]
        )
        beside.setStyle(
            TableStyle(
                [
                    ("LEFTPADDING", (0, 0), (-1, -1), 0),
                    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                    ("TOPPADDING", (0, 0), (-1, -1), 0),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ]
            )
        )
        self.flow += [beside, Spacer(1, 3 * mm)]

    def table(
        self,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths_mm: Sequence[float],
        kinds: Sequence[str] | None = None,
    ) -> None:
        """A table of any length, its head on each page. `kinds` by column: "" (text), "number" or "code"."""
        kinds = kinds or [""] * len(headers)
        names = ["cell" + (f"_{kind}" if kind else "") for kind in kinds]
        head = [
            Paragraph(_text(one, "bold"), STYLES["cell_head_number" if kind == "number" else "cell_head"])
            for one, kind in zip(headers, kinds, strict=True)
        ]
        body = [
            [
                Paragraph(_text(one, "code" if kind == "code" else "text"), STYLES[name])
                for one, name, kind in zip(row, names, kinds, strict=True)
            ]
            for row in rows
        ]
        table = LongTable(
            [head, *body], colWidths=[width * mm for width in widths_mm], repeatRows=1, hAlign="LEFT"
        )
        table.setStyle(
            TableStyle(
                [
                    ("BACKGROUND", (0, 0), (-1, 0), TINT),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("LEFTPADDING", (0, 0), (-1, -1), 4),
                    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                    ("TOPPADDING", (0, 0), (-1, -1), 3),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
                ]
            )
        )
        self.flow += [table, Spacer(1, 3 * mm)]

    def signed(self, name: str, note: str, image: bytes | None, *, empty: str) -> None:
        """The place of the signature: `name` in bold, `note` below, the drawing under
        them or, where there is none, the words `empty`."""
        parts: list[Any] = [
            Paragraph(_text(name, "bold"), STYLES["value"]),
            Paragraph(_text(note), STYLES["small"]),
        ]
        if image:
            parts.append(_picture(image, 70, 28))
        else:
            parts.append(Paragraph(_text(empty), STYLES["small"]))
        box = Table([[parts]], colWidths=[95 * mm], hAlign="LEFT")
        box.setStyle(TableStyle([("BOX", (0, 0), (-1, -1), 0.7, SOFT), ("LEFTPADDING", (0, 0), (-1, -1), 8)]))
        self.flow.append(box)
        self.flow.append(Spacer(1, 2 * mm))

    def keep_last(self, count: int) -> None:
        """Keep the last `count` things together on one page."""
        kept = self.flow[-count:]
        self.flow[-count:] = [KeepTogether(kept)]

    def made(self) -> bytes:
        """The PDF."""
        out = BytesIO()
        document = BaseDocTemplate(
            out,
            pagesize=A4,
            leftMargin=MARGIN_MM * mm,
            rightMargin=MARGIN_MM * mm,
            topMargin=HEAD_MM * mm,
            bottomMargin=FOOT_MM * mm,
            title=f"{self.title} {self.number}",
            author=self.organisation,
            lang=self.locale,
            invariant=1,
        )
        frame = Frame(
            MARGIN_MM * mm,
            FOOT_MM * mm,
            WIDTH_MM * mm,
            A4[1] - (HEAD_MM + FOOT_MM) * mm,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        document.addPageTemplates([PageTemplate(frames=[frame])])
        document.build(list(self.flow), canvasmaker=self._canvas)
        return out.getvalue()

    def _canvas(self, *args: Any, **kwargs: Any) -> _Numbered:
        canvas = _Numbered(*args, **kwargs)
        canvas.pages = self
        return canvas

    def frame_page(self, canvas: Canvas, page: int, of: int) -> None:
        """Head and foot of one page, drawn when the number of pages is known."""
        left, right, top = MARGIN_MM * mm, A4[0] - MARGIN_MM * mm, A4[1]
        canvas.setFillColor(INK)
        canvas.setFont("ricochet-bold", 14)
        canvas.drawString(left, top - 15 * mm, printable(self.title, face("bold")))
        canvas.setFont("ricochet-code", 11)
        canvas.drawRightString(right, top - 15 * mm, printable(self.number, face("code")))
        canvas.setFillColor(SOFT)
        canvas.setFont("ricochet-text", 8.5)
        canvas.drawString(left, top - 20 * mm, printable(self.subtitle, face("text")))
        canvas.setStrokeColor(ACCENT)
        canvas.setLineWidth(1.2)
        canvas.line(left, top - 22.5 * mm, right, top - 22.5 * mm)
        canvas.drawString(left, 9 * mm, printable(self.organisation, face("text")))
        words = Sentence(N_("Page %(page)s of %(pages)s"), {"page": page, "pages": of}).shown_in(self.locale)
        canvas.drawRightString(right, 9 * mm, printable(words, face("text")))


class _Numbered(Canvas):  # type: ignore[misc]  # reportlab is untyped
    """Holds each page back until all are known, since each says how many there are."""

    pages: Pages

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 (reportlab's name)
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, state in enumerate(self._kept, 1):
            kept = self._kept
            self.__dict__.update(state)
            self.pages.frame_page(self, number, len(kept))
            super().showPage()
            self._kept = kept
        super().save()


def _picture(image: bytes, width_mm: float, height_mm: float) -> Image:
    """A PNG as large as fits, its proportions kept."""
    picture = Image(BytesIO(image))
    scale = min(width_mm * mm / picture.imageWidth, height_mm * mm / picture.imageHeight)
    picture.drawWidth, picture.drawHeight = picture.imageWidth * scale, picture.imageHeight * scale
    picture.hAlign = "LEFT"
    return picture
