"""The colours of the look against one another, reckoned from the style sheets: WCAG 2.2, 1.4.3 and 1.4.6.

axe judges the pages that a test opens, in the state they are in; this judges each pair that a rule may bring together.
"""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "tracker" / "static" / "css"
LOOK, CAMERA = ((CSS / name).read_text() for name in ("tracker.css", "camera.css"))
COLOUR = re.compile(r"(--[\w-]+):\s*(#[0-9a-f]{3,6})\b")
PHASES = ("collect", "wipe", "bench", "hand", "exit")
VERDICTS = ("good", "bad", "wait", "info", "phase-exit")
WHITE = "#ffffff"


def colours(sheet: str, block: str) -> dict[str, str]:
    found = re.search(block, sheet, re.DOTALL)
    assert found, block
    return dict(COLOUR.findall(found[1]))


LIGHT = colours(LOOK, r":root \{(.*?)\n\}")
DARK = LIGHT | colours(LOOK, r"prefers-color-scheme: dark\) \{\n  :root \{(.*?)\n  \}")
SUN = LIGHT | colours(CAMERA, r'data-contrast="more"\] \{(.*?)\n\}')
THEMES = {"light": LIGHT, "dark": DARK, "strong contrast": SUN}


def brightness(colour: str) -> float:
    """The relative luminance of `#rgb` or `#rrggbb`."""
    digits = colour[1:] if len(colour) == 7 else "".join(one * 2 for one in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((brightness(one), brightness(other)))
    return (bright + 0.05) / (dark + 0.05)


def too_weak(theme: dict[str, str], pairs: list[tuple[str, str]], least: float) -> list[str]:
    """The pairs of names (or colours) that stand apart less than that."""
    found = [
        (text, on, contrast(theme.get(f"--{text}", text), theme.get(f"--{on}", on))) for text, on in pairs
    ]
    return [f"{text} on {on}: {ratio:.2f}" for text, on, ratio in found if ratio < least]


def test_the_contrast_is_reckoned_as_the_standard_does() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_text_stands_out_from_every_ground_it_may_stand_on(theme: dict[str, str]) -> None:
    grounds = ["paper", "card", "hover"]
    tints = [f"{one}-tint" for one in (*VERDICTS, *(f"phase-{one}" for one in PHASES))]
    pairs = list(product(("ink", "ink-soft"), grounds + tints))
    pairs += list(product((*VERDICTS, *(f"phase-{one}" for one in PHASES)), grounds))
    pairs += [
        ("accent-text", "paper"),
        ("accent-text", "card"),
        ("accent-ink", "accent"),
        ("accent-ink", "accent-strong"),
    ]
    pairs += [(f"phase-{one}", f"phase-{one}-tint") for one in PHASES]
    assert not too_weak(theme, pairs, 4.5)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_what_a_scan_came_to_is_read_in_direct_sun(theme: dict[str, str]) -> None:
    verdicts = [(one, f"{one}-tint") for one in VERDICTS]
    banners = [(WHITE, f"phase-{one}-solid") for one in PHASES]
    heard = [(WHITE, colour) for colour in re.findall(r"\.camera-heard-[^{]*\{ background: (#\w{6})", CAMERA)]
    assert len(heard) == 4
    assert not too_weak(theme, verdicts + banners + heard, 7)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_edge_of_a_field_is_seen(theme: dict[str, str]) -> None:
    assert not too_weak(
        theme, [("edge", "card"), ("edge", "paper"), ("focus", "paper"), ("focus", "card")], 3
    )
