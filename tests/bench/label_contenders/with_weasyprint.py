"""The same labels by WeasyPrint alone. Its pictures come from zxing-cpp, the fastest maker there is, so that next to nothing
of what is counted is not its own; `with_weasyprint.py FILE qrcode` takes them from `qrcode` and `python-barcode` as is usual."""

import base64
import io
import sys
from html import escape

import qrcode
import weasyprint
import zxingcpp
from barcode import Code128
from barcode.writer import ImageWriter
from measured import measured
from PIL import Image

STYLE = """@page { size: 210mm 297mm; margin: 15.15mm 7.2mm; } body { margin: 0; }
.label { position: relative; float: left; width: 63.5mm; height: 38.1mm; margin-right: 2.5mm; font: 3mm sans-serif; }
.label:nth-child(3n) { margin-right: 0; } .band { display: block; background: #6a3d9a; color: white; }
.qr { position: absolute; left: 1mm; top: 8mm; width: 20mm; } .words { position: absolute; left: 23mm; top: 8mm; }
.bars { width: 36mm; height: 6mm; }"""


def zxing(text, kind, scale):
    drawn = zxingcpp.create_barcode(text, kind, **({"ec_level": "M"} if kind is QR else {}))
    return Image.fromarray(drawn.to_image(scale=scale))


QR, CODE_128 = zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128
if sys.argv[2:] == ["qrcode"]:

    def symbol(payload):
        return qrcode.make(payload, error_correction=qrcode.ERROR_CORRECT_M, box_size=4)

    def bars(code):
        return Code128(code, writer=ImageWriter()).render({"write_text": False})
else:

    def symbol(payload):
        return zxing(payload, QR, 4)

    def bars(code):
        return zxing(code, CODE_128, 2)


def address(picture):
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def label(g):
    lines = "<br>".join(escape(line) for line in [g["title"], *g["lines"]])
    return (
        f'<div class="label"><b class="band">{g["word"]} {g["right"]}</b><img class="qr" src="{address(symbol(g["payload"]))}">'
        f'<div class="words"><b>{g["code"]}</b><br>{lines}<br><img class="bars" src="{address(bars(g["code"]))}"></div></div>'
    )


def draw(given):
    body = "".join(map(label, given))
    return weasyprint.HTML(string=f"<html><style>{STYLE}</style><body>{body}</body></html>").write_pdf()


measured(draw)
