"""Every label is read back by decoders that share no code with the drawing, from pictures made by others' programs."""

from __future__ import annotations

import pytest

from labels.designs import DESIGNS
from labels.formats import FORMATS
from labels.media import MEDIA, medium
from tests.labels import grid, samples
from tests.labels.pictures import WAYS

LONG_BASE = "HTTPS://TRES-LONG.RICOCHET.EXAMPLE.ORG/ATELIER/D/"
PDF = WAYS[0]


def test_the_sample_covers_each_design_each_medium_and_each_format():
    for seed in range(3):
        drawn = [printing for printing, _ in grid.sample(seed)]
        assert {printing.on.name for printing in drawn} == {on.name for on in MEDIA}
        assert {printing.way.format for printing in drawn} == set(FORMATS)
    assert {label.design for label in samples.each_design()} == set(DESIGNS)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_a_sample_of_the_grid_reads_back(way):
    """Each printing is every design, and another day takes other resolutions, starts and media."""
    mine = [(printing, start) for printing, start in grid.sample() if printing.way is way]
    assert mine
    assert [fault for printing, start in mine for fault in printing.faults(start)] == [], f"seed {grid.SEED}"


@pytest.mark.parametrize(("start", "count"), [(1, 21), (5, 20), (21, 23)])
def test_labels_begin_at_the_cell_asked_for_and_fill_further_sheets(start, count):
    printing = grid.Printing(PDF, medium("avery-l7160"), 203)
    assert printing.faults(start, samples.many(count)) == []


@pytest.mark.parametrize("base", ["HTTPS://RICO.FR/D/", samples.BASE, LONG_BASE])
@pytest.mark.parametrize("name", ["avery-l7160", "avery-l7651", "brother-dk-11209", "zebra-57x32"])
def test_short_and_long_links_read_back(name, base):
    assert grid.Printing(PDF, medium(name), 300).faults(1, samples.each_design(base=base)) == []


@pytest.mark.long
@pytest.mark.parametrize("printing", grid.GRID, ids=lambda printing: printing.name)
def test_every_design_medium_format_and_start_cell_reads_back(printing):
    for start in range(1, printing.on.cells + 1):
        assert printing.faults(start) == [], f"start {start}"
