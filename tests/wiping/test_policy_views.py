"""The page of the policy, as a browser without scripts sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.browsing import send
from tests.wiping.arrivals import arrived, is_gone, upload
from tests.wiping.reports import NEW, text
from tests.wiping.test_policy_operations import UNVERIFIED, decide, finish
from tracker.wiping import certificate_queries, policy_queries
from tracker.wiping.methods import Level
from tracker.wiping.policy_rules import MEDIA
from tracker.wiping.readings import Medium

SignIn = Callable[..., FlaskClient]
PAGE = "/wiping/policy"
DEFAULTS = {
    "number": "1",
    "unverified": "no",
    "layout": "0.30",
    "reviewer": "quality",
    **{f"level_{medium.value}": "clear" for medium in MEDIA},
}


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].__class__(
        **{**vars(app.config["SETTINGS"]), "locale": "en"}
    )


def test_everyone_reads_the_policy_and_coordinators_change_it(app: Flask, signed_in: SignIn) -> None:
    page = signed_in("volunteer").get(PAGE).text
    assert "No: a person decides" in page and "Put this policy in force" not in page
    assert "Put this policy in force" in signed_in("coordinator").get(PAGE).text


def test_a_change_shows_its_number_who_and_what(app: Flask, signed_in: SignIn) -> None:
    device = arrived()
    upload(("nwipe.txt", UNVERIFIED), device=device)
    client = signed_in("coordinator")
    answer = send(client, PAGE, {**DEFAULTS, "unverified": "yes", "level_hdd": "purge"})
    assert answer.status_code == 303 and is_gone(device)
    page = client.get(PAGE).text
    assert "Policy no. 2 is in force." in page and "2 wipes that waited for a person count now." in page
    assert (
        "Wiped, but not verified: “No: a person decides (safest)” became “Yes: it counts by itself”." in page
    )
    assert "Hard disk: “Clear” became “Purge”." in page
    assert policy_queries.in_force(1).demanded(Medium.HDD) is Level.PURGE


def test_the_same_again_is_said_and_adds_nothing(app: Flask, signed_in: SignIn) -> None:
    answer = send(signed_in("coordinator"), PAGE, DEFAULTS)
    assert answer.status_code == 409 and "Nothing is different" in answer.text
    assert not policy_queries.decided(1)


def test_a_page_that_was_opened_before_a_change_changes_nothing(app: Flask, signed_in: SignIn) -> None:
    decide(unverified_accepted=True)
    answer = send(signed_in("coordinator"), PAGE, {**DEFAULTS, "level_hdd": "purge"})
    assert answer.status_code == 409 and "Someone has just changed the policy" in answer.text
    assert policy_queries.in_force(1).demanded(Medium.HDD) is Level.CLEAR


@pytest.mark.parametrize(
    "wrong", [{"layout": "0.1"}, {"level_ssd": "none"}, {"reviewer": "volunteer"}, {"number": "x"}]
)
def test_what_is_no_choice_is_refused(app: Flask, signed_in: SignIn, wrong: dict[str, str]) -> None:
    assert send(signed_in("coordinator"), PAGE, {**DEFAULTS, **wrong}).status_code == 422
    assert not policy_queries.decided(1)


def test_the_certificate_says_under_which_policy_it_was_accepted(app: Flask, signed_in: SignIn) -> None:
    decide(unverified_accepted=True)
    device = arrived()
    upload(("nwipe.txt", text(NEW)), device=device)
    finish(device)
    number = certificate_queries.numbers([device.id])[device.id]
    assert "accepted under policy no. 2" in app.test_client().get(f"/verify/{number}").text
    assert "accepted under policy no. 2" in signed_in().get(f"/wiping/{device.code}").text


def test_a_wipe_that_is_too_weak_is_never_shown_as_wiped(app: Flask, signed_in: SignIn) -> None:
    decide(levels=dict.fromkeys(MEDIA, Level.PURGE))
    device = arrived()
    (one,) = upload(("nwipe.txt", text(NEW)), device=device)
    client = signed_in("quality")
    for path in (f"/wiping/{device.code}", f"/wiping/reports/{one.report.id}"):
        page = client.get(path).text
        assert "Not to the level demanded" in page and "demands Purge" in page
        assert ">Wiped<" not in page
