"""A stage's label follows the move: by itself, offered, or not at all; and a fault of paper never undoes a move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import make
from tests.web import browsing
from tracker.accounts.rules import Actor
from tracker.clock import now
from tracker.database import session, transaction
from tracker.devices import operations as moves
from tracker.devices import queries as devices
from tracker.devices import registry
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.errors import Malformed, NotAllowed
from tracker.history import queries as past
from tracker.history.rules import Subject
from tracker.labelling import habit_operations, operations, queries, queue_queries
from tracker.labelling.habit_rules import Habit
from tracker.labelling.models import Print, PrintRun
from tracker.printing.job_models import PrintJob
from tracker.printing.models import Printer
from tracker.printing.rules import JobState, Way

SignIn = Callable[..., FlaskClient]


def printer(way: Way = Way.SOCKET, format: str = "zpl", medium: str | None = "zebra-57x32") -> Printer:
    with transaction():
        made = Printer(
            site_id=make.actor().site_id,
            name=f"{way.value} {medium}",
            way=way,
            address="127.0.0.1:9100",
            format=format,
            medium=medium,
        )
        session.add(made)
    return made


def decided(design: str, habit: Habit, on: Printer | None = None, medium: str | None = None) -> bool:
    with transaction():
        held = session.get(Printer, on.id) if on else None
        return habit_operations.decide(design, habit, medium, held, make.actor("coordinator"))


def received(*made: Device, by: Actor | None = None) -> None:
    with transaction():
        for one in made:
            moves.perform(devices.locked(one.id), Action.RECEIVE, by or make.actor())


def jobs() -> list[PrintJob]:
    session.rollback()
    return list(session.scalars(select(PrintJob).order_by(PrintJob.id)))


def waiting() -> dict[str, int]:
    session.rollback()
    return queue_queries.counts(make.actor().site_id)


def offered(device: Device) -> list[Any]:
    last = past.last_move(Subject.DEVICE, device.id)
    assert last is not None
    return registry.offers_after(devices.locked(device.id), last)


def test_a_label_is_printed_with_the_move_and_waits_no_more(app: Flask) -> None:
    decided("intake", Habit.AUTOMATIC, printer())
    device = make.device(Stage.COLLECTED)
    received(device)
    (job,) = jobs()
    assert job.state is JobState.WAITING and (job.data or b"").startswith(b"^XA")
    assert "intake" not in waiting()
    (lead,) = offered(device)
    assert not lead.posts and lead.address.startswith("/labels/runs/")


def test_forty_moves_at_once_are_one_job(app: Flask) -> None:
    decided("intake", Habit.AUTOMATIC, printer())
    received(*(make.device(Stage.COLLECTED) for _ in range(40)))
    (job,) = jobs()
    assert job.labels == 40 and (job.data or b"").count(b"^XA") == 40
    assert session.scalar(select(func.count()).select_from(PrintRun)) == 1


def test_a_new_device_gets_its_label_too(app: Flask) -> None:
    from tracker.collection import operations as collecting
    from tracker.collection.rules import Line
    from tracker.devices.rules import DeviceType

    decided("intake", Habit.AUTOMATIC, printer())
    gift = make.collection()
    with transaction():
        collecting.add_device(gift, Line(DeviceType.LAPTOP, "HP", "Elite"), Action.RECEIVE, make.actor())
    assert [one.labels for one in jobs()] == [1]


def test_a_printing_fault_leaves_the_move_done_and_the_label_in_the_queue(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided("intake", Habit.AUTOMATIC, printer(format="brother"))  # which this roll is not for
    device = make.device(Stage.COLLECTED)
    received(device)
    session.rollback()
    assert devices.by_code(device.code).stage is Stage.RECEIVED
    assert not jobs() and waiting() == {"intake": 1}
    (lead,) = offered(device)
    assert lead.posts and "not printed with the move" in str(lead.words)
    assert not past.chain_faults()


@pytest.mark.parametrize(
    "changed",
    [{"medium": "avery-l7160"}, {"way": Way.DOWNLOAD}, {"retired_at": now()}],
    ids=["medium", "way", "retired"],
)
def test_a_printer_that_was_changed_or_retired_leaves_the_label_in_the_queue(
    app: Flask, changed: dict[str, Any]
) -> None:
    made = printer()
    decided("intake", Habit.AUTOMATIC, made)
    with transaction():
        for name, value in changed.items():
            setattr(session.get(Printer, made.id), name, value)
    received(make.device(Stage.COLLECTED))
    assert not jobs() and waiting() == {"intake": 1}
    assert not session.scalar(select(func.count()).select_from(PrintRun))


def test_an_undo_calls_a_label_back_that_still_waits(app: Flask) -> None:
    decided("intake", Habit.AUTOMATIC, printer())
    device, by = make.device(Stage.COLLECTED), make.actor()
    received(device, by=by)
    with transaction():
        moves.perform(devices.locked(device.id), Action.CORRECT, by)
    assert [one.state for one in jobs()] == [JobState.CANCELLED]
    assert session.scalar(select(Print.undone_at).where(Print.design == "intake")) is not None
    received(device, by=by)
    assert [one.state for one in jobs()] == [JobState.CANCELLED, JobState.WAITING]


def test_an_undo_leaves_what_was_sent_as_it_is(app: Flask) -> None:
    decided("intake", Habit.AUTOMATIC, printer())
    device, by = make.device(Stage.COLLECTED), make.actor()
    received(device, by=by)
    with transaction():
        session.scalars(select(PrintJob)).one().state = JobState.SENT
    with transaction():
        moves.perform(devices.locked(device.id), Action.CORRECT, by)
    assert [one.state for one in jobs()] == [JobState.SENT]


def test_asked_offers_one_press_and_off_neither_offers_nor_waits(app: Flask) -> None:
    device = make.device(Stage.RECEIVED)
    (lead,) = offered(device)
    assert lead.posts and lead.address == f"/devices/{device.code}/label/now"
    assert decided("intake", Habit.OFF) and not decided("intake", Habit.OFF)
    assert not offered(device) and not waiting()
    assert queries.panel(devices.by_code(device.code), make.actor())["due"] is False


def test_automatic_asks_for_a_roll_in_a_printer_that_takes_files_by_itself(app: Flask) -> None:
    for wrong in (
        None,
        printer(Way.DOWNLOAD),
        printer(Way.QUEUE, "pdf", "avery-l7160"),
        printer(Way.QUEUE, "pdf", None),
    ):
        with pytest.raises(Malformed, match="with a roll in it") as refusal:
            decided("intake", Habit.AUTOMATIC, wrong)
        assert refusal.value.field == "printer"
    with pytest.raises(NotAllowed), transaction():
        habit_operations.decide("intake", Habit.OFF, None, None, make.actor())
    with pytest.raises(Malformed):
        decided("badge", Habit.OFF)


def test_labels_wait_in_a_group_for_each_printer_and_medium(app: Flask) -> None:
    roll = printer()
    decided("intake", Habit.ASKED, roll)
    decided("wipe", Habit.ASKED, None, "avery-l7651")
    for stage in (Stage.RECEIVED, Stage.RECEIVED, Stage.WIPED, Stage.READY):
        make.device(stage)
    by = make.actor()
    session.rollback()
    groups = queue_queries.by_destination(by, queries.usual_destination(by))
    assert [(one.on.key, one.counts, one.sheets) for one in groups] == [
        (".avery-l7160", {"ready": 1}, 1),
        (f"{roll.id}.zebra-57x32", {"intake": 2}, None),
        (".avery-l7651", {"wipe": 1}, 1),
    ]
    client = browsing.client_of(app, make.user("volunteer"))
    page = client.get(f"/labels?on={roll.id}.zebra-57x32").text
    assert page.count(":intake") == 2 and ":wipe" not in page
    assert f'<option selected value="{roll.id}">' in page and '<option selected value="zebra-57x32">' in page


def test_one_press_prints_on_the_usual_printer_and_twice_is_once(app: Flask) -> None:
    device = make.device(Stage.RECEIVED)
    client = browsing.client_of(app, make.user("volunteer"))
    page = client.get(f"/devices/{device.code}").text
    assert f'action="/devices/{device.code}/label/now"' in page
    sent = {"csrf_token": browsing.token_on(page), "back": f"/devices/{device.code}", "form_token": "one"}
    answers = [client.post(f"/devices/{device.code}/label/now", data=sent) for _ in range(2)]
    assert {one.mimetype for one in answers} == {"application/pdf"}
    assert answers[0].data == answers[1].data
    assert session.scalar(select(func.count()).select_from(Print)) == 1
    other = make.device(Stage.RECEIVED)
    decided("intake", Habit.ASKED, printer())
    gone = client.post(f"/devices/{other.code}/label/now", data={**sent, "back": f"/devices/{other.code}"})
    assert (gone.status_code, gone.location) == (303, f"/devices/{other.code}")
    assert [one.labels for one in jobs()] == [1]


def test_what_a_printer_has_is_shown_with_its_run(app: Flask) -> None:
    device, by = make.device(Stage.RECEIVED), make.actor()
    made = printer()
    with transaction():
        file = operations.print_labels(
            [device.code], None, None, None, None, by, printer=session.get(Printer, made.id)
        )
    client = browsing.client_of(app, make.user("volunteer"))
    page = client.get(f"/labels/runs/{file.run}").text
    assert made.name in page and f"/labels/runs/{file.run}/undone" in page
    sent = {"csrf_token": browsing.token_on(page), "form_token": "x"}
    assert client.post(f"/labels/runs/{file.run}/undone", data=sent).status_code == 303
    assert [one.state for one in jobs()] == [JobState.CANCELLED] and waiting() == {"intake": 1}
    assert client.get("/labels/runs/999").status_code == 404


def test_habits_are_read_by_everyone_and_decided_by_coordinators(app: Flask) -> None:
    volunteer = browsing.client_of(app, make.user("volunteer"))
    assert volunteer.get("/labels/habits").status_code == 200
    assert volunteer.get("/labels/habits/intake").status_code == 403
    client = browsing.client_of(app, make.user("coordinator"))
    answer = browsing.send(
        client, "/labels/habits/intake", {"habit": "automatic", "printer": "", "medium": ""}
    )
    assert answer.status_code == 422
    answer = browsing.send(client, "/labels/habits/intake", {"habit": "off", "printer": "", "medium": ""})
    assert answer.status_code == 303
    make.device(Stage.RECEIVED)
    assert not waiting()


def test_a_file_cancelled_on_its_way_puts_its_labels_back_in_the_queue(app: Flask) -> None:
    from tracker.printing import job_operations

    decided("intake", Habit.AUTOMATIC, printer())
    received(make.device(Stage.COLLECTED))
    with transaction():
        job_operations.cancel(session.scalars(select(PrintJob)).one(), make.actor())
    assert waiting() == {"intake": 1}
    assert session.scalar(select(PrintRun.undone_at)) is not None
