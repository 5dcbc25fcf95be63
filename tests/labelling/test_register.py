"""The register: asked by person, printer, reason and day; taken along as a file; counted month by month."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from tests import make
from tests.web import browsing
from tracker.clock import local, now
from tracker.database import session, transaction
from tracker.devices.lifecycle import Stage
from tracker.errors import Malformed
from tracker.labelling import operations, register_queries, register_rules, run_operations, run_queries
from tracker.labelling.rules import Reason
from tracker.printing.models import Printer
from tracker.printing.rules import Way


def printed(
    reason: str | None = None, design: str = "intake", by: Any = None, on: Any = None
) -> tuple[str, int]:
    device = make.device(Stage.RECEIVED)
    with transaction():
        printer = session.get(Printer, on) if on else None
        file = operations.print_labels(
            [device.code], design, "zebra-57x32", "zpl", None, by or make.actor(), reason, printer=printer
        )
    return device.code, file.run


def codes(**given: str) -> list[str]:
    session.rollback()
    asked = register_rules.filters(given, make.actor().site_id)
    return [row[0].code for row in register_queries.page(asked).items]


def test_lines_are_found_by_each_filter(app: Flask) -> None:
    with transaction():
        printer = Printer(site_id=make.actor().site_id, name="Zebra", way=Way.DOWNLOAD, format="zpl")
        session.add(printer)
    other = make.actor("quality")
    plain, _ = printed()
    lost, _ = printed("lost")
    hers, _ = printed(design="tag", by=other)
    there, run = printed(on=printer.id)
    with transaction():
        run_operations.did_not_print(run_queries.locked(run, make.actor()), make.actor())
    day, tomorrow = local(now()).date(), local(now()).date() + timedelta(days=1)
    assert codes(q=lost) == [lost]
    assert codes(reason="lost") == codes(reason="any") == [lost]
    assert codes(design="tag") == codes(person=str(other.user_id)) == [hers]
    assert codes(printer=str(printer.id)) == codes(came="no") == [there]
    assert codes(came="yes") == [hers, lost, plain]
    assert len(codes(since=day.isoformat(), until=day.isoformat())) == 4
    assert codes(since=tomorrow.isoformat()) == []
    with pytest.raises(Malformed, match="no day"):
        codes(since="yesterday")


def test_months_count_what_came_out_and_why_again(app: Flask) -> None:
    printed()
    printed("damaged")
    _, run = printed("damaged")
    with transaction():
        run_operations.did_not_print(run_queries.locked(run, make.actor()), make.actor())
    session.rollback()
    asked = register_rules.months(local(now()).date())
    this, *before = register_queries.months(make.actor().site_id, asked)
    assert (this.labels, this.again[Reason.DAMAGED], this.again[Reason.LOST]) == (2, 1, 0)
    assert len(before) == 11 and not any(one.labels for one in before)
    first, last = this.month.first.isoformat(), this.month.last.isoformat()
    assert len(codes(since=first, until=last, came="yes")) == this.labels
    client = browsing.client_of(app, make.user("volunteer"))
    page = client.get("/labels/register").text
    assert f"since={first}&amp;until={last}&amp;reason=damaged&amp;came=yes" in page


def test_the_register_is_taken_along_with_its_filters(app: Flask) -> None:
    printed()
    lost, _ = printed("lost")
    client: FlaskClient = browsing.client_of(app, make.user("volunteer"))
    text = client.get("/labels/register.csv?reason=lost").data.decode("utf-8-sig")
    assert len(text.splitlines()) == 2 and lost[:4] in text
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/labels/register.xlsx?reason=lost").data))
    rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) == 2 and str(rows[1][1]).startswith(lost[:4]) and hasattr(rows[1][0], "year")


def test_the_same_label_again_is_asked_why_once_and_never_refused(app: Flask) -> None:
    code, _ = printed()
    client = browsing.client_of(app, make.user("volunteer"))
    path = f"/devices/{code}/label"
    page = client.get(path).text
    sent = {
        "csrf_token": browsing.token_on(page),
        "form_token": "one",
        "design": "intake",
        "medium": "zebra-57x32",
        "shown_medium": "zebra-57x32",
        "format": "zpl",
    }
    asked = client.post(path, data=sent)
    assert asked.status_code == 200 and 'name="asked_why"' in asked.text
    assert client.post(path, data={**sent, "asked_why": "1"}).data.startswith(b"^XA")
    assert client.post(path, data={**sent, "form_token": "two", "reason": "lost"}).data.startswith(b"^XA")
