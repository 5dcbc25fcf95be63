"""Save and print in one press: what is saved stays saved whatever the printer does, and nothing is printed twice."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests import make
from tests.labelling.test_habits import decided, jobs, printer, waiting
from tests.web import browsing
from tracker.collection import operations as collecting
from tracker.collection.rules import Line
from tracker.database import session, transaction
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType
from tracker.labelling.habit_rules import Habit
from tracker.labelling.models import PrintRun


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].__class__(
        **{**vars(app.config["SETTINGS"]), "locale": "en"}
    )


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return browsing.client_of(app, make.user("quality"))


def form_of(browser: FlaskClient, address: str) -> dict[str, Any]:
    """What the page's form sends if nothing is typed, with the second button pressed."""
    page = browser.get(address).text
    assert re.search(r'<button class="quiet"[^>]*name="and_print" value="1"', page), "no second button"
    token = browsing.FORM_TOKEN.search(page)
    return {"csrf_token": browsing.token_on(page), "form_token": token[1] if token else "", "and_print": "1"}


def adding(browser: FlaskClient, gift: str, serial: str) -> TestResponse:
    """One press on “Save and print the label”."""
    address = f"/collections/{gift}/add"
    typed = {"serial": serial, "type": "laptop", "action": "receive"}
    return browser.post(address, data={**form_of(browser, address), **typed})


def runs() -> list[PrintRun]:
    session.rollback()
    return list(session.scalars(select(PrintRun).order_by(PrintRun.id)))


def count_devices() -> int:
    session.rollback()
    return len(session.scalars(select(Device)).all())


def usual(format: str = "zpl") -> None:
    """There is a printer for the labels that new devices get."""
    decided("intake", Habit.ASKED, printer(format=format))


def test_one_press_saves_a_device_and_sends_its_label(app: Flask, browser: FlaskClient) -> None:
    usual()
    gift = make.collection().reference
    answer = adding(browser, gift, "SN-1")
    assert answer.status_code == 303 and answer.location.startswith(f"/collections/{gift}/add")
    assert "on its way to the printer" in browser.get(answer.location).text
    (job,) = jobs()
    assert count_devices() == 1 and job.labels == 1 and "intake" not in waiting()


def test_the_same_press_twice_saves_and_prints_once(app: Flask, browser: FlaskClient) -> None:
    usual()
    address = f"/collections/{make.collection().reference}/add"
    typed = {**form_of(browser, address), "serial": "SN-1", "type": "laptop", "action": "receive"}
    first, second = browser.post(address, data=typed), browser.post(address, data=typed)
    assert (first.status_code, second.status_code, first.location) == (303, 303, second.location)
    assert count_devices() == 1 and len(jobs()) == 1


def test_without_a_printer_the_press_ends_at_the_labels_to_print_and_leads_on(
    app: Flask, browser: FlaskClient
) -> None:
    gift = make.collection().reference
    first = adding(browser, gift, "SN-1")
    page = browser.get(first.location)
    assert re.fullmatch(r"/labels/runs/\d+/print\?next=.+", first.location) and page.status_code == 200
    assert f'href="/collections/{gift}/add' in page.text  # the next device is one press away
    adding(browser, gift, "SN-2")
    assert [run.prints[0].cell for run in runs()] == [1, 2]  # the next free cell


def test_a_fault_of_paper_never_loses_what_was_saved(app: Flask, browser: FlaskClient) -> None:
    usual(format="brother")  # which this roll is not for
    answer = adding(browser, make.collection().reference, "SN-1")
    page = browser.get(answer.location).text
    assert "Saved, but the label of" in page and "waits in" in page
    assert count_devices() == 1 and not jobs() and waiting() == {"intake": 1}


def test_a_label_that_went_with_its_move_is_not_printed_again(app: Flask, browser: FlaskClient) -> None:
    decided("intake", Habit.AUTOMATIC, printer())
    answer = adding(browser, make.collection().reference, "SN-1")
    assert "on its way to the printer" in browser.get(answer.location).text
    assert len(jobs()) == 1


def test_receiving_prints_with_the_same_press(app: Flask, browser: FlaskClient) -> None:
    usual()
    gift = make.collection()
    with transaction():
        announced = collecting.add_device(gift, Line(DeviceType.LAPTOP), Action.COLLECT, make.actor())
    address = f"/collections/{gift.reference}/receive"
    row = re.search(
        r'name="scanned" value="([A-Z]+)"><input type="hidden" name="and_print"', browser.get(address).text
    )
    assert row and row[1] == announced.code, "the rows print too"
    answer = browser.post(address, data={**form_of(browser, address), "scanned": announced.code})
    assert answer.location == address and [one.labels for one in jobs()] == [1]
    assert devices.by_code(announced.code).stage is Stage.RECEIVED


def test_a_move_that_was_made_already_prints_nothing(app: Flask, browser: FlaskClient) -> None:
    device = make.device(Stage.WIPED)
    decided("test", Habit.ASKED, printer())
    address = f"/reconditioning/{device.code}"
    pressed = form_of(browser, address)
    for _ in range(2):
        assert browser.post(f"{address}/start", data=pressed).status_code == 303
        assert len(jobs()) == 1
