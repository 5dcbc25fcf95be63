"""Forty devices through a stage by the plain pages: keys only, no script; and the page on which the batch ends."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests import make
from tests.statements import counted
from tests.web import browsing
from tracker.cards import operations as cards
from tracker.cards import queries as card_queries
from tracker.database import session, transaction
from tracker.devices import codes, particulars
from tracker.devices import queries as devices
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.devices.tags import TagState
from tracker.errors import RuleBroken
from tracker.history import queries as past
from tracker.history.rules import Subject
from tracker.scanning import batch_queries as queries
from tracker.scanning import operations as scanning
from tracker.scanning import rules, unknown_operations
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.batch_operations import open_batch
from tracker.scanning.batch_rules import BatchAsked, new_id, number_of
from tracker.scanning.mode_rules import Mode
from tracker.scanning.models import Scan
from tracker.scanning.rules import Outcome


class Keys:
    """A person with a scanner: it types into the field that has the focus and ends with Enter. Counts what she presses."""

    def __init__(self, app: Flask, role: str = "volunteer") -> None:
        self.client = browsing.client_of(app, browsing.person(role))
        browsing.send(self.client, "/language", {"locale": "en"}, form="/scan")
        self.page = self.client.get("/scan").text
        self.presses = 0

    def scan(self, text: str) -> str:
        assert re.search(r'<input[^>]*name="code"[^>]*autofocus', self.page), (
            "the field has the focus by itself"
        )
        self.presses += 1
        return self._post("/scan", {"code": text})

    def press(self, action: str, **more: str) -> str:
        """The button of the form that leads there."""
        self.presses += 1
        form = next(
            one
            for one in re.findall(r"<form[^>]*>.*?</form>", self.page, re.S)
            if f'action="{action}"' in one
        )
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        return self._post(action, {**fields, **more})

    def _post(self, address: str, data: dict[str, str]) -> str:
        token = browsing.token_on(self.page)
        answer = self.client.post(address, data={"csrf_token": token, **data}, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        self.page = answer.text
        return self.said

    @property
    def said(self) -> str:
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.page)))


def card(key: str) -> str:
    by = make.actor()
    with transaction():
        cards.mint_missing(by, [key])
    return card_queries.cards(by.site_id)[key].code


def batch_id() -> str:
    session.rollback()
    (found,) = session.query(ScanBatch).order_by(ScanBatch.received_at.desc()).limit(1)
    return str(found.id)


def test_forty_devices_through_a_stage_take_forty_two_presses_and_no_script(app: Flask) -> None:
    start, end = card("do:start_wiping"), card("scan:end")
    devices = [make.device().code for _ in range(40)]
    hands = Keys(app)
    assert "Start wiping" in hands.scan(start)
    assert 'class="mode phase-wipe"' in hands.page
    for number, code in enumerate(devices, start=1):
        said = hands.scan(code)
        assert f"{number} done" in said and 'data-feedback="good"' in hands.page
    hands.scan(end)
    assert hands.presses == 42
    assert "40 done" in hands.said and "Closed" in hands.said
    session.rollback()
    assert session.query(Device).filter_by(stage=Stage.WIPING).count() == 40
    assert "data-mode-here" not in hands.client.get("/scan").text


def test_a_card_that_is_not_hers_says_so_at_once_and_opens_nothing(app: Flask) -> None:
    hands = Keys(app)
    assert "is for the role “Coordinator”" in hands.scan(card("do:release"))
    assert session.query(ScanBatch).count() == 0


def test_a_mode_asks_its_reason_once_for_the_whole_batch(app: Flask) -> None:
    hands, devices = Keys(app, "coordinator"), [make.device() for _ in range(3)]
    assert "Asked once" in hands.scan(card("do:lose"))
    address = "/scan/batches/new?action=lose"
    answer = hands.client.post(address, data={"csrf_token": browsing.token_on(hands.page), "reason": "  "})
    assert answer.status_code == 422
    hands._post(address, {"reason": "the shelf is empty"})
    for device in devices:
        assert "Not found" in hands.scan(device.code)
    assert "3 done" in hands.said


def test_a_grade_card_completes_the_mode_it_stands_in(app: Flask) -> None:
    hands = Keys(app, "quality")
    hands.scan(card("do:pass_quality_check"))
    first = batch_id()
    assert "Grade B" in hands.scan(card("grade:B")) and batch_id() == first
    assert "Grade C" in hands.scan(card("grade:C")) and batch_id() != first, "another grade is another batch"


def test_a_code_scanned_again_stands_once_in_the_batch_with_how_often(app: Flask) -> None:
    hands, device, other, strange = Keys(app), make.device(), make.device(), codes.new_code()
    hands.scan(card("do:start_wiping"))
    for code in (device.code, strange, strange, other.code, device.code, device.code):
        hands.scan(code)
    assert "3 times" in hands.page.split("scanned-before")[0], "beside the verdict"
    before = re.findall(r'data-key="(\w{8}) [^"]+" data-times="(\d)"', hands.page)
    assert before == [(other.code, "1"), (strange, "2")], "the others below it, the last one first"
    assert "2 done · 1 already so · 1 unknown" in hands.said
    page = hands.client.get(f"/scan/batches/{batch_id()}").text
    lists = dict(re.findall(r"<h2>([\w ,]+) <span.*?</h2>(.*?)</section>", page, re.S))
    assert lists["Done"].count("<li>") == 2 and "times" not in lists["Done"]
    assert lists["Unknown codes"].count("<li>") == 1 and "2 times" in lists["Unknown codes"]
    assert lists["Already so, or scanned twice"].count("<li>") == 1
    send_away = re.findall(r"/scan/unknown/\d+/dismiss", hands.client.get("/scan").text)
    assert len(send_away) == 1
    browsing.send(hands.client, send_away[0], {}, form="/scan")
    assert "/dismiss" not in hands.client.get("/scan").text, "every scan of the code is out of the list"


def test_open_batches_of_one_name_are_told_apart_on_another_phone(app: Flask) -> None:
    shelf, device = make.location("Étagère 7"), make.device()
    for name, place in (("Odette", None), ("Firmin", shelf.code)):
        by = make.actor(email=f"{name}@example.org", name=name)
        with transaction():
            batch = open_batch(BatchAsked(new_id(), Mode("start_wiping", place)), by)
            if place:
                scanning.scan(rules.asked(device.code, batch=batch.id), by)
    page = Keys(app).page
    apart = [
        re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", one))
        for one in re.findall(r"batch-apart.*?</li>", page, re.S)
    ]
    assert len(apart) == 2
    first, second = apart  # the newest first
    assert "Firmin" in first and "Étagère 7" in first and "1 done" in first and "last scan" in first
    assert "Odette" in second and "opened" in second and "0 done" in second and "last scan" not in second


def test_cards_undo_the_last_scan_and_a_device_scanned_twice_is_said(app: Flask) -> None:
    hands, device = Keys(app), make.device()
    hands.scan(card("do:start_wiping"))
    hands.scan(device.code)
    assert "Scanned twice in this batch" in hands.scan(device.code)
    assert "Undone" in hands.scan(card("scan:undo")) and "0 done" in hands.said
    assert "1 done" in hands.scan(device.code)


def test_after_a_rest_a_scan_only_looks_up_until_somebody_says_that_she_goes_on(app: Flask) -> None:
    hands, device = Keys(app), make.device()
    hands.scan(card("do:start_wiping"))
    batch = batch_id()
    with transaction():
        session.execute(
            update(ScanBatch).values(
                clients={name: {"at": "2026-01-01T00:00:00+00:00"} for name in row(batch).clients}
            )
        )
    hands.scan(device.code)
    assert "only looks up" in hands.said and session.get(Device, device.id).stage is Stage.RECEIVED  # type: ignore[union-attr]
    hands.press(f"/scan/batches/{batch}/continue")
    assert "1 done" in hands.scan(device.code)


def row(batch: str) -> ScanBatch:
    found = session.get(ScanBatch, batch)
    assert found is not None
    return found


def test_another_phone_continues_an_open_batch(app: Flask) -> None:
    first, second = Keys(app), Keys(app, "quality")
    first.scan(card("do:start_wiping"))
    batch = batch_id()
    second.page = second.client.get("/scan/batches").text
    second.press(f"/scan/batches/{batch}/continue")
    assert "1 done" in second.scan(make.device().code)
    assert "2 done" in first.scan(make.device().code)


def ended(app: Flask, *codes: str) -> tuple[Keys, str]:
    hands = Keys(app)
    hands.scan(card("do:start_wiping"))
    for code in codes:
        hands.scan(code)
    batch = batch_id()
    hands.press(f"/scan/batches/{batch}/close")
    return hands, batch


def test_the_page_at_the_end_says_what_to_do_with_each_and_an_unknown_code_is_linked(app: Flask) -> None:
    done, far, meant = make.device(), make.device(Stage.READY), make.device()
    hands, batch = ended(app, done.code, far.code, "BCDFGHJX", "3760123456789")
    for heading in ("Refused: what to do", "Unknown codes 2", "Done 1"):
        assert heading in hands.said, heading
    assert f"/labels?codes={done.code}" in hands.page
    links = re.findall(rf"/scan/batches/{batch}/scans/\d+/link", hands.page)
    assert "Unknown codes 1" in (hands.press(links[0], code=meant.code) and hands.said)
    assert "Unknown codes, dealt with 1" in hands.said
    forgets = re.findall(rf"/scan/batches/{batch}/scans/\d+/forget", hands.page)
    assert "in a few words" in (hands.press(forgets[0], reason=" ") and hands.said)
    assert "Unknown codes, dealt with 2" in (hands.press(forgets[0], reason="a bottle") and hands.said)
    entry = past.of_subject(Subject.BATCH, number_of(batch))[0]
    assert (entry.action, entry.facts["code"], past.note_of(entry)) == ("forget_code", None, "a bottle")


def test_every_scan_of_a_code_that_waited_is_judged_once_when_somebody_says_what_it_is_on(app: Flask) -> None:
    device, by = make.device(), make.actor()
    with transaction():
        free = particulars.mint(Kind.DEVICE, state=TagState.PRINTED)[0].code
    strange = "BCDFGHJX"
    batches = [ended(app, *codes)[1] for codes in ((strange, strange, free), (strange,))]
    scans = {
        one.raw: one for one in session.query(Scan).filter_by(batch_id=batches[0]).order_by(Scan.id.desc())
    }
    with transaction():
        told = unknown_operations.link(queries.scans([scans[strange].id])[0], device.code, by)
    assert told.outcome is Outcome.DONE
    found = session.query(Scan).filter_by(device_id=device.id, code=device.code).order_by(Scan.id).all()
    assert [(one.batch_id, one.verdict) for one in found] == [
        (batches[0], "done"), (batches[0], "already"), (batches[1], "already")
    ]  # fmt: skip
    assert devices.resolve(strange).device.id == device.id, "it leads there from now on"  # type: ignore[union-attr]
    with pytest.raises(RuleBroken, match="dealt with"), transaction():
        unknown_operations.link(queries.scans([scans[strange].id])[0], device.code, by)
    session.rollback()
    other = make.device()
    with transaction():
        told = unknown_operations.link(queries.scans([scans[free].id])[0], other.code, by)
    assert (told.outcome, told.code) == (Outcome.DONE, free)
    said = {one.action for one in past.of_subject(Subject.DEVICE, device.id)}
    assert "declare_tag" in said and past.chain_faults() == []


def test_the_next_step_is_one_press_for_those_that_may(app: Flask) -> None:
    screens = [make.device(kind="screen") for _ in range(3)]
    hands = Keys(app)
    hands.scan(card("do:start_wiping"))
    for one in screens:
        hands.scan(one.code)
    hands.press(f"/scan/batches/{batch_id()}/close")
    assert "Record the wipe (3)" in hands.said
    hands.press(f"/scan/batches/{batch_id()}/next")
    assert "3 done" in hands.said
    session.rollback()
    assert session.query(Device).filter_by(stage=Stage.WIPED).count() == 3


def test_the_whole_batch_is_undone_in_one_press(app: Flask) -> None:
    devices = [make.device() for _ in range(3)]
    hands, batch = ended(app, *(one.code for one in devices))
    hands.press(f"/scan/batches/{batch}/undo")
    assert "3 devices are back" in hands.said and "0 done" in hands.said and "Taken back 3" in hands.said
    session.rollback()
    assert session.query(Device).filter_by(stage=Stage.RECEIVED).count() == 3


def test_the_page_of_a_batch_asks_the_same_for_three_scans_as_for_twenty(app: Flask) -> None:
    def cost(count: int) -> int:
        hands, batch = ended(app, *(make.device().code for _ in range(count)), "BCDFGHJX")
        with counted() as said:
            assert hands.client.get(f"/scan/batches/{batch}").status_code == 200
        return len(said)

    assert cost(3) == cost(20)


def test_what_is_wrong_on_a_batchs_page_is_said_and_changes_nothing(app: Flask) -> None:
    hands, batch = ended(app, make.device().code)
    token: Any = browsing.token_on(hands.page)
    for address, data in (
        ("next", {"action": "fly"}),
        ("next", {"action": "receive", "new": "x"}),
        ("undo-last", {}),
    ):
        answer = hands.client.post(f"/scan/batches/{batch}/{address}", data={"csrf_token": token, **data})
        assert answer.status_code in (409, 422), address
    assert hands.client.get("/scan/batches/nothing").status_code == 404
