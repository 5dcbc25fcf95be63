"""The wiping board: what the bench has to do, and the shortest way through it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import make
from tests.journeys.person import Person, file
from tests.statements import counted
from tests.wiping.arrivals import NVME, arrived, upload
from tests.wiping.reports import NEW, text
from tests.wiping.test_policy_operations import UNVERIFIED, decide
from tracker.clock import now
from tracker.database import session, transaction
from tracker.demo.reports import Disk, Machine, nwipe_log
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType
from tracker.wiping import board_operations, board_queries, running_queries
from tracker.wiping.board_queries import Cursors
from tracker.wiping.methods import Level
from tracker.wiping.models import Certificate
from tracker.wiping.readings import Medium

SignIn = Callable[..., FlaskClient]
FORTY = 40


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].__class__(
        **{**vars(app.config["SETTINGS"]), "locale": "en"}
    )


def laptops(number: int, stage: Stage = Stage.RECEIVED) -> list[Device]:
    """Laptops that came in an hour ago, the oldest first."""
    made = [make.device(stage, serial=f"PFRICO{n:03}") for n in range(number)]
    with transaction():
        for n, one in enumerate(made):
            held = devices.locked(one.id)
            held.arrived_at = held.stage_since = now() - timedelta(hours=2, seconds=-n)
    return made


def log(n: int, *, failed: bool = False, minutes_ago: int = 0) -> tuple[bytes, str]:
    serial = f"RDISK{n:05}"
    disk = Disk("sda", "SATA-SSD", "RICO SSD 256", serial, 256_060_514_304)
    machine = Machine("LENOVO", "L480", f"PFRICO{n:03}")
    told = nwipe_log(
        machine, [disk], now() - timedelta(minutes=minutes_ago), failed=frozenset({serial} if failed else ())
    )
    return file(told, f"nwipe_log_{n}.txt")


def count(stage: Stage) -> int:
    return devices.count_by_stage()[stage]


class Walk:
    """A volunteer whose presses are counted: each link and each button is one."""

    def __init__(self, person: Person) -> None:
        self.person, self.presses = person, 0
        self.page = person.opens("/wiping")

    def follows(self, href: str) -> None:
        assert f'href="{href}"' in self.page.html
        self.presses += 1
        self.page = self.person.opens(href)

    def presses_on(self, to: str, **typed: object) -> None:
        self.presses += 1
        self.page = self.person.sends(self.page.path, to, **typed)


def test_forty_laptops_from_received_to_forty_certificates_in_four_presses(app: Flask) -> None:
    laptops(FORTY)
    walk = Walk(Person(app, "volunteer"))
    walk.presses_on("/wiping/start", bench="Banc 2")
    assert (count(Stage.RECEIVED), count(Stage.WIPING)) == (0, FORTY)
    walk.follows("/wiping/upload")
    walk.presses_on("/wiping/upload", files=[log(n) for n in range(FORTY)])
    walk.presses_on("/wiping/record")
    assert walk.presses == 4
    assert count(Stage.WIPED) == FORTY
    assert session.scalar(select(func.count()).select_from(Certificate)) == FORTY
    assert f"{FORTY} of {FORTY} devices are recorded as wiped" in walk.page.words
    assert walk.page.words.count("Certificate no.") == FORTY


def test_one_that_is_not_proven_holds_up_no_other_and_its_reason_is_said(app: Flask) -> None:
    made, walk = laptops(3), Walk(Person(app, "volunteer"))
    walk.follows("/wiping/upload")
    walk.presses_on("/wiping/upload", files=[log(0), log(1), log(2, failed=True)])
    with transaction():
        pressed = board_operations.finish_all([one.code for one in made], make.actor())
    assert pressed.done == [one.code for one in made[:2]]
    assert [code for code, _why in pressed.refused] == [made[2].code]
    asked = "&".join(f"code={one.code}" for one in made)
    words = walk.person.opens(f"/wiping/recorded?{asked}").words
    assert (
        "2 of 3 devices are recorded as wiped" in words and "Not recorded" in words and "RDISK00002" in words
    )


def test_what_is_refused_midway_leaves_no_trace_of_its_device(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its key nothing can be signed: a device must not be wiped without its certificate."""
    (device,) = laptops(1)
    data, name = log(0)
    upload((name, data))
    keys = app.config["SETTINGS"].signing_key_file
    keys.unlink(missing_ok=True)
    keys.parent.mkdir(parents=True, exist_ok=True)
    keys.write_text("not a key")
    with transaction():
        pressed = board_operations.finish_all([device.code], make.actor())
    assert pressed.done == [] and len(pressed.refused) == 1
    session.expire_all()
    assert devices.by_code(device.code).stage is Stage.RECEIVED


def test_a_row_has_its_own_button(app: Flask) -> None:
    first, second = laptops(2)
    Person(app, "volunteer").sends("/wiping", "/wiping/start", only=second.code)
    session.expire_all()
    assert (devices.by_code(first.code).stage, devices.by_code(second.code).stage) == (
        Stage.RECEIVED,
        Stage.WIPING,
    )


def test_what_was_unticked_is_left_alone(app: Flask) -> None:
    first, second = laptops(2)
    Person(app, "volunteer").sends("/wiping", "/wiping/start", code=[first.code])
    session.expire_all()
    assert (devices.by_code(first.code).stage, devices.by_code(second.code).stage) == (
        Stage.WIPING,
        Stage.RECEIVED,
    )


def test_the_board_says_since_when_where_and_by_whom_a_wipe_runs(app: Flask) -> None:
    (device,) = laptops(1)
    by = make.actor("volunteer", name="Ada")
    with transaction():
        board_operations.start_all([device.code], by, "  Banc   2 ")
    start = running_queries.starts([device.id])[device.id]
    assert (start.bench, start.by, start.station) == ("Banc 2", "Ada", None)
    assert "Banc 2 · Ada" in Person(app, "volunteer").opens("/wiping").words


def test_the_longest_waiting_comes_first_and_the_next_page_goes_on(app: Flask) -> None:
    made = laptops(board_queries.SHOWN + 3)
    first = board_queries.board().waiting
    assert [one.device.id for one in first.rows] == [one.id for one in made[: board_queries.SHOWN]]
    assert first.total == len(made) and first.older and not first.newer
    second = board_queries.board(Cursors(waiting=first.older)).waiting
    assert [one.device.id for one in second.rows] == [one.id for one in made[board_queries.SHOWN :]]
    page = Person(app, "volunteer").opens("/wiping")
    assert "waiting=" in page.html


def test_a_cursor_that_is_not_ours_is_said(app: Flask, signed_in: SignIn) -> None:
    assert signed_in().get("/wiping?waiting=nonsense").status_code == 422


def test_what_is_proven_is_found_behind_a_hundred_that_wait(app: Flask) -> None:
    laptops(board_queries.SHOWN + 1)
    last = arrived(at=now() - timedelta(days=90))
    upload(("nwipe.txt", text(NEW)), device=last)
    with transaction():
        devices.locked(last.id).stage_since = now()
    board = board_queries.board()
    assert [one.device.id for one in board.proven.rows] == [last.id]
    assert board.counts["waiting"] == board_queries.SHOWN + 1


def test_what_is_proven_waits_nowhere_else(app: Flask) -> None:
    screen = make.device(kind=DeviceType.SCREEN)
    board = board_queries.board()
    assert [one.device.id for one in board.proven.rows] == [screen.id]
    assert not board.waiting.rows and board.counts["waiting"] == 0


def test_a_wipe_below_the_policy_is_to_be_done_again_not_to_be_decided(app: Flask) -> None:
    decide(levels={Medium.NVME: Level.PURGE})
    device = arrived()
    upload(("nwipe.txt", text(NEW)), device=device)
    board = board_queries.board()
    assert [one.device.id for one in board.failed.rows] == [device.id] and not board.to_review
    assert [state.drive.serial for state in board.failed.rows[0].wrong] == [NVME]
    assert "Not to the level demanded" in Person(app, "volunteer").opens("/wiping").words


def test_an_unverified_wipe_waits_for_a_person_until_the_policy_takes_it(app: Flask) -> None:
    upload(("nwipe.txt", UNVERIFIED), device=arrived())
    assert len(board_queries.board().to_review) == 2
    decide(unverified_accepted=True)
    board = board_queries.board()
    assert not board.to_review and len(board.proven.rows) == 1


def test_a_failed_wipe_that_was_done_again_is_off_the_list(app: Flask) -> None:
    laptops(1)
    for failed, minutes_ago in ((True, 20), (False, 5)):
        data, name = log(0, failed=failed, minutes_ago=minutes_ago)
        upload((name, data))
        assert board_queries.board().counts["failed"] == failed


def test_the_page_of_what_was_recorded_asks_no_more_for_twenty_than_for_five(
    app: Flask, signed_in: SignIn
) -> None:
    made, client = laptops(20), signed_in()
    for n in range(20):
        data, name = log(n)
        upload((name, data))
    with transaction():
        board_operations.finish_all([one.code for one in made], make.actor())

    def asked(number: int) -> int:
        path = "/wiping/recorded?" + "&".join(f"code={one.code}" for one in made[:number])
        assert client.get(path).status_code == 200
        with counted() as found:
            client.get(path)
        return len(found)

    assert asked(20) == asked(5)
