"""The pages of a stock check, without any script."""

from __future__ import annotations

from flask import Flask

from tests import make
from tests.web.browsing import client_of, send
from tracker.database import transaction
from tracker.devices import codes
from tracker.stock import operations, queries


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
    assert f"Manquants;{codes.shown(left.code)}" in told and told.count("\r\n") == 5
    with second.get(f"{path}.xlsx") as book:
        assert book.data.startswith(b"PK")


def test_a_box_scanned_on_the_page_of_a_place_comes_there(app: Flask) -> None:
    shelf, box, device = make.location("Étagère 1"), make.location("Caisse 7", "box"), make.device()
    with transaction():
        operations.put(device, box, make.system())
    client, path = client_of(app, make.user()), f"/stock/locations/{shelf.code}"
    assert send(client, f"{path}/put", {"device": box.code}, form=path).status_code == 303
    assert "avec 1 appareil" in client.get(path).text
    assert "Caisse 7" in client.get(f"/devices/{device.code}").text
