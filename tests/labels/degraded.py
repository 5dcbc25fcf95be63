"""Pictures of symbols spoilt as labels are, and whether one mask is read worse than another on the same damage."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
import qrcode
import zxingcpp
from PIL import Image, ImageFilter

from labels import qr
from tests.labels import samples
from tests.labels.reading import Picture

Damage = Callable[[Picture, np.random.Generator], Picture]


def picture(rows: list[str], module: int) -> Picture:
    """A symbol with its quiet zone, in black on white."""
    dark = np.array([[letter == "1" for letter in row] for row in rows])
    dark = np.pad(dark, 4).repeat(module, 0).repeat(module, 1)
    return np.where(dark, 0, 255).astype(np.uint8)


def best_mask(payload: str) -> list[str]:
    """The symbol with the mask that `qrcode` prefers."""
    drawing = qrcode.QRCode(qr.version_for(payload), qrcode.constants.ERROR_CORRECT_M, border=0)
    drawing.add_data(payload)
    drawing.make(fit=False)
    return ["".join("01"[bool(dark)] for dark in row) for row in drawing.modules]


def read(page: Picture, payload: str) -> bool:
    found = zxingcpp.read_barcodes(page, formats=(zxingcpp.BarcodeFormat.QRCode,))
    return payload in [code.text for code in found]


def blurred(page: Picture, radius: float) -> Picture:
    return np.asarray(Image.fromarray(page).filter(ImageFilter.GaussianBlur(radius)))


def speckled(page: Picture, share: float, chance: np.random.Generator) -> Picture:
    """A share of the dots turned black or white, as by wear and dust."""
    spoilt, hit = page.copy(), chance.random(page.shape) < share
    spoilt[hit] = chance.choice(np.array([0, 255], np.uint8), np.count_nonzero(hit))
    return spoilt


def _worn(page: Picture, chance: np.random.Generator) -> Picture:
    spoilt = speckled(page, 0.1, chance)
    return blurred(spoilt, chance.uniform(1.2, 1.9))


def _out_of_focus(page: Picture, chance: np.random.Generator) -> Picture:
    return blurred(page, chance.uniform(1.8, 2.5))


def _faded(page: Picture, chance: np.random.Generator) -> Picture:
    """Thermal paper gone grey, seen by a camera with noise."""
    low, high = 118.0, 118.0 + chance.uniform(45, 85)
    noise = chance.normal(0, 9, page.shape)
    return np.clip(low + page / 255 * (high - low) + noise, 0, 255).astype(np.uint8)


def _streaked(page: Picture, chance: np.random.Generator) -> Picture:
    """Dots of a thermal head that do not heat, each a white line through the whole label."""
    spoilt = page.copy()
    spoilt[
        :, chance.choice(page.shape[1], int(page.shape[1] * chance.uniform(0.05, 0.25)), replace=False)
    ] = 255
    return blurred(spoilt, 1.0)


def _tilted(page: Picture, chance: np.random.Generator) -> Picture:
    """Seen from the side and turned, far away."""
    turned = Image.fromarray(page).rotate(
        chance.uniform(-40, 40), Image.Resampling.BICUBIC, True, fillcolor=255
    )
    near, far = turned.size[0] * chance.uniform(0.0, 0.12), turned.size[1] * chance.uniform(0.0, 0.12)
    width, height = turned.size
    quad = (near, far, 0, height, width, height - far, width - near, 0)
    seen = turned.transform(
        (width, height), Image.Transform.QUAD, quad, Image.Resampling.BICUBIC, fillcolor=255
    )
    small = chance.uniform(0.5, 0.8)
    seen = seen.resize((round(width * small), round(height * small)), Image.Resampling.BILINEAR)
    return speckled(np.asarray(seen), 0.02, chance)


DAMAGES: dict[str, Damage] = {
    "worn": _worn,
    "out-of-focus": _out_of_focus,
    "faded": _faded,
    "streaked": _streaked,
    "tilted": _tilted,
}


def compared(damage: Damage, count: int) -> tuple[int, int, int, int]:
    """Of so many payloads, each spoilt in the same way with both masks: how many were read with ours, with the best, with
    ours only, with the best only."""
    ours = best = ours_only = best_only = 0
    for seed in range(count):
        payload = samples.BASE + samples.code(seed)
        with_ours, with_best = (
            read(damage(picture(rows, 4), np.random.default_rng(seed)), payload)
            for rows in (qr.symbol(payload).rows, best_mask(payload))
        )
        ours += with_ours
        best += with_best
        ours_only += with_ours and not with_best
        best_only += with_best and not with_ours
    return ours, best, ours_only, best_only


def chance_of_being_no_worse(ours_only: int, best_only: int) -> float:
    """McNemar's exact test, one-sided: how likely it is that so many symbols are read with the best mask only when neither
    mask is better. Under 0.05 ours is worse."""
    apart = ours_only + best_only
    return sum(comb(apart, at) for at in range(best_only, apart + 1)) / 2**apart
