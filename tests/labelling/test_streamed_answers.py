"""What a browser or a program is sent of a long print: the first page before the last is drawn, the register before both."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from labels import pdf
from labels.compose import compose
from tests import make
from tests.api.calls import Caller
from tests.web import browsing
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices.codes import Kind
from tracker.labelling.models import Print

COUNT, CELLS = 40, 14


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes of the labels drawn until now."""
    codes: list[str] = []

    def counted(label, *rest):
        codes.append(label.code)
        return compose(label, *rest)

    monkeypatch.setattr(pdf, "compose", counted)
    return codes


def _is_streamed(answer, drawn: list[str]) -> None:
    assert answer.status_code == 200 and answer.is_streamed
    begun = len(drawn)
    assert 0 < begun <= 2 * CELLS, "drawn before anything is sent"
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Print)) == COUNT
    assert b"".join(answer.response).endswith(b"%%EOF\n")
    assert len(drawn) == len(set(drawn)) == COUNT


def test_a_browser_gets_the_first_page_before_the_last_is_drawn(app: Flask, drawn: list[str]) -> None:
    client = browsing.client_of(app, make.user("volunteer"))
    page = client.get("/labels/mint").text
    drawn.clear()
    sent = {
        "csrf_token": browsing.token_on(page),
        "form_token": browsing.FORM_TOKEN.search(page)[1],
        "count": str(COUNT),
        "medium": "avery-l7163",
        "shown_medium": "avery-l7163",
        "format": "pdf",
        "start": "1",
    }
    _is_streamed(
        client.post("/labels/mint", data=sent, headers={"Referer": "http://localhost/labels/mint"}), drawn
    )


def test_a_program_gets_the_first_page_before_the_last_is_drawn(app: Flask, drawn: list[str]) -> None:
    with transaction():
        codes = [tag.code for tag in particulars.mint(Kind.DEVICE, COUNT)]
    order = {"codes": codes, "design": "tag", "medium": "avery-l7163", "format": "pdf"}
    _is_streamed(Caller(app, "volunteer").post("/labels", order), drawn)
