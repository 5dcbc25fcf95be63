"""Which report is believed about what is inside, what counts as the same, and when a person must choose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tracker.devices.rules import DeviceType
from tracker.wiping.hardware_rules import (
    ARRIVAL,
    ONE_GO,
    PERSON,
    Claim,
    Decision,
    Weighed,
    Word,
    after,
    decide,
    weigh,
    weigh_storage,
)
from tracker.wiping.hardware_value_rules import (
    Piece,
    Value,
    agree,
    belongs,
    cleaned,
    cpu_name,
    graphics_name,
    marketed_gb,
)

MARCH = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
APRIL = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
SOON = timedelta(minutes=2)


def said(value: Value, source: str, at: datetime = MARCH, report: int = 1) -> Claim:
    return Claim(value, source, report, at, at)


def values(claims: tuple[Claim, ...]) -> list[Value]:
    return [one.value for one in claims]


def word(value: Value | None, source: str = PERSON, at: datetime = MARCH) -> Word:
    return Word(value, source, at)


# --- which source is believed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("piece", "better", "lesser"),
    [
        (Piece.MEMORY, "dmidecode", "lshw"),
        (Piece.MEMORY, "lshw", "inxi"),
        (Piece.MEMORY, "inxi", "ereuse_snapshot"),
        (Piece.CPU, "lshw", "inxi"),
        (Piece.CPU, "dmidecode", "ereuse_snapshot"),
        (Piece.GRAPHICS, "lshw", "inxi"),
        (Piece.SCREEN, "inxi", "a reader of tomorrow"),
        (Piece.BATTERY, "upower", "a reader of tomorrow"),
        (Piece.STORAGE, "smartctl", "lshw"),
        (Piece.STORAGE, "lshw", "lsblk"),
        (Piece.STORAGE, "lsblk", "nwipe_log"),
    ],
)
def test_of_one_go_the_better_source_is_believed_and_nobody_is_asked(
    piece: Piece, better: str, lesser: str
) -> None:
    best, other = said(1000, better), said(3000, lesser, MARCH + SOON, 2)
    for told in ([best, other], [other, best]):
        assert weigh(piece, told) == Weighed(best)


def test_a_newer_report_of_an_equally_good_source_updates_without_asking() -> None:
    before, repaired = said(4096, "lshw"), said(8192, "lshw", APRIL, 2)
    assert weigh(Piece.MEMORY, [repaired, before]) == Weighed(repaired)


def test_a_newer_report_of_a_better_source_updates_without_asking() -> None:
    repaired = said(8192, "dmidecode", APRIL, 2)
    assert weigh(Piece.MEMORY, [said(4096, "lshw"), repaired]) == Weighed(repaired)


def test_a_newer_report_of_a_lesser_source_that_disagrees_is_asked_about_and_does_not_overwrite() -> None:
    trusted, doubtful = said(4096, "dmidecode"), said(8000, "inxi", APRIL, 2)
    assert weigh(Piece.MEMORY, [trusted, doubtful]) == Weighed(trusted, (doubtful,))


def test_a_newer_report_of_a_lesser_source_that_agrees_changes_nothing() -> None:
    trusted = said(8192, "dmidecode")
    assert weigh(Piece.MEMORY, [trusted, said(7820, "inxi", APRIL, 2)]) == Weighed(trusted)


def test_two_equally_good_sources_of_one_go_that_disagree_are_asked_about() -> None:
    one, other = (
        said("Intel Core i5-8250U", "lshw"),
        said("Intel Core i5-6300U", "dmidecode", MARCH + SOON, 2),
    )
    found = weigh(Piece.CPU, [one, other])
    assert found.best is not None
    assert {found.best, *found.disputed} == {one, other}


def test_what_is_of_one_go_ends_after_a_quarter_of_an_hour() -> None:
    first = said(72, "inxi")
    within, later = said(90, "inxi", MARCH + ONE_GO, 2), said(90, "inxi", MARCH + ONE_GO + SOON, 2)
    assert weigh(Piece.BATTERY, [first, within]) == Weighed(within, (first,))
    assert weigh(Piece.BATTERY, [first, later]) == Weighed(later)


def test_a_value_that_two_reports_say_against_the_best_is_offered_once() -> None:
    trusted = said(4096, "dmidecode")
    told = [trusted, said(8192, "lshw", APRIL, 2), said(8000, "inxi", APRIL + SOON, 3)]
    assert values(weigh(Piece.MEMORY, told).disputed) == [8192]


def test_nothing_told_is_nothing_known() -> None:
    assert weigh(Piece.CPU, []) == Weighed(None)
    assert weigh_storage({}) == Weighed(None)


# --- storage: the drives together -------------------------------------------------------------------------------


def test_the_drives_of_a_device_are_counted_together_each_from_its_best_source() -> None:
    found = weigh_storage(
        {
            "SSD1": [said(512110190592, "smartctl"), said(1, "lsblk", MARCH + SOON, 2)],
            "HDD2": [said(1000204886016, "lshw", APRIL, 3)],
        }
    )
    assert found.best is not None
    assert (found.best.value, found.best.source, found.best.report) == (1512, "lshw", 3)
    assert found.disputed == ()


def test_two_sizes_of_one_drive_are_asked_about_as_two_totals() -> None:
    found = weigh_storage(
        {
            "SSD1": [said(512110190592, "smartctl"), said(256060514304, "hdparm_identity", MARCH + SOON, 2)],
            "HDD2": [said(1000204886016, "lshw")],
        }
    )
    assert found.best is not None
    assert sorted([float(found.best.value), *map(float, values(found.disputed))]) == [1256, 1512]


@pytest.mark.parametrize(
    ("size_bytes", "sold"),
    [
        (256060514304, 256),
        (250059350016, 250),
        (240057409536, 240),
        (500107862016, 500),
        (512110190592, 512),
        (1000204886016, 1000),
        (1024209543168, 1024),
        (120034123776, 120),
        (128035676160, 128),
        (31268536320, 32),
        (62537072640, 64),
        (60022480896, 60),
        (15634268160, 16),
    ],
)
def test_a_drive_is_called_by_the_size_it_is_sold_as(size_bytes: int, sold: int) -> None:
    assert marketed_gb(size_bytes) == sold


# --- a person's word --------------------------------------------------------------------------------------------


def test_a_persons_word_is_never_overwritten_and_a_report_that_disagrees_is_asked_about() -> None:
    told = said(8192, "dmidecode", APRIL)
    assert decide(Piece.MEMORY, Weighed(told), word(16384)) == Decision(None, (told,))


def test_a_report_that_agrees_with_a_person_changes_and_asks_nothing() -> None:
    told = said(7820, "inxi", APRIL)
    assert decide(Piece.MEMORY, Weighed(told), word(8192)) == Decision(None)


def test_a_person_is_not_asked_again_about_what_she_had_seen() -> None:
    seen, later = said(8192, "lshw"), said(8192, "lshw", APRIL, 2)
    hers = word(16384, at=MARCH + SOON)
    assert after(hers, [seen, later]) == [later]
    assert after(None, [seen, later]) == [seen, later]


def test_what_a_person_took_away_is_filled_again_by_a_later_report_only() -> None:
    hers = word(None, at=MARCH + SOON)
    assert after(hers, [said(8192, "lshw")]) == []
    later = said(8192, "lshw", APRIL)
    assert decide(Piece.MEMORY, Weighed(later), hers) == Decision(later)


def test_what_came_with_the_device_gives_way_to_a_report_that_says_the_same_more_exactly() -> None:
    listed, told = word("i5", ARRIVAL), said("Intel Core i5-8250U", "lshw", APRIL)
    assert decide(Piece.CPU, Weighed(told), listed) == Decision(told)


def test_what_came_with_the_device_is_not_overwritten_by_a_report_that_disagrees() -> None:
    listed, told = word(16384, ARRIVAL), said(8192, "dmidecode", APRIL)
    assert decide(Piece.MEMORY, Weighed(told), listed) == Decision(None, (told,))
    assert after(listed, [said(8192, "lshw", MARCH - SOON)]) != []


def test_without_a_report_what_stands_stays() -> None:
    assert decide(Piece.MEMORY, Weighed(None), word(8192)) == Decision(None)
    assert decide(Piece.MEMORY, Weighed(None), None) == Decision(None)


# --- what is the same -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("piece", "one", "other"),
    [
        (Piece.MEMORY, 8192, 7782),  # 7.6 GB left of 8
        (Piece.MEMORY, 4096, 3584),
        (Piece.MEMORY, 1024, 960),
        (Piece.STORAGE, 256, 238.5),
        (Piece.STORAGE, 1000, 931),
        (Piece.STORAGE, 250, 256),
        (Piece.SCREEN, 15.6, 15.5),
        (Piece.SCREEN, 14, 13.9),
        (Piece.BATTERY, 72, 77),
        (Piece.CPU, "i5-8250U", "Intel Core i5-8250U"),
        (Piece.CPU, "Core i5 8250U", "Intel Core i5-8250U"),
        (Piece.CPU, "i5 8th gen", "Intel Core i5-8250U"),
        (Piece.CPU, "Intel(R) Core(TM) i5-8250U CPU", "intel core i5-8250u"),
        (Piece.GRAPHICS, "Intel HD Graphics 520", "HD 520"),
    ],
)
def test_what_only_differs_by_the_tool_is_the_same(piece: Piece, one: Value, other: Value) -> None:
    assert agree(piece, one, other) and agree(piece, other, one)


@pytest.mark.parametrize(
    ("piece", "one", "other"),
    [
        (Piece.MEMORY, 4096, 6144),
        (Piece.MEMORY, 8192, 6144),
        (Piece.MEMORY, 12288, 16384),
        (Piece.STORAGE, 500, 256),
        (Piece.STORAGE, 120, 160),
        (Piece.SCREEN, 14, 13.3),
        (Piece.SCREEN, 15.6, 17.3),
        (Piece.BATTERY, 72, 78),
        (Piece.CPU, "Intel Core i5-8250U", "Intel Core i5-8350U"),
        (Piece.CPU, "i7", "Intel Core i5-8250U"),
        (Piece.GRAPHICS, "Intel HD Graphics 520", "Intel HD Graphics 620"),
    ],
)
def test_what_differs_in_the_device_is_not_the_same(piece: Piece, one: Value, other: Value) -> None:
    assert not agree(piece, one, other) and not agree(piece, other, one)


# --- names and junk ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", "Intel Core i5-8250U"),
        ("Intel(R) Atom(TM) CPU  C2750  @ 2.40GHz", "Intel Atom C2750"),
        ("11th Gen Intel(R) Core(TM) i5-1135G7 @ 2.40GHz", "Intel Core i5-1135G7"),
        ("AMD Ryzen 5 PRO 3500U w/ Radeon Vega Mobile Gfx", "AMD Ryzen 5 PRO 3500U"),
        ("AMD Ryzen 7 5800H with Radeon Graphics", "AMD Ryzen 7 5800H"),
        ("AMD Ryzen 5 3600 6-Core Processor", "AMD Ryzen 5 3600"),
        ("AMD A6-9225 RADEON R4, 5 COMPUTE CORES 2C+3G", "AMD A6-9225 RADEON R4"),
        ("Intel(R) Core(TM)2 Duo CPU     P8600  @ 2.40GHz", "Intel Core 2 Duo P8600"),
        ("Intel Core i5-6300U", "Intel Core i5-6300U"),
    ],
)
def test_a_processors_name_is_kept_without_its_ornaments(told: str, name: str) -> None:
    assert cpu_name(told) == name
    assert cpu_name(name) == name


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Intel Corporation HD Graphics 520", "Intel HD Graphics 520"),
        ("Intel Skylake GT2 [HD Graphics 520]", "Intel HD Graphics 520"),
        ("NVIDIA Corporation GP108M [GeForce MX150]", "NVIDIA GeForce MX150"),
        ("Advanced Micro Devices, Inc. [AMD/ATI] Picasso", "AMD Picasso"),
        ("Intel Corporation HD Graphics 520 + NVIDIA Corporation GP108M [GeForce MX150]",
         "Intel HD Graphics 520 + NVIDIA GeForce MX150"),
        ("Intel Corporation HD Graphics 520 + i915drmfb", "Intel HD Graphics 520"),
    ],
)  # fmt: skip
def test_graphics_are_called_as_they_are_sold(told: str, name: str) -> None:
    assert graphics_name(told) == name
    assert graphics_name(name) == name


@pytest.mark.parametrize(
    ("piece", "junk"),
    [
        (Piece.CPU, "QEMU Virtual CPU version 2.5+"),
        (Piece.CPU, "pc-q35-7.2"),
        (Piece.CPU, "Not Specified"),
        (Piece.CPU, "0"),
        (Piece.CPU, "CPU @ 2.4GHz"),
        (Piece.GRAPHICS, "bochs-drmdrmfb"),
        (Piece.GRAPHICS, "EFI VGA"),
        (Piece.GRAPHICS, "Red Hat, Inc. Virtio 1.0 GPU"),
        (Piece.MEMORY, 0),
        (Piece.MEMORY, 64),
        (Piece.MEMORY, 2**40),
        (Piece.BATTERY, 0),
        (Piece.BATTERY, 400),
        (Piece.SCREEN, 0.5),
        (Piece.SCREEN, 200.0),
        (Piece.STORAGE, 0),
        (Piece.MEMORY, "a lot"),
        (Piece.MEMORY, None),
    ],
)
def test_placeholders_virtual_parts_and_absurd_numbers_say_nothing(piece: Piece, junk: Value | None) -> None:
    assert cleaned(piece, junk) is None


def test_a_battery_that_holds_more_than_when_it_was_new_is_full() -> None:
    assert cleaned(Piece.BATTERY, 103) == 100


def test_a_desktop_has_no_battery_and_no_screen_of_its_own() -> None:
    for kind in (DeviceType.DESKTOP, DeviceType.SCREEN, DeviceType.PRINTER):
        assert not belongs(Piece.BATTERY, kind) and not belongs(Piece.SCREEN, kind)
    assert belongs(Piece.SCREEN, DeviceType.ALL_IN_ONE) and not belongs(Piece.BATTERY, DeviceType.ALL_IN_ONE)
    assert all(belongs(piece, DeviceType.LAPTOP) for piece in Piece)
    assert belongs(Piece.MEMORY, DeviceType.DESKTOP) and belongs(Piece.STORAGE, DeviceType.DESKTOP)
