"""Letters, handed to a real SMTP server: one with a password, one that is down."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session
from flask import Flask

from tests import make
from tests.web import browsing
from tracker.accounts import mail
from tracker.accounts.rules import LinkPurpose

NEW = "a brand new passphrase"


class Box:
    """What the server was given."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.signed_in_as: list[bytes] = []

    async def handle_DATA(self, server: Any, talk: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.append(message_from_bytes(content))
        return "250 OK"

    def check(self, server: Any, talk: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        self.signed_in_as.append(given.login)
        return AuthResult(success=given.password == b"p@ss word")

    def text(self, n: int = -1) -> str:
        payload = self.letters[n].get_payload(decode=True)
        assert isinstance(payload, bytes)
        return payload.decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch, settings: None) -> Iterator[Box]:
    box, port = Box(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port, authenticator=box.check, auth_require_tls=False)
    server.start()
    monkeypatch.setenv("TRACKER_MAIL_URL", f"smtp://post:p%40ss%20word@127.0.0.1:{port}")
    yield box
    server.stop()


@pytest.fixture
def app(box: Box, app: Flask) -> Flask:
    return app


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/\s]+(/welcome/[\w-]+)", text)
    assert found
    return found.group(1)


def test_an_invitation_goes_by_mail_and_opens_the_door(box: Box, app: Flask) -> None:
    client = browsing.client_of(app, make.user("coordinator"))
    answer = browsing.send(
        client,
        "/users/new",
        {"email": "new@example.org", "name": "Nouvelle", "role": "volunteer", "association": ""},
    )
    assert answer.status_code == 302
    assert "/welcome/" not in client.get("/users").text
    assert box.signed_in_as == [b"post"]
    assert box.letters[0]["To"] == "new@example.org"
    assert "Bonjour Nouvelle" in box.text()
    assert browsing.send(app.test_client(), link_in(box.text()), {"password": NEW}).status_code == 302


def test_a_forgotten_password_is_answered_the_same_to_all(box: Box, app: Flask) -> None:
    make.user(email="jo@example.org")
    known = browsing.send(app.test_client(), "/forgotten", {"email": "Jo@example.org"})
    unknown = browsing.send(app.test_client(), "/forgotten", {"email": "nobody@example.org"})
    assert browsing.CSRF.sub("", known.text) == browsing.CSRF.sub("", unknown.text)
    wait_for(box, 1)
    assert [letter["To"] for letter in box.letters] == ["jo@example.org"]
    assert browsing.send(app.test_client(), link_in(box.text()), {"password": NEW}).status_code == 302


def wait_for(box: Box, letters: int) -> None:
    import time

    until = time.monotonic() + 20
    while len(box.letters) < letters and time.monotonic() < until:
        time.sleep(0.02)


def test_one_person_is_not_flooded_with_letters(box: Box, app: Flask) -> None:
    make.user(email="jo@example.org")
    answers = [
        browsing.send(app.test_client(), "/forgotten", {"email": "jo@example.org"}).status_code
        for _ in range(6)
    ]
    assert answers == [200] * 5 + [429]
    wait_for(box, 5)
    assert len(box.letters) == 5


def test_a_server_that_is_down_shows_the_link_instead(
    box: Box, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    down = dataclasses.replace(app.config["SETTINGS"], mail_url=f"smtp://127.0.0.1:{free_port()}")
    monkeypatch.setitem(app.config, "SETTINGS", down)
    client = browsing.client_of(app, make.user("coordinator"))
    answer = browsing.send(
        client,
        "/users/new",
        {"email": "new@example.org", "name": "Nouvelle", "role": "volunteer", "association": ""},
    )
    assert answer.status_code == 200
    assert "/welcome/" in answer.text


def test_a_name_cannot_add_a_line_to_the_letter(box: Box, app: Flask) -> None:
    user = make.user(email="jo@example.org", name="Jo\r\nBcc: all@example.org")
    with app.test_request_context():
        assert mail.send_link(user, LinkPurpose.INVITATION, "token")
    assert box.letters[0]["Bcc"] is None
