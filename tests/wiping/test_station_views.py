"""The page of the stations: a coordinator adds one, puts two files on a stick, renames it, ends it."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.web.browsing import send
from tests.wiping.test_station_operations import MARK, signed
from tests.wiping.test_station_operations import send as dispatch
from tests.wiping.test_views import SignIn, _in_english  # noqa: F401 (a fixture of every test)
from tracker.database import session, transaction
from tracker.signing.enrolment_rules import read_code
from tracker.wiping import station_operations
from tracker.wiping.station_models import Station
from tracker.wiping.station_rules import StationStanding

PAGE = "/wiping/stations"


def added(client: SignIn | object, name: str = "Stick 3") -> tuple[str, str]:
    """The page that shows the code of a new station, and the code."""
    page = send(client, PAGE, {"name": name}).text  # type: ignore[arg-type]
    found = re.search(r"((?:[BCDFGHJKLNPRSTVX]{4} ?){3})", page)
    assert found is not None
    return page, str(read_code(found[1]))


def standing() -> StationStanding:
    session.rollback()
    return session.query(Station).one().standing


def test_a_station_goes_from_its_name_to_its_end(app: Flask, signed_in: SignIn) -> None:
    client = signed_in("coordinator")
    assert "No station yet" in client.get(PAGE).text
    page, code = added(client)
    assert "Enrol “Stick 3”" in page and "data:image/png;base64," in page and "24 hours" in page
    listed = client.get(PAGE).text
    assert "waits for its code" in listed and code not in listed, "it is shown once"
    with transaction():
        station = station_operations.enrol(code, MARK)[0]
    dispatch(signed(station))
    listed = client.get(PAGE).text
    assert "enrolled on" in listed and "never" not in listed
    assert send(client, f"{PAGE}/1/rename", {"name": "Stick 3 b"}, form=PAGE).status_code == 303
    assert "Stick 3 b" in client.get(PAGE).text
    assert send(client, f"{PAGE}/1/revoke", form=PAGE).status_code == 303
    listed = client.get(PAGE).text
    assert "revoked on" in listed and "Revoke<" not in listed and standing() is StationStanding.REVOKED


def test_the_two_files_of_a_stick_are_taken_from_the_page(app: Flask, signed_in: SignIn) -> None:
    client = signed_in("coordinator")
    _, first = added(client)
    settings = send(client, f"{PAGE}/1/settings", form=PAGE)
    code = re.search(rb"CODE=(\w{12})\n", settings.data)
    assert (
        code is not None
        and code[1].decode() != first
        and "station.conf" in settings.headers["Content-Disposition"]
    )
    script = client.get(f"{PAGE}/station.sh")
    site = app.config["SETTINGS"].site_url
    assert (
        script.data.startswith(b"#!/bin/sh\n")
        and site.encode() in script.data
        and b"@SERVER@" not in script.data
    )
    again = send(client, f"{PAGE}/1/code", form=PAGE).text
    assert "Enrol “Stick 3”" in again and code[1].decode() not in again.replace(" ", "")


@pytest.mark.parametrize("role", ["volunteer", "quality"])
def test_who_may_not_make_a_station_sees_none(app: Flask, signed_in: SignIn, role: str) -> None:
    assert signed_in(role).get(PAGE).status_code == 403


@pytest.mark.parametrize("name", ["", "x" * 61])
def test_a_name_that_cannot_be_is_said_beside_its_field(app: Flask, signed_in: SignIn, name: str) -> None:
    answer = send(signed_in("coordinator"), PAGE, {"name": name})
    assert answer.status_code == 422 and session.query(Station).count() == 0
