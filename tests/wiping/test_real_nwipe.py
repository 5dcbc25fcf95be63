"""The real nwipe wipes a loop device; its log goes through the page, and the verdict is the honest one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import make
from tests.web.browsing import send
from tests.wiping import real_nwipe
from tests.wiping.arrivals import is_gone
from tests.wiping.test_views import drop
from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Stage
from tracker.wiping import queries, report_queries
from tracker.wiping.models import Wipe
from tracker.wiping.verdicts import Verdict

pytestmark = pytest.mark.root

SECRET = b"the donor's tax return; "


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A loop device over a file full of somebody's data."""
    file = tmp_path / "disk.img"
    file.write_bytes((SECRET * (real_nwipe.SIZE_BYTES // len(SECRET) + 1))[: real_nwipe.SIZE_BYTES])
    try:
        real_nwipe.must_be_possible()
        with real_nwipe.loop_over(file) as device:
            yield device, file
    except real_nwipe.Missing as error:
        pytest.skip(str(error))


def wiped_log(disk: tuple[str, Path], log: Path, method: str) -> bytes:
    try:
        real_nwipe.wipe(*disk, log, method)
    except real_nwipe.Missing as error:
        pytest.skip(str(error))
    return log.read_bytes()


def test_a_real_wipe_is_shown_and_waits_for_a_person(
    app: Flask, signed_in: Callable[..., FlaskClient], disk: tuple[str, Path], tmp_path: Path
) -> None:
    brings, client, device = signed_in("volunteer"), signed_in("quality"), make.device()
    log = wiped_log(disk, tmp_path / "nwipe.log", "zero")
    assert SECRET not in disk[1].read_bytes()
    shown = drop(brings, (f"{device.code}/nwipe.log", log)).text
    assert "Loopback device" in shown
    (wipe,) = session.query(Wipe).all()
    assert wipe.verdict is Verdict.REVIEW and not wipe.accepted and not is_gone(device)
    page = client.get(f"/wiping/{device.code}").text
    assert "À vérifier par une personne" in page and f"/wiping/attempts/{wipe.id}" in page
    values = {"decision": "accept", "note": "le disque d’essai du poste 1"}
    assert send(client, f"/wiping/attempts/{wipe.id}", values).status_code == 303
    assert is_gone(device)
    send(client, f"/wiping/{device.code}/finish", form=f"/wiping/{device.code}")
    session.expire_all()
    assert devices.by_code(device.code).stage is Stage.WIPED


def test_a_real_check_erases_nothing_and_proves_nothing(
    app: Flask, signed_in: Callable[..., FlaskClient], disk: tuple[str, Path], tmp_path: Path
) -> None:
    client, device = signed_in("quality"), make.device()
    log = wiped_log(disk, tmp_path / "nwipe.log", "verify_zero")
    assert SECRET in disk[1].read_bytes()
    drop(client, (f"{device.code}/nwipe.log", log))
    assert not is_gone(device)
    assert all(wipe.verdict in (Verdict.REVIEW, Verdict.FAILED) for wipe in session.query(Wipe))
    (state,) = queries.drive_states(device)
    assert state.failing and state.to_review is None


def test_a_real_wipe_that_was_stopped_is_a_failure(
    app: Flask, signed_in: Callable[..., FlaskClient], disk: tuple[str, Path], tmp_path: Path
) -> None:
    client, device, log = signed_in("quality"), make.device(), tmp_path / "nwipe.log"
    try:
        real_nwipe.abort(*disk, log)
    except real_nwipe.Missing as error:
        pytest.skip(str(error))
    drop(client, (f"{device.code}/nwipe.log", log.read_bytes()))
    (wipe,) = session.query(Wipe).all()
    assert wipe.verdict is Verdict.FAILED and not wipe.accepted and not is_gone(device)
    (state,) = queries.drive_states(device)
    assert state.failing and state.to_review is None


def test_a_stopped_wipe_and_a_whole_one_in_one_log_are_judged_each_by_itself(
    app: Flask, signed_in: Callable[..., FlaskClient], disk: tuple[str, Path], tmp_path: Path
) -> None:
    client, device, log = signed_in("quality"), make.device(), tmp_path / "nwipe.log"
    try:
        real_nwipe.abort(*disk, log)
    except real_nwipe.Missing as error:
        pytest.skip(str(error))
    drop(client, (f"{device.code}/nwipe.log", wiped_log(disk, log, "zero")))
    (report,) = report_queries.reports_of(device)
    first, second = report_queries.wipes_of([report.id])[report.id]
    assert (first.run, first.verdict) == (1, Verdict.FAILED)
    assert (second.run, second.verdict) == (2, Verdict.REVIEW)
    assert SECRET not in disk[1].read_bytes() and not is_gone(device)


def test_a_log_that_grew_by_a_second_run_judges_each_by_itself(
    app: Flask, signed_in: Callable[..., FlaskClient], disk: tuple[str, Path], tmp_path: Path
) -> None:
    client, device = signed_in("quality"), make.device()
    wiped_log(disk, tmp_path / "nwipe.log", "verify_zero")
    log = wiped_log(disk, tmp_path / "nwipe.log", "zero")
    drop(client, (f"{device.code}/nwipe.log", log))
    (report,) = report_queries.reports_of(device)
    first, second = report_queries.wipes_of([report.id])[report.id]
    assert (first.run, second.run) == (1, 2) and first.drive_id == second.drive_id
    assert first.method != second.method and second.verdict is Verdict.REVIEW
    assert not is_gone(device)
