"""Stations: what is taken from them, what is refused, and who may make one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests import make
from tests.wiping.arrivals import arrived, upload, wiped_again
from tests.wiping.reports import NEW, text
from tests.wiping.test_views import SignIn
from tracker import clock, config
from tracker.database import session, transaction
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history.models import HistoryEntry
from tracker.signing import enrolment_rules
from tracker.wiping import station_key_operations, station_operations, station_queries
from tracker.wiping.models import ReportFile
from tracker.wiping.station_models import Station, StationReceipt
from tracker.wiping.station_operations import Taken
from tracker.wiping.station_rules import Dispatch, ReportOrigin, SentBefore, WrongClock

LOG = text(NEW).encode()
MARK = "a random text of the stick"


@pytest.fixture
def station(app: Flask) -> Station:
    """An enrolled station."""
    by = make.actor("coordinator")
    with transaction():
        code = station_operations.add("Stick 1", by)[1]
        return station_operations.enrol(code, MARK)[0]


def signed(
    station: Station, data: bytes = LOG, counter: int = 1, *, late_s: int = 0, name: str = "nwipe_log.txt"
) -> Dispatch:
    bare = Dispatch(station.id, name, int(clock.now().timestamp()) - late_s, counter, "")
    digest = hashlib.sha256(data).hexdigest()
    return replace(
        bare, signature=enrolment_rules.sign(station_key_operations.secret_of(station), bare.text(digest))
    )


def send(dispatch: Dispatch, data: bytes = LOG) -> Taken:
    with transaction():
        return station_operations.receive(dispatch, data)


def nothing_kept() -> bool:
    return session.query(ReportFile).count() == session.query(StationReceipt).count() == 0


def test_what_a_station_signs_is_kept_as_signed(station: Station) -> None:
    report = send(signed(station)).received.report
    claim = station_queries.claim_of(report)
    assert (claim.origin, claim.station) == (ReportOrigin.STATION, "Stick 1")
    entry = session.query(HistoryEntry).filter_by(action="report_signed").one()
    assert (entry.actor_kind, entry.actor_id, report.received_by) == ("station", station.id, None)


def test_what_a_person_imports_is_not_called_signed(station: Station) -> None:
    report = upload(("nwipe.txt", LOG))[0].report
    assert station_queries.claim_of(report).origin is ReportOrigin.IMPORTED


def test_pages_say_on_whose_word_a_report_is(station: Station, signed_in: SignIn) -> None:
    """Signed by a station, or imported by a person who has a name: on the report's page and on the device's."""
    device = arrived()
    signed_one = send(signed(station)).received.report.id
    imported = upload(("again.txt", wiped_again()))[0].report.id
    client = signed_in("quality")
    page = client.get(f"/wiping/reports/{signed_one}").text.replace("\u00a0", " ")
    assert "Signé par le poste inscrit « Stick 1 »" in page and "non signé" not in page
    page = client.get(f"/wiping/reports/{imported}").text.replace("\u00a0", " ")
    assert "Importé par volunteer, non signé" in page and "Stick 1" not in page
    page = client.get(f"/wiping/{device.code}").text.replace("\u00a0", " ")
    assert page.count("Signé par le poste inscrit « Stick 1 »") == 3, "two drives and the list of reports"
    assert page.count("Importé par volunteer, non signé") == 3


def test_a_report_that_a_person_imported_first_is_signed_once_a_station_sends_it(station: Station) -> None:
    report = upload(("nwipe.txt", LOG))[0].report
    assert send(signed(station)).received.known
    assert station_queries.claim_of(report).origin is ReportOrigin.STATION


@pytest.mark.parametrize(
    "changed",
    [
        {"signature": "0" * 64},
        {"name": "another.txt"},
        {"counter": 2},
        {"signed_at": 1},
        {"station_id": 999},
    ],
)
def test_whatever_is_changed_after_signing_is_refused(station: Station, changed: dict[str, object]) -> None:
    with pytest.raises(NotAllowed):
        send(replace(signed(station), **changed))  # type: ignore[arg-type]
    assert nothing_kept()


def test_another_file_under_a_signature_is_refused(station: Station) -> None:
    with pytest.raises(NotAllowed):
        send(signed(station), LOG + b" ")
    assert nothing_kept()


def test_one_station_cannot_sign_for_another(station: Station) -> None:
    with transaction():
        code = station_operations.add("Stick 2", make.actor("coordinator"))[1]
        other = station_operations.enrol(code, MARK)[0]
    with pytest.raises(NotAllowed):
        send(replace(signed(other), station_id=station.id))


def test_a_call_sent_again_is_refused_and_says_the_counter(station: Station) -> None:
    first = signed(station, counter=7)
    send(first)
    with pytest.raises(SentBefore) as refused:
        send(first)
    assert refused.value.counter == 7
    assert send(signed(station, counter=8)).again
    assert session.query(StationReceipt).count() == session.query(ReportFile).count() == 1


@pytest.mark.parametrize("late_s", [16 * 60, -16 * 60, 60 * 60 * 24 * 365 * 14, -(10**15)])
def test_a_clock_that_is_wrong_is_refused_with_the_right_time(station: Station, late_s: int) -> None:
    with pytest.raises(WrongClock) as refused:
        send(signed(station, late_s=late_s))
    assert abs(refused.value.clock - clock.now().timestamp()) < 60 and nothing_kept()


def test_a_revoked_station_is_refused_at_once_and_what_it_sent_stays(station: Station) -> None:
    report = send(signed(station)).received.report
    with transaction():
        station_operations.revoke(session.get_one(Station, station.id), make.actor("coordinator"))
    with pytest.raises(NotAllowed):
        send(signed(station, LOG + b"\n", 2), LOG + b"\n")
    assert station_queries.claim_of(report).origin is ReportOrigin.STATION
    with pytest.raises(RuleBroken), transaction():
        station_operations.new_code(session.get_one(Station, station.id), make.actor("coordinator"))


def test_a_new_code_ends_what_was_enrolled_before_only_when_it_is_used(station: Station) -> None:
    old = signed(station)
    with transaction():
        code = station_operations.new_code(session.get_one(Station, station.id), make.actor("coordinator"))
    send(old)
    later = signed(station, counter=2)
    with transaction():
        station_operations.enrol(code, "another stick altogether")
    with pytest.raises(NotAllowed):
        send(later)


def test_a_code_gives_its_secret_to_one_stick_only_and_not_for_ever(app: Flask) -> None:
    with transaction():
        code = station_operations.add("Stick 1", make.actor("coordinator"))[1]
        secret = station_operations.enrol(code, MARK)[1]
    with transaction():
        assert station_operations.enrol(f"HTTP://X/#{code.lower()}", MARK)[1] == secret
    with pytest.raises(NotAllowed), transaction():
        station_operations.enrol(code, "another stick altogether")
    with clock.at(clock.now() + timedelta(hours=25)), pytest.raises(NotAllowed), transaction():
        station_operations.enrol(code, MARK)


def test_the_database_alone_cannot_sign(station: Station) -> None:
    """Every column of every row, and no key file: the secret cannot be made."""
    secret = station_key_operations.secret_of(station)
    row = {column.name: getattr(station, column.name) for column in Station.__table__.columns}
    assert secret.hex() not in repr(row)
    station_key_operations.key_file().unlink()
    with pytest.raises(RuleBroken):
        station_key_operations.secret_of(station)
    station_key_operations.make_key()
    assert station_key_operations.secret_of(station) != secret


def test_the_key_file_is_for_its_owner_only_and_never_replaced(station: Station) -> None:
    path: Path = station_key_operations.key_file()
    kept = path.read_text()
    station_key_operations.make_key()
    assert path.read_text() == kept and path.stat().st_mode & 0o077 == 0
    assert path.parent == config.load().signing_key_file.parent


@pytest.mark.parametrize("role", ["volunteer", "quality", "association"])
def test_only_a_coordinator_makes_a_station(app: Flask, role: str) -> None:
    with pytest.raises(NotAllowed), transaction():
        station_operations.add("Stick 1", make.actor(role))


def test_a_station_of_another_workshop_is_not_seen(station: Station) -> None:
    far = replace(make.actor("coordinator"), site_id=make.site("SUD").id)
    assert station_queries.stations(far) == []
    with pytest.raises(RuleBroken):
        station_queries.station(station.id, far)


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_station_needs_a_short_name(app: Flask, name: str) -> None:
    with pytest.raises(Malformed), transaction():
        station_operations.add(name, make.actor("coordinator"))


@pytest.mark.parametrize(("said", "line"), [(1, "1"), (0, "0"), (True, "yes"), (False, "no"), (None, ""), ("a", "a")])  # fmt: skip
def test_the_first_station_is_told_its_number(said: object, line: str) -> None:
    from tracker.api.stations import _lines

    assert list(_lines({"station": said})) == [("station", line)]
