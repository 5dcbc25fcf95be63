"""The same labels by blabel: its QR and Code 128 as pictures in HTML, set by WeasyPrint, 21 a page."""

import tempfile
from pathlib import Path

from blabel import LabelWriter
from measured import measured

TEMPLATE = """<div class="label"><b class="band">{{ word }} {{ right }}</b>
<img class="qr" src="{{ label_tools.qr_code(payload) }}"/>
<div class="words"><b>{{ code }}</b><br/>{{ title }}<br/>{% for line in lines %}{{ line }}<br/>{% endfor %}
<img class="bars" src="{{ label_tools.barcode(code, barcode_class='code128', fmt='png', write_text=False) }}"/></div></div>"""
STYLE = """@page { size: 210mm 297mm; margin: 15.15mm 7.2mm; }
.label { position: relative; float: left; width: 63.5mm; height: 38.1mm; margin-right: 2.5mm; font: 3mm sans-serif; }
.label:nth-child(3n) { margin-right: 0; } .band { display: block; background: #6a3d9a; color: white; }
.qr { position: absolute; left: 1mm; top: 8mm; width: 20mm; } .words { position: absolute; left: 23mm; top: 8mm; }
.bars { width: 36mm; height: 6mm; }"""

folder = tempfile.TemporaryDirectory()
template, style = Path(folder.name, "label.html"), Path(folder.name, "label.css")
template.write_text(TEMPLATE, encoding="utf-8")
style.write_text(STYLE, encoding="utf-8")
writer = LabelWriter(str(template), default_stylesheets=(str(style),), items_per_page=21)
measured(lambda given: writer.write_labels(given, target=None))
