"""Begun sheets: nobody wastes a cell, and no two prints get the same one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from labels.media import medium
from tests import make
from tests.labelling.reading import read_back
from tests.web import browsing
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Tag
from tracker.devices.tags import TagState
from tracker.errors import Conflict, NotHere
from tracker.history.models import HistoryEntry
from tracker.labelling import (
    documents,
    operations,
    queue_queries,
    rules,
    run_operations,
    run_queries,
    sheet_operations,
    sheet_queries,
    sheet_rules,
)
from tracker.labelling.models import Print
from tracker.labelling.rules import Item

SignIn = Callable[..., FlaskClient]
SHEET = medium("avery-l7160")


def printed(count: int, start: object = None, sheet: object = None, by: Any = None) -> rules.PrintedFile:
    by = by or make.actor()
    items = [Item(make.device(Stage.RECEIVED).code, "intake") for _ in range(count)]
    with transaction():
        asked = rules.order(SHEET.name, "pdf", start, sheet=sheet)
        return operations.print_items(items, asked, by, documents.imprint())


def cells() -> list[int | None]:
    session.rollback()
    return [one.cell for one in session.scalars(select(Print).order_by(Print.id))]


def begun() -> Any:
    session.rollback()
    return sheet_queries.begun(make.actor().site_id)


def test_spoilt_cells_are_passed_over_on_paper_too(app: Flask) -> None:
    printed(2)
    with transaction():
        sheet_operations.mark(begun()[0], [4, 6], make.actor())
    file = printed(3)
    assert list(read_back(file.data, SHEET)[0]) == [3, 5, 7]
    assert cells() == [1, 2, 3, 5, 7]
    again = operations.again(run_queries.run(file.run, make.actor().site_id), documents.imprint())
    assert list(read_back(again.data, SHEET)[0]) == [3, 5, 7]


def test_a_sheet_that_is_used_up_is_forgotten_and_the_next_one_begins(app: Flask) -> None:
    printed(20)
    printed(44)
    assert cells()[20:22] == [21, 1] and cells()[-1] == 1
    (sheet,) = begun()
    assert sheet.cells == "p" + "." * 20
    with transaction():
        sheet_operations.end(sheet_queries.begun_sheet(sheet.id, sheet.site_id), make.actor())
    printed(1)
    assert cells()[-1] == 1 and len(begun()) == 1


def test_several_sheets_of_one_medium_can_be_begun(app: Flask) -> None:
    printed(3)
    first = begun()[0].id
    printed(1, sheet="new")
    assert cells()[-1] == 1 and len(begun()) == 2
    printed(1, start="4", sheet=str(first))
    assert cells()[-1] == 4 and begun()[0].id == first


def test_who_chose_a_cell_that_was_taken_meanwhile_is_told_so(app: Flask) -> None:
    printed(3)
    sheet = str(begun()[0].id)
    printed(2)
    with pytest.raises(Conflict, match=r"Label 4 .* next free one is 6"):
        printed(1, start="4", sheet=sheet)
    assert cells() == [1, 2, 3, 4, 5]


def test_a_sheet_of_another_workshop_is_not_there(app: Flask) -> None:
    printed(1)
    (sheet,) = begun()
    south = make.site("SUD").id
    with pytest.raises(NotHere):
        sheet_queries.begun_sheet(sheet.id, south)
    assert not sheet_queries.begun(south)


def test_prints_at_once_never_get_the_same_cell(app: Flask) -> None:
    by, made = make.actor(), [make.device(Stage.RECEIVED).code for _ in range(6)]
    ready, faults = threading.Barrier(len(made)), []

    def press(code: str) -> None:
        with app.app_context():
            try:
                ready.wait()
                with transaction():
                    operations.print_items(
                        [Item(code, "intake")], rules.order(SHEET.name, "pdf"), by, documents.imprint()
                    )
            except Exception as error:  # noqa: BLE001 (told below)
                faults.append(error)
            finally:
                session.remove()

    session.rollback()
    hands = [threading.Thread(target=press, args=(code,)) for code in made]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert not faults and sorted(one or 0 for one in cells()) == [1, 2, 3, 4, 5, 6]


def test_what_did_not_print_gives_back_its_cells_and_waits_again(app: Flask) -> None:
    by = make.actor()
    file = printed(3, by=by)
    assert not queue_queries.counts(by.site_id)
    with transaction():
        entry = run_operations.did_not_print(run_queries.locked(file.run, by), by)
        assert run_operations.did_not_print(run_queries.locked(file.run, by), by) is None
    assert entry is not None and entry.facts == {"labels": 3, "spoilt": False}
    assert session.scalar(select(HistoryEntry.action).where(HistoryEntry.id == entry.id)) == "did_not_print"
    session.rollback()
    assert queue_queries.counts(by.site_id) == {"intake": 3}
    assert begun()[0].cells == "." * 21
    again = printed(1)
    with transaction():
        run_operations.did_not_print(run_queries.locked(again.run, by), by, spoilt=True)
    assert begun()[0].cells == "x" + "." * 20


def test_a_minted_tag_that_did_not_print_is_only_in_the_register_again(app: Flask) -> None:
    by = make.actor()
    with transaction():
        code = particulars.mint(Kind.DEVICE)[0].code
        file = operations.print_items(
            [Item(code, "tag")], rules.order(SHEET.name, "pdf"), by, documents.imprint()
        )
    assert session.get(Tag, code).state is TagState.PRINTED
    with transaction():
        run_operations.did_not_print(run_queries.locked(file.run, by), by)
    assert session.get(Tag, code).state is TagState.MINTED


def test_the_pages_of_sheets_say_and_keep_what_is_left(app: Flask) -> None:
    printed(2)
    client = browsing.client_of(app, make.user("volunteer"))
    number = begun()[0].id
    assert "19" in client.get("/labels/sheets").text
    page = client.get("/labels/sheets")
    sent = {"csrf_token": browsing.token_on(page.text), "do": "mark", "spoilt": ["3", "1", "99", "x"]}
    assert client.post(f"/labels/sheets/{number}", data=sent).status_code == 303
    assert begun()[0].cells == "ppx" + "." * 18
    assert client.post(f"/labels/sheets/{number}", data={**sent, "do": "end"}).status_code == 303
    assert not begun()
    assert client.post(f"/labels/sheets/{number}", data={**sent, "do": "end"}).status_code == 409


def test_one_page_is_drawn_of_its_own_labels_alone() -> None:
    cells = [20, 21, 1, 3, *range(4, 22), 1]
    assert sheet_rules.pages_of(cells) == 3
    on = [cells[sheet_rules.page_in(cells, page)] for page in range(5)]
    assert on == [[], [20, 21], [1, 3, *range(4, 22)], [1], []]
    assert [1, 2, 3][sheet_rules.page_in([None, None, None], 2)] == [2]
