"""The same run told by two files counts once, and what it proves does not hang on which file stays."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import make
from tests.wiping.arrivals import NVME, SSD, arrived, attempts, ends, is_gone, upload, wiped_again
from tests.wiping.reports import NEW, changed, text
from tests.wiping.test_bundle_rules import id_ctrl, sanitize_log
from tracker.clock import now
from tracker.database import session, transaction
from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.history import queries as history
from tracker.history.models import HistoryEntry
from tracker.wiping import (
    drop_rules,
    readers,
    release_operations,
    repeat_queries,
    report_operations,
    report_queries,
)
from tracker.wiping.bundle_models import RunRepeat
from tracker.wiping.models import Wipe
from tracker.wiping.report_operations import Received
from tracker.wiping.rules import Verdict


def wipes() -> int:
    return session.scalar(select(func.count()).select_from(Wipe)) or 0


def release(one: Received) -> None:
    by, wanted = make.actor("coordinator"), one.report.id
    with transaction():
        release_operations.release(report_queries.report(wanted), by, "another laptop's")


def judged_in_history(device: Device) -> int:
    told = select(func.count()).select_from(HistoryEntry).where(HistoryEntry.action == "wipe_judged")
    return session.scalar(told) or 0


def test_a_log_that_was_appended_to_tells_its_old_runs_once(app: Flask) -> None:
    device = arrived()
    upload(("monday.txt", text(NEW)))
    (second,) = upload(("tuesday.txt", text(NEW) + "\n" + wiped_again()))
    assert len(attempts(second)) == 2 and wipes() == 4 and judged_in_history(device) == 4
    assert repeat_queries.count_repeats([second.report.id]) == {second.report.id: 2}
    assert [line.verdict.verdict for line in second.drives] == [Verdict.WIPED, Verdict.WIPED]


def test_a_file_that_holds_one_run_twice_tells_it_once(app: Flask) -> None:
    arrived()
    (one,) = upload(("copied.txt", text(NEW) + "\n" + text(NEW)))
    assert len(attempts(one)) == 2 and wipes() == 2


def test_a_copy_alone_shows_what_is_on_record(app: Flask) -> None:
    device = arrived()
    upload(("one.txt", text(NEW)))
    (copy,) = upload(("two.txt", text(NEW) + "\n\n"))
    assert wipes() == 2 and {line.serial for line in copy.drives} == {SSD, NVME}
    assert {line.verdict.verdict for line in copy.drives} == {Verdict.WIPED} and is_gone(device)


def test_a_run_told_with_another_end_is_no_repeat(app: Flask) -> None:
    """A log taken in the middle of a wipe, then the whole one; and one in which somebody changed a word."""
    device = arrived()
    upload(("one.txt", changed(text(NEW), ("sda | Erased |", "sda |-FAILED-|"))))
    upload(("two.txt", text(NEW)))
    assert wipes() == 3 and ends(device)[NVME] == "wiped"


def test_runs_without_a_beginning_are_never_taken_for_one(app: Flask) -> None:
    device = arrived(serial=None)
    with transaction():
        report_operations.receive(
            drop_rules.opened([("s.json", sanitize_log()), ("id.json", id_ctrl())]), make.actor(), device
        )
        report_operations.receive(
            drop_rules.opened([("t.json", sanitize_log("nvme0n1")), ("id.json", id_ctrl())]), make.actor("quality"), device
        )  # fmt: skip
    assert wipes() == 2 and session.scalar(select(func.count()).select_from(RunRepeat)) == 0


def test_what_the_other_file_tells_counts_when_the_first_one_is_taken_away(app: Flask) -> None:
    device = arrived()
    (first,) = upload(("one.txt", text(NEW)))
    (copy,) = upload(("two.txt", text(NEW) + "\n\n"))
    release(first)
    assert is_gone(device) and ends(device) == {SSD: "wiped", NVME: "wiped"}
    assert len(attempts(copy)) == 2 and repeat_queries.count_repeats([copy.report.id]) == {}
    assert history.chain_faults() == []


def test_taking_the_copy_away_leaves_the_first(app: Flask) -> None:
    device = arrived()
    (first,) = upload(("one.txt", text(NEW)))
    (copy,) = upload(("two.txt", text(NEW) + "\n\n"))
    release(copy)
    assert is_gone(device) and len(attempts(first)) == 2
    assert session.scalar(select(func.count()).select_from(RunRepeat)) == 0


def test_a_log_sent_again_after_the_device_came_back_proves_nothing_new(app: Flask) -> None:
    device = arrived()
    upload(("one.txt", text(NEW)))
    with transaction():
        devices.locked(device.id).arrived_at = now()
    (copy,) = upload(("two.txt", text(NEW) + "\n\n"))
    assert not is_gone(device)
    assert {wipe.verdict for wipe in attempts(copy)} == {Verdict.REVIEW}


def test_a_joined_status_finds_its_device_by_its_drive_and_waits_for_a_person(app: Flask) -> None:
    device = arrived(serial=None)
    files = [
        (f"{device.code}/id.json", id_ctrl()),
        ("x/sanitize.json", sanitize_log()),
        ("x/id.json", id_ctrl()),
    ]
    by = make.actor()
    with transaction():
        received = report_operations.receive(drop_rules.opened(files), by)
    assert [one.device == device for one in received] == [True, True, True]
    (wipe,) = attempts(received[1])
    assert (wipe.verdict, wipe.serial, wipe.accepted) == (Verdict.REVIEW, "RNV77A0001", False)
    assert "were joined" in str(received[1].reading.notes[0])


def test_what_is_read_before_is_not_read_again_in_the_transaction(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write begins with everything understood: a reader called inside it would block all others meanwhile."""
    arrived()
    drop, by = drop_rules.opened([("nwipe.txt", text(NEW).encode())]), make.actor()
    asked: list[str] = []
    read = readers.read

    def counted(data: bytes, name: str) -> Any:
        asked.append(name)
        return read(data, name)

    monkeypatch.setattr(readers, "read", counted)
    with transaction():
        report_operations.receive(drop, by)
    assert asked == [] and wipes() == 2


def test_the_database_is_asked_as_often_for_many_runs_as_for_few(app: Flask) -> None:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    def statements(runs: int, day: int) -> int:
        log = "\n".join(
            changed(wiped_again(f"{day + n:02d}"), (SSD, f"RSS{day}N{n:04d}"), (NVME, f"RNV{day}N{n:04d}"))
            for n in range(runs)
        )
        drop, by, told = (
            drop_rules.opened([("log.txt", log.encode())]),
            make.actor("volunteer", f"v{day}@example.org"),
            [],
        )
        listen = lambda *what: told.append(what[2])  # noqa: E731
        event.listen(Engine, "before_cursor_execute", listen)
        try:
            with transaction():
                report_operations.receive(drop, by)
        finally:
            event.remove(Engine, "before_cursor_execute", listen)
        return len([one for one in told if one.startswith("SELECT")])

    arrived()
    few = statements(1, 10)
    many = statements(12, 11)
    assert many <= few
