"""Handovers by their pages, with and without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import make
from tests.distribution.drawings import bomb, data_url, drawn, png
from tests.web.browsing import client_of, send, token_on
from tracker.accounts.rules import Ground
from tracker.allocation import queries as allocation
from tracker.allocation.models import EquipmentRequest
from tracker.database import session, transaction
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Flag, Stage
from tracker.devices.models import Device
from tracker.devices.particulars import raise_flag
from tracker.distribution import queries
from tracker.distribution.models import Handover

SIGNED = {"signed_by": "Claire Exemple", "signed_role": "bénévole", "packed": "y"}


@pytest.fixture
def bench(app: Flask) -> FlaskClient:
    return client_of(app, make.user("volunteer"))


def parcels(*devices: Device, **more: str) -> dict[str, str]:
    """The fields of the devices, in the order of the page."""
    filled = {}
    for place, device in enumerate(devices):
        filled |= {f"parcels-{place}-device_id": str(device.id), f"parcels-{place}-chosen": "y"}
    return {**filled, **more}


def waiting(*kinds: str, **values: Any) -> tuple[EquipmentRequest, list[Device]]:
    """A request with a ready device of each kind set aside."""
    request = make.request(*((kind, 1) for kind in kinds), **values)
    found = [make.ready(kind) for kind in kinds]
    for place, device in enumerate(found):
        make.reserved(request, device, line=place)
    return request, found


def handovers() -> list[Handover]:
    return list(session.scalars(select(Handover)).all())


def test_from_packing_to_the_document(bench: FlaskClient) -> None:
    request, (laptop, screen) = waiting("laptop", "screen")
    page = f"/requests/{request.id}/handover"
    assert request.number in bench.get("/handovers").text
    assert "À préparer et à remettre" in bench.get("/").text
    assert "pas encore emballé" in bench.get(page).text

    missing = send(bench, f"/devices/{laptop.code}/prepare", {"accessories": "bag"})
    assert missing.status_code == 422
    assert "Chargeur" in missing.text
    assert "cochez-le ci-dessous" in missing.text  # on this very page, not “on the page Prepare”
    assert devices.by_id(laptop.id).stage is Stage.RESERVED
    for device, needed in ((laptop, "charger"), (screen, "power_cable")):
        answer = send(bench, f"/devices/{device.code}/prepare", {"accessories": needed})
        assert (answer.status_code, answer.location) == (303, page)
    assert "pas encore emballé" not in bench.get(page).text

    given = send(
        bench,
        page,
        {
            **parcels(laptop, screen),
            "parcels-0-price": "45,50",
            "parcels-0-otherwise": "bought_new",
            "people": "2",
            "signature": drawn(),
            "signed_by": "Claire Exemple",
            "signed_role": "présidente",
        },
    )
    assert given.status_code == 303, given.text
    shown = bench.get(given.location).text
    for words in ("Claire Exemple", "présidente", "45,50", "acheté neuf", "dessinée", "Câble d’alimentation"):
        assert words in shown
    pdf = bench.get(f"{given.location}/document")
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF")
    assert f"{handovers()[0].number}.pdf" in pdf.headers["Content-Disposition"]
    assert {devices.by_id(one.id).stage for one in (laptop, screen)} == {Stage.DELIVERED}


def test_a_typed_name_signs_without_scripts(bench: FlaskClient) -> None:
    request, (screen,) = waiting("screen")
    answer = send(bench, f"/requests/{request.id}/handover", {**parcels(screen), **SIGNED})
    assert answer.status_code == 303
    assert "nom tapé" in bench.get(answer.location).text


def test_each_device_that_cannot_go_is_named_and_none_goes(bench: FlaskClient) -> None:
    request, (laptop, screen) = waiting("laptop", "screen")
    with transaction():
        raise_flag(devices.locked(laptop.id), Flag.NEEDS_PART, make.actor("volunteer"))
    answer = send(bench, f"/requests/{request.id}/handover", {**parcels(laptop, screen), **SIGNED})
    assert answer.status_code == 422
    assert "Rien n’a été remis." in answer.text
    assert laptop.code[4:] in answer.text
    assert 'value="Claire Exemple"' in answer.text
    assert handovers() == []
    assert devices.by_id(screen.id).stage is Stage.RESERVED
    alone = send(
        bench,
        f"/requests/{request.id}/handover",
        {
            "parcels-0-device_id": str(laptop.id),
            "parcels-1-device_id": str(screen.id),
            "parcels-1-chosen": "y",
            **SIGNED,
        },
    )
    assert alone.status_code == 303
    assert [item.device_id for item in handovers()[0].items] == [screen.id]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"signed_by": ""}, "Écrivez le nom."),
        ({"signed_by": "  "}, "Écrivez le nom."),
        ({"signed_role": ""}, "Écrivez la fonction."),
        ({"signature": "data:image/svg+xml;base64,AAAA"}, "La signature est illisible"),
        ({"signature": data_url(png(ink=False))}, "La signature est vide"),
        ({"signature": data_url(bomb(30_000))}, "La signature est trop grande"),
        ({"parcels-0-price": "free"}, None),
        ({"parcels-0-price": "99999"}, None),
        ({"parcels-0-otherwise": "stolen"}, None),
        ({"people": "-3"}, None),
        ({"people": "many"}, None),
        ({"parcels-0-chosen": ""}, "Choisissez au moins un appareil"),
        ({"parcels-0-device_id": "999999999999"}, None),
        ({"parcels-0-device_id": "abc"}, None),
    ],
)
def test_a_wrong_field_is_told_and_nothing_is_given(
    bench: FlaskClient, wrong: dict[str, str], words: str | None
) -> None:
    request, (screen,) = waiting("screen")
    filled = {**parcels(screen), **SIGNED, **wrong}
    if wrong.get("parcels-0-chosen") == "":
        del filled["parcels-0-chosen"]
    answer = send(bench, f"/requests/{request.id}/handover", filled)
    assert answer.status_code == 422
    assert words is None or words in answer.text
    assert handovers() == []
    assert devices.by_id(screen.id).stage is Stage.RESERVED


def test_another_requests_device_cannot_slip_in(bench: FlaskClient) -> None:
    request, (screen,) = waiting("screen")
    _, (other,) = waiting("screen")
    answer = send(bench, f"/requests/{request.id}/handover", {**parcels(screen, other), **SIGNED})
    assert answer.status_code == 422
    assert "pas réservé pour la demande" in answer.text
    assert handovers() == []


def test_a_price_above_the_cap_is_refused_with_the_decree(bench: FlaskClient) -> None:
    request = make.request(("screen", 1), of=make.association("Receiver", ground=Ground.PUBLIC_UTILITY))
    screen = make.ready("screen", in_collection=make.collection(make.donor("public_body")))
    make.reserved(request, screen)
    answer = send(
        bench, f"/requests/{request.id}/handover", {**parcels(screen), **SIGNED, "parcels-0-price": "30,01"}
    )
    assert answer.status_code == 422
    assert "2022-1413" in answer.text


def test_pressed_twice_it_is_handed_over_once(bench: FlaskClient) -> None:
    request, (screen,) = waiting("screen")
    path = f"/requests/{request.id}/handover"
    page = bench.get(path).text
    form = re.search(r'name="form_token"[^>]*value="([^"]+)"', page).group(1)
    data = {"csrf_token": token_on(page), "form_token": form, **parcels(screen), **SIGNED}
    first, second = (bench.post(path, data=data) for _ in range(2))
    assert first.location == second.location
    assert len(handovers()) == 1


def test_a_device_comes_back_on_the_page_of_its_handover(bench: FlaskClient) -> None:
    made = make.handover(make.request(("screen", 1)), make.ready("screen"))
    path, device_id = f"/handovers/{made.id}", made.items[0].device_id
    assert (
        send(bench, f"{path}/return", {"device_id": device_id, "reason": " "}, form=path).status_code == 422
    )
    assert send(bench, f"{path}/return", {"device_id": 99, "reason": "broken"}, form=path).status_code == 303
    assert devices.by_id(device_id).stage is Stage.DELIVERED
    answer = send(bench, f"{path}/return", {"device_id": device_id, "reason": "ne s’allume plus"}, form=path)
    shown = bench.get(answer.location).text
    assert "revenu le" in shown
    assert "ne s’allume plus" in shown
    assert devices.by_id(device_id).stage is Stage.RECEIVED


def test_an_association_has_its_own_documents_and_no_others(app: Flask) -> None:
    asking = client_of(app, make.user("association"))
    own = make.handover(make.request(("screen", 1), by=make.actor("association")), make.ready("screen"))
    theirs = make.handover(make.request(("screen", 1), of=make.association("Other")), make.ready("screen"))
    assert asking.get(f"/handovers/{own.id}").status_code == 200
    assert asking.get(f"/handovers/{own.id}/document").data.startswith(b"%PDF")
    assert own.number in asking.get(f"/requests/{own.request_id}").text
    assert asking.get(f"/handovers/{theirs.id}").status_code == 404
    assert asking.get(f"/handovers/{theirs.id}/document").status_code == 404
    assert asking.get("/handovers").status_code == 403
    data = {
        "csrf_token": token_on(asking.get("/requests/new").text),
        "device_id": own.items[0].device_id,
        "reason": "x",
    }
    assert asking.post(f"/handovers/{own.id}/return", data=data).status_code == 403
    assert asking.post(f"/handovers/{own.id}/erase-signature", data=data).status_code == 403


def test_only_a_coordinator_erases_a_name(app: Flask, bench: FlaskClient) -> None:
    made = make.handover(make.request(("screen", 1)), make.ready("screen"))
    path = f"/handovers/{made.id}"
    assert "Effacer le nom" not in bench.get(path).text
    coordinating = client_of(app, make.user("coordinator"))
    send(coordinating, f"{path}/erase-signature", form=path)
    shown = coordinating.get(path).text
    assert "Personne de l’association" not in shown
    assert "effacé sur demande" in shown


@pytest.mark.parametrize(
    "path",
    [
        "/handovers/0",
        "/handovers/99",
        f"/handovers/{2**40}",
        "/requests/99/handover",
        "/devices/BCDFGHJX/prepare",
    ],
)
def test_what_is_not_there_is_404(bench: FlaskClient, path: str) -> None:
    assert bench.get(path).status_code == 404


def test_a_device_that_waits_for_nobody_is_not_prepared(bench: FlaskClient) -> None:
    screen = make.ready("screen")
    answer = send(bench, f"/devices/{screen.code}/prepare", {"accessories": "power_cable"})
    assert answer.status_code == 422
    assert devices.by_id(screen.id).stage is Stage.READY


def test_an_empty_handover_says_how_to_begin(bench: FlaskClient) -> None:
    request = make.request()
    assert "Rien n’est mis de côté" in bench.get(f"/requests/{request.id}/handover").text
    assert "Rien n’est mis de côté" in bench.get("/handovers").text


def test_the_panels_of_a_device_follow_its_way(app: Flask) -> None:
    from tracker.allocation import panel_queries as promises

    by, screen = make.actor("coordinator"), make.ready("screen")
    request = make.request(("screen", 1))
    waiting_for_it = promises.panel(screen, by)["waiting"]
    assert [one.line.request_id for one in waiting_for_it] == [request.id]
    assert queries.panel(screen, by) is None
    make.reserved(request, screen)
    assert promises.panel(screen, by)["request"].id == request.id
    assert queries.panel(devices.by_id(screen.id), by)["to_prepare"] is True
    assert promises.panel(screen, make.actor("association")) is None
    assert queries.panel(screen, make.actor("association")) is None
    make.handover(allocation.by_id(request.id), devices.by_id(screen.id))
    assert len(queries.panel(devices.by_id(screen.id), by)["items"]) == 1


def test_what_was_promised_is_called_handed_over_and_its_request_done(app: Flask) -> None:
    client, screen = client_of(app, make.user("coordinator")), make.ready("screen")
    request = make.request(("screen", 1))
    make.reserved(request, screen)
    assert "Promis à" in client.get(f"/devices/{screen.code}").text
    assert "La refuser ou la clore" in client.get(f"/requests/{request.id}").text
    make.handover(allocation.by_id(request.id), devices.by_id(screen.id))
    device_page, request_page = (
        client.get(one).text for one in (f"/devices/{screen.code}", f"/requests/{request.id}")
    )
    assert "Remis à" in device_page and "Promis à" not in device_page
    assert "Tout a été remis" in request_page
    assert "La refuser ou la clore" not in request_page and "Réservez des appareils" not in request_page


def test_english_is_whole(bench: FlaskClient) -> None:
    made = make.handover(make.request(("screen", 1)), make.ready("screen"))
    bench.set_cookie("lang", "en")
    assert "Who signed" in bench.get(f"/handovers/{made.id}").text
    assert "Pack what is promised" in bench.get("/handovers").text
