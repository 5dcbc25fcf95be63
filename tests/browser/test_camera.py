"""The camera of the scan page: labels that our own code drew, held before a real browser's camera, are read in time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from labels.label import Label
from tests import make
from tests.browser import filmed
from tests.browser.filming import Filmed
from tests.labels import samples
from tracker.collection import operations as collection
from tracker.collection.rules import Line
from tracker.database import transaction
from tracker.devices.lifecycle import Action
from tracker.devices.rules import DeviceType

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

IN_TIME_MS = 1000  # the limit is on the screen: from the first frame shown to the reading
SAMPLE = ("wipe", "badge")  # the largest symbol beside text, and a title that takes the room
DESIGNS = [
    pytest.param(words[0], marks=() if words[0] in SAMPLE else pytest.mark.long) for words in samples.WORDS
]
SPOILT: dict[str, Callable[[Image.Image], Image.Image]] = {
    "tilted": filmed.tilted,
    "askew": filmed.askew,
    "blurred": filmed.blurred,
    "dark": filmed.dark,
    "all at once": lambda scene: filmed.dark(filmed.blurred(filmed.tilted(scene, 12), 0.8), 0.4),
}
FIRST = "performance.getEntriesByName('ricochet:read').map(one => one.duration)[0]"


@pytest.mark.parametrize("design", DESIGNS)
def test_each_design_is_read_within_a_second_of_its_first_picture(design: str, before: Filmed) -> None:
    label = samples.label(design, 7)
    page = before([filmed.held(filmed.printed(label))])
    page.locator("[data-camera-start]").click()
    assert before.readings(page, 1) == [(label.payload, "camera")]
    assert page.evaluate(FIRST) <= IN_TIME_MS
    assert page.locator("[data-camera]").get_attribute("data-reader") == "zxing"


@pytest.mark.parametrize(
    "how",
    [pytest.param(how, marks=() if how == "all at once" else pytest.mark.long) for how in SPOILT],
)
def test_a_label_seen_badly_is_read_within_a_second(how: str, before: Filmed) -> None:
    label = samples.label("wipe", 8)
    page = before([SPOILT[how](filmed.held(filmed.printed(label)))])
    page.locator("[data-camera-start]").click()
    assert before.readings(page, 1) == [(label.payload, "camera")]
    assert page.evaluate(FIRST) <= IN_TIME_MS


def test_a_place_and_a_device_in_one_picture_are_two_readings_and_stay_two(before: Filmed) -> None:
    """The place first, whatever side it lies on; and nothing of the picture is sent anywhere."""
    place = samples.label("location", 9, samples.BASE.replace("/D/", "/L/"))
    device = samples.label("ready", 10)
    page = before([filmed.held(filmed.printed(device), filmed.printed(place), share=0.94)])
    sent: list[Any] = []
    page.on("request", lambda one: sent.append(one))  # noqa: PLW0108 (Playwright marks what it is given)
    page.locator("[data-camera-start]").click()
    assert before.readings(page, 2) == [(place.payload, "camera"), (device.payload, "camera")]
    page.wait_for_timeout(1200)  # thirty frames more of the same
    assert len(before.readings(page, 2)) == 2, "what stays in sight is read once"
    assert not [one.url for one in sent if not one.url.startswith(before.url)]
    assert not [one.url for one in sent if len(one.post_data_buffer or b"") > 2000], "no picture leaves"


def test_the_browsers_own_reader_is_used_where_it_knows_our_symbols(before: Filmed) -> None:
    """Debian's Chromium has none: one of the standard's shape stands in, and the megabyte is not fetched by the page."""
    label = samples.label("wipe", 11)
    page = before([filmed.held(filmed.printed(label))], first=STANDARD_READER)
    page.locator("[data-camera-start]").click()
    assert before.readings(page, 1) == [(label.payload, "camera")]
    assert page.locator("[data-camera]").get_attribute("data-reader") == "own"
    assert page.evaluate("localStorage.getItem('scan-reader')") == "own"
    assert page.evaluate("globalThis.asked > 0")


def test_a_reader_of_the_browser_that_does_not_work_is_left_for_ours(before: Filmed) -> None:
    label = samples.label("wipe", 12)
    broken = STANDARD_READER.replace(
        "globalThis.asked = (globalThis.asked ?? 0) + 1;", "throw new Error('out');"
    )
    page = before([filmed.held(filmed.printed(label))], first=broken)
    page.locator("[data-camera-start]").click()
    assert before.readings(page, 1) == [(label.payload, "camera")]
    assert page.evaluate("localStorage.getItem('scan-reader')") == "zxing", "and it is not tried again"


# A BarcodeDetector of the standard's shape, for a browser that has none.
STANDARD_READER = """globalThis.BarcodeDetector = class {
    constructor({ formats }) { this.formats = formats; }
    static async getSupportedFormats() { return ["qr_code", "code_128", "aztec"]; }
    async detect(source) {
        globalThis.asked = (globalThis.asked ?? 0) + 1;
        const { read } = await import("/static/js/scan/zxing.js");
        const { pixels } = await import("/static/js/scan/reader.js");
        return (await read(pixels(source), this.formats)).map(({ text, format, box }) => ({ rawValue: text, format, boundingBox: box }));
    }
};"""


def test_the_camera_is_let_go_when_nobody_looks_and_comes_back(before: Filmed) -> None:
    page = before([filmed.held(filmed.printed(samples.label("tag", 13)))])
    page.locator("[data-camera-start]").click()
    before.readings(page, 1)
    track = page.evaluate_handle("document.querySelector('video').srcObject.getVideoTracks()[0]")
    look = "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true}); document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(look, True)
    assert track.evaluate("track => track.readyState") == "ended"
    assert page.evaluate("document.querySelector('video').srcObject") is None
    page.evaluate(look, False)
    before.until(page, "document.querySelector('video').srcObject?.active")
    page.locator("[data-camera-stop]").click()
    assert page.locator("[data-camera-start]").is_visible() and page.locator("video").is_hidden()


def test_a_page_without_a_queue_is_sent_once_for_each_label(app: Flask, before: Filmed) -> None:
    """Receiving: the form is sent by the reading, the camera opens again by itself, and the label still in sight is no second one."""
    gift, by = make.collection(), make.actor("coordinator")
    with transaction():
        devices = [
            collection.add_device(gift, Line(DeviceType.LAPTOP), Action.ANNOUNCE, by) for _each in range(2)
        ]
        code = devices[0].code
    label = Label(code, samples.BASE + code, "tag")
    page = before([filmed.held(filmed.printed(label))], f"/collections/{gift.reference}/receive")
    posts: list[str] = []
    page.on("request", lambda one: posts.append(one.url) if one.method == "POST" else None)
    page.locator("[data-camera-start]").click()
    page.locator(".verdict").first.wait_for()
    page.wait_for_timeout(1500)
    assert len(posts) == 1
