"""The journey of one laptop on telephones: what each person taps, types, drops and signs, in real Chromium at 390 px."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.browser import chromium as engine
from tests.serving import Served
from tracker import clock
from tracker.accounts.rules import Ground
from tracker.database import session
from tracker.demo.reports import Disk, Machine, nwipe_log, smartctl_json
from tracker.devices import check_queries, codes
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Stage
from tracker.history import queries as history

# What a telephone does is the same over either database: on PostgreSQL the same way is gone without scripts and by the
# API in every run (tests/journeys/), on telephones in `make long`.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize(
        "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
    ),
]

LIST = "type;marque;modèle;numéro de série;poids (kg);chargeur\nportable;Lenovo;ThinkPad L480;PF1RICO8;1,9;oui\n".encode()
LAPTOP = Machine("LENOVO", "ThinkPad L480", "PF1RICO8")
DISK = Disk("sda", "SATA-SSD", "RICO SSD 256", "RSS80A0001", 256_060_514_304)
TARGET_PX = 44
STRONG_PX = 72


class Phone:
    """One person's telephone. Every page that she looks at is pictured, and must be readable to all."""

    def __init__(self, context: Any, faults: list[str]) -> None:
        self.page = context.new_page()
        self.faults = faults
        self.page.on("console", self._hears)
        self.page.on("pageerror", lambda error: faults.append(f"script: {error}"))

    def _hears(self, line: Any) -> None:
        where = line.location["url"]
        # Beside a bare PDF the browser asks for an icon that only pages name.
        if line.type == "error" and not where.endswith("/favicon.ico"):
            self.faults.append(f"{where}: {line.text}")

    def signs_in(self, role: str) -> Phone:
        person = make.user(role)
        self.page.goto("/login")
        self.page.locator("input[name=email]").fill(person.email)
        self.page.locator("input[name=password]").fill(make.PASSWORD)
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url(lambda url: "/login" not in url)
        return self

    def opens(self, path: str) -> Phone:
        self.page.goto(path)
        return self

    def looks(self, name: str) -> Phone:
        """Picture and judge the page as it stands."""
        engine.screenshot(self.page, f"journey-{name}")
        self.faults += [f"{name}: {one}" for one in engine.axe_faults(self.page)]
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        if self.page.evaluate(wide) > 0:
            self.faults.append(f"{name}: wider than the telephone")
        return self

    def taps(self, what: str, **options: Any) -> Phone:
        """Tap what fits the selector, and come to the page that it leads to."""
        target = self.page.locator(f"main {what}", **options).first
        target.scroll_into_view_if_needed()
        height = target.bounding_box()["height"]
        if height < TARGET_PX:
            self.faults.append(f"{self.page.url} “{target.inner_text()}”: {height:.0f} px high")
        with self.page.expect_navigation():
            target.click()
        return self

    def does(self) -> Phone:
        """The one strong action of the page."""
        strong = self.page.locator("main .strong")
        assert strong.count() == 1, f"{strong.count()} strong actions on {self.page.url}"
        assert strong.bounding_box()["height"] >= STRONG_PX, self.page.url
        return self.taps(".strong")

    def chooses(self, words: str, among: str = "label.choice") -> Phone:
        self.page.locator(f"main {among}", has_text=words).first.click()
        return self

    def types(self, **typed: str) -> Phone:
        for name, text in typed.items():
            self.page.locator(f"main [name={name}]").fill(text)
        return self

    def drops(self, *files: tuple[str, bytes]) -> Phone:
        held = [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in files]
        self.page.locator("main input[type=file]:not([webkitdirectory])").set_input_files(held)
        return self

    def scans(self, code: str) -> Phone:
        """A scanner types into whatever has the keys, and ends with Enter."""
        self.page.goto("/scan")
        self.page.keyboard.type(f"https://tracker.example/d/{code.lower()}")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        assert codes.shown(code) in self.page.locator("main").inner_text()
        return self

    def signs(self) -> Phone:
        """A finger on the canvas."""
        canvas = self.page.locator("[data-signature-canvas]")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        self.page.mouse.move(box["x"] + 40, box["y"] + 40)
        self.page.mouse.down()
        for step in range(1, 12):
            self.page.mouse.move(box["x"] + 40 + 18 * step, box["y"] + 40 + (step % 3) * 25)
        self.page.mouse.up()
        assert self.page.locator("[name=signature]").input_value().startswith("data:image/png")
        return self


@pytest.fixture
def phone(chromium: Any, served: Served) -> Iterator[Callable[[str], Phone]]:
    """`phone("volunteer")`: a telephone of its own, on which a person of that role is signed in; "" for a stranger."""
    contexts: list[Any] = []
    faults: list[str] = []

    def of(role: str) -> Phone:
        context = chromium.new_context(
            base_url=served.url, viewport=engine.PHONE, reduced_motion="reduce", locale="fr-FR"
        )
        context.set_default_timeout(engine.WAIT_MS)
        contexts.append(context)
        held = Phone(context, faults)
        return held.signs_in(role) if role else held

    yield of
    for context in contexts:
        context.close()
    assert not faults, "\n".join(dict.fromkeys(faults))


def log(minutes_ago: int = 0) -> tuple[str, bytes]:
    ended = clock.now() - timedelta(minutes=minutes_ago)
    return "nwipe.log", nwipe_log(LAPTOP, [DISK], ended)


def stands(code: str, stage: str) -> None:
    session.rollback()
    assert devices.by_code(code).stage is Stage(stage)


def test_a_laptop_goes_the_whole_way_on_telephones(app: Flask, phone: Callable[[str], Phone]) -> None:
    make.association("Le Relais", ground=Ground.REUSE_BODY)
    make.user("association")
    coordinator, volunteer = phone("coordinator"), phone("volunteer")
    code = _comes_in(coordinator)
    _is_received_and_wiped(volunteer, phone(""), code)
    _is_reconditioned(volunteer, phone("quality"), code)
    _is_asked_for(phone("association"), coordinator, code)
    _is_handed_over(volunteer, code)
    _comes_back_and_leaves(volunteer, coordinator, code)
    assert history.chain_faults() == []
    assert list(check_queries.stage_faults()) == []


def _comes_in(coordinator: Phone) -> str:
    coordinator.opens("/").looks("01-home-empty")
    coordinator.opens("/donors/new").chooses("Organisme public").types(name="Mairie de Tours").looks(
        "02-donor"
    )
    coordinator.does().taps("a[href^='/collections/new']").looks("03-collection").does()
    coordinator.looks("04-collection-open").taps("a[href$='/import']")
    coordinator.drops(("don.csv", LIST)).chooses("Encore chez le donateur").looks("05-list").does()
    coordinator.looks("06-dry-run").does().looks("07-imported")
    coordinator.taps("a[href^='/labels?collection=']").looks("08-labels")
    with coordinator.page.context.expect_event(
        "response", lambda one: one.request.method == "POST"
    ) as printed:
        coordinator.page.locator("main .strong").click()
    assert printed.value.headers["content-type"] == "application/pdf"
    session.rollback()
    (device,) = devices.with_serial(LAPTOP.serial)
    return device.code


def _is_received_and_wiped(volunteer: Phone, stranger: Phone, code: str) -> None:
    volunteer.opens("/").looks("10-home-volunteer")
    volunteer.scans(code).looks("11-scanned")
    volunteer.page.locator("[data-found] details.more summary").first.click()
    volunteer.taps("[data-found] form:has([name=action][value=collect]) button")
    stands(code, "collected")  # at the donor's door
    volunteer.scans(code).does().looks("12-received")
    stands(code, "received")
    volunteer.opens(f"/wiping/{code}").looks("13-to-wipe").does().looks("13-wiping")
    stands(code, "wiping")
    volunteer.does().looks("14-upload")
    volunteer.drops(log(3), ("sda-smart.json", smartctl_json(DISK, 4_000))).does().looks("15-verdicts")
    volunteer.does().looks("16-wiping-done")
    stands(code, "wiped")
    volunteer.opens(f"/wiping/{code}").looks("17-certificate")
    public = volunteer.page.locator("main a[href^='/verify/']").first.get_attribute("href")
    stranger.opens(public).looks("18-verify")
    assert stranger.page.locator(".verdict-good").is_visible()


def _is_reconditioned(volunteer: Phone, checker: Phone, code: str) -> None:
    volunteer.scans(code).does().looks("20-begun")
    volunteer.opens(f"/reconditioning/{code}").looks("21-checklist")
    volunteer.page.locator("main details.rest summary").click()
    volunteer.taps("button[name=rest][value=passed]").looks("22-all-answered")
    volunteer.page.locator("main input[name=grade][value=B]").locator("..").click()
    volunteer.types(battery="72").taps("form.grade-form button[type=submit]").does().looks("23-finished")
    stands(code, "reconditioned")
    checker.opens("/").looks("24-home-checker").opens("/reconditioning").looks("25-bench")
    checker.opens(f"/reconditioning/{code}/quality").looks("26-quality").does().looks("27-ready")
    stands(code, "ready")


def _is_asked_for(association: Phone, coordinator: Phone, code: str) -> None:
    association.opens("/").looks("30-home-association").taps("a[href='/requests/new']")
    association.page.locator("main select[name=lines-0-type]").select_option("laptop")
    association.looks("31-request").does().looks("32-request-sent")
    address = association.page.url
    coordinator.opens("/").looks("33-home-coordinator")
    coordinator.opens(address).looks("34-proposals")
    coordinator.taps("form[action$='/reserve'] button").looks("35-reserved")
    stands(code, "reserved")


def _is_handed_over(volunteer: Phone, code: str) -> None:
    volunteer.scans(code).looks("40-to-prepare").taps(f"a[href$='/{code}/prepare']").chooses("Chargeur")
    volunteer.looks("41-packing").does()
    stands(code, "prepared")
    volunteer.looks("42-handover").signs().types(signed_by="Claire Exemple", signed_role="bénévole")
    volunteer.looks("43-signed").does().looks("44-handed-over")
    stands(code, "delivered")


def _comes_back_and_leaves(volunteer: Phone, coordinator: Phone, code: str) -> None:
    volunteer.page.locator("main details.more summary").first.click()
    volunteer.types(reason="ne charge plus").looks("50-return").taps("form[action$='/return'] button").looks(
        "51-back"
    )
    stands(code, "received")
    volunteer.opens("/wiping/upload").drops(log()).does().does()
    stands(code, "wiped")
    coordinator.opens("/recycling").types(
        codes=code, slip_number="BSD-20261124-H7F59G71D", recycler="Recycleur Exemple"
    )
    coordinator.looks("52-recycling").does().looks("53-left")
    stands(code, "recycled")
    volunteer.opens(f"/devices/{code}").looks("54-passport")
    volunteer.scans(code).looks("55-over")
    told = volunteer.opens(f"/devices/{code}").page.locator("main").inner_text()
    assert "Réceptionné à l’atelier" in told and "Envoyé au recyclage" in told
