"""A drive's maker is told from its model, or not at all."""

from __future__ import annotations

import pytest

from tracker.wiping.certificate_rules import runs_of
from tracker.wiping.maker_rules import maker_of, named


@pytest.mark.parametrize(
    ("model", "maker"),
    [
        ("ST1000LM035-1RK172", "Seagate"), ("WDC WD5000LPVX-22V0TT0", "Western Digital"), ("WD Blue SN570 1TB", "Western Digital"),
        ("Samsung SSD 860 EVO 250GB", "Samsung"), ("SAMSUNG MZVLB256HBHQ-000L7", "Samsung"), ("MZ7LN256HAJQ", "Samsung"),
        ("HTS545050A7E380", "HGST"), ("HGST HTS721010A9", "HGST"), ("Hitachi HTS54323", "Hitachi"), ("TOSHIBA MQ01ABD0", "Toshiba"),
        ("INTEL SSDSC2KW256G8", "Intel"), ("CT500MX500SSD1", "Crucial"), ("KINGSTON SA400S37240G", "Kingston"),
        ("ATA ST500DM002", "Seagate"), ("SK hynix BC511", "SK hynix"), ("Rico NVMe 512", None), ("ST", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_the_model_tells_the_maker_where_it_can(model: str | None, maker: str | None) -> None:
    assert maker_of(model) == maker


def test_the_maker_is_not_said_twice() -> None:
    assert named("Samsung", "SAMSUNG MZVLB256") == "SAMSUNG MZVLB256"
    assert named("Seagate", "ST500LM021") == "Seagate ST500LM021"
    assert (named(None, "Rico"), named("Seagate", None), named(None, None)) == ("Rico", "Seagate", None)


def test_numbers_that_follow_one_another_stand_together() -> None:
    assert runs_of([1, 2, 3, 5, 7, 8]) == "1–3, 5, 7–8"
    assert (runs_of([4]), runs_of([])) == ("4", "")
