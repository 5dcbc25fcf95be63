"""Names that are meant to be read as commands, and printers of other workshops."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import make
from tests.labelling.test_habits import decided, jobs, printer
from tests.web import browsing
from tracker.accounts.rules import Role
from tracker.database import session, transaction
from tracker.devices.lifecycle import Stage
from tracker.labelling.habit_rules import Habit
from tracker.labelling.models import PrintRun
from tracker.printing import medium_operations
from tracker.printing.medium_rules import Packet
from tracker.printing.models import Printer
from tracker.printing.rules import Way

SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://x","y")'
ZPL = "^XZ~JA^XA^FDyours"
ALONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return browsing.client_of(app, make.user("coordinator"))


def named(name: str, site_id: int = 1, way: Way = Way.SOCKET) -> Printer:
    with transaction():
        made = Printer(
            site_id=site_id, name=name, way=way, address="127.0.0.1:9100", format="zpl", medium="zebra-57x32"
        )
        session.add(made)
    return made


def sending(client: FlaskClient, code: str, to: Printer) -> int:
    address = f"/devices/{code}/label"
    page = client.get(address).text
    wanted = {"design": "tag", "medium": "zebra-57x32", "format": "zpl", "printer": str(to.id), "shown_printer": str(to.id)}  # fmt: skip
    token = browsing.FORM_TOKEN.search(page)
    assert token
    hidden = {"csrf_token": browsing.token_on(page), "form_token": token[1]}
    return client.post(address, data={**hidden, **wanted}).status_code


def runs() -> list[PrintRun]:
    session.rollback()
    return list(session.scalars(select(PrintRun)))


@ALONE
def test_no_name_on_a_label_reaches_a_printer_as_a_command(app: Flask, client: FlaskClient) -> None:
    decided("intake", Habit.ASKED, printer())
    device = make.device(Stage.RECEIVED, manufacturer=ZPL, model=ZPL)
    page = client.get(f"/devices/{device.code}").text
    data = {"csrf_token": browsing.token_on(page), "back": "/"}
    assert client.post(f"/devices/{device.code}/label/now", data=data).status_code == 303
    (job,) = jobs()
    sent = job.data or b""
    assert sent.count(b"^XA") == sent.count(b"^XZ") == 1 and b"~" not in sent and b"^FD" not in sent


@ALONE
def test_names_of_printers_and_media_are_text_on_every_page_and_in_every_table(
    app: Flask, client: FlaskClient
) -> None:
    bad, worse = named(SCRIPT), named(FORMULA)
    with transaction():
        medium_operations.add_medium(Packet(SCRIPT, "sheet", 63.5, 38.1, 3, 7), make.actor("coordinator"))
    device = make.device(Stage.RECEIVED)
    assert sending(client, device.code, bad) == 303
    assert sending(client, device.code, worse) in {200, 303}  # asked why again, or sent
    paths = ("/labels", "/labels/printers", f"/labels/printers/{bad.id}", "/labels/media", "/labels/jobs")
    for path in (*paths, "/labels/register", f"/labels/runs/{runs()[0].id}", "/labels/habits/intake"):
        assert "<script>alert" not in client.get(path).text, path
    table = client.get("/labels/register.csv").text
    assert not re.search(r'(?:^|[,;])"?[=+@]', table, re.MULTILINE)


@ALONE
def test_a_printer_of_another_workshop_is_not_there(app: Flask, client: FlaskClient) -> None:
    far = named("Far", make.site("SUD").id)
    device = make.device(Stage.RECEIVED)
    assert sending(client, device.code, far) == 422
    assert not jobs() and not runs()
    assert client.get(f"/labels/printers/{far.id}").status_code == 404
    assert "Far" not in client.get("/labels").text


@ALONE
def test_what_another_workshop_printed_is_not_there(app: Flask, client: FlaskClient) -> None:
    device = make.device(Stage.RECEIVED)
    assert sending(client, device.code, named("Here")) == 303
    (run,) = runs()
    with transaction():
        far = make.user(Role.COORDINATOR, "south@example.org")
        far.site_id = make.site("SUD").id
    stranger = browsing.client_of(app, far)
    for path in ("", "/file", "/print", "/print.css", "/page/1.svg"):
        assert client.get(f"/labels/runs/{run.id}{path}").status_code == 200, path
        assert stranger.get(f"/labels/runs/{run.id}{path}").status_code == 404, path


@ALONE
@pytest.mark.parametrize(
    "wish", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_page_that_leads_on_leads_to_no_other_site(app: Flask, client: FlaskClient, wish: str) -> None:
    device = make.device(Stage.RECEIVED)
    assert sending(client, device.code, named("Here")) == 303
    for page in ("", "/print"):
        shown = client.get(f"/labels/runs/{runs()[0].id}{page}", query_string={"next": wish}).text
        assert "evil.example" not in shown and "javascript:" not in shown
