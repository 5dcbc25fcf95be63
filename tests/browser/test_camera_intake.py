"""A maker's sticker before the camera: which of its bar codes is the serial number, and that a person sees it first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from PIL import Image

from tests import make
from tests.browser import filmed
from tests.browser.filming import Filmed
from tests.labels import samples

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

IMEI, IMEI2 = "356938035643809", "490154203237518"
JUDGE = """async cases => {
    const { judge } = await import("/static/js/scan/sticker.js");
    return cases.map(read => judge(read.map(([format, text]) => ({ format, text }))));
}"""

# What stands on the sticker → serial, IMEIs, tag. The shapes are those of the makers; the numbers are invented.
STICKERS: list[tuple[str, list[tuple[str, str]], str | None, list[str], str | None]] = [
    ("one number", [("code_128", "5CD9283KLM")], "5CD9283KLM", [], None),
    ("HP: serial and product", [("code_128", "5CD9283KLM"), ("code_128", "1EP85EA#ABF")], "5CD9283KLM", [], None),
    ("marked S and 1P", [("code_39", "SC02XK0AAJG5H"), ("code_39", "1PMPXQ2FN/A"), ("ean_13", "0190198456789")], "C02XK0AAJG5H", [], None),
    ("S of its own", [("code_128", "S58M30ABCDE")], "S58M30ABCDE", [], None),
    ("with and without S", [("code_39", "SPF12ABCD"), ("code_128", "PF12ABCD")], "PF12ABCD", [], None),
    ("Lenovo: 1S and type", [("code_128", "1S20L5CTO1WWPF12ABCD")], "PF12ABCD", [], None),
    ("Dell: service tag and express code", [("code_128", "7K2PLX2"), ("code_128", str(int("7K2PLX2", 36)))], "7K2PLX2", [], None),
    ("Dell: a part's number beside", [("code_128", "7K2PLX2"), ("code_128", "CN-0F5C3J-70166-51D-0A2B")], "7K2PLX2", [], None),
    ("named", [("qr_code", "SN:5CD9283KLM"), ("code_128", "ABC12345")], "5CD9283KLM", [], None),
    ("an address with the number", [("qr_code", "https://support.example/qr?sn=PF12ABCD&mt=20L5")], "PF12ABCD", [], None),
    ("an address without", [("qr_code", "https://www.example.org/start")], None, [], None),
    ("telephone", [("code_128", IMEI), ("code_128", IMEI2), ("code_128", "R58M30ABCDE"), ("ean_13", "8806090000003")], "R58M30ABCDE", [IMEI, IMEI2], None),
    ("all in one symbol", [("data_matrix", f"IMEI1:{IMEI},IMEI2:{IMEI2},SN:R58M30ABCDE")], "R58M30ABCDE", [IMEI, IMEI2], None),
    ("an IMEI misread", [("code_128", "356938035643808")], "356938035643808", [], None),
    ("an IMEI with its version", [("code_128", "3569380356438011")], None, [], None),
    ("network addresses", [("code_128", "F0DEF1A2B3C4"), ("code_128", "F0:DE:F1:A2:B3:C4"), ("code_128", "5CD9283KLM")], "5CD9283KLM", [], None),
    ("a SIM card's number", [("code_128", "8933012345678901234")], None, [], None),
    ("only a product", [("ean_13", "3614710000008"), ("upc_a", "036000291452")], None, [], None),
    ("a product number in other bars", [("code_128", "4006381333931"), ("code_128", "VN0A3B4C5D")], "VN0A3B4C5D", [], None),
    ("two that could be it", [("code_128", "ABC12345"), ("code_128", "XYZ98765")], None, [], None),
    ("our own tag beside", [("qr_code", samples.BASE + "BCDFGHJX"), ("code_128", "5CD9283KLM")], "5CD9283KLM", [], samples.BASE + "BCDFGHJX"),
    ("words", [("code_128", "MADEINCHINA")], None, [], None),
]  # fmt: skip


def test_the_serial_number_is_found_among_a_makers_codes(app: Flask, opened: Callable[..., Any]) -> None:
    judged = opened("/login").evaluate(JUDGE, [codes for _name, codes, *_rest in STICKERS])
    found = [
        (name, one["serial"], one["imeis"], one["tag"])
        for (name, *_), one in zip(STICKERS, judged, strict=True)
    ]
    assert found == [(name, serial, imeis, tag) for name, _codes, serial, imeis, tag in STICKERS]
    undecided = judged[[name for name, *_ in STICKERS].index("two that could be it")]
    assert sorted(undecided["choices"]) == ["ABC12345", "XYZ98765"]


def test_the_page_and_the_server_agree_on_what_an_imei_is(app: Flask, opened: Callable[..., Any]) -> None:
    from tracker.devices.imei_rules import digits_of

    texts = [f"{int(IMEI) + step:015d}" for step in range(40)] + [
        "0" * 15,
        "1" * 15,
        IMEI[:14],
        IMEI + "1",
        "35693803564380X",
    ]
    said = opened("/login").evaluate(
        "async texts => { const { isImei } = await import('/static/js/scan/sticker.js'); return texts.map(isImei); }",
        texts,
    )
    assert said == [digits_of(text) is not None for text in texts]


def bars(kind: zxingcpp.BarcodeFormat, text: str) -> Image.Image:
    made = zxingcpp.create_barcode(text, kind).to_image(scale=3, add_quiet_zones=True)
    return Image.fromarray(made).convert("RGB")


def sticker(*codes: Image.Image) -> Image.Image:
    wide, high = (
        max(one.width for one in codes) + 40,
        sum(one.height for one in codes) + 30 * (len(codes) + 1),
    )
    paper, down = Image.new("RGB", (wide, high), "white"), 30
    for one in codes:
        paper.paste(one, (20, down))
        down += one.height + 30
    return paper


def test_a_sticker_fills_the_form_and_nothing_is_sent(app: Flask, before: Filmed) -> None:
    gift = make.collection()
    paper = sticker(
        bars(zxingcpp.BarcodeFormat.Code128, "R58M30ABCDE"),
        bars(zxingcpp.BarcodeFormat.EAN13, "8806090000003"),
        bars(zxingcpp.BarcodeFormat.Code128, IMEI),
    )
    page = before([filmed.held(paper, share=0.96)], f"/collections/{gift.reference}/add")
    posts: list[str] = []
    page.on("request", lambda one: posts.append(one.url) if one.method == "POST" else None)
    page.locator("[data-camera-start]").click()
    before.until(page, "document.querySelector('#serial').value && document.querySelector('#imei').value")
    assert page.locator("#serial").input_value() == "R58M30ABCDE"
    assert page.locator("#imei").input_value() == IMEI and page.locator("#imei").is_visible()
    before.until(
        page, "document.querySelector('[data-camera-view]').hidden"
    )  # settled: it closes, and the field is looked at
    assert page.evaluate("document.activeElement.id") == "serial" and not posts


def test_where_two_numbers_could_be_it_a_person_chooses(app: Flask, before: Filmed) -> None:
    gift = make.collection()
    paper = sticker(
        bars(zxingcpp.BarcodeFormat.Code128, "ABC12345"), bars(zxingcpp.BarcodeFormat.Code39, "XYZ98765")
    )
    page = before([filmed.held(paper, share=0.96)], f"/collections/{gift.reference}/add")
    page.locator("[data-camera-start]").click()
    page.locator("[data-camera-choices] button", has_text="XYZ98765").click()
    assert page.locator("#serial").input_value() == "XYZ98765"
    assert page.evaluate("document.activeElement.id") == "serial"


def test_what_a_person_typed_is_not_overwritten(app: Flask, before: Filmed) -> None:
    gift = make.collection()
    page = before(
        [filmed.held(bars(zxingcpp.BarcodeFormat.Code128, "R58M30ABCDE"))],
        f"/collections/{gift.reference}/add",
    )
    page.locator("#serial").fill("TYPED-1")
    page.locator("[data-camera-start]").click()
    page.locator("[data-camera-choices] button", has_text="R58M30ABCDE").wait_for()
    assert page.locator("#serial").input_value() == "TYPED-1"
