"""Tags before they are on anything: minted once, counted on rolls, handed out, bound by the first scan, void."""

from __future__ import annotations

import secrets
import threading
import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import make
from tests.web import browsing
from tracker.accounts import queries as people
from tracker.collection import operations as gifts
from tracker.collection.rules import Line
from tracker.database import session, transaction
from tracker.devices import codes, particulars
from tracker.devices import queries as devices
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Tag
from tracker.devices.rules import DeviceType
from tracker.devices.tags import TagState
from tracker.errors import Malformed, RuleBroken
from tracker.history.models import HistoryEntry
from tracker.labelling import tag_operations, tag_queries


def roll_of(count: int, by: Any) -> tuple[str, list[str]]:
    with transaction():
        roll, fresh = tag_operations.mint_roll(count, by)
        return roll.reference, fresh


def state_of(code: str) -> TagState:
    session.rollback()
    return session.get_one(Tag, code).state


def test_a_code_that_another_hand_is_writing_is_never_given_twice(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chance is made to draw the same letters for both; the other hand has not finished when we begin."""
    make.site()
    drawn = list("BCDFGHJ" * 3)
    chance = secrets.choice
    monkeypatch.setattr(secrets, "choice", lambda letters: drawn.pop(0) if drawn else chance(letters))
    written, faults, made = threading.Event(), [], []

    def other() -> None:
        with app.app_context():
            try:
                with transaction():
                    made.extend(tag.code for tag in particulars.mint(Kind.DEVICE))
                    written.set()
                    time.sleep(0.3)
            except Exception as error:  # noqa: BLE001
                faults.append(error)

    hand = threading.Thread(target=other)
    hand.start()
    assert written.wait(20)
    with transaction():
        made += [tag.code for tag in particulars.mint(Kind.LOCATION)]
    hand.join(20)
    assert not faults and len(set(made)) == 2 and "BCDFGHJX" in made
    assert not drawn, "both drew the same letters"


def test_a_roll_is_counted_from_one_and_in_the_history(app: Flask) -> None:
    by = make.actor()
    first, fresh = roll_of(3, by)
    second, _more = roll_of(2, by)
    assert (first, second) == ("R-001", "R-002")
    assert [tag_queries.standing(code).position for code in fresh] == [1, 2, 3]
    entries = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "mint_roll")).all()
    assert [one.facts["roll"] for one in entries] == ["R-001", "R-002"]


def test_who_scans_a_tag_that_was_handed_out_learns_who_has_it(app: Flask) -> None:
    by, camille = make.actor(), make.user("quality", name="Camille")
    reference, fresh = roll_of(4, by)
    make.collection()
    with transaction():
        roll = tag_queries.roll(reference, lock=True)
        tag_operations.hand_over(roll, by, first=1, last=2, user=people.user(camille.id))
    client = browsing.client_of(app, make.user())
    page = client.get(f"/D/{fresh[1]}", follow_redirects=True)
    assert page.request.path == f"/labels/tags/{fresh[1]}/bind"
    assert "Étiquette 2 du rouleau R-001" in page.text and "Camille" in page.text
    assert "Camille" not in client.get(f"/labels/tags/{fresh[2]}/bind").text


def test_a_tag_is_out_with_one_person_at_a_time(app: Flask) -> None:
    by = make.actor()
    reference, _fresh = roll_of(10, by)
    with transaction():
        roll, me = tag_queries.roll(reference, lock=True), people.user(by.user_id or 0)
        lot = tag_operations.hand_over(roll, by, first=3, last=6, user=me)
        for first, last in ((1, 3), (6, 10), (4, 5), (1, 10)):
            with pytest.raises(RuleBroken):
                tag_operations.hand_over(roll, by, first=first, last=last, site=people.site(by.site_id))
        with pytest.raises(Malformed):
            tag_operations.hand_over(roll, by, first=7, last=11, user=me)
        tag_operations.take_back(roll, lot, by)
        tag_operations.hand_over(roll, by, site=people.site(by.site_id))


def test_the_rest_of_a_lost_roll_is_void_and_what_is_on_devices_stays(app: Flask) -> None:
    by = make.actor()
    reference, fresh = roll_of(5, by)
    device = make.device(code=fresh[1])
    with transaction():
        gone = tag_operations.void_rest(
            tag_queries.roll(reference, lock=True), by, first=1, last=4, reason="lost"
        )
    assert gone == [fresh[0], fresh[2], fresh[3]]
    assert [state_of(code) for code in fresh] == [
        TagState.VOID, TagState.ATTACHED, TagState.VOID, TagState.VOID, TagState.MINTED,
    ]  # fmt: skip
    counted = tag_queries.counted([tag_queries.roll(reference).id])[tag_queries.roll(reference).id]
    assert (counted.free, counted.bound, counted.void) == (1, 1, 3)
    each = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "void_tag")).all()
    assert {one.facts["code"] for one in each} == set(gone)
    with transaction(), pytest.raises(RuleBroken):
        particulars.replace_tag(devices.locked(device.id), fresh[0], by)
    with transaction():
        assert tag_operations.void_rest(tag_queries.roll(reference, lock=True), by, first=1, last=4) == []


def test_the_first_scan_binds_a_tag_with_one_press(app: Flask) -> None:
    by = make.actor()
    _reference, fresh = roll_of(2, by)
    gift = make.collection()
    client = browsing.client_of(app, make.user())
    scanned = browsing.send(client, "/scan", {"code": fresh[0]})
    assert scanned.location == f"/labels/tags/{fresh[0]}/bind"
    sent = browsing.send(
        client, scanned.location, {"doing": "add", "collection": gift.reference, "type": "tablet"}
    )
    assert sent.status_code == 303 and sent.location == "/scan"
    device = devices.by_code(fresh[0])
    assert (device.type, device.stage) == (DeviceType.TABLET, Stage.COLLECTED)
    # What was the same for the last device is chosen already.
    page = client.get(f"/labels/tags/{fresh[1]}/bind").text
    assert (
        'checked id="type-' in page
        or 'value="tablet" checked' in page
        or "checked" in page.split('value="tablet"')[0][-80:]
    )
    assert client.get(f"/labels/tags/{fresh[0]}/bind").location == f"/scan?code={fresh[0]}"


def test_a_serial_number_on_the_donors_list_gets_the_tag_put_on(app: Flask) -> None:
    chief = make.actor("coordinator")
    _reference, fresh = roll_of(1, chief)
    gift = make.collection()
    with transaction():
        line = Line(DeviceType.LAPTOP, serial="5CD8211XYZ")
        listed = gifts.add_device(gift, line, Action.ANNOUNCE, chief).code
    client = browsing.client_of(app, make.user())
    path, said = (
        f"/labels/tags/{fresh[0]}/bind",
        {"doing": "add", "collection": gift.reference, "type": "laptop", "serial": "5cd8211xyz"},
    )
    asked = browsing.send(client, path, said)
    assert asked.status_code == 409 and codes.shown(listed) in asked.text
    browsing.send(client, path, {**said, "decision": listed})
    session.rollback()
    device = devices.by_code(listed)
    assert device.code == fresh[0] and device.stage is Stage.ANNOUNCED
    entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "replace_tag")).one()
    assert entry.facts == {"old": listed, "new": fresh[0], "why": "never_printed"}


def test_another_tag_says_what_became_of_the_old_one(app: Flask) -> None:
    device, by = make.device(), make.actor()
    _reference, fresh = roll_of(1, by)
    client = browsing.client_of(app, make.user())
    sent = browsing.send(client, f"/devices/{device.code}/tag", {"code": fresh[0], "why": "damaged"})
    assert sent.status_code == 303
    entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "replace_tag")).one()
    assert entry.facts["why"] == "damaged"


def test_a_roll_is_handed_out_and_taken_back_on_its_page(app: Flask) -> None:
    by = make.actor()
    reference, fresh = roll_of(3, by)
    client, path = browsing.client_of(app, make.user()), f"/labels/rolls/{reference}"
    browsing.send(client, path, {"to": f"user:{by.user_id}", "first": "1", "last": "2", "on": "2026-11-02"})
    lots = tag_queries.lots(tag_queries.roll(reference))
    assert [(one.lot.first, one.lot.last, one.counted.free) for one in lots] == [(1, 2, 2)]
    browsing.send(client, f"{path}/lots/{lots[0].lot.id}/back", form=path)
    session.rollback()
    assert tag_queries.lots(tag_queries.roll(reference))[0].lot.ended_at is not None
    page = client.get(f"/labels?roll={reference}&first=2&design=tag").text
    assert fresh[0] not in page and fresh[1] in page and fresh[2] in page
    browsing.send(client, f"{path}/void", {"first": "3", "last": "3"})
    assert state_of(fresh[2]) is TagState.VOID


def test_new_places_and_boxes_are_printed_until_they_have_a_label(app: Flask) -> None:
    shelf, box = make.location(), make.location("Caisse 12", "box")
    client = browsing.client_of(app, make.user())
    assert shelf.code in client.get("/labels?new=L").text
    page = client.get("/labels?new=B").text
    assert box.code in page and shelf.code not in page
