"""A go of files through the pages: in parts, as ZIPs, refused in words, given to one device at once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.web.browsing import send, token_on
from tests.wiping.arrivals import arrived, is_gone
from tests.wiping.reports import NEW, changed, text
from tests.wiping.test_bundle_rules import id_ctrl, sanitize_log
from tests.wiping.test_report_operations import smartctl
from tests.wiping.test_views import SignIn, _in_english, drop, stage_of  # noqa: F401 (a fixture of every test)
from tests.wiping.zips import Forged, honest
from tracker.database import session
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.history.models import HistoryEntry
from tracker.wiping.models import Certificate, ReportFile, ReportUpload

KEY = "0123456789abcdef0123456789abcdef"


def part(client: FlaskClient, *files: tuple[str, str | bytes], key: str = KEY, code: str = "") -> Any:
    """Send some files of a go as the page's script does."""
    sent = [(io.BytesIO(data.encode() if isinstance(data, str) else data), name) for name, data in files]
    token = token_on(client.get("/wiping/upload").text)
    return client.post(
        "/wiping/upload/part",
        data={"csrf_token": token, "code": code, "key": key, "files": sent},
        content_type="multipart/form-data",
    )


def count(table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_parts_of_one_go_stand_on_one_page(app: Flask, signed_in: SignIn) -> None:
    client = signed_in()
    arrived()
    first = part(client, ("nwipe.txt", text(NEW)))
    second = part(client, ("odd.bin", b"\0\1"))
    assert first.status_code == second.status_code == 200 and count(ReportUpload) == 1
    assert "Wiped" in first.text and "odd.bin" not in first.text and "Not read" in second.text
    page = client.get(f"/wiping/uploads/{session.scalar(select(ReportUpload.id))}").text
    assert "2 files received" in page and "nwipe.txt" in page and "odd.bin" in page


def test_a_part_that_is_sent_again_adds_nothing(app: Flask, signed_in: SignIn) -> None:
    client = signed_in()
    arrived()
    for _ in range(2):
        answer = part(client, ("nwipe.txt", text(NEW)), ("bad.zip", Forged().add(b"../x").done()))
        assert "received before" not in answer.text and "points outside" in answer.text
    assert count(ReportFile) == 1
    (upload,) = session.scalars(select(ReportUpload)).all()
    assert len(upload.lines) == 2


def test_a_status_finds_the_identity_that_came_in_an_earlier_part(app: Flask, signed_in: SignIn) -> None:
    client = signed_in()
    part(client, ("a/id-ctrl.json", id_ctrl()), ("b/id-ctrl.json", id_ctrl("RNV77A0009")))
    answer = part(client, ("a/sanitize-log.json", sanitize_log()))
    assert "RNV77A0001" in answer.text and "reviewed by a person" in answer.text
    assert "RNV77A" not in part(client, ("a/sanitize-log.json", sanitize_log("nvme5")), key="f" * 32).text


@pytest.mark.parametrize("key", ["", "0123", "g" * 32, "0" * 33])
def test_a_part_without_the_name_of_its_go_is_refused(app: Flask, signed_in: SignIn, key: str) -> None:
    answer = part(signed_in(), ("nwipe.txt", text(NEW)), key=key)
    assert answer.status_code == 422 and "came in damaged" in answer.text and count(ReportFile) == 0


def test_nobody_adds_to_the_go_of_another(app: Flask, signed_in: SignIn) -> None:
    part(signed_in(), ("a.json", smartctl("MINE000001")))
    answer = part(signed_in("quality"), ("b.json", smartctl("YOURS00001")))
    assert answer.status_code == 404 and "MINE000001" not in answer.text and count(ReportFile) == 1


def test_a_wrong_device_is_said_and_nothing_is_kept(app: Flask, signed_in: SignIn) -> None:
    answer = part(signed_in(), ("nwipe.txt", text(NEW)), code="BCDFGHJK")
    assert answer.status_code in (404, 422) and "verdict-bad" in answer.text and count(ReportFile) == 0


def test_a_go_in_parts_is_no_larger_than_one_at_once(
    app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.wiping.upload_operations.MOST_FILES", 2)
    client = signed_in()
    assert part(client, ("a", b"1"), ("b", b"2")).status_code == 200
    answer = part(client, ("c", b"3"))
    assert answer.status_code == 422 and "begin another one" in answer.text and count(ReportFile) == 2


def test_a_zip_of_a_stick_is_read_file_by_file(app: Flask, signed_in: SignIn) -> None:
    device = arrived(serial=None)
    stick = honest((f"{device.code}/nwipe.txt", text(NEW)), ("salle/odd.bin", "?"), (".DS_Store", "x"))
    page = drop(signed_in(), ("stick.zip", stick)).text
    assert f"stick.zip/{device.code}/nwipe.txt" in page and "stick.zip/salle/odd.bin" in page
    assert ".DS_Store" not in page and is_gone(device)


def test_a_hostile_zip_is_refused_and_the_others_are_taken(app: Flask, signed_in: SignIn) -> None:
    device = arrived()
    bomb = Forged().add(b"bomb.txt", bytes(20_000_000)).done()
    page = drop(signed_in(), ("bomb.zip", bomb), ("nwipe.txt", text(NEW))).text
    assert "“bomb.zip” was not taken" in page and "out of all measure" in page
    assert is_gone(device) and count(ReportFile) == 1


def test_a_copied_run_is_said_to_count_once(app: Flask, signed_in: SignIn) -> None:
    client = signed_in()
    arrived()
    page = drop(client, ("one.txt", text(NEW)), ("two.txt", text(NEW) + "\n\n")).text
    assert "2 wipes in this file were on record from other files already: they count once" in page
    last = session.scalar(select(func.max(ReportFile.id)))
    assert "they count once" in client.get(f"/wiping/reports/{last}").text


STRANGE = tuple((f"smart-{n}.json", smartctl(f"STRANGE{n:04d}")) for n in range(19))


def test_nineteen_files_of_one_device_need_one_scan(app: Flask, signed_in: SignIn) -> None:
    client, device = signed_in(), arrived(serial=None)
    assert "Are all these files about the same device?" in drop(client, *STRANGE).text
    (upload,) = session.scalars(select(ReportUpload.id)).all()
    answer = send(client, f"/wiping/uploads/{upload}/assign", {"code": device.code}, form=f"/wiping/uploads/{upload}")  # fmt: skip
    page = client.get(answer.location).text
    assert "19 reports are recorded for" in page and "wait for their device" not in page
    session.rollback()
    told = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "report_attached")).all()
    assert len(told) == 19 and {one.subject_id for one in told} == {device.id}
    assert {one.facts["matched_by"] for one in told} == {"person"} and len(
        {one.actor_id for one in told}
    ) == 1


def test_one_file_that_waits_has_its_own_button_only(app: Flask, signed_in: SignIn) -> None:
    page = drop(signed_in(), STRANGE[0]).text
    assert "Say which device" in page and "Are all these files" not in page


@pytest.mark.parametrize("code", ["", "nonsense", "BCDFGHJK"])
def test_a_wrong_label_gives_none_of_them_away(app: Flask, signed_in: SignIn, code: str) -> None:
    client = signed_in()
    drop(client, *STRANGE[:2])
    (upload,) = session.scalars(select(ReportUpload.id)).all()
    answer = send(client, f"/wiping/uploads/{upload}/assign", {"code": code}, form=f"/wiping/uploads/{upload}")  # fmt: skip
    assert answer.status_code == 303 and "verdict-bad" in client.get(answer.location).text
    assert session.scalar(select(func.count()).where(ReportFile.device_id.is_not(None))) == 0


def test_what_was_given_meanwhile_stays_where_it_is(app: Flask, signed_in: SignIn) -> None:
    client, mine, other = signed_in(), arrived(serial=None), arrived(serial="RICO-OTHER-1")
    drop(client, *STRANGE[:3])
    (upload,) = session.scalars(select(ReportUpload.id)).all()
    first = session.scalar(select(func.min(ReportFile.id)))
    send(client, f"/wiping/reports/{first}/assign", {"code": other.code}, form=f"/wiping/reports/{first}")
    for expected in ("2 reports are recorded", "None of these files waits"):
        answer = send(client, f"/wiping/uploads/{upload}/assign", {"code": mine.code}, form="/wiping/upload")
        assert expected in client.get(answer.location).text
    session.rollback()
    assert sorted(session.scalars(select(ReportFile.device_id)).all(), key=str) == sorted([other.id, mine.id, mine.id], key=str)  # fmt: skip


def test_each_understood_line_stands_beside_what_it_gave(app: Flask, signed_in: SignIn) -> None:
    client = signed_in()
    arrived()
    drop(client, ("nwipe.txt", text(NEW)), ("smart.json", smartctl("SMART00001")))
    first, second = session.scalars(select(ReportFile.id).order_by(ReportFile.id)).all()
    page = client.get(f"/wiping/reports/{first}").text
    for gives in ("Drive /dev/sda: serial number RSS42A0001", "Serial number of the computer", "Result of sda: Erased",
                  "method Fill With Zeros", "sda: 128035676160 of 128035676160 bytes written"):  # fmt: skip
        assert gives in page, gives
    assert '<mark id="line-6">' in page and 'href="#line-6"' in page
    page = client.get(f"/wiping/reports/{second}").text
    assert "Serial number of a drive" in page and "serial_number" in page and "user_capacity.bytes" in page


def test_what_a_log_of_five_thousand_lines_comes_to_is_shown_too(app: Flask, signed_in: SignIn) -> None:
    """Its tables stand at the end, behind all that the tool had to say meanwhile."""
    client, head = signed_in(), "[2026/09/06 09:01:07]"
    said = "\n".join(f"{head}    info: still at work on /dev/sda, step {n}" for n in range(5_000))
    log = text(NEW).replace("\n[2026/09/06 09:04:07]", f"\n{said}\n[2026/09/06 09:04:07]", 1)
    drop(client, ("long.txt", log))
    page = client.get("/wiping/reports/1").text
    assert "Result of sda: Erased" in page and "Only the beginning is shown" not in page
    assert page.count("<mark ") == page.count('href="#line-') > 20
    for line in ("step 0\n", "step 4999\n"):
        assert line in page


def laptop(n: int) -> tuple[Device, tuple[str, str]]:
    """A laptop that came in, and the log of its own stick."""
    serial = f"RICOFORTY{n:02d}"
    log = changed(text(NEW), ("YLRICO42", serial), ("45RICO42", f"BOARD{n:04d}"),
                  ("RSS42A0001", f"RSS40A{n:04d}"), ("RNV42B0002", f"RNV40B{n:04d}"))  # fmt: skip
    return arrived(serial=serial), (f"stick/nwipe_{n:02d}.txt", log)


def test_forty_laptops_have_forty_certificates_after_two_presses(app: Flask, signed_in: SignIn) -> None:
    made = [laptop(n) for n in range(40)]
    client = signed_in()
    page = drop(client, *(log for _, log in made)).text
    assert "Record the wipes of these 40 devices" in page and "Which device?" not in page
    (upload,) = session.scalars(select(ReportUpload.id)).all()
    codes = [device.code for device, _ in made]
    assert all(f'name="code" value="{code}"' in page for code in codes)
    answer = send(client, "/wiping/record", {"code": codes}, form=f"/wiping/uploads/{upload}")
    assert answer.status_code == 303 and "The wipes of 40 devices are recorded" in client.get("/wiping").text
    assert {stage_of(device) for device, _ in made} == {Stage.WIPED} and count(Certificate) == 40
