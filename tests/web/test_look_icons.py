"""The pictograms that pages print are those of the vendored files, and nothing else.

`python tests/web/test_look_icons.py` writes `templates/_macros/icons.html` anew after a
file was added to `tracker/static/vendor/tabler/`.
"""

import hashlib
import re
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "tracker" / "static" / "vendor"
MACRO = ROOT / "templates" / "_macros" / "icons.html"
BEGIN, END = "{#- drawn from vendor/tabler: begin -#}", "{#- drawn from vendor/tabler: end -#}"


def drawing(svg: Path) -> str:
    """The shapes of one Tabler file as compact markup, without its invisible frame."""
    shapes = []
    for shape in ET.parse(svg).getroot():
        if shape.get("stroke") == "none":
            continue
        tag = shape.tag.rpartition("}")[2]
        attributes = "".join(f' {name}="{value}"' for name, value in shape.attrib.items())
        shapes.append(f"<{tag}{attributes}/>")
    return "".join(shapes)


def table() -> str:
    """The dictionary of drawings as the macro file holds it."""
    files = sorted((VENDOR / "tabler").glob("*.svg"))
    lines = ",\n".join(f"  '{svg.stem}': '{drawing(svg)}'" for svg in files)
    return f"{BEGIN}\n{{%- set DRAWINGS = {{\n{lines}\n}} -%}}\n{END}"


def block(text: str) -> str:
    """The part of the macro file between the two marks, marks included."""
    return text[text.index(BEGIN) : text.index(END) + len(END)]


def test_every_drawing_in_the_macro_is_the_one_of_its_vendored_file() -> None:
    assert block(MACRO.read_text()) == table(), f"run: python {Path(__file__).relative_to(ROOT)}"


def test_every_vendored_file_is_listed_with_the_hash_it_has() -> None:
    listed = dict(
        reversed(line.split(maxsplit=1))
        for line in re.findall(r"^[0-9a-f]{64}  \S+$", (VENDOR / "VERSIONS.txt").read_text(), re.M)
    )
    present = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "VERSIONS.txt"
    }
    assert present.keys() == listed.keys()
    assert present == listed


if __name__ == "__main__":
    text = MACRO.read_text()
    MACRO.write_text(text.replace(block(text), table()))
