"""The pictograms that pages print are those of the vendored files, and nothing else."""

import hashlib
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tracker.web.icons import MEANINGS, pictograph

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "tracker" / "static" / "vendor"
NAMES = sorted(file.stem for file in (VENDOR / "tabler").glob("*.svg"))


def _shapes(text: str) -> list[tuple[str, dict[str, str]]]:
    return [
        (shape.tag.rpartition("}")[2], dict(shape.attrib))
        for shape in ET.fromstring(text)
        if shape.get("stroke") != "none" and not shape.tag.endswith("title")
    ]


@pytest.mark.parametrize("name", [*NAMES, *MEANINGS])
def test_a_pictogram_has_the_shapes_of_its_vendored_file_and_no_others(name: str) -> None:
    file = VENDOR / "tabler" / f"{MEANINGS.get(name, name)}.svg"
    assert _shapes(pictograph(name)) == _shapes(file.read_text())
    assert _shapes(pictograph(name))


def test_beside_a_word_a_pictogram_is_silent_and_alone_it_is_read_out() -> None:
    assert 'aria-hidden="true"' in pictograph("truck")
    alone = pictograph("truck", title="<By road>")
    assert "aria-hidden" not in alone
    assert "<title>&lt;By road&gt;</title>" in alone
    assert 'class="icon large"' in pictograph("truck", **{"class": "large"})


@pytest.mark.parametrize("name", ["no-such-thing", "../tabler/truck", ""])
def test_a_name_without_a_file_fails_loudly(name: str) -> None:
    with pytest.raises(KeyError, match="no pictogram"):
        pictograph(name)


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
