"""The pages of a stock check, without any script."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import datetime, timedelta

from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from tests import make
from tests.web.browsing import client_of, send
from tracker.clock import local
from tracker.database import session, transaction
from tracker.devices import codes
from tracker.stock import check_operations, check_queries, operations, queries
from tracker.stock.check_models import StockCheckLine


def found_at(code: str) -> datetime:
    at = session.scalars(select(StockCheckLine.found_at).where(StockCheckLine.code == code)).one()
    assert at is not None
    return at


def test_a_volunteer_checks_a_shelf_and_another_closes_the_check(app: Flask) -> None:
    shelf, other = make.location("Étagère 1"), make.location("Étagère 2")
    here, left, stranger = (make.device() for _ in range(3))
    actor = make.actor("coordinator")
    with transaction():
        operations.put(here, shelf, actor), operations.put(left, shelf, actor)
        operations.put(stranger, other, actor)
    first = client_of(app, make.user())
    place = f"/stock/locations/{shelf.code}"
    path = send(first, f"{place}/check", form=place).location
    for code in (here.code, here.code, stranger.code, codes.new_code()):
        assert send(first, f"{path}/find", {"device": code}, form=path).status_code == 303
    wrong = send(first, f"{path}/find", {"device": "<script>"}, form=path)
    assert wrong.status_code == 422 and "device-error" in wrong.text
    page = first.get(path).text
    assert "Étagère 2" in page and "Manquants" not in page
    assert send(first, f"{path}/move/{stranger.code}", form=path).status_code == 303
    place_now = queries.place_of(stranger.id)
    assert place_now is not None and place_now.id == shelf.id
    second = client_of(app, make.user(email="second@example.org"))
    assert send(second, f"{place}/check", form=place).location == path, "she goes on where the other stopped"
    assert send(second, f"{path}/close", form=path).status_code == 303
    page = second.get(path).text
    assert "Manquants" in page and f"/scan?code={left.code}" in page and "data-scan-field" not in page
    assert path in second.get(place).text
    told = second.get(f"{path}.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(told.removeprefix("\ufeff")), delimiter=";"))
    results = {row["Code"]: row["Résultat"] for row in rows}
    assert len(rows) == 4 and sorted(results.values()) == ["Code inconnu", "Inattendu", "Manquant", "Trouvé"]
    assert (
        results[codes.shown(left.code)] == "Manquant" and results[codes.shown(stranger.code)] == "Inattendu"
    )
    found = next(row for row in rows if row["Résultat"] == "Trouvé")
    at = local(found_at(here.code)).replace(second=0, microsecond=0, tzinfo=None)
    assert datetime.fromisoformat(found["Trouvé le"]) == at, "a spreadsheet reads it as a moment"
    with second.get(f"{path}.xlsx") as book:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0).to_python()
    cells = {row[sheet[0].index("Code")]: dict(zip(sheet[0], row, strict=True)) for row in sheet[1:]}
    assert {code: row["Résultat"] for code, row in cells.items()} == results
    moment = cells[codes.shown(here.code)]["Trouvé le"]
    assert isinstance(moment, datetime) and abs(moment - at) < timedelta(minutes=1)


def test_a_box_scanned_on_the_page_of_a_place_comes_there(app: Flask) -> None:
    shelf, box, device = make.location("Étagère 1"), make.location("Caisse 7", "box"), make.device()
    with transaction():
        operations.put(device, box, make.system())
    client, path = client_of(app, make.user()), f"/stock/locations/{shelf.code}"
    assert send(client, f"{path}/put", {"device": box.code}, form=path).status_code == 303
    assert "avec 1 appareil" in client.get(path).text
    assert "Caisse 7" in client.get(f"/devices/{device.code}").text


def test_a_long_check_is_shown_in_pages_and_finds_what_is_not_on_the_page_shown(app: Flask) -> None:
    shelf, devices = make.location("Étagère 1"), [make.device() for _ in range(check_queries.SHOWN + 5)]
    with transaction():
        for one in devices:
            operations.put(one, shelf, make.system())
        number = check_operations.begin(shelf, make.system()).id
    client, path, last = client_of(app, make.user()), f"/stock/checks/{number}", devices[-1]
    first = client.get(path).text
    assert "100 sur 105 affichés ici" in first and f"/devices/{last.code}" not in first
    follows = re.search(rf'rel="next" href="({path}\?list=waiting&amp;cursor=[^"]+)"', first)
    assert follows and f"{path}.xlsx" in first
    rest = client.get(html.unescape(follows[1])).text
    assert rest.count('href="/devices/') == 5 and f"/devices/{last.code}" in rest and 'rel="prev"' in rest
    assert "data-scan-field" in rest, "she scans on from any page of the list"
    send(client, f"{path}/find", {"device": last.code}, form=path)
    page = client.get(path).text
    assert f"/devices/{last.code}" in page and "100 sur 104 affichés ici" in page
    only = client.get(f"{path}?list=found").text
    assert f"/devices/{last.code}" in only and f"/devices/{devices[0].code}" not in only
    assert "plus rien dans cette liste" in client.get(f"{path}?list=gone").text
    assert client.get(f"{path}?list=waiting&cursor=nonsense").status_code == 422
    assert client.get(f"{path}.csv").get_data(as_text=True).count("\r\n") == len(devices) + 1
