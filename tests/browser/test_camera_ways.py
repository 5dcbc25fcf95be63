"""Where there is no living picture: the page says why, and a photo does instead. And what is heard, felt and seen."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from PIL import Image

from tests import make
from tests.browser import filmed
from tests.browser.chromium import axe_faults
from tests.browser.filming import Filmed
from tests.browser.people import here
from tests.labels import samples

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

FAKE = (filmed.ALLOW, filmed.FAKE)
LAN = "atelier.lan"


def says(page: Any) -> str:
    return "document.querySelector('[data-camera-says]:not([hidden])')?.dataset.cameraSays"


def photo(scene: Image.Image) -> dict[str, Any]:
    data = io.BytesIO()
    scene.save(data, "JPEG", quality=88)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


def far(seed: int) -> tuple[str, dict[str, Any]]:
    """A photo of 8 megapixels in which the label is small and lies in a corner; and what it bears."""
    label = samples.label("wipe", seed)
    table = Image.new("RGB", (3264, 2448), filmed.TABLE)
    table.paste(filmed.tilted(filmed.held(filmed.printed(label)), 8).resize((960, 720)), (2150, 1600))
    return label.payload, photo(table)


@pytest.mark.parametrize(
    ("arguments", "options", "why"),
    [((), {}, "no-camera"), ((filmed.FAKE, "--deny-permission-prompts"), {"permissions": []}, "refused")],
)
def test_the_page_says_why_there_is_no_picture_and_a_photo_does_instead(
    before: Filmed, arguments: tuple[str, ...], options: dict[str, Any], why: str
) -> None:
    page = before.page("/scan", arguments, **options)
    page.locator("[data-camera-start]").click()
    before.until(page, f"{says(page)} === '{why}'")
    assert page.locator("[data-camera-says]:visible").count() == 1 and not axe_faults(page)
    payload, file = far(21)
    page.locator("[data-camera-photo] input").set_input_files(file)
    assert before.readings(page, 1) == [(payload, "photo")]
    page.locator("[data-camera-photo] input").set_input_files(
        photo(Image.new("RGB", (800, 600), filmed.TABLE))
    )
    before.until(page, f"{says(page)} === 'nothing'")


def test_each_reason_has_its_sentence(before: Filmed) -> None:
    page = before.page("/scan", FAKE)
    names = [
        "NotReadableError",
        "AbortError",
        "NotAllowedError",
        "NotFoundError",
        "OverconstrainedError",
        "TypeError",
        "reader",
    ]
    said = page.evaluate(
        "async names => { const { reason } = await import('/static/js/scan/camera.js'); return names.map(name => reason({ name })); }",
        names,
    )
    assert said == ["busy", "busy", "refused", "no-camera", "no-camera", "other", "reader"]
    sentences = {
        one: page.locator(f"[data-camera-says={one}]").text_content()
        for one in {*said, "no-https", "no-browser"}
    }
    assert len(set(sentences.values())) == len(sentences) and all(sentences.values())


@pytest.fixture
def on_the_lan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_TRUSTED_HOSTS", f"{LAN},127.0.0.1,localhost")


def test_without_https_the_page_says_so_and_reads_photos(on_the_lan: None, before: Filmed) -> None:
    """An address of the workshop's own network by plain HTTP: browsers lock the camera there."""
    port = urlsplit(before.url).port
    state = {**before.state, "cookies": [{**one, "domain": LAN} for one in before.state["cookies"]]}
    page = before.page(
        f"http://{LAN}:{port}/scan",
        (f"--host-resolver-rules=MAP {LAN} 127.0.0.1", *FAKE),
        storage_state=state,
    )
    assert page.evaluate("isSecureContext") is False
    page.locator("[data-camera-start]").click()
    before.until(page, f"{says(page)} === 'no-https'")
    payload, file = far(22)
    page.locator("[data-camera-photo] input").set_input_files(file)
    assert before.readings(page, 1) == [(payload, "photo")]


def test_another_lens_is_kept_for_the_next_time(before: Filmed) -> None:
    page = before.page("/scan", (filmed.ALLOW, f"{filmed.FAKE}=device-count=3"))
    page.locator("[data-camera-start]").click()
    lens = "document.querySelector('video').srcObject?.getVideoTracks()[0].getSettings().deviceId"
    before.until(page, lens)
    one = page.evaluate(lens)
    page.locator("[data-camera-lens]").click()
    before.until(page, f"{lens} && {lens} !== '{one}'")
    other = page.evaluate(lens)
    page.reload()
    before.until(page, lens)  # open as it was, without a touch
    assert page.evaluate(lens) == other


@pytest.mark.parametrize(
    ("cameras", "best"),
    [
        (
            ["camera2 1, facing front", "camera2 2, facing back", "camera2 0, facing back"],
            "camera2 0, facing back",
        ),
        (["Front Camera", "Back Ultra Wide Camera", "Back Camera", "Back Telephoto Camera"], "Back Camera"),
        (["Caméra avant", "Caméra arrière ultra grand angle", "Caméra arrière"], "Caméra arrière"),
        (["Back Camera", "Back Dual Wide Camera", "Front Camera"], "Back Dual Wide Camera"),
        (["Integrated IR Camera", "Integrated Camera"], "Integrated Camera"),
    ],
)
def test_the_main_lens_of_the_back_is_taken(
    app: Flask, opened: Callable[..., Any], cameras: list[str], best: str
) -> None:
    page = opened("/login")
    first = page.evaluate(
        "async labels => (await import('/static/js/scan/lens.js')).choices(labels.map(label => ({ label, id: label })))[0].label",
        cameras,
    )
    assert first == best


# ---- heard, felt, seen


RECORD = "globalThis.told = []; document.addEventListener('ricochet:heard', ({ detail }) => told.push(detail)); globalThis.shaken = []; navigator.vibrate = (how) => { shaken.push(how); return true; };"
JUDGE = "signs => signs.forEach(sign => document.dispatchEvent(new CustomEvent('ricochet:judged', { detail: { scan_id: 'none', sign, verdict: 'done', sentence: 'x', code: 'BCDFGHJX', raw: '', offers: [] } })))"


def test_verdicts_differ_to_ear_and_hand_and_the_gravest_is_heard(before: Filmed) -> None:
    page = before.page("/scan", FAKE, RECORD)
    page.locator("h1").click()  # a first touch, after which a page may sound
    shakes = set()
    for sign in ("good", "already", "bad", "unknown", "conflict", "wait"):
        page.evaluate(JUDGE, [sign])
        before.until(page, f"told.at(-1)?.kind === '{sign}'")
        shakes.add(str(page.evaluate("shaken.at(-1)")))
    assert len(shakes) == 6, "each has its own shake"
    heard = page.evaluate("told.length")
    page.evaluate(JUDGE, ["good", "bad", "good", "already"])
    before.until(page, f"told.length > {heard}")
    assert page.evaluate("told.at(-1).kind") == "bad" and page.evaluate("told.length") == heard + 1
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('ricochet:unkept', { detail: { raw: 'x', reason: 'none' } }))"
    )
    before.until(page, "told.at(-1).kind === 'bad' && told.length > 7")
    page.locator("[data-sound-button]").click()
    page.reload()
    page.evaluate(JUDGE, ["bad"])
    before.until(page, "told.length")
    assert page.evaluate("told.at(-1).quiet"), "silence is kept for the next page"
    assert page.locator("[data-sound-button]").get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.long)])
def test_the_camera_can_be_used_with_gloves_on_the_smallest_telephone_and_in_the_sun(
    before: Filmed, dark: bool
) -> None:
    scheme = {"color_scheme": "dark" if dark else "light", "viewport": {"width": 320, "height": 640}}
    film = filmed.film(before.folder, [filmed.held(filmed.printed(samples.label("wipe", 31)))])
    page = before.page("/scan", filmed.arguments(film), **scheme)
    page.locator("[data-camera-start]").click()
    before.readings(page, 1)
    for more in (False, True):
        if more:
            page.locator("[data-contrast-button]").click()
        assert not axe_faults(page)
        small = page.evaluate(
            "[...document.querySelectorAll('.camera-tools > *, .camera-switches > *')].filter(one => one.offsetParent)"
            ".map(one => one.getBoundingClientRect()).filter(({ width, height }) => Math.min(width, height) < 56).length"
        )
        assert small == 0
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.contrast") == "more"


def test_without_javascript_the_page_names_the_telephones_own_camera(
    app: Flask, chromium: Any, served: Any, opened: Callable[..., Any]
) -> None:
    state = here(opened, make.user("volunteer").email).context.storage_state()
    context = chromium.new_context(
        base_url=served.url, java_script_enabled=False, storage_state=state, locale="fr-FR"
    )
    page = context.new_page()
    page.goto("/scan")
    assert (
        page.locator(".camera noscript").inner_text() and not page.locator("[data-camera-start]").is_visible()
    )
    context.close()
