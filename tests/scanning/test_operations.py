"""A scan is judged once for ever, each by itself, in words; a refused one changes nothing."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import make
from tests.statements import counted
from tracker import clock
from tracker.accounts.rules import Actor, Role
from tracker.database import session, transaction
from tracker.devices import codes, operations, particulars
from tracker.devices import queries as devices
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.tags import TagState
from tracker.errors import Conflict, Malformed, NotAllowed
from tracker.history.models import HistoryEntry
from tracker.scanning import queries, rules
from tracker.scanning.models import Scan
from tracker.scanning.operations import dismiss, scan, scan_many
from tracker.scanning.rules import Outcome, Verdict


def scanned(raw: str, by: Actor, **values: object) -> Verdict:
    with transaction():
        return scan(rules.asked(raw, **values), by)  # type: ignore[arg-type]


def entries(device: Device) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(HistoryEntry.subject_id == device.id)) or 0


def kept() -> list[Scan]:
    session.rollback()
    return list(session.scalars(select(Scan).order_by(Scan.id)).all())


def test_a_scan_moves_the_device_and_is_kept_with_its_entry(app: Flask) -> None:
    device, by = make.device(Stage.RECEIVED), make.actor()
    verdict = scanned(device.code, by, action="start_wiping")
    assert (verdict.outcome, verdict.stage) == (Outcome.DONE, Stage.WIPING)
    (row,) = kept()
    entry = session.get(HistoryEntry, row.history_id)
    assert entry is not None and (entry.action, entry.subject_id) == ("start_wiping", device.id)
    assert (row.code, row.verdict, row.stage, row.user_id) == (
        device.code,
        Outcome.DONE,
        Stage.WIPING,
        by.user_id,
    )


def test_the_same_id_again_gives_the_same_verdict_and_no_second_entry(app: Flask) -> None:
    device, by, name = make.device(Stage.RECEIVED), make.actor(), str(uuid.uuid4())
    first = scanned(device.code, by, action="start_wiping", scan_id=name)
    with transaction():
        operations.perform(session.merge(device), Action.CORRECT, by)
    again = scanned(device.code, by, action="start_wiping", scan_id=name.upper())
    assert again == first
    assert (entries(device), len(kept())) == (3, 1)
    assert session.get(Device, device.id).stage is Stage.RECEIVED  # type: ignore[union-attr]


def test_another_scan_under_an_id_that_was_used_is_never_called_done(app: Flask) -> None:
    """Else a scan shown as done would be lost, whoever gave two scans one number."""
    device, other, by = make.device(Stage.RECEIVED), make.device(Stage.RECEIVED), make.actor()
    name = str(uuid.uuid4())
    scanned(device.code, by, action="start_wiping", scan_id=name)
    for code, action in ((other.code, "start_wiping"), (device.code, "lose")):
        verdict = scanned(code, by, action=action, scan_id=name)
        assert verdict.outcome is Outcome.CONFLICT and "Nothing was done" in str(verdict.sentence)
    assert entries(other) == 1 and len(kept()) == 1


def test_two_scans_of_one_batch_under_one_id_are_not_both_called_done(app: Flask) -> None:
    device, other, by = make.device(Stage.RECEIVED), make.device(Stage.RECEIVED), make.actor()
    name = str(uuid.uuid4())
    asked = [rules.asked(one.code, scan_id=name, action="start_wiping") for one in (device, other, device)]
    with transaction():
        verdicts = scan_many(asked, by)
    assert [one.outcome for one in verdicts] == [Outcome.DONE, Outcome.CONFLICT, Outcome.DONE]
    assert entries(other) == 1


def test_a_refused_scan_is_kept_and_changes_nothing(app: Flask) -> None:
    device, by = make.device(Stage.RECEIVED), make.actor()
    verdict = scanned(device.code, by, action="finish_reconditioning", scan_id=str(uuid.uuid4()))
    assert (verdict.outcome, verdict.stage) == (Outcome.REFUSED, Stage.RECEIVED)
    assert "Its next step is" in str(verdict.sentence)
    assert entries(device) == 1
    (row,) = kept()
    assert queries.verdict_of(row) == verdict


def test_a_refusal_says_the_same_in_each_language_when_it_is_read_again(app: Flask) -> None:
    device, by = make.device(Stage.RECEIVED), make.actor()
    verdict = scanned(device.code, by, action="pass_quality_check")
    again = queries.verdict_of(kept()[0])
    assert again.sentence == verdict.sentence, "words within words included"
    for locale in ("fr", "en"):
        assert again.sentence.shown_in(locale) == verdict.sentence.shown_in(locale)


def test_a_place_that_does_not_exist_takes_the_move_back_with_it(app: Flask) -> None:
    """One scan is one deed: the move before the refusal leaves no half-written row."""
    device, by = make.device(Stage.RECEIVED), make.actor()
    verdict = scanned(device.code, by, action="start_wiping", values={"location": "BCDFGHJX"})
    assert (verdict.outcome, verdict.stage) == (Outcome.REFUSED, Stage.RECEIVED)
    assert entries(device) == 1
    assert session.get(Device, device.id).stage is Stage.RECEIVED  # type: ignore[union-attr]


def test_a_scan_can_put_a_device_into_a_place(app: Flask) -> None:
    device, by, place = make.device(Stage.RECEIVED), make.actor(), make.location()
    verdict = scanned(device.code, by, values={"location": place.code})
    assert verdict.outcome is Outcome.DONE and verdict.history_id
    assert scanned(device.code, by, values={"location": place.code}).outcome is Outcome.ALREADY


def test_the_same_move_twice_is_already_so(app: Flask) -> None:
    device, by = make.device(Stage.RECEIVED), make.actor()
    scanned(device.code, by, action="start_wiping")
    verdict = scanned(device.code, by, action="start_wiping")
    assert verdict.outcome is Outcome.ALREADY
    assert entries(device) == 2


def test_a_code_that_is_not_ours_is_kept_until_somebody_dismisses_it(app: Flask) -> None:
    by = make.actor()
    verdict = scanned("BCDF-GHJX", by, action="receive")
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, "BCDFGHJX")
    assert [row.scan.code for row in queries.unknown(1)] == ["BCDFGHJX"]
    with transaction():
        dismiss(queries.unknown(1)[0].scan, by)
    assert not queries.unknown(1)
    assert kept()[0].verdict is Outcome.UNKNOWN


def test_a_wrong_letter_is_said_and_shown(app: Flask) -> None:
    device, by = make.device(Stage.RECEIVED), make.actor()
    typed = device.code[:6] + "A" + device.code[7:]
    verdict = scanned(typed, by, mode=rules.BY_PAGE)
    assert verdict.outcome is Outcome.UNKNOWN
    assert rules.with_gap(typed) == codes.shown(device.code[:6] + "?" + device.code[7:])
    assert rules.with_gap(typed) in str(verdict.sentence)
    assert device.id in [one.id for one in queries.perhaps_meant(typed)]
    assert not queries.unknown(1), "what is misspelt on the page is seen at once: it is not kept in the list"


def test_a_free_tag_says_where_to_bind_it(app: Flask) -> None:
    by = make.actor()
    with transaction():
        tag = particulars.mint(Kind.DEVICE, state=TagState.PRINTED)[0]
        code = tag.code
    verdict = scanned(code, by)
    assert "is free" in str(verdict.sentence) and verdict.address == f"/labels/tags/{code}/bind"


def test_a_void_tag_explains_itself(app: Flask) -> None:
    by = make.actor()
    with transaction():
        code = particulars.mint(Kind.DEVICE, state=TagState.VOID)[0].code
    assert "is void" in str(scanned(code, by, action="receive").sentence)


def test_a_replaced_tag_still_leads_to_its_device_with_a_notice(app: Flask) -> None:
    device, by = make.device(Stage.RECEIVED), make.actor()
    old = device.code
    with transaction():
        new = particulars.mint(Kind.DEVICE)[0].code
        particulars.replace_tag(session.merge(device), new, by)
    verdict = scanned(old, by)
    assert (verdict.outcome, verdict.device_id) == (Outcome.DONE, device.id)
    assert codes.shown(new) in str(verdict.sentence)
    assert scanned(old, by, action="start_wiping").outcome is Outcome.DONE


def test_a_place_is_not_a_device(app: Flask) -> None:
    by, place = make.actor(), make.location()
    assert scanned(place.code, by, action="receive").outcome is Outcome.REFUSED
    assert scanned(place.code, by).address == f"/L/{place.code}"


@pytest.mark.parametrize("action", ["reserve", "deliver", "give_back", "recycle"])
def test_what_needs_more_answers_is_refused_with_the_address_of_its_page(app: Flask, action: str) -> None:
    starts = {"reserve": Stage.READY, "deliver": Stage.PREPARED}
    device = make.device(starts.get(action, Stage.RECEIVED))
    verdict = scanned(device.code, make.actor(Role.COORDINATOR), action=action)
    assert verdict.outcome is Outcome.REFUSED
    assert verdict.address and verdict.address in str(verdict.message)


def test_an_action_nobody_knows_is_refused_in_words(app: Flask) -> None:
    device = make.device()
    assert "polish" in str(scanned(device.code, make.actor(), action="polish").sentence)


def test_a_move_needs_its_reason_and_keeps_what_was_typed(app: Flask) -> None:
    device, by = make.device(Stage.RECEIVED), make.actor(Role.COORDINATOR)
    assert "reason" in str(scanned(device.code, by, action="lose").sentence)
    assert (
        scanned(device.code, by, action="start_reconditioning", values={"reason": "no disk"}).outcome
        is Outcome.REFUSED
    )
    assert queries.note_of(kept()[-1]) == "no disk"
    assert scanned(device.code, by, action="lose", note="not on the shelf").outcome is Outcome.DONE


def test_a_late_scan_that_somebody_overtook_is_a_conflict(app: Flask) -> None:
    device, by, other = make.device(Stage.RECEIVED), make.actor(), make.actor(email="other@example.org")
    before = clock.now() - timedelta(hours=2)
    scanned(device.code, other, action="start_wiping")
    verdict = scanned(device.code, by, action="take_for_parts", at=before)
    assert verdict.outcome is Outcome.REFUSED, "it still begins here: what is missing is proof"
    verdict = scanned(device.code, by, action="collect", at=before)
    assert verdict.outcome is Outcome.CONFLICT and verdict.address == f"/devices/{device.code}"
    assert scanned(device.code, by, action="collect").outcome is Outcome.REFUSED


def test_each_of_a_batch_is_judged_by_itself_in_its_order(app: Flask) -> None:
    first, second, by = make.device(Stage.RECEIVED), make.device(Stage.COLLECTED), make.actor()
    asked = [
        rules.asked(second.code, action="receive"),
        rules.asked(second.code, action="start_wiping"),
        rules.asked("BCDFGHJX", action="receive"),
        rules.asked(first.code, action="prepare"),
        rules.asked(first.code, action="start_wiping"),
    ]
    with transaction():
        verdicts = scan_many([*asked, asked[0]], by)
    assert [one.outcome.value for one in verdicts] == ["done", "done", "unknown", "refused", "done", "done"]
    assert (entries(first), entries(second)) == (2, 3)


def test_more_than_five_hundred_at_once_are_refused(app: Flask) -> None:
    with pytest.raises(Malformed, match="500"), transaction():
        scan_many([rules.asked("BCDFGHJX") for _ in range(501)], make.actor())


def test_only_the_workshop_scans(app: Flask) -> None:
    with pytest.raises(NotAllowed), transaction():
        scan(rules.asked(make.device().code), make.actor(Role.ASSOCIATION))


@pytest.mark.parametrize("name", ["", "1", "not a uuid", "1b4e28ba-2fa1-4d2e-883f-0016d3cca42"])
def test_an_id_that_is_no_uuid_is_refused(name: str) -> None:
    with pytest.raises(Malformed, match="UUID"):
        rules.asked("BCDFGHJX", scan_id=name)


def test_whatever_a_scanner_types_is_kept_and_answered(app: Flask) -> None:
    texts, by = ("\0", "\ud800 BCDF", "😀" * 400, "x" * 5_000, "' OR 1=1 --", "", "\n"), make.actor()
    for text in texts:
        assert scanned(text, by, action="receive", note=text).outcome is Outcome.UNKNOWN, repr(text)
    assert len(kept()) == len(texts)


def test_one_scan_sent_by_eight_threads_at_once_is_one_entry(app: Flask) -> None:
    device, by, name = make.device(Stage.RECEIVED), make.actor(), str(uuid.uuid4())
    code, verdicts, start = device.code, [], threading.Barrier(8)
    session.remove()

    def send() -> None:
        with app.app_context():
            start.wait()
            verdicts.append(scanned(code, by, action="start_wiping", scan_id=name))
            session.remove()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(verdicts) == 8 and len(set(verdicts)) == 1 and verdicts[0].outcome is Outcome.DONE
    assert (entries(device), len(kept())) == (2, 1)


def test_a_scan_that_was_done_and_undone_while_it_was_sent_again_is_not_done_once_more(app: Flask) -> None:
    device, by, name = make.device(Stage.RECEIVED), make.actor(), str(uuid.uuid4())
    code, again = device.code, list[Verdict | None]()

    def send() -> None:
        with app.app_context():
            try:
                again.append(scanned(code, by, action="start_wiping", scan_id=name))
            except Conflict:
                again.append(None)
            session.remove()

    thread = threading.Thread(target=send)
    with transaction():
        first = scan(rules.asked(code, action="start_wiping", scan_id=name), by)
        thread.start()
        thread.join(0.5)  # until it waits for the device
        operations.perform(devices.by_code(code), Action.CORRECT, by)
    thread.join()
    assert again in ([first], [None])
    assert (entries(device), len(kept())) == (3, 1)
    assert scanned(code, by, action="start_wiping", scan_id=name) == first


def test_a_scan_alone_asks_the_database_six_things(app: Flask) -> None:
    """The device with its lock and its verdict of before, its stage, its chain, the entry, the scan, its chain."""
    code, by = make.device(Stage.RECEIVED).code, make.actor()
    session.rollback()
    with counted() as asked:
        scanned(code, by, action="start_wiping")
    assert [one.split()[0] for one in asked] == ["SELECT", "UPDATE", "SELECT", "INSERT", "INSERT", "UPDATE"]


def test_two_batches_with_the_same_devices_in_opposite_order_do_not_block_each_other(app: Flask) -> None:
    chosen = [make.device(Stage.RECEIVED).code for _ in range(12)]
    outcomes = at_once(app, (chosen, chosen[::-1]))
    assert sorted(outcomes) == ["already"] * 12 + ["done"] * 12


def test_calls_that_reach_the_chains_of_several_sites_in_any_order_do_not_block_each_other(
    app: Flask,
) -> None:
    by = make.actor("admin")
    workers = [replace(by, site_id=make.site(code).id) for code in ("NORD", "SUD", "EST")]
    calls = []
    for turn in range(6):
        order = workers if turn % 2 else workers[::-1]
        calls.append([make.device(Stage.RECEIVED, by=order[at % 3]).code for at in range(12)])
    assert at_once(app, calls) == ["done"] * 72


def at_once(app: Flask, calls: Sequence[list[str]]) -> list[str]:
    """What becomes of each scan when all calls begin together."""
    by, start, outcomes = make.actor(), threading.Barrier(len(calls)), []
    session.remove()

    def send(order: list[str]) -> None:
        with app.app_context():
            start.wait()
            with transaction():
                outcomes.extend(scan_many([rules.asked(code, action="start_wiping") for code in order], by))
            session.remove()

    threads = [threading.Thread(target=send, args=[order]) for order in calls]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return [one.outcome.value for one in outcomes]
