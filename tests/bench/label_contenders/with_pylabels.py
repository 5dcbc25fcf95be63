"""The same labels by pylabels: reportlab's own QR and Code 128 widgets, 21 a page."""

import io

from measured import measured
from reportlab.graphics import shapes
from reportlab.graphics.barcode import createBarcodeDrawing, qr
from reportlab.lib.units import mm

import labels

SHEET = labels.Specification(
    210, 297, 3, 7, 63.5, 38.1, left_margin=7.2, top_margin=15.15, column_gap=2.54, row_gap=0
)


def draw_label(label, width, height, given):
    label.add(shapes.Rect(2 * mm, height - 8 * mm, width - 4 * mm, 6 * mm, fillColor="#6a3d9a"))
    label.add(shapes.String(4 * mm, height - 6.5 * mm, f"{given['word']} {given['right']}", fontSize=10))
    symbol = qr.QrCodeWidget(
        given["payload"], barLevel="M", barWidth=20 * mm, barHeight=20 * mm, x=1 * mm, y=6 * mm
    )
    label.add(symbol)
    for number, line in enumerate([given["code"], given["title"], *given["lines"]]):
        label.add(shapes.String(23 * mm, height - (12 + 3.5 * number) * mm, line, fontSize=8))
    bars = createBarcodeDrawing("Code128", value=given["code"], barWidth=0.25 * mm, barHeight=6 * mm)
    bars.translate(23 * mm, 1 * mm)
    label.add(bars)


def draw(some):
    sheet = labels.Sheet(SHEET, draw_label, border=False)
    sheet.add_labels(some)
    out = io.BytesIO()
    sheet.save(out)
    return out.getvalue()


measured(draw)
