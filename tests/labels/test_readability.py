"""A fixed mask costs nothing when a picture is poor: read after each kind of damage, beside the mask `qrcode` prefers."""

from __future__ import annotations

import random

import numpy as np
import pytest

from labels import qr
from labels.media import MEDIA
from labels.raster import dots_per_mm
from tests.labels import degraded, grid, samples
from tests.labels.degraded import DAMAGES, chance_of_being_no_worse, compared
from tests.labels.pictures import WAYS

LEAST_CHANCE = 0.05
"""Under this the fixed mask is called worse."""
MOST_LOST = {"out-of-focus": 0.03}
"""Share of the pictures that may be lost by the fixed mask where it is known to be worse: by 2.3 in a hundred when a picture
is so far out of focus, without any other fault, that three in four are not read with any mask."""


def _is_no_worse(damage: str, count: int) -> None:
    ours, best, ours_only, best_only = compared(DAMAGES[damage], count)
    assert count < 1_000 or count / 10 < best < count, f"{best} of {count}: the damage tells nothing"
    said = f"{ours} read with mask {qr.MASK}, {best} with the best; {ours_only} and {best_only} with it only"
    if damage in MOST_LOST:
        assert best - ours <= MOST_LOST[damage] * max(count, 100), said
    else:
        assert chance_of_being_no_worse(ours_only, best_only) >= LEAST_CHANCE, said


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_fixed_mask_is_not_worse_than_the_best_on_a_few_poor_pictures(damage):
    _is_no_worse(damage, 25)


@pytest.mark.long
@pytest.mark.parametrize("damage", DAMAGES)
def test_the_fixed_mask_is_not_worse_than_the_best_over_two_thousand_poor_pictures(damage):
    _is_no_worse(damage, 2_000)


def test_the_judgement_sees_symbols_that_are_worse(monkeypatch):
    """The same with every tenth module of ours turned over."""
    whole = qr.symbol

    def scratched(payload: str) -> qr.Symbol:
        symbol = whole(payload)
        return symbol._replace(bits=symbol.bits ^ sum(1 << at for at in range(200, symbol.size**2 - 200, 10)))

    monkeypatch.setattr(qr, "symbol", scratched)
    _, _, ours_only, best_only = compared(DAMAGES["worn"], 25)
    assert chance_of_being_no_worse(ours_only, best_only) < LEAST_CHANCE


@pytest.mark.parametrize(
    ("ours_only", "best_only", "chance"), [(0, 0, 1), (0, 1, 0.5), (0, 5, 1 / 32), (5, 0, 1), (2, 2, 11 / 16)]
)
def test_the_chance_is_that_of_a_fair_coin(ours_only, best_only, chance):
    assert chance_of_being_no_worse(ours_only, best_only) == chance


def test_labels_read_back_blurred_and_with_five_percent_of_speckle():
    """Every design, on media that another day chooses otherwise."""
    way, dpi = WAYS[0], 300
    scale, missed = dots_per_mm(dpi), []
    media = [on for on in MEDIA if on.height_mm >= grid.FINE_ONLY_UNDER_MM]
    for on in random.Random(grid.SEED).sample(media, 6):
        labels = samples.each_design()
        pages = way.drawn(labels, on, dpi)
        for picture, page in zip(pages, grid.pages(labels, on), strict=True):
            for cell, label in page.items():
                x, y = (round(length * scale) for length in on.corner(cell))
                part = picture[y : y + round(on.height_mm * scale), x : x + round(on.width_mm * scale)]
                spoilt = degraded.speckled(part, 0.05, np.random.default_rng(cell))
                if not degraded.read(degraded.blurred(spoilt, 1.0), label.payload):
                    missed.append(f"{label.design} on {on.name}")
    assert missed == [], f"seed {grid.SEED}"
