"""The page of what is on its way: what is wrong and what to do, in words, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import make
from tests.printing.jobs import FILE, job, printer, read
from tests.web.browsing import send
from tracker.database import transaction
from tracker.printing import job_operations, job_queries
from tracker.printing.job_rules import NotSent
from tracker.printing.rules import JobState
from tracker.printing.ways import zpl_rules

PAGE = "/labels/jobs"
SignIn = Callable[..., FlaskClient]


def failed(name: str = "Labels of a batch") -> int:
    """A file that a printer without labels did not take."""
    job_id = job(printer(name=name), name=name)
    with transaction():
        assert job_operations.take(job_id) is not None
        job_operations.settle(job_id, 1, NotSent(zpl_rules.PAPER_OUT, again=False))
    return job_id


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_LOCALE", "en")


@pytest.fixture
def english(signed_in: SignIn) -> FlaskClient:
    client = signed_in()
    client.set_cookie("locale", "en")
    return client


def test_what_failed_says_why_and_offers_three_ways_on(app: Flask, english: FlaskClient) -> None:
    job_id = failed()
    assert "Labels that a printer did not take" in english.get("/").text
    page = english.get(PAGE).text
    assert (
        "Not printed: 1 label" in page
        and "Labels of a batch" in page
        and "put in a roll" in page
        and 'role="status"' in page
    )
    for words in ("Try again", "Save the file instead", "Cancel"):
        assert words in page
    saved = english.get(f"{PAGE}/{job_id}/file")
    assert saved.data == FILE and 'filename="Labels-of-a-batch.zpl"' in saved.headers["Content-Disposition"]
    assert send(english, f"{PAGE}/{job_id}/again", form=PAGE).status_code == 303
    assert read(job_id).state is JobState.WAITING and "leaves in a moment" in english.get(PAGE).text
    assert send(english, f"{PAGE}/{job_id}/cancel", form=PAGE).status_code == 303
    assert read(job_id).state is JobState.CANCELLED
    assert "Nothing on its way" in english.get(PAGE).text
    assert "did not take" not in english.get("/").text


def test_what_is_tried_again_by_itself_says_when(app: Flask, english: FlaskClient) -> None:
    job_id = job(printer())
    with transaction():
        assert job_operations.take(job_id) is not None
        job_operations.settle(job_id, 1, NotSent(zpl_rules.HEAD_OPEN))
    page = english.get(PAGE).text
    assert "cover is open" in page and "Tried again by itself at" in page and "Try now" in page


def test_another_workshops_files_are_not_here(app: Flask, signed_in: SignIn) -> None:
    job_id = failed()
    with transaction():
        make.user("volunteer", "south@example.org").site_id = make.site("SUD").id
    other = signed_in("volunteer", email="south@example.org")
    assert other.get(f"{PAGE}/{job_id}/file").status_code == 404
    assert "batch" not in other.get(PAGE).text
    assert send(other, f"{PAGE}/{job_id}/again", form="/account").status_code == 404
    assert job_queries.job(job_id, 1).state is JobState.FAILED


def test_a_name_cannot_break_out_of_the_pages_or_the_header(app: Flask, english: FlaskClient) -> None:
    job_id = failed('"><script>alert(1)</script>\r\nX-Evil: 1')
    assert "<script>alert" not in english.get(PAGE).text
    headers = english.get(f"{PAGE}/{job_id}/file").headers
    assert "X-Evil" not in headers and headers["Content-Disposition"].count('"') == 2
