"""What headings and cells of donors' lists mean."""

from __future__ import annotations

import pytest

from tracker.collection.readers.columns import Heading, find_heading, line_of, meaning
from tracker.devices.rules import DeviceType
from tracker.errors import Malformed


def line(row: dict[str, str], default: DeviceType | None = None):
    _, heading = find_heading([tuple(row)], "list.csv")
    return line_of(tuple(row.values()), heading, default)


@pytest.mark.parametrize(
    ("heading", "meant"),
    [
        ("N° de série", ("serial", "")),
        ("Numéro de Série", ("serial", "")),
        ("S/N", ("serial", "")),
        ("Service Tag", ("serial", "")),
        ("MARQUE", ("manufacturer", "")),
        ("Fabricant", ("manufacturer", "")),
        ("Modèle", ("model", "")),
        ("Poids (kg)", ("weight", "kg")),
        ("Poids en grammes", ("weight", "g")),
        ("weight_g", ("weight", "g")),
        ("Chargeur", ("charger", "")),
        ("Type d’appareil", ("type", "")),
        ("Mémoire (Go)", ("memory", "gb")),
        ("RAM", ("memory", "")),
        ("Taille écran (pouces)", ("screen", "inch")),
        ("Utilisateur", None),
        ("Prix", None),
    ],
)
def test_headings_are_understood_in_both_languages(heading: str, meant: tuple[str, str] | None) -> None:
    assert meaning(heading) == meant


def test_titles_above_the_headings_are_passed_over() -> None:
    rows = [("Inventaire 2026",), (), ("Type", "Marque", "N° série"), ("portable", "HP", "X1")]
    place, heading = find_heading(rows, "list.csv")
    assert (place, heading.places["serial"]) == (3, (2, ""))


def test_columns_that_nobody_reads_are_named() -> None:
    _, heading = find_heading([("Type", "Utilisateur", "Bureau")], "list.csv")
    assert heading.ignored == ("Utilisateur", "Bureau")


def test_a_list_without_a_heading_is_refused() -> None:
    with pytest.raises(Malformed, match="No heading"):
        find_heading([("HP", "ProBook", "5CD123")], "list.csv")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Ordinateurs portables", DeviceType.LAPTOP),
        ("PC fixe", DeviceType.DESKTOP),
        ("Unité centrale", DeviceType.DESKTOP),
        ("Tout-en-un", DeviceType.ALL_IN_ONE),
        ("Écran", DeviceType.SCREEN),
        ("Tablettes", DeviceType.TABLET),
        ("Téléphone portable", DeviceType.SMARTPHONE),
        ("Imprimante", DeviceType.PRINTER),
        ("all_in_one", DeviceType.ALL_IN_ONE),
    ],
)
def test_types_are_understood_as_people_write_them(word: str, kind: DeviceType) -> None:
    assert line({"Type": word}).type is kind


def test_a_missing_type_takes_the_default_or_is_a_fault() -> None:
    assert line({"Type": "", "Marque": "HP"}, DeviceType.SCREEN).type is DeviceType.SCREEN
    with pytest.raises(Malformed, match="type is missing"):
        line({"Type": "", "Marque": "HP"})


@pytest.mark.parametrize(
    ("heading", "cell", "grams"),
    [
        ("Poids (kg)", "1,9", 1900),
        ("Poids (kg)", "850 g", 850),
        ("Poids", "1.9 kg", 1900),
        ("Poids (g)", "1 900", 1900),
        ("Poids (g)", "1\u202f900", 1900),
    ],
)
def test_a_weight_has_its_unit_in_the_cell_or_the_heading(heading: str, cell: str, grams: int) -> None:
    assert line({"Type": "écran", heading: cell}).weight_g == grams


@pytest.mark.parametrize("cell", ["2", "1,9"])
def test_a_weight_without_a_unit_is_not_guessed(cell: str) -> None:
    with pytest.raises(Malformed, match="no unit"):
        line({"Type": "écran", "Poids": cell})


@pytest.mark.parametrize("cell", ["0 kg", "201 kg", "lourd", "-3 kg", "9" * 300 + " kg"])
def test_an_impossible_weight_is_a_fault(cell: str) -> None:
    with pytest.raises(Malformed):
        line({"Type": "écran", "Poids": cell})


@pytest.mark.parametrize(
    ("cell", "with_it"), [("oui", True), ("X", True), ("non", False), ("sans", False), ("", None)]
)
def test_a_charger_is_said_in_many_ways(cell: str, with_it: bool | None) -> None:
    assert line({"Type": "portable", "Chargeur": cell}).charger is with_it


def test_a_charger_that_is_neither_yes_nor_no_is_a_fault() -> None:
    with pytest.raises(Malformed, match="yes or no"):
        line({"Type": "portable", "Chargeur": "peut-être"})


def test_a_serial_number_that_a_spreadsheet_has_rounded_is_refused() -> None:
    with pytest.raises(Malformed, match="Format the column as text"):
        line({"Type": "portable", "N° de série": "1,23457E+11"})


def test_a_serial_number_is_kept_as_it_stands() -> None:
    assert line({"Type": "portable", "N° de série": "=HYPERLINK(1)"}).serial == "=HYPERLINK(1)"


def test_what_is_inside_is_read_with_its_units() -> None:
    inside = line(
        {"Type": "pc", "CPU": "i5", "RAM": "8", "Disque": "1 To", "Taille écran": '15,6"'}
    ).specification
    assert inside == {"cpu": "i5", "memory_mb": 8192, "storage_gb": 1000, "screen_inches": 15.6}


def test_memory_in_megabytes_is_not_taken_for_gigabytes() -> None:
    assert line({"Type": "pc", "RAM": "8192"}).specification == {"memory_mb": 8192}
    assert line({"Type": "pc", "RAM (Mo)": "512"}).specification == {"memory_mb": 512}


def test_a_short_row_lacks_its_last_cells_only() -> None:
    heading = Heading({"type": (0, ""), "serial": (5, "")}, ())
    assert line_of(("portable",), heading).serial is None
