"""An original report goes when its time is over; what it proved stays, and whatever named a person is nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner

from tests import make
from tests.wiping import planted
from tests.wiping.arrivals import NEW_SERIAL, arrived, attempts, is_gone, upload
from tests.wiping.reports import NEW, text
from tests.wiping.test_certificates import issue
from tracker import clock
from tracker.cli import group
from tracker.database import Base, db, session, transaction
from tracker.errors import NotAllowed
from tracker.history import queries as history
from tracker.history.models import HistoryEntry
from tracker.wiping import readers, report_operations, report_queries, retention_operations
from tracker.wiping.models import ReportFile
from tracker.wiping.readers import UNKNOWN, joined
from tracker.wiping.readers.source import Source
from tracker.wiping.reading_rules import kept
from tracker.wiping.readings import ReportReading
from tracker.wiping.report_operations import Received

DAYS = 60
"""Short enough that a file which came in so long ago came after the logs of the fixtures were written."""


def aged(received: Received, days: int = DAYS + 1) -> ReportFile:
    """The report, as if it had come in that many days ago."""
    with transaction():
        report = report_queries.held(received.report.id)
        report.received_at = clock.now() - timedelta(days=days)
    return report


def expire(by: str = "coordinator") -> int:
    who = make.actor(by)
    with transaction():
        return retention_operations.delete_originals(DAYS, who)


def everything() -> dict[str, str]:
    """table → all that its rows hold, as text."""
    session.expire_all()
    found = {}
    for table in Base.metadata.sorted_tables:
        rows = session.execute(sa.select(table)).all()
        found[table.name] = "\n".join(
            " ".join(
                bytes(one).decode("utf-8", "replace") if isinstance(one, bytes | memoryview) else repr(one)
                for one in row
            )
            for row in rows
        )
    session.rollback()
    return found


def found_in(tables: dict[str, str]) -> set[tuple[str, str]]:
    """(table, mark) for whatever of a person stands in a row."""
    return {
        (name, mark)
        for name, rows in tables.items()
        for mark in planted.MARKS
        if mark.lower() in rows.lower()
    }


def test_what_a_deleted_report_proved_still_counts_and_its_certificate_stays(
    app: Flask, signed_in: Callable[..., FlaskClient]
) -> None:
    client, device = signed_in("volunteer"), arrived(NEW_SERIAL)
    (one,) = upload(("nwipe.log", text(NEW)))
    number = issue(device)
    address = f"/wiping/reports/{one.report.id}"
    before = client.get(f"/api/v1/verify/{number}").json
    judged = [(wipe.serial, wipe.verdict) for wipe in attempts(one)]
    aged(one)
    assert expire() == 1
    report = report_queries.report(one.report.id)
    assert report.content is None and report.content_deleted_at is not None
    assert report.sha256 == one.report.sha256
    assert report_queries.reading_of(report) == one.reading
    assert [(wipe.serial, wipe.verdict) for wipe in attempts(one)] == judged and is_gone(device)
    assert client.get(f"/api/v1/verify/{number}").json == before and before["genuine"]
    shown = client.get(address).text
    assert "a été supprimé le" in shown and report.sha256 in shown and "RSS42A0001" in shown
    assert f"{address}/file" not in shown and "Automatically enumerated" not in shown
    assert client.get(f"{address}/file").status_code == 404


def test_a_report_keeps_its_original_until_its_time_is_over(app: Flask) -> None:
    (one,) = upload(("nwipe.log", text(NEW)))
    aged(one, DAYS - 1)
    assert expire() == 0
    assert report_queries.report(one.report.id).content == text(NEW).encode()


def test_deleting_originals_is_no_volunteers_decision(app: Flask) -> None:
    aged(upload(("nwipe.log", text(NEW)))[0])
    with pytest.raises(NotAllowed):
        expire("volunteer")
    assert session.scalars(sa.select(ReportFile.content_deleted_at)).all() == [None]


def test_the_history_says_what_was_deleted_and_its_chain_holds(app: Flask) -> None:
    device = arrived(NEW_SERIAL)
    (one,) = upload(("nwipe.log", text(NEW)))
    aged(one)
    expire()
    entry = session.scalars(sa.select(HistoryEntry).order_by(HistoryEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.subject_kind, entry.subject_id) == (
        "report_original_deleted",
        "report",
        one.report.id,
    )
    assert entry.facts == {"sha256": one.report.sha256, "days": DAYS} and entry.site_id == device.site_id
    assert list(history.chain_faults()) == []


def test_a_deleted_report_that_is_brought_again_is_known_and_not_kept_again(app: Flask) -> None:
    arrived(NEW_SERIAL)
    (one,) = upload(("nwipe.log", text(NEW)))
    aged(one)
    expire()
    (again,) = upload(("copy.log", text(NEW)))
    assert again.known and again.report.id == one.report.id
    assert report_queries.report(one.report.id).content is None
    assert len(attempts(one)) == 2


def test_a_report_without_its_original_can_still_be_given_to_its_device(app: Flask) -> None:
    (one,) = upload(("nwipe.log", text(NEW)))
    assert one.device is None
    aged(one)
    expire()
    device, who = arrived(), make.actor()
    with transaction():
        made = report_operations.assign(report_queries.report(one.report.id), device, who)
    assert {wipe.verdict.value for wipe in made} == {"wiped"} and is_gone(device)


def test_a_reading_by_older_readers_is_made_anew_before_its_file_goes(app: Flask) -> None:
    (one,) = upload(("nwipe.log", text(NEW)))
    report = aged(one)
    with transaction():
        held = report_queries.held(report.id)
        held.reading = kept(ReportReading(UNKNOWN), "readers of long ago")
    expire()
    assert report_queries.reading_of(report_queries.report(report.id)) == one.reading


def test_the_command_deletes_all_whose_time_is_over_and_says_how_many(
    app: Flask, runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention_operations, "AT_ONCE", 2)
    for number in range(5):
        aged(upload((f"{number}.txt", f"a file {number}"))[0])
    upload(("young.txt", "a young file"))
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], report_days=DAYS)
    done = runner.invoke(group, ["expire"])
    assert done.exit_code == 0, done.output
    assert "Original report files deleted, older than 60 days: 5" in done.output
    assert session.scalar(sa.select(sa.func.count()).where(ReportFile.content.is_not(None))) == 1
    assert "days: 0" in runner.invoke(group, ["expire"]).output


def test_the_planted_files_are_read_as_what_they_are() -> None:
    for kind, data in planted.FILES.items():
        assert readers.read(data, "x").kind == kind.partition(" ")[0]
        assert any(mark.encode() in data for mark in planted.MARKS)


def test_every_reader_has_a_file_in_which_a_person_is_named() -> None:
    read = {
        next((one for one in readers.READERS if one.recognises(Source("x", data))), None)
        for data in planted.FILES.values()
    }
    assert set(readers.READERS) - read == {joined}  # made of two of the others


@pytest.mark.parametrize("kind", planted.FILES)
def test_no_reading_names_a_person_a_computer_or_a_network(kind: str) -> None:
    reading = repr(readers.read(planted.FILES[kind], "x")).lower()
    assert [mark for mark in planted.MARKS if mark.lower() in reading] == []


def test_what_names_a_person_stands_in_the_original_alone_and_goes_with_it(
    app: Flask, runner: FlaskCliRunner
) -> None:
    device = arrived(NEW_SERIAL)
    received = upload(*((f"{kind}.bin", data) for kind, data in planted.FILES.items()), device=device)
    assert {name for name, _ in found_in(everything())} == {"report_files"}
    for one in received:
        aged(one)
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], report_days=DAYS)
    assert runner.invoke(group, ["expire"]).exit_code == 0
    assert found_in(everything()) == set()
    if db.engine.dialect.name == "sqlite":
        session.remove()
        db.engine.dispose()
        place = Path(str(db.engine.url.database))
        for file in place.parent.glob(f"{place.name}*"):
            raw = file.read_bytes().lower()
            assert [mark for mark in planted.MARKS if mark.lower().encode() in raw] == [], file
