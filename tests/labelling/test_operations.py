"""Printing: the file can be read back, the register knows, refusals leave nothing behind."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from labels.media import medium
from tests import make
from tests.labelling.reading import bars_of, left_edge_mm, read_back
from tracker.accounts.rules import Actor
from tracker.clock import now
from tracker.database import session, transaction
from tracker.devices import codes, particulars
from tracker.devices import operations as moves
from tracker.devices import queries as devices
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device, Tag
from tracker.devices.tags import TagState
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.labelling import documents, operations, queries, queue_queries, rules, sheet_queries
from tracker.labelling.models import Print, PrintRun
from tracker.labelling.rules import Item, Reason
from tracker.printing.models import Fit, Printer
from tracker.printing.rules import Way

SHEET = medium("avery-l7160")


def printed(*things: Any, by: Actor | None = None, **more: Any) -> rules.PrintedFile:
    """The file of these things' labels, each in the design of its stage unless said otherwise."""
    asked = {"design": None, "medium": "avery-l7160", "format": "pdf", "start": 1, **more}
    given = [one if isinstance(one, str) else one.code for one in things]
    by = by or make.actor()
    with transaction():
        return operations.print_labels(
            given, asked["design"], asked["medium"], asked["format"], asked["start"], by, asked.get("reason")
        )


def prints() -> list[Print]:
    session.expire_all()
    return list(session.scalars(select(Print).order_by(Print.id)))


def three(**values: Any) -> list[Device]:
    return [make.device(Stage.RECEIVED, model=f"Model {number}", **values) for number in range(3)]


@pytest.mark.parametrize("dpi", [203, 300])
def test_a_printed_sheet_reads_back_each_code_once_in_its_cell(app: Flask, dpi: int) -> None:
    base = app.config["SETTINGS"].qr_base
    made = three()
    file = printed(*made, start=20)
    cells, counted = read_back(file.data, SHEET, dpi)
    assert cells == {20 + at: f"{base}/D/{device.code}" for at, device in enumerate(made)}
    assert set(counted.values()) == {1}
    assert file.mimetype == "application/pdf" and file.name.endswith(".pdf")


def test_what_a_printer_is_corrected_by_is_in_the_file(app: Flask) -> None:
    made, by = three()[0], make.actor()
    with transaction():
        one = Printer(site_id=by.site_id, name="office", format="pdf", medium="avery-l7160", way=Way.DOWNLOAD)
        session.add(one)

    def lies(on: int | None) -> float:
        """Millimetres from the page's left edge to the code."""
        asked = replace(rules.order("avery-l7160", "pdf", 1), chosen=True, printer=on)
        with transaction():
            file = operations.print_items([Item(made.code, "intake")], asked, by, documents.imprint())
        return left_edge_mm(file.data)

    plain = lies(None)
    assert lies(one.id) == plain
    with transaction():
        session.add(Fit(printer_id=one.id, medium="avery-l7160", x_mm=3.0, y_mm=0.0, scale=1.0, set_by=None))
    assert lies(one.id) == pytest.approx(plain + 3.0, abs=0.2)
    assert lies(None) == plain


def test_the_bars_say_the_code_too(app: Flask) -> None:
    made = three()
    assert sorted(bars_of(printed(*made).data)) == sorted(device.code for device in made)


def test_every_label_is_in_the_register(app: Flask) -> None:
    by, made = make.actor(), three()
    printed(*made, by=by, start=21, reason="damaged")
    (run,) = session.scalars(select(PrintRun)).all()
    assert (run.by_user_id, run.medium, run.format, run.start, run.count) == (
        by.user_id,
        "avery-l7160",
        "pdf",
        21,
        3,
    )
    assert [(one.code, one.device_id, one.design, one.cell, one.reason) for one in prints()] == [
        (device.code, device.id, "intake", cell, Reason.DAMAGED)
        for device, cell in zip(made, (21, 1, 2), strict=True)
    ]


def test_a_code_given_twice_is_printed_once(app: Flask) -> None:
    (device, *_) = three()
    file = printed(device.code, device.code.lower(), f"HTTPS://OLD.EXAMPLE/D/{device.code}")
    assert len(read_back(file.data, SHEET)[0]) == len(prints()) == 1


def test_unknown_codes_are_named_and_nothing_is_printed(app: Flask) -> None:
    (device, *_) = three()
    with pytest.raises(Malformed, match="BCDF-GHJX, CCCC-CCC") as refusal:
        printed(device.code, "BCDFGHJX", "CCCCCCC" + codes.check_letter("CCCCCCC"))
    assert refusal.value.field == "codes" and device.code not in str(refusal.value)
    assert not prints() and session.scalar(select(func.count()).select_from(PrintRun)) == 0


WRONG: list[tuple[dict[str, Any], str | None]] = [
    ({"design": "postcard"}, "design"),
    ({"medium": "avery-l0000"}, "medium"),
    ({"format": "exe"}, "format"),
    ({"start": 22}, "start"),
    ({"start": "; lp -d x"}, "start"),
    ({"reason": "for fun"}, "reason"),
    ({"format": "zpl"}, None),
    ({"format": "brother"}, None),
]


def test_what_cannot_be_printed_is_refused_in_words_and_leaves_nothing(app: Flask) -> None:
    made = three()
    for more, field in WRONG:
        with pytest.raises(Malformed) as refusal:
            printed(*made, **more)
        assert refusal.value.field == field and refusal.value.status == 422, more
        assert refusal.value.sentence.shown_in("fr") != str(refusal.value)
    assert not prints()


def test_nothing_and_too_much_are_refused(app: Flask) -> None:
    with pytest.raises(Malformed, match="no label to print"):
        printed()
    with pytest.raises(Malformed, match="too many"):
        rules.must_be_printable_at_once(rules.MOST_AT_ONCE + 1)


def test_an_association_prints_nothing(app: Flask) -> None:
    with pytest.raises(NotAllowed):
        printed(*three(), by=make.actor("association"))


def test_pictures_of_several_sheets_come_as_one_archive(app: Flask) -> None:
    file = printed(*three(), start=20, format="png")
    assert (file.mimetype, file.name[-4:]) == ("application/zip", ".zip")
    assert len(zipfile.ZipFile(io.BytesIO(file.data)).namelist()) == 2
    assert printed(*three(), format="png").data.startswith(b"\x89PNG")


def test_every_format_has_its_file(app: Flask) -> None:
    made = three()
    assert printed(*made, format="svg").data.lstrip().startswith(b"<")
    assert b"^XA" in printed(*made, medium="zebra-57x32", format="zpl").data
    assert printed(*made, medium="brother-dk-11209", format="brother").name.endswith(".prn")
    assert [one.cell for one in prints()[-3:]] == [None] * 3


def test_a_replaced_tag_is_printed_as_the_one_in_force(app: Flask) -> None:
    (device, *_) = three()
    old = device.code
    with transaction():
        fresh = particulars.mint(Kind.DEVICE)[0].code
        particulars.replace_tag(devices.locked(device.id), fresh, make.actor())
    cells, _ = read_back(printed(old).data, SHEET)
    assert list(cells.values()) == [f"{app.config['SETTINGS'].qr_base}/D/{fresh}"]
    assert prints()[0].code == fresh


def test_a_void_tag_is_named_and_not_printed(app: Flask) -> None:
    make.site()
    with transaction():
        code = particulars.mint(Kind.DEVICE)[0].code
        operations.void_tag(code, make.actor(), "torn")
    with pytest.raises(Malformed, match=codes.shown(code)):
        printed(code)


def test_voiding_is_written_down_with_its_reason_and_done_once(app: Flask) -> None:
    make.site()
    by = make.actor()
    with transaction():
        code = particulars.mint(Kind.DEVICE)[0].code
        entry = operations.void_tag(code, by, "torn off")
        assert operations.void_tag(code, by) is None
    assert session.get(Tag, code).state is TagState.VOID
    found = past.of_subject(Subject.TAG, codes.number_of(code))
    assert [one.id for one in found] == [entry.id]
    assert found[0].facts == {"code": code, "was": "minted"} and past.note_of(found[0]) == "torn off"
    assert not past.chain_faults()


def test_a_tag_in_use_is_not_voided(app: Flask) -> None:
    (device, *_) = three()
    shelf = make.location()
    before = session.scalar(select(func.count()).select_from(HistoryEntry))
    for code in (device.code, shelf.code):
        with pytest.raises(RuleBroken, match="in use"), transaction():
            operations.void_tag(code, make.actor())
    assert session.scalar(select(func.count()).select_from(HistoryEntry)) == before


def test_printing_a_minted_tag_makes_it_printed_and_minting_prints_new_ones_only(app: Flask) -> None:
    make.site()
    by, asked = make.actor(), rules.order("avery-l7160", "pdf", 1)
    with transaction():
        first = operations.mint_and_print(5, asked, by, documents.imprint("fr"), token="a" * 64)
    with transaction():
        again = operations.mint_and_print(5, asked, by, documents.imprint("fr"), token="a" * 64)
    session.expire_all()
    tags = session.scalars(select(Tag)).all()
    assert len(tags) == 5 and {tag.state for tag in tags} == {TagState.PRINTED}
    assert read_back(first.data, SHEET)[0] == read_back(again.data, SHEET)[0]
    assert len(prints()) == 5
    printed(tags[0].code, design="tag")
    assert len(session.scalars(select(Tag)).all()) == 5


def test_printing_leaves_an_attached_tag_as_it_is(app: Flask) -> None:
    (device, *_) = three()
    printed(device)
    assert session.get(Tag, device.code).state is TagState.ATTACHED


def test_the_same_form_gives_the_file_again_and_a_changed_one_prints(app: Flask) -> None:
    by, (one, two, _) = make.actor(), three()
    asked, on = rules.order("avery-l7160", "pdf", 3), documents.imprint("fr")

    def send(items: list[Item]) -> bytes:
        token = operations.token_of("drawn with the form", by, items, asked)
        with transaction():
            return operations.print_items(items, asked, by, on, token=token).data

    first = send([Item(one.code, "intake")])
    assert send([Item(one.code, "intake")]) == first
    assert len(prints()) == 1
    send([Item(one.code, "intake"), Item(two.code, "intake")])
    assert len(prints()) == 3


def test_one_form_is_one_person_s(app: Flask) -> None:
    asked, items = rules.order("avery-l7160", "pdf"), [Item("BCDFGHJX", "tag")]
    mine, hers = make.actor(), make.actor("quality")
    assert operations.token_of("x", mine, items, asked) != operations.token_of("x", hers, items, asked)


def test_the_next_free_cell_is_remembered_for_everyone_of_a_site(app: Flask) -> None:
    site, made = make.actor().site_id, three()
    assert sheet_queries.next_start(site, SHEET) == 1
    printed(*made, start=5)
    assert sheet_queries.next_start(site, SHEET) == 8
    assert sheet_queries.next_start(site, medium("avery-l7163")) == 1
    printed(*made, by=make.actor("quality"), start=None)
    assert [one.cell for one in prints()] == [5, 6, 7, 8, 9, 10]
    printed(*made, medium="avery-l7163", start=None)
    assert (sheet_queries.next_start(site, medium("avery-l7163")), sheet_queries.next_start(site, SHEET)) == (
        4,
        11,
    )
    printed(*made, start=19)
    assert sheet_queries.next_start(site, SHEET) == 1 and not sheet_queries.begun(site, SHEET.name)


def test_sheet_and_format_are_remembered_for_each_person(app: Flask) -> None:
    by = make.actor()
    assert queries.usual(by) == ("avery-l7160", "pdf")
    printed(*three(), by=by, medium="zebra-57x32", format="zpl")
    assert queries.usual(by) == ("zebra-57x32", "zpl")
    assert queries.usual(make.actor("quality")) == ("avery-l7160", "pdf")


def test_a_new_design_follows_the_move_and_says_so_by_itself(app: Flask) -> None:
    (device, *_) = three()
    printed(device, design="tag")
    printed(device, design="intake")
    printed(device, design="wipe")
    printed(device, design="wipe")
    assert [one.reason for one in prints()] == [None, None, Reason.STAGE_CHANGE, None]


def waiting() -> dict[str, int]:
    return queue_queries.counts(make.actor().site_id)


def is_due(device: Device) -> bool:
    panel = queries.panel(device, make.actor())
    return panel is not None and bool(panel["due"])


def test_a_label_waits_until_it_is_printed_in_its_design(app: Flask) -> None:
    received, wiped = make.device(Stage.RECEIVED), make.device(Stage.WIPED)
    make.device(Stage.WIPING)
    assert waiting() == {"intake": 1, "wipe": 1}
    printed(received, design="tag")
    assert waiting() == {"intake": 1, "wipe": 1}
    printed(received, wiped)
    assert waiting() == {}
    assert not is_due(received)


def test_a_label_waits_again_when_the_device_comes_there_again(app: Flask) -> None:
    device = make.device(Stage.DELIVERED)
    printed(device)
    assert waiting() == {}
    with transaction():
        moves.advance(devices.locked(device.id), Action.TAKE_BACK, make.actor(), reason="broken")
    assert waiting() == {"intake": 1}
    printed(device)
    with transaction():
        moves.advance(devices.locked(device.id), Action.START_WIPING, make.actor())
        moves.correct(devices.locked(device.id), make.actor())
    assert is_due(devices.by_code(device.code))


def test_the_label_of_a_reservation_serves_the_prepared_device_too(app: Flask) -> None:
    asked = make.request(("screen", 1))
    (device,) = make.reserved(asked, make.ready("screen"))
    assert waiting() == {"allocation": 1}
    printed(device)
    with transaction():
        moves.perform(
            devices.locked(device.id),
            Action.PREPARE,
            make.actor(),
            {"packed": True, "accessories": ["power_cable"]},
        )
    assert devices.by_code(device.code).stage is Stage.PREPARED
    assert waiting() == {}


def test_other_workshops_and_merged_records_do_not_wait_here(app: Flask) -> None:
    there = make.site("SUD")
    make.device(Stage.RECEIVED, site_id=there.id)
    kept, gone = make.device(Stage.RECEIVED), make.device(Stage.RECEIVED)
    with transaction():
        particulars.merge(devices.locked(kept.id), devices.locked(gone.id), make.actor())
    assert waiting() == {"intake": 1}
    assert queue_queries.counts(there.id) == {"intake": 1}
    cells, _ = read_back(printed(gone.code).data, SHEET)
    assert list(cells.values()) == [f"{app.config['SETTINGS'].qr_base}/D/{kept.code}"]


def test_what_has_left_waits_a_few_days_only(app: Flask) -> None:
    make.device(Stage.RECYCLED)
    old = make.device(Stage.RECYCLED)
    with transaction():
        devices.locked(old.id).stage_since = now() - timedelta(days=rules.GONE_DAYS, hours=1)
    assert waiting() == {"exit": 1}


def test_the_device_s_page_is_told_what_was_printed_and_what_waits(app: Flask) -> None:
    by, (device, *_) = make.actor(), three()
    assert queries.panel(device, make.actor("association")) is None
    before = queries.panel(device, by)
    assert before and before["due"] and not before["prints"] and before["design"] == "Intake label"
    printed(device, by=by)
    after = queries.panel(device, by)
    assert after and not after["due"] and after["prints"][0].design == "intake"
    assert after["names"][by.user_id] == make.user("volunteer").name


def test_a_long_address_is_refused_before_anything_is_recorded(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.__class__(**{**vars(settings), "qr_base": "HTTPS://" + "A" * 84})
    with pytest.raises(Malformed, match="a label holds at most"):
        printed(*three())
    assert not prints()
