"""What is asked for stands before anything is sent; it is sent by one, tried again, and never lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from tests import make
from tests.printing import sockets
from tests.printing.jobs import FILE, job, printer, read, said
from tracker import clock
from tracker.cli import group
from tracker.database import session, transaction
from tracker.errors import Malformed, NotAllowed, NotHere, RuleBroken
from tracker.printing import delivery, job_operations, job_queries, job_rules
from tracker.printing.job_models import PrintJob
from tracker.printing.models import Printer
from tracker.printing.rules import JobState, Way


def job_sent(to: Printer) -> bool:
    """A file written down in the transaction that is open."""
    return job(to) > 0


def allow(monkeypatch: pytest.MonkeyPatch, address: str) -> str:
    monkeypatch.setenv("TRACKER_PRINTERS", address)
    return address


def test_nothing_is_sent_within_the_transaction_and_nothing_where_it_fails(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sockets.listening(sockets.reads) as listening:
        to = printer(address=allow(monkeypatch, listening.address))
        by = make.actor()
        with pytest.raises(ZeroDivisionError), transaction():
            job_operations.send(to, FILE, "Labels", "text/plain", 1 // 0 if job_sent(to) else 1, by)
        assert not job_queries.jobs(1) and delivery.deliver_due() == 0 and listening.calls == 0
        job_id = job(to)
        assert read(job_id).state is JobState.WAITING and listening.calls == 0
        assert delivery.deliver_due() == 1
        assert listening.done.wait(10)
    assert listening.got == FILE and read(job_id).state is JobState.SENT and not said(job_id)
    assert job_queries.counts(1) == job_queries.Counts(waiting=0, failed=0, sent_today=1)


def test_many_senders_send_a_file_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with sockets.listening(sockets.reads) as listening:
        to = printer(address=allow(monkeypatch, listening.address))
        ids = [job(to, bytes([65 + one]) * 10) for one in range(3)]
        together = threading.Barrier(6)
        tried: list[bool] = []

        def sender() -> None:
            with app.app_context():
                together.wait()
                tried.extend(delivery.deliver(one) for one in ids)

        threads = [threading.Thread(target=sender) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        while delivery.deliver_due():  # one that was passed over while the printer was busy
            tried.append(True)
    assert listening.calls == sum(tried) == 3
    assert sorted(listening.got) == sorted(b"A" * 10 + b"B" * 10 + b"C" * 10)
    assert {read(one).state for one in ids} == {JobState.SENT}


def test_files_for_one_printer_go_one_after_the_other(app: Flask) -> None:
    to = printer()
    first, second = job(to), job(to)
    with transaction():
        assert job_operations.take(first) is not None
    with transaction():
        assert job_operations.take(second) is None
    with clock.at(clock.now() + job_rules.SENDER_LOST + timedelta(seconds=1)), transaction():
        assert job_operations.take(second) is not None, "a dead sender holds nobody up for ever"


def test_what_a_printer_refuses_is_tried_again_ever_later_and_then_waits_for_a_person(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = printer(address=allow(monkeypatch, f"127.0.0.1:{sockets.closed_port()}"))
    job_id, at, pauses = job(to), clock.now(), []
    while read(job_id).state is not JobState.FAILED:
        with clock.at(at):
            assert delivery.deliver_due() == 1
            assert delivery.deliver_due() == 0, "not before its time"
        after = read(job_id)
        if after.next_try_at:
            pauses.append(after.next_try_at - at)
            at = after.next_try_at
    assert pauses == list(job_rules.PAUSES) == sorted(job_rules.PAUSES)
    assert "refuses the connection" in said(job_id) and read(job_id).attempts == len(pauses) + 1
    assert read(job_id).data == FILE and job_queries.counts(1).failed == 1
    assert delivery.deliver_due() == 0


def test_a_person_tries_again_with_all_tries_before_her(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with sockets.listening(sockets.breaks_off) as listening:
        to = printer(address=allow(monkeypatch, listening.address))
        job_id = job(to, b"x" * 8_000_000)
        delivery.deliver_due()
    assert read(job_id).state is JobState.FAILED and "Look how many labels came out" in said(job_id)
    assert delivery.deliver_due() == 0, "what is perhaps printed is never sent again by itself"
    with transaction():
        job_operations.try_again(job_queries.job(job_id, 1), make.actor())
    assert delivery.deliver_due() == 1
    after = read(job_id)
    assert after.state is JobState.WAITING and (after.attempts, after.attempts_before) == (2, 1)


def test_a_sender_that_died_leaves_it_to_a_person(app: Flask) -> None:
    job_id = job(printer())
    with transaction():
        assert job_operations.take(job_id) is not None
    assert delivery.deliver_due() == 0 and read(job_id).state is JobState.SENDING
    with clock.at(clock.now() + job_rules.SENDER_LOST + timedelta(seconds=1)):
        assert delivery.deliver_due() == 0
    assert read(job_id).state is JobState.FAILED and said(job_id) == job_rules.PERHAPS_PRINTED
    with transaction():
        assert not job_operations.settle(job_id, 1), "one that comes back from the dead says nothing any more"
        job_operations.try_again(job_queries.job(job_id, 1), make.actor())
    with transaction():
        assert job_operations.take(job_id) is not None
    with transaction():
        assert not job_operations.settle(job_id, 1), "nor of the next try"
    assert read(job_id).state is JobState.SENDING


def test_a_fault_that_nobody_foresaw_loses_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(delivery.SENDERS, Way.SOCKET)
    job_id = job(printer())
    assert delivery.deliver_due() == 1
    assert read(job_id).state is JobState.FAILED and "KeyError" in said(job_id)


def test_what_is_not_to_be_printed_any_more_is_not(app: Flask) -> None:
    job_id, by = job(printer()), make.actor()
    with transaction():
        job_operations.cancel(job_queries.job(job_id, 1), by)
    assert read(job_id).state is JobState.CANCELLED and delivery.deliver_due() == 0
    with pytest.raises(RuleBroken, match="was cancelled"), transaction():
        job_operations.try_again(job_queries.job(job_id, 1), by)


@pytest.mark.parametrize(
    ("state", "words"), [(JobState.SENDING, "is just being sent"), (JobState.SENT, "has been sent")]
)
def test_what_a_printer_has_is_neither_cancelled_nor_sent_twice(
    app: Flask, state: JobState, words: str
) -> None:
    job_id, by = job(printer()), make.actor()
    with transaction():
        job_queries.job(job_id, 1).state = state
    for verb in (job_operations.cancel, job_operations.try_again):
        with pytest.raises(RuleBroken, match=words), transaction():
            verb(job_queries.job(job_id, 1), by)


def test_what_cannot_be_a_job_is_refused_in_words(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_rules, "MOST_BYTES", 100)
    to, by = printer(), make.actor()
    download = printer(Way.DOWNLOAD, None)
    retired = printer(name="Old", retired_at=clock.now())
    for where, data, who, refusal, words in (
        (to, b"", by, Malformed, "nothing to print"),
        (to, b"x" * 101, by, Malformed, "100\\W?bytes"),
        (download, FILE, by, RuleBroken, "takes no file by itself"),
        (retired, FILE, by, RuleBroken, "no longer in use"),
        (to, FILE, make.actor("association"), NotAllowed, "role"),
    ):
        with pytest.raises(refusal, match=words), transaction():
            job_operations.send(where, data, "Labels", "text/plain", 1, who)
    other = replace(by, site_id=make.site("SUD").id)
    with pytest.raises(NotHere), transaction():
        job_operations.send(to, b"x", "Labels", "text/plain", 1, other)
    assert not job_queries.jobs(1)


def test_another_workshop_sees_none_of_it(app: Flask) -> None:
    job_id, south = job(printer()), make.site("SUD").id
    with pytest.raises(NotHere):
        job_queries.job(job_id, south)
    assert not job_queries.jobs(south) and job_queries.counts(south).waiting == 0


def test_a_name_stays_in_one_line() -> None:
    assert job_rules.read_job_name(" a\n b\0c\u2028d ") == "a b c d"
    assert len(job_rules.read_job_name("é" * 300)) == job_rules.LONGEST_JOB_NAME
    assert job_rules.read_job_name("\n") == "labels"


def test_files_go_some_days_after_they_were_sent_and_what_failed_stays(
    app: Flask, runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = {state: job(printer(name=str(state))) for state in JobState}
    long_ago = clock.now() - timedelta(days=31)
    with transaction():
        for state, job_id in ids.items():
            found = job_queries.job(job_id, 1)
            found.state, found.ended_at = state, long_ago
    done = runner.invoke(group, ["expire"])
    assert "Files for printers emptied, sent or cancelled more than 30 days ago: 2" in done.output
    session.rollback()
    emptied = {state for state, one in ids.items() if session.get_one(PrintJob, one).data is None}
    assert emptied == {JobState.SENT, JobState.CANCELLED}


def test_the_command_sends_what_is_due_once(
    app: Flask, runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sockets.listening(sockets.reads) as listening:
        job(printer(address=allow(monkeypatch, listening.address)))
        assert runner.invoke(group, ["printers", "deliver"]).output == "Files tried: 1\n"
        assert runner.invoke(group, ["printers", "deliver"]).output == "Files tried: 0\n"
    assert listening.got == FILE and listening.calls == 1
