"""The pages of figures: for the workshop, with what was asked for, never with a fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests import make
from tracker.devices.lifecycle import Stage

SignIn = Callable[..., FlaskClient]


def test_every_figure_of_the_page_leads_to_its_formula(signed_in: SignIn) -> None:
    make.device(Stage.RECEIVED)
    client = signed_in("coordinator")
    page = client.get("/reports").text
    method = client.get("/reports/method").text
    for key in ("people_equipped", "reuse_rate", "wipe_coverage", "avoided_kg"):
        assert f"/reports/method#{key}" in page
        assert f'id="{key}"' in method


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-12-01&until=2026-01-01",
        "since=1000-01-01",
        "since=x",
        "type=fridge",
        "site=99",
        "donor=1%00",
    ],
)
def test_a_question_without_sense_gets_a_sentence_or_the_last_year(signed_in: SignIn, query: str) -> None:
    answer = signed_in("coordinator").get(f"/reports?{query}")
    assert answer.status_code in (200, 422, 400)
    assert "Traceback" not in answer.text


def test_each_report_downloads_as_csv_and_an_unknown_one_is_not_there(signed_in: SignIn) -> None:
    client = signed_in("volunteer")
    for name in ("people", "flows", "stock", "reuse", "times", "requests", "footprint", "proof"):
        with client.get(f"/reports/{name}.csv") as answer:
            assert answer.status_code == 200
            assert answer.data.startswith(b"\xef\xbb\xbf")
    assert client.get("/reports/secrets.csv").status_code == 404


def test_an_association_sees_no_figures_of_the_workshop(signed_in: SignIn) -> None:
    assert signed_in("association").get("/reports").status_code == 403
