"""The pages of places."""

from __future__ import annotations

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import make
from tests.web.browsing import client_of, send
from tracker.database import session, transaction
from tracker.devices.lifecycle import Stage
from tracker.stock import operations, queries
from tracker.stock.models import Location


@pytest.fixture
def volunteer(app: Flask) -> FlaskClient:
    return client_of(app, make.user())


def test_a_volunteer_adds_a_box_on_a_shelf(volunteer: FlaskClient) -> None:
    shelf = make.location("Étagère 1")
    answer = send(
        volunteer, "/stock/locations/new", {"kind": "box", "name": "Caisse 12", "parent": shelf.code}
    )
    assert answer.status_code == 303
    assert "Étagère 1 › Caisse 12" in volunteer.get(answer.location).text


@pytest.mark.parametrize(
    "values",
    [
        {"name": "X"},
        {"kind": "box", "name": ""},
        {"kind": "cellar", "name": "X"},
        {"kind": "box", "name": "X", "parent": "no"},
    ],
)
def test_a_wrong_place_is_refused(volunteer: FlaskClient, values: dict[str, str]) -> None:
    answer = send(volunteer, "/stock/locations/new", values)
    assert answer.status_code == 422 and "error-summary" in answer.text
    assert session.scalars(select(Location)).all() == []


def test_a_name_that_is_taken_is_refused_beside_the_name(volunteer: FlaskClient) -> None:
    make.location("Étagère 1")
    answer = send(volunteer, "/stock/locations/new", {"kind": "shelf", "name": "Étagère 1"})
    assert answer.status_code == 422 and "name-error" in answer.text


def test_devices_are_scanned_into_the_place_in_view(volunteer: FlaskClient) -> None:
    shelf, devices = make.location(), [make.device(), make.device()]
    path = f"/stock/locations/{shelf.code}"
    for device in devices:
        assert send(volunteer, f"{path}/put", {"device": device.code}, form=path).status_code == 303
    page = volunteer.get(path).text
    assert all(f"/devices/{device.code}" in page for device in devices)


@pytest.mark.parametrize("scanned", ["", "NOTHING", "BCDFGHJX", "<script>"])
def test_a_scan_that_is_no_device_is_refused_beside_the_field(volunteer: FlaskClient, scanned: str) -> None:
    path = f"/stock/locations/{make.location().code}"
    answer = send(volunteer, f"{path}/put", {"device": scanned}, form=path)
    assert answer.status_code == 422 and "device-error" in answer.text and "<script>alert" not in answer.text


def test_the_place_stays_for_the_next_device(volunteer: FlaskClient) -> None:
    shelf, device = make.location(), make.device()
    answer = send(volunteer, "/stock/put", {"location": shelf.code, "device": device.code})
    assert answer.status_code == 303 and f"location={shelf.code}" in answer.location
    assert f'value="{shelf.code}"' in volunteer.get(answer.location).text


def test_who_comes_from_a_device_goes_back_to_it(volunteer: FlaskClient) -> None:
    shelf, device = make.location(), make.device()
    path = f"/stock/put?device={device.code}"
    answer = send(volunteer, path, {"location": shelf.code, "device": device.code})
    assert answer.location == f"/devices/{device.code}"


def test_a_device_that_is_gone_is_refused_with_the_reason(volunteer: FlaskClient) -> None:
    shelf, device = make.location(), make.device(Stage.DELIVERED)
    answer = send(volunteer, "/stock/put", {"location": shelf.code, "device": device.code})
    assert answer.status_code == 422 and "pas à l’atelier" in answer.text


def test_stock_says_where_a_device_is(volunteer: FlaskClient) -> None:
    shelf, device = make.location("Étagère 9"), make.device(serial="SERIAL-99")
    with transaction():
        operations.put(device, shelf, make.system())
    page = volunteer.get("/stock?q=serial-99").text
    assert page.count("Étagère 9") == 2  # where it is, and in the list of places
    assert "Aucun appareil" in volunteer.get("/stock?q=zzz").text


def test_a_closed_place_keeps_its_page(volunteer: FlaskClient) -> None:
    shelf = make.location()
    path = f"/stock/locations/{shelf.code}"
    assert send(volunteer, f"{path}/close", form=f"{path}/edit").status_code == 303
    assert "stock/locations" in volunteer.get("/stock").text
    assert "data-scan-field" not in volunteer.get(path).text
    assert send(volunteer, f"{path}/reopen", form=f"{path}/edit").status_code == 303
    assert "data-scan-field" in volunteer.get(path).text


def test_a_full_place_says_why_it_stays_open(volunteer: FlaskClient) -> None:
    shelf = make.location()
    with transaction():
        operations.put(make.device(), shelf, make.system())
    path = f"/stock/locations/{shelf.code}"
    answer = send(volunteer, f"{path}/close", form=f"{path}/edit")
    assert answer.status_code == 303 and "contient encore" in volunteer.get(answer.location).text


def test_a_place_is_renamed(volunteer: FlaskClient) -> None:
    shelf = make.location("Étagère 1")
    path = f"/stock/locations/{shelf.code}"
    assert send(volunteer, f"{path}/edit", {"name": "Étagère A", "parent": ""}).status_code == 303
    assert "Étagère A" in volunteer.get(path).text


def test_what_is_not_there_is_not_found(volunteer: FlaskClient) -> None:
    for path in (
        "/stock/locations/NOPE",
        "/stock/locations/NOPE/edit",
        "/stock?site=999",
        "/stock/nowhere?site=0",
    ):
        assert volunteer.get(path).status_code == 404, path


def test_the_panel_is_drawn_with_and_without_a_place(app: Flask) -> None:
    device, lying, gone = make.device(), make.device(), make.device(Stage.DELIVERED)
    actor = make.actor()
    with transaction():
        operations.put(device, make.location("Étagère 5"), actor)
    drawn = []
    for one in (device, lying, gone):
        with app.test_request_context():
            panel = queries.panel(one, actor)
            drawn.append(render_template("stock/_panel.html", panel=panel, device=one, actor=actor))
    assert "Étagère 5" in drawn[0] and "/stock/put" in drawn[1] and "/stock/put" not in drawn[2]
    assert queries.panel(device, make.actor("association")) is None
