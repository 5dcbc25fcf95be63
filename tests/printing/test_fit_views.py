"""Three questions answered in a browser: what is written down, what is refused, what comes out of the printer."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from labels.sheets import Calibration
from tests import make
from tests.labels import reading
from tests.printing.test_views import post, printer
from tracker.database import session
from tracker.history import queries as past
from tracker.history.rules import Subject
from tracker.printing import queries

SHEET = "avery-l7160"
RIGHT = {"across": "right_on", "down": "right_on"}


def correction(number: int) -> Calibration:
    session.expire_all()
    return queries.correction(queries.printer(number, make.actor().site_id), SHEET)


def test_too_far_left_moves_right_and_a_second_round_adds_to_the_first(
    signed_in: Callable[..., FlaskClient],
) -> None:
    one, client = printer(medium=SHEET), signed_in()
    path = f"/labels/printers/{one.id}/fit/{SHEET}"
    first = {"across": "left", "across_step": "1.0", "down": "up", "down_mm": "0,5"}
    assert post(client, path, **first, ruler_step="100.0").status_code == 303
    assert correction(one.id) == Calibration(1.0, 0.5, 1.0)
    shown = client.get(path).get_data(as_text=True)
    assert "0\u00a0mm → 1\u00a0mm" in shown
    assert post(client, path, across="left", across_step="0.5", down="right_on").status_code == 303
    assert correction(one.id) == Calibration(1.5, 0.5, 1.0)
    assert [entry.action for entry in past.of_subject(Subject.PRINTER, one.id)][:2] == ["fit_printer"] * 2


def test_what_is_typed_counts_more_than_what_is_chosen(signed_in: Callable[..., FlaskClient]) -> None:
    one, client = printer(), signed_in()
    path = f"/labels/printers/{one.id}/fit/{SHEET}"
    post(client, path, across="right", across_step="1.0", across_mm="1,7", down="right_on", ruler_mm="99,0")
    assert correction(one.id).scale == pytest.approx(1 / 0.99, abs=1e-5)
    assert correction(one.id).x_mm == pytest.approx(-(1.7 + 100 * 0.01) / 0.99, abs=1e-3)


def test_the_same_form_sent_twice_corrects_once(signed_in: Callable[..., FlaskClient]) -> None:
    one, client = printer(), signed_in()
    path = f"/labels/printers/{one.id}/fit/{SHEET}"
    page = client.get(path).get_data(as_text=True)
    token = re.search(r'name="form_token"[^>]*value="([^"]+)"', page)
    assert token
    asked = {
        "csrf_token": make.csrf_token(page),
        "form_token": token[1],
        "version": "0",
        "across": "left",
        "across_step": "1.0",
        "down": "right_on",
    }
    assert [client.post(path, data=asked).status_code for _ in range(2)] == [303, 303]
    assert correction(one.id).x_mm == 1.0


def test_a_page_printed_before_somebody_elses_correction_is_not_measured(
    signed_in: Callable[..., FlaskClient],
) -> None:
    one, client = printer(), signed_in()
    path = f"/labels/printers/{one.id}/fit/{SHEET}"
    post(client, path, across="left", across_step="1.0", down="right_on")
    late = post(client, path, across="left", across_step="1.0", down="right_on", version="0")
    assert late.status_code == 422
    assert correction(one.id).x_mm == 1.0


def test_it_fits_now_is_on_record_and_changes_nothing(signed_in: Callable[..., FlaskClient]) -> None:
    one, client = printer(medium=SHEET), signed_in()
    path = f"/labels/printers/{one.id}/fit/{SHEET}"
    answer = post(client, path, fits="1")
    assert answer.location.endswith(f"/labels/printers/{one.id}")
    assert correction(one.id) == Calibration()
    assert queries.fits(one.site_id)[one.id]


def test_a_refusal_stands_beside_its_question(signed_in: Callable[..., FlaskClient]) -> None:
    one, client = printer(), signed_in()
    for field, answers in (
        ("across_mm", {"across": "left", "down": "right_on"}),
        ("down_mm", {"across": "right_on", "down": "down", "down_mm": "41"}),
        ("ruler_mm", {**RIGHT, "ruler_mm": "80"}),
        ("ruler_mm", {**RIGHT, "ruler_mm": "about 99"}),
        ("across", {"down": "right_on"}),
    ):
        answer = post(client, f"/labels/printers/{one.id}/fit/{SHEET}", **answers)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert correction(one.id) == Calibration()


def test_a_correction_is_taken_away(signed_in: Callable[..., FlaskClient]) -> None:
    one, client = printer(), signed_in()
    path = f"/labels/printers/{one.id}/fit/{SHEET}"
    post(client, path, across="left", across_step="1.0", down="right_on")
    assert post(client, f"{path}/reset", page=path).status_code == 303
    assert correction(one.id) == Calibration()
    assert past.of_subject(Subject.PRINTER, one.id)[0].action == "reset_fit"


def test_the_page_comes_as_corrected_in_the_printers_own_format(
    signed_in: Callable[..., FlaskClient],
) -> None:
    one, client = printer(), signed_in()
    path = f"/labels/printers/{one.id}/fit/{SHEET}"
    before = reading.pdf_pages(client.get(f"{path}/page").data, 203)[0]
    post(client, path, across="left", across_step="3.0", down="right_on")
    after = reading.pdf_pages(client.get(f"{path}/page").data, 203)[0]
    assert (before[:, :-24] != after[:, 24:]).mean() < 0.001
    zebra = printer("Une Zebra", format="zpl")
    label = client.get(f"/labels/printers/{zebra.id}/fit/zebra-57x32/page")
    assert label.data.startswith(b"^XA")
    assert label.headers["Content-Disposition"].startswith("attachment")


def test_a_sheet_for_a_printer_of_rolls_is_refused_in_words(signed_in: Callable[..., FlaskClient]) -> None:
    zebra, client = printer("Zebra", format="zpl"), signed_in()
    answer = client.get(f"/labels/printers/{zebra.id}/fit/{SHEET}/page")
    assert answer.status_code == 422
