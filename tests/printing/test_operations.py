"""Printers of a site: what they may be called, how they are reached, who changes them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests import make
from tracker.accounts.rules import Actor
from tracker.database import transaction
from tracker.errors import Conflict, Malformed, NotAllowed, NotHere, RuleBroken
from tracker.history import queries as past
from tracker.history.rules import Subject
from tracker.printing import operations, queries, rules
from tracker.printing.models import Printer
from tracker.printing.rules import Described, Way

DOOR = Described("Zebra de l’accueil", Way.DOWNLOAD, "zpl")


def add(asked: Described = DOOR, by: Actor | None = None, **values: Any) -> Printer:
    boss = by or make.actor("coordinator")
    with transaction():
        return operations.add_printer(asked, boss, **values)


def actions(printer: Printer) -> list[str]:
    return [entry.action for entry in past.of_subject(Subject.PRINTER, printer.id)]


def test_a_printer_is_added_changed_retired_and_used_again_on_record(app: Flask) -> None:
    boss = make.actor("coordinator")
    printer = add(medium="zebra-57x32")
    with transaction():
        operations.change_printer(printer, Described("Zebra", Way.QUEUE, "zpl", "zebra-1", 203), boss)
        operations.retire_printer(printer, boss)
    assert not queries.printers(boss.site_id)
    with transaction():
        operations.restore_printer(printer, boss)
    assert [one.address for one in queries.printers(boss.site_id)] == ["zebra-1"]
    assert sorted(actions(printer)) == ["add_printer", "change_printer", "restore_printer", "retire_printer"]


def test_what_changes_nothing_writes_nothing(app: Flask) -> None:
    printer = add(medium="zebra-57x32")
    with transaction():
        assert operations.change_printer(printer, DOOR, make.actor("coordinator")) is None
        assert operations.load(printer, "zebra-57x32", make.actor()) is None
        assert operations.restore_printer(printer, make.actor("coordinator")) is None


def test_a_volunteer_says_what_lies_in_it_and_nothing_else(app: Flask) -> None:
    printer, volunteer = add(), make.actor()
    with transaction():
        operations.load(printer, "zebra-51x25", volunteer)
    assert printer.medium == "zebra-51x25"
    for change in (
        lambda: operations.change_printer(printer, Described("Autre", Way.DOWNLOAD, "pdf"), volunteer),
        lambda: operations.retire_printer(printer, volunteer),
        lambda: operations.add_printer(Described("Autre", Way.DOWNLOAD, "pdf"), volunteer),
    ):
        with pytest.raises(NotAllowed), transaction():
            change()


def test_a_medium_that_nobody_knows_is_refused(app: Flask) -> None:
    printer = add()
    with pytest.raises(Malformed) as refusal, transaction():
        operations.load(printer, "avery-l0000", make.actor())
    assert refusal.value.field == "medium"


def test_a_name_is_taken_for_good(app: Flask) -> None:
    printer = add()
    with pytest.raises(Conflict, match="already"):
        add(Described("  Zebra  de l’accueil ", Way.BROWSER, "pdf"))
    with transaction():
        operations.retire_printer(printer, make.actor("coordinator"))
    with pytest.raises(Conflict, match="retired"):
        add()


def test_a_retired_printer_is_not_changed(app: Flask) -> None:
    printer, boss = add(), make.actor("coordinator")
    with transaction():
        operations.retire_printer(printer, boss)
    with pytest.raises(RuleBroken, match="retired"), transaction():
        operations.load(printer, "zebra-51x25", boss)


def test_another_sites_printer_is_not_there(app: Flask) -> None:
    printer, other = add(), make.site("SUD")
    with pytest.raises(NotHere):
        queries.printer(printer.id, other.id)
    assert not queries.printers(other.id)


@pytest.mark.parametrize(
    "name",
    [
        "-oraw",
        "",
        " ",
        "a b",
        "zebra;reboot",
        "$(id)",
        "zebra/1",
        "zébra",
        "a\nb",
        "--help",
        "é",
        "a" * 128,
        "zebra\u200b",
    ],
)
def test_a_queues_name_never_looks_like_an_option_or_a_command(name: str) -> None:
    with pytest.raises(Malformed) as refusal:
        rules.address_of(Way.QUEUE, name, ())
    assert refusal.value.field == "address"


@pytest.mark.parametrize("name", ["zebra-1", "HP_Laser", "QL.800", "_x"])
def test_a_queues_name_is_kept_as_it_is(name: str) -> None:
    assert rules.address_of(Way.QUEUE, name, ()) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("zebra.local", "zebra.local:9100"),
        (" Zebra.LOCAL:9101 ", "zebra.local:9101"),
        ("192.168.1.40:9100", "192.168.1.40:9100"),
        ("[FE80::1]:9100", "[fe80::1]:9100"),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert rules.address_of(Way.SOCKET, typed, [kept]) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "http://192.168.1.40",
        "zebra:0",
        "zebra:70000",
        "zebra local:9100",
        "fe80::1",
        "[zebra]:9100",
        "user@host:9100",
        "-x:9100",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Malformed, match="address and port"):
        rules.socket_address(typed)


def test_only_what_the_operator_lists_is_reached(app: Flask) -> None:
    zebra = Described("Zebra", Way.SOCKET, "zpl", "192.168.1.40")
    assert add(zebra, allowed=["192.168.1.40:9100"]).address == "192.168.1.40:9100"
    for allowed in ([], ["192.168.1.41:9100"], ["192.168.1.40:9101"]):
        with pytest.raises(Malformed, match="TRACKER_PRINTERS"):
            rules.checked(zebra, allowed)


@pytest.mark.parametrize(
    ("way", "fitting"),
    [
        (Way.SOCKET, {"zpl", "brother"}),
        (Way.QUEUE, {"pdf", "png", "zpl", "brother"}),
        (Way.BROWSER, {"pdf", "svg"}),
        (Way.DOWNLOAD, {"pdf", "svg", "png", "zpl", "brother"}),
    ],
)
def test_a_format_goes_the_ways_that_carry_it(way: Way, fitting: set[str]) -> None:
    address = {Way.QUEUE: "q", Way.SOCKET: "h:9100"}.get(way)
    for name in rules.FORMATS_OF[Way.DOWNLOAD]:
        asked = Described("Une", way, name, address)
        if name in fitting:
            assert rules.checked(asked, ["h:9100"]).format == name
        else:
            with pytest.raises(Malformed) as refusal:
                rules.checked(asked, ["h:9100"])
            assert refusal.value.field == "format"


def test_a_fineness_is_one_that_labels_are_drawn_at() -> None:
    with pytest.raises(Malformed):
        rules.checked(Described("Une", Way.DOWNLOAD, "png", dpi=72), ())
