"""A form sent twice is done once, from one hand or from two at the same moment."""

from __future__ import annotations

import threading

from flask import Flask
from sqlalchemy import func, select

from tests import make
from tests.web import browsing
from tracker.accounts.models import Association
from tracker.database import session

FORM = "/associations/new"


def filled(client, **values: str) -> dict[str, str]:  # type: ignore[no-untyped-def]
    page = client.get(FORM).text
    token = browsing.FORM_TOKEN.search(page)
    assert token
    return {
        "csrf_token": browsing.token_on(page),
        "form_token": token.group(1),
        "name": "Les Amis",
        "ground": "none",
        **values,
    }


def count() -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Association)) or 0


def test_a_double_click_does_it_once_and_leads_to_the_same_place(app: Flask) -> None:
    client = browsing.client_of(app, make.user("coordinator"))
    data = filled(client)
    first, second = client.post(FORM, data=data), client.post(FORM, data=data)
    assert (first.status_code, second.status_code) == (302, 303)
    assert first.headers["Location"] == second.headers["Location"] == "/associations"
    assert count() == 1
    assert "déjà enregistré" in client.get("/associations").text


def test_a_token_used_up_does_not_block_another_form(app: Flask) -> None:
    client = browsing.client_of(app, make.user("coordinator"))
    client.post(FORM, data=filled(client))
    client.post(FORM, data=filled(client, name="Les Autres"))
    assert count() == 2


def test_a_refused_form_can_be_put_right_and_sent_again(app: Flask) -> None:
    make.association("Les Amis")
    client = browsing.client_of(app, make.user("coordinator"))
    data = filled(client)
    assert client.post(FORM, data=data).status_code == 422
    assert client.post(FORM, data={**data, "name": "Les Autres"}).status_code == 302
    assert count() == 2


def test_a_token_leads_nobody_else_anywhere(app: Flask) -> None:
    first = browsing.client_of(app, make.user("coordinator"))
    other = browsing.client_of(app, make.user("admin"))
    data = filled(first)
    first.post(FORM, data=data)
    mine = {**filled(other), "form_token": data["form_token"], "name": "Les Autres"}
    assert other.post(FORM, data=mine).status_code == 302
    assert count() == 2


def test_two_at_the_same_moment_do_it_once(app: Flask) -> None:
    user = make.user("coordinator")
    client = browsing.client_of(app, user)
    data, raw = filled(client), client.get_cookie("session")
    assert raw
    answers: list[int] = []
    start = threading.Barrier(4)

    def click(name: str) -> None:
        mine = app.test_client()
        mine.set_cookie("session", raw.value)
        start.wait()
        answers.append(mine.post(FORM, data={**data, "name": name}).status_code)

    threads = [threading.Thread(target=click, args=(f"Les Amis {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 303, 303, 303]
    assert count() == 1
