"""Twelve hands reach for one ready device at the same moment, over real sockets."""

from __future__ import annotations

import http.client
import json
import threading
from urllib.parse import urlsplit

from tests import make
from tests.serving import Served
from tracker.accounts.operations import add_token
from tracker.allocation.models import Allocation
from tracker.app import create_app
from tracker.database import db, session
from tracker.devices.models import Device

HANDS = 12


def test_of_twelve_hands_on_one_device_exactly_one_wins(served: Served) -> None:
    app = create_app()
    with app.app_context():
        device = make.ready("screen")
        code, wanted = device.code, [make.request(("screen", 1)) for _ in range(HANDS)]
        lines = [(one.id, one.lines[0].id) for one in wanted]
        with make.written():
            token = add_token(make.user("coordinator"), "race")
        session.rollback()
        answers = _race(served.url, token, code, lines)
        statuses = sorted(status for status, _ in answers)
        assert statuses == [201, *[409] * (HANDS - 1)], answers
        assert all(said["detail"] for status, said in answers if status == 409)
        session.rollback()
        assert session.query(Allocation).filter_by(active=True).count() == 1
        assert session.query(Device).one().stage == "reserved"
        db.session.remove()
        db.engine.dispose()


def _race(
    address: str, token: str, code: str, lines: list[tuple[int, int]]
) -> list[tuple[int, dict[str, str]]]:
    answers: list[tuple[int, dict[str, str]]] = []
    gate = threading.Barrier(len(lines))
    parts = urlsplit(address)

    def reach(request: int, line: int) -> None:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        connection.connect()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        gate.wait()
        body = json.dumps({"code": code, "line": line})
        connection.request("POST", f"/api/v1/requests/{request}/allocations", body, headers)
        answer = connection.getresponse()
        answers.append((answer.status, json.loads(answer.read())))
        connection.close()

    hands = [threading.Thread(target=reach, args=line) for line in lines]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return answers
