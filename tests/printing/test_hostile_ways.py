"""Names that change their meaning, helpers of other workshops, measures that are no measures, printers that are gone."""

from __future__ import annotations

import math
import socket as sockets_of_python
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from labels.formats import FORMATS
from tests import make
from tests.printing import sockets
from tests.printing.jobs import FILE, job, printer, read, said
from tracker import clock
from tracker.database import session, transaction
from tracker.errors import Conflict, Malformed, NotAllowed, RuleBroken
from tracker.printing import (
    delivery,
    helper_operations,
    helper_queries,
    helper_rules,
    job_operations,
    job_queries,
    job_rules,
    operations,
    workshop_print,
)
from tracker.printing import queries as printers
from tracker.printing.helper_models import PrintHelper
from tracker.printing.helper_rules import Outcome, Signed
from tracker.printing.job_rules import NotSent, Parcel
from tracker.printing.medium_rules import Packet, medium_of_packet
from tracker.printing.rules import Described, JobState, Way
from tracker.printing.ways import socket
from tracker.printing.workshop_kept import Folder
from tracker.signing import enrolment_rules


def parcel(address: str) -> Parcel:
    return Parcel(7, 1, 1, Way.SOCKET, address, "zpl", False, "Labels", "text/plain", FILE)


def test_a_name_is_looked_up_once_and_only_what_was_judged_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever answers for names says another address the second time."""
    asked: list[str] = []
    with sockets.listening(sockets.reads) as printer_there:
        found = iter([["127.0.0.1"], ["169.254.169.254"]])

        def answers(host: str, port: int, **_: Any) -> list[Any]:
            asked.append(host)
            return [(sockets_of_python.AF_INET, 1, 6, "", (text, port)) for text in next(found)]

        monkeypatch.setattr(sockets_of_python, "getaddrinfo", answers)
        name = f"zebra.local:{printer_there.port}"
        listed = [name, printer_there.address]
        assert socket.send(parcel(name), listed) is None and asked == ["zebra.local"]
        assert printer_there.done.wait(10)
        found = iter([["169.254.169.254", "8.8.8.8", "::1"]])
        with pytest.raises(NotSent, match="TRACKER_PRINTERS") as refused:
            socket.send(parcel(name), listed)
    assert printer_there.got == FILE and printer_there.calls == 1 and not refused.value.again


@pytest.mark.parametrize(
    "typed", ["[::1]", "[::ffff:10.0.0.1]", "[fe80::1]", "2130706433", "0x7f.1", "127.1", "localhost."]
)
def test_another_spelling_of_an_address_is_not_the_one_that_was_listed(typed: str) -> None:
    with pytest.raises(NotSent) as refused:
        socket.send(parcel(f"{typed}:9100"), ["127.0.0.1:9100", "10.0.0.1:9100"])
    assert "may not send" in str(refused.value) or "Write the printer’s address" in str(refused.value)


def helper_of(site_id: int, name: str) -> PrintHelper:
    with make.written():
        made = PrintHelper(site_id=site_id, name=name, last_counter=0, nonce="00" * 32)
        session.add(made)
    return made


def test_a_helper_is_given_nothing_of_another_workshop_nor_of_another_helper(app: Flask) -> None:
    to = printer(Way.WEBHOOK, None)
    job_id, near, other = job(to), helper_of(1, "Near"), helper_of(1, "Other")
    far = helper_of(make.site("SUD").id, "Far")
    with transaction():
        assert helper_operations.hand_out(far, [to.id]) is None
        given = helper_operations.hand_out(near, [to.id])
        assert given is not None and given.job_id == job_id
        for stranger in (far, other):
            assert helper_operations.hand_out(stranger, [to.id]) is None
            assert not helper_operations.report(
                stranger, job_id, given.attempt, outcome=Outcome.DONE, reason=None, detail=""
            )
    assert read(job_id).state is JobState.SENDING
    assert not helper_queries.due(far.site_id, [to.id])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e308, -1e308, 1001.0, -0.001])
@pytest.mark.parametrize(
    "field", ["width_mm", "height_mm", "page_width_mm", "left_mm", "top_mm", "down_mm", "edge_mm"]
)
def test_no_measure_that_is_none_becomes_a_medium(field: str, value: float) -> None:
    measures: dict[str, Any] = {"width_mm": 63.5, "height_mm": 38.1, "columns": 3, "rows": 7, field: value}
    with pytest.raises(Malformed):
        medium_of_packet(Packet("Bac", "sheet", **measures))


def test_what_waits_for_a_printer_that_goes_is_for_a_person(app: Flask) -> None:
    """Neither sent to what is retired, nor as another format than the printer reads now, nor left waiting for ever."""
    by, waits = make.actor("coordinator"), [job(printer(name=name)) for name in ("Gone", "Saved", "Other")]
    gone, saved, other = (printers.printer(read(one).printer_id, 1) for one in waits)
    with make.written():
        for one in waits:
            job_queries.job(one, 1).mimetype = FORMATS["zpl"].media_type
    with transaction():
        operations.retire_printer(gone, by)
        operations.change_printer(saved, Described("Saved", Way.DOWNLOAD, "zpl"), by)
        operations.change_printer(other, Described("Other", Way.QUEUE, "pdf", "laser"), by)
    assert delivery.deliver_due() == 0 and not job_queries.stranded()
    assert {read(one).state for one in waits} == {JobState.FAILED}
    assert "no longer in use" in said(waits[0]) and "was changed since" in said(waits[2])
    for one, words in zip(waits, ("no longer in use", "takes no file", "was changed since"), strict=True):
        with pytest.raises(RuleBroken, match=words), transaction():
            job_operations.try_again(job_queries.job(one, 1), by)
    assert all(read(one).data == FILE for one in waits), "the file can still be saved"


def test_a_try_that_fails_after_its_printer_was_retired_is_not_repeated(app: Flask) -> None:
    to = printer()
    job_id = job(to)
    with transaction():
        assert job_operations.take(job_id) is not None
    with transaction():
        operations.retire_printer(to, make.actor("coordinator"))
        assert job_operations.settle(job_id, 1, NotSent(job_rules.UNFORESEEN, what="x"))
    assert read(job_id).state is JobState.FAILED and not job_queries.stranded()


def test_a_code_dies_after_a_day_and_a_signed_request_serves_once_today_until_it_is_revoked(
    app: Flask,
) -> None:
    by, body, now = make.actor("coordinator"), b"{}", clock.now()
    with transaction():
        _, late = helper_operations.add("Late", by)
        helper, code = helper_operations.add("Bench", by)
    with (
        clock.at(now + enrolment_rules.CODE_LIFE + timedelta(seconds=2)),
        pytest.raises(NotAllowed, match="too old"),
    ):
        helper_operations.enrol(late, "m" * 16)
    with transaction():
        secret = bytes.fromhex(helper_operations.enrol(code, "m" * 16)[1])

    def heard(at: datetime, counter: int) -> int:
        signed = Signed(helper.id, int(at.timestamp()), counter, "")
        text = helper_rules.request_text("POST", "/x", signed, body)
        signed = replace(signed, signature=enrolment_rules.sign(secret, text))
        with transaction():
            return helper_operations.recognise(signed, "POST", "/x", body)[0].last_counter

    assert heard(now, 5) == 5
    for counter in (5, 4):
        with pytest.raises(Conflict, match="sent before"):
            heard(now, counter)
    for days in (-1, 1):
        with pytest.raises(Malformed, match="clock"):
            heard(now + timedelta(days=days), 6)
    with transaction():
        helper_operations.revoke(helper_queries.helper(helper.id, 1), by)
    with pytest.raises(NotAllowed, match="revoked"):
        heard(now, 7)


def test_what_the_helper_s_journal_knows_is_never_printed_again(tmp_path: Path) -> None:
    folder, out = Folder(tmp_path / "kept"), tmp_path / "out"
    out.mkdir()
    file = {
        "key": "7-1",
        "job": 7,
        "attempt": 1,
        "printer": 3,
        "format": "zpl",
        "title": "../Labels",
        "data": "WFla",
    }
    settings = {"printers": {"3": f"folder:{out}"}}
    assert workshop_print.handle(folder, settings, file)["outcome"] == "done"
    (printed,) = out.iterdir()
    printed.unlink()
    assert workshop_print.handle(folder, settings, file)["outcome"] == "done"
    folder.note("7-2", {"outcome": "unclear", "reason": "stopped"})
    assert workshop_print.handle(folder, settings, {**file, "key": "7-2"})["reason"] == "stopped"
    assert not list(out.iterdir()) and printed.parent == out
