"""A scanner's keys on the scan page: caught from anywhere, and never at the cost of what somebody writes."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.browser.chromium import axe_faults
from tests.browser.people import here
from tests.devices.keyboards import MOVED, ROWS, SOUND, keystrokes

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

FIRST, SECOND = "BCDFGHJX", "XVTSRPNL"
ADDRESS = "https://lct.example/d/"
FAST, SLOW, BY_HAND, PAUSE = 4, 60, 170, 200  # milliseconds
PLACES = ("one", "notes", "chosen", "press", "agreed", "weight")
# A page of somebody's own: a form that must not be sent, and one of every place where the focus may be.
FIELDS = """() => {
  window.read = []; window.sent = 0; window.clicks = 0;
  document.addEventListener("ricochet:read", (event) => {
    window.read.push([event.detail.source, event.detail.raw]); event.preventDefault();
  });
  const form = document.createElement("form");
  const made = (tag, values) => form.appendChild(Object.assign(document.createElement(tag), values));
  for (const id of ["one", "two"]) made("input", { id, type: "text", ariaLabel: id });
  made("textarea", { id: "notes", ariaLabel: "notes" });
  made("input", { id: "weight", type: "number", ariaLabel: "weight" });
  made("input", { id: "pin", type: "password", ariaLabel: "pin", autocomplete: "off" });
  made("input", { id: "agreed", type: "checkbox", ariaLabel: "agreed" });
  const chosen = made("select", { id: "chosen", ariaLabel: "chosen" });
  for (const word of ["aaa", "bbb", "ddd", "hhh"]) chosen.appendChild(new Option(word));
  made("button", { id: "press", textContent: "press", type: "button", onclick: () => { window.clicks += 1; } });
  made("button", { textContent: "send" });
  form.addEventListener("submit", (event) => { event.preventDefault(); window.sent += 1; });
  document.querySelector("main").appendChild(form);
}"""
STATE = """() => ({ read: window.read, sent: window.sent, clicks: window.clicks,
  one: document.querySelector("#one").value, notes: document.querySelector("#notes").value,
  weight: document.querySelector("#weight").value, pin: document.querySelector("#pin").value,
  chosen: document.querySelector("#chosen").value, agreed: document.querySelector("#agreed").checked,
  field: document.querySelector("[data-scan-field]").value, at: document.activeElement.id })"""

# What is typed before stands in the field like anything typed.
LISTENING = "import('/static/js/scan/wedge.js').then(() => null)"


class Desk:
    """The scan page with somebody's own fields on it, and a scanner whose keys have times of their own, so that a busy
    machine types as fast as any."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.keys = page.context.new_cdp_session(page)
        self.clock = time.time()
        self.fresh()

    def fresh(self) -> None:
        self.page.goto("/scan")
        self.page.evaluate(LISTENING)
        self.page.evaluate(FIELDS)

    def press(self, key: str, *, after_ms: float = FAST, code: str = "") -> None:
        self.clock = max(self.clock + after_ms / 1000, time.time() if after_ms > PAUSE else 0)
        if after_ms > PAUSE:
            self.page.wait_for_timeout(PAUSE)
        named = {"Enter": ("Enter", 13, "\r"), "Tab": ("Tab", 9, "")}
        number = ord(key.upper()) if key.isascii() and len(key) == 1 and key.isalnum() else 0
        name, number, text = named.get(key, (code or where(key), number, key))
        values = {"key": key, "code": name, "windowsVirtualKeyCode": number, "timestamp": self.clock}
        self.keys.send(
            "Input.dispatchKeyEvent", {"type": "keyDown" if text else "rawKeyDown", "text": text, **values}
        )
        self.keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **values})

    def scan(self, text: str, suffix: str = "Enter", delay: float = FAST) -> None:
        for one in text:
            self.press(one, after_ms=delay)
        for key in suffix.split():
            self.press(key, after_ms=delay)

    def state(self, number: int = 0) -> dict[str, Any]:
        """What is in the fields, once this many readings have come and there was time for one too many."""
        self.page.wait_for_function("number => window.read.length >= number", arg=number)
        self.page.wait_for_timeout(PAUSE)
        found: dict[str, Any] = self.page.evaluate(STATE)
        return found


def where(key: str) -> str:
    """The key of a US keyboard that types this."""
    return (
        f"Key{key.upper()}"
        if key.isascii() and key.isalpha()
        else f"Digit{key}"
        if key.isdigit()
        else "Slash"
    )


@pytest.fixture
def desk(app: Flask, opened: Callable[..., Any]) -> Desk:
    return Desk(here(opened, make.user("volunteer").email))


def test_a_scan_is_taken_out_of_wherever_the_keys_went(desk: Desk) -> None:
    for number, (place, suffix) in enumerate(product(PLACES, ("Enter", "Tab", "Enter Enter", "")), start=1):
        desk.page.focus(f"#{place}")
        desk.scan(ADDRESS + FIRST.lower(), suffix, SLOW if place == "one" else FAST)
        state = desk.state(number)
        case = f"{place} {suffix}"
        assert len(state["read"]) == number and state["read"][-1] == ["wedge", ADDRESS + FIRST.lower()], case
        assert (state["sent"], state["clicks"], state["agreed"]) == (0, 0, False), case
        assert (state["one"], state["notes"], state["weight"], state["chosen"]) == ("", "", "", "aaa"), case
        assert state["at"] == place, "who writes stays where she was"


def test_what_was_written_before_and_after_a_scan_stays(desk: Desk) -> None:
    page = desk.page
    page.fill("#notes", "charnière cassée")
    page.focus("#notes")
    page.evaluate("document.querySelector('#notes').setSelectionRange(9, 9)")
    desk.scan(ADDRESS + FIRST)
    desk.scan(" un peu", suffix="", delay=BY_HAND)
    assert desk.state(1)["notes"] == "charnière un peu cassée"


def test_what_is_no_code_stays_in_its_field_and_enter_sends_its_form(desk: Desk) -> None:
    for number, text in enumerate(
        ("5CG0123456", "356938035643809", "Dupont", "BCDFGHJK", "bonjour"), start=1
    ):
        desk.page.fill("#one", "")
        desk.page.focus("#one")
        desk.scan(text)
        state = desk.state()
        assert (state["one"], state["sent"], state["read"]) == (text, number, []), text


def test_a_code_written_by_hand_in_a_field_stays_there_and_a_password_is_never_read(desk: Desk) -> None:
    for number, (place, delay) in enumerate((("one", BY_HAND), ("pin", FAST)), start=1):
        desk.page.focus(f"#{place}")
        desk.scan(FIRST, delay=delay)
        state = desk.state()
        assert (state[place], state["sent"], state["read"]) == (FIRST, number, [])


def test_two_scans_in_a_row_are_two_readings(desk: Desk) -> None:
    desk.page.focus("#press")
    for number, delay in enumerate((1, FAST, SLOW), start=1):
        for code in (FIRST, SECOND):
            desk.scan(ADDRESS + code, delay=delay)
        assert [raw[-8:] for _, raw in desk.state(2 * number)["read"][-2:]] == [FIRST, SECOND]


def test_two_scans_without_anything_between_them_are_two_readings(desk: Desk) -> None:
    for number, before in enumerate((ADDRESS, "", "]Q3" + ADDRESS), start=1):
        desk.page.focus("#press")
        desk.scan(before + FIRST + before + SECOND)
        assert [raw[-8:] for _, raw in desk.state(2 * number)["read"][-2:]] == [FIRST, SECOND], before


def test_a_scan_from_nowhere_or_into_the_scan_field_is_one_reading_whatever_ends_it(desk: Desk) -> None:
    for number, suffix in enumerate(("Enter", "Tab", "", "Enter Enter", "Enter Tab"), start=1):
        desk.page.evaluate("number => number % 2 ? document.activeElement.blur() : document.querySelector('[data-scan-field]').focus()", number)  # fmt: skip
        desk.scan(ADDRESS + FIRST, suffix)
        state = desk.state(number)
        assert len(state["read"]) == number and state["field"] == "", suffix


def test_letters_left_in_the_field_do_not_spoil_the_next_scan(desk: Desk) -> None:
    desk.page.fill("[data-scan-field]", "BC")
    desk.page.focus("[data-scan-field]")
    desk.scan(FIRST)
    state = desk.state(1)
    assert state["read"] == [["wedge", FIRST]] and state["field"] == "BC"


def test_an_enter_that_comes_late_presses_nothing(desk: Desk) -> None:
    desk.page.focus("#press")
    desk.scan(ADDRESS + FIRST, "")
    desk.state(1)
    desk.press("Enter", after_ms=PAUSE - 1)
    assert desk.state()["clicks"] == 0
    desk.press("Enter", after_ms=900)
    assert desk.state()["clicks"] == 1, "a hand's Enter is a hand's again"


def test_letters_alone_are_refused_where_they_moved_and_read_where_they_stay(desk: Desk) -> None:
    for layout in (*MOVED, *SOUND):
        desk.fresh()
        desk.page.focus("#one")
        for place, shift in keystrokes("us", FIRST):
            desk.press(ROWS[layout][shift][place], code=where(ROWS["us"][0][place]))
        desk.press("Enter")
        state = desk.state(layout in SOUND)
        refused = desk.page.is_visible("[data-wedge-notice]")
        assert (state["read"], state["one"], state["sent"]) == (
            [["wedge", FIRST]] if layout in SOUND else [],
            "",
            0,
        )
        assert refused is (layout in MOVED), layout
        if layout == "bepo":
            assert "BÉPO" in desk.page.inner_text("[data-wedge-notice]") and not axe_faults(desk.page)


def test_the_page_is_walked_with_tab_and_pressed_with_enter_as_before(desk: Desk) -> None:
    page = desk.page
    page.focus("#one")
    page.keyboard.press("Tab")
    page.keyboard.type("ab")
    page.keyboard.press("Tab")
    assert page.evaluate(STATE)["at"] == "notes"
    page.focus("#agreed")
    page.keyboard.press("Space")
    page.focus("#press")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    state = desk.state()
    assert (state["agreed"], state["clicks"], state["read"]) == (True, 2, [])
