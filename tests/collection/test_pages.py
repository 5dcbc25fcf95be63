"""The pages of collections, as people of each role use them."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests import make
from tests.web.browsing import client_of, send
from tracker.collection import queries
from tracker.collection.models import Collection, Donor, GiveBack, PendingList
from tracker.database import session
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device

FAST = {"type": "laptop", "action": "receive"}


@pytest.fixture
def volunteer(app: Flask) -> FlaskClient:
    return client_of(app, make.user())


@pytest.fixture
def coordinator(app: Flask) -> FlaskClient:
    return client_of(app, make.user("coordinator"))


def devices() -> list[Device]:
    session.expire_all()
    return list(session.scalars(select(Device).order_by(Device.id)).all())


def add(client: FlaskClient, collection: Collection, **values: Any) -> TestResponse:
    return send(client, f"/collections/{collection.reference}/add", {**FAST, **values})


def token_after(answer: TestResponse) -> dict[str, str]:
    """The tokens of the form on the page that was just answered."""
    found = {}
    for name in ("csrf_token", "form_token"):
        match = re.search(rf'name="{name}"[^>]*value="([^"]+)"', answer.text)
        assert match
        found[name] = match[1]
    return found


# ---- donors


def test_a_coordinator_records_a_donor(coordinator: FlaskClient) -> None:
    answer = send(
        coordinator,
        "/donors/new",
        {"kind": "company", "name": "Imprimerie du Port", "siret": "732 829 320 00074"},
    )
    assert answer.status_code == 303
    page = coordinator.get(answer.location).text
    assert "Imprimerie du Port" in page and "73282932000074" in page


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": "company", "name": ""}, "organisme"),
        ({"kind": "person", "name": "X"}, "personne"),
        ({"kind": "company", "name": "X", "siret": "123"}, "SIRET"),
        ({"kind": "company", "name": "X", "email": "nobody"}, "mail"),
        ({"kind": "king", "name": "X"}, ""),
        ({"name": "X"}, ""),
    ],
)
def test_a_wrong_donor_is_refused_beside_the_field_and_nothing_is_lost(
    coordinator: FlaskClient, values: dict[str, str], said: str
) -> None:
    answer = send(coordinator, "/donors/new", {**values, "city": "Tours"})
    assert answer.status_code == 422 and 'value="Tours"' in answer.text
    assert said.lower() in answer.text.lower()
    assert session.scalars(select(Donor)).all() == []


def test_a_volunteer_sees_no_donors_page(volunteer: FlaskClient) -> None:
    reference = make.donor().reference
    for path in ("/donors", f"/donors/{reference}", f"/donors/{reference}/edit", "/donors/new"):
        assert volunteer.get(path).status_code == 403


def test_a_volunteer_reads_a_persons_reference_but_not_her_name(volunteer: FlaskClient) -> None:
    collection = make.collection(make.donor("person", "Prénom Secret"))
    for path in ("/collections", f"/collections/{collection.reference}", "/collections/new",
                 f"/collections/{collection.reference}/add", "/collections/new?donor=D-001"):  # fmt: skip
        page = volunteer.get(path).text
        assert "D-001" in page and "Secret" not in page, path


def test_correcting_a_donor_twice_from_one_page_is_done_once(coordinator: FlaskClient) -> None:
    make.donor(name="Mairie")
    page = coordinator.get("/donors/D-001/edit")
    values = {**token_after(page), "kind": "public_body", "name": "Mairie de Tours"}
    answers = [coordinator.post("/donors/D-001/edit", data=values) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert session.scalars(select(Donor)).one().name == "Mairie de Tours"


# ---- collections


def test_a_collection_begins_with_its_donor(volunteer: FlaskClient) -> None:
    make.donor(name="Mairie")
    assert "/collections/new?donor=D-001" in volunteer.get("/collections/new").text
    answer = send(volunteer, "/collections/new?donor=D-001", {"date": "2026-11-20", "note": "2e étage"})
    assert answer.location.endswith("/collections/C-2026-001")
    page = volunteer.get(answer.location).text
    assert "Mairie" in page and "2e étage" in page


@pytest.mark.parametrize(
    "values", [{"date": "hier"}, {"date": "1812-01-01"}, {"date": "2026-11-20", "reference": "é/é"}]
)
def test_a_wrong_collection_is_refused(volunteer: FlaskClient, values: dict[str, str]) -> None:
    make.donor()
    assert send(volunteer, "/collections/new?donor=D-001", values).status_code == 422
    assert session.scalars(select(Collection)).all() == []


def test_what_is_not_there_is_not_found(volunteer: FlaskClient) -> None:
    for path in ("/collections/NOPE", "/collections/NOPE/add", "/collections/NOPE/import", "/collections/new?donor=D-9",
                 "/collections/NOPE/import/abc", "/collections/list-template.exe"):  # fmt: skip
        assert volunteer.get(path).status_code == 404, path


def test_a_damaged_page_link_is_no_fault_of_ours(volunteer: FlaskClient) -> None:
    assert volunteer.get("/collections?cursor=@@@").status_code == 422


# ---- the fast form


def test_a_scanned_serial_and_enter_adds_a_device_and_keeps_the_type_for_the_next(
    volunteer: FlaskClient,
) -> None:
    collection = make.collection()
    answer = add(
        volunteer, collection, serial="5CD9001", manufacturer="HP", model="ProBook", keep="y", charger="y"
    )
    assert answer.status_code == 303
    page = volunteer.get(answer.location).text
    assert re.search(r'value="laptop"[^>]*checked|checked[^>]*value="laptop"', page)
    assert 'value="ProBook"' in page and 'value="5CD9001"' not in page
    assert "autofocus" in page
    (device,) = devices()
    assert (device.serial, device.stage, [row.kind for row in device.accessories]) == (
        "5CD9001", Stage.RECEIVED, ["charger"]
    )  # fmt: skip


def test_the_same_press_twice_adds_one_device(volunteer: FlaskClient) -> None:
    collection = make.collection()
    path = f"/collections/{collection.reference}/add"
    values = {**token_after(volunteer.get(path)), **FAST}
    for _ in range(2):
        assert volunteer.post(path, data=values).status_code == 303
    assert len(devices()) == 1


def test_a_known_serial_number_is_asked_about_before_anything_is_recorded(volunteer: FlaskClient) -> None:
    collection = make.collection()
    add(volunteer, collection, serial="5CD9001")
    answer = add(volunteer, collection, serial="5cd-9001", model="ProBook")
    (device,) = devices()
    assert answer.status_code == 409
    assert f'value="{device.code}"' in answer.text and 'value="another"' in answer.text
    assert 'value="ProBook"' in answer.text


def test_the_answer_another_device_adds_it(volunteer: FlaskClient) -> None:
    collection = make.collection()
    add(volunteer, collection, serial="5CD9001")
    asked = add(volunteer, collection, serial="5CD9001")
    path = f"/collections/{collection.reference}/add"
    values = {**token_after(asked), **FAST, "serial": "5CD9001", "decision": "another"}
    assert volunteer.post(path, data=values).status_code == 303
    assert len(devices()) == 2


def test_the_answer_same_device_takes_the_announced_one_in(volunteer: FlaskClient) -> None:
    collection = make.collection()
    known = make_announced(collection, "5CD9001")
    asked = add(volunteer, collection, serial="5CD9001")
    path = f"/collections/{collection.reference}/add"
    values = {**token_after(asked), **FAST, "serial": "5CD9001", "decision": known.code}
    assert volunteer.post(path, data=values).status_code == 303
    assert [device.stage for device in devices()] == [Stage.RECEIVED]


def make_announced(collection: Collection, serial: str) -> Device:
    from tracker.collection.operations import add_device
    from tracker.collection.rules import Line
    from tracker.database import transaction
    from tracker.devices.lifecycle import Action
    from tracker.devices.rules import DeviceType

    with transaction():
        return add_device(collection, Line(DeviceType.LAPTOP, serial=serial), Action.ANNOUNCE, make.system())


@pytest.mark.parametrize(
    "values",
    [
        {"type": "toaster"},
        {"type": ""},
        {"action": "announce"},  # a volunteer
        {"action": "deliver"},
        {"weight_g": "lourd"},
        {"weight_g": "500"},
        {"code": "XXXX-XXXX"},
        {"code": "BCDFGHJX"},
        {"serial": "x" * 81},
    ],
)
def test_a_wrong_device_is_refused_and_nothing_is_recorded(
    volunteer: FlaskClient, values: dict[str, str]
) -> None:
    collection = make.collection()
    answer = add(volunteer, collection, **values)
    assert answer.status_code == 422 and "error-summary" in answer.text
    assert devices() == []


@pytest.mark.parametrize(
    "serial", ["<script>alert(1)</script>", "'; DROP TABLE devices;--", "%(code)s", "éàé\u202e"]
)
def test_a_strange_serial_number_is_shown_as_text(volunteer: FlaskClient, serial: str) -> None:
    collection = make.collection()
    add(volunteer, collection, serial=serial)
    page = volunteer.get(f"/collections/{collection.reference}").text
    assert "<script>alert" not in page and len(devices()) == 1


# ---- receiving


def test_a_device_is_received_by_its_serial_number_or_its_button(volunteer: FlaskClient) -> None:
    collection = make.collection()
    first, second = make_announced(collection, "5CD9001"), make_announced(collection, "5CD9002")
    path = f"/collections/{collection.reference}/receive"
    assert (
        send(volunteer, path, {"scanned": "5cd 9001", "weight_g": "1,9", "charger": "y"}).status_code == 303
    )
    assert send(volunteer, path, {"scanned": second.code}).status_code == 303
    assert [(device.stage, device.weight_g) for device in devices()] == [
        (Stage.RECEIVED, 1900), (Stage.RECEIVED, None)
    ]  # fmt: skip
    assert first.code not in volunteer.get(path).text


def test_what_is_not_of_this_collection_is_refused_by_name(volunteer: FlaskClient) -> None:
    collection = make.collection()
    make_announced(collection, "5CD9001")
    stranger = make.device(serial="OTHER-77")
    path = f"/collections/{collection.reference}/receive"
    for scanned in (stranger.code, "OTHER-77", "NOBODY-1", "X"):
        answer = send(volunteer, path, {"scanned": scanned})
        assert answer.status_code == 422, scanned
    assert [device.stage for device in devices()] == [Stage.ANNOUNCED, Stage.RECEIVED]


def test_a_device_received_twice_says_so(volunteer: FlaskClient) -> None:
    collection = make.collection()
    first = make_announced(collection, "5CD9001")
    make_announced(collection, "5CD9002")
    path = f"/collections/{collection.reference}/receive"
    send(volunteer, path, {"scanned": first.code})
    answer = send(volunteer, path, {"scanned": first.code})
    assert answer.status_code == 422 and "Déjà" in answer.text


# ---- lists


LIST = "Type;N° de série;Poids (kg)\nportable;5CD9001;1,9\ngrille-pain;X-0001;2\nécran;;5\n".encode()


def choose(
    client: FlaskClient, collection: Collection, data: bytes = LIST, name: str = "liste.csv"
) -> TestResponse:
    path = f"/collections/{collection.reference}/import"
    page = client.get(path)
    values = {**token_after(page), "action": "receive", "default_type": "", "file": (io.BytesIO(data), name)}
    return client.post(path, data=values, content_type="multipart/form-data")


def test_a_list_is_looked_at_before_it_is_imported(volunteer: FlaskClient) -> None:
    collection = make.collection()
    answer = choose(volunteer, collection)
    page = volunteer.get(answer.location)
    assert "grille-pain" in page.text and devices() == []
    assert "Ligne\u00a0" in page.text  # each card says which row it is
    confirmed = volunteer.post(answer.location, data=token_after(page))
    assert confirmed.status_code == 303
    assert len(devices()) == 2
    assert session.scalars(select(PendingList)).all() == []
    assert "2 appareils" in volunteer.get(confirmed.location).text


def test_importing_twice_by_a_double_click_adds_nothing_twice(volunteer: FlaskClient) -> None:
    collection = make.collection()
    answer = choose(volunteer, collection)
    values = token_after(volunteer.get(answer.location))
    for _ in range(2):
        assert volunteer.post(answer.location, data=values).status_code == 303
    assert len(devices()) == 2
    assert volunteer.get(answer.location).status_code == 404


def test_a_list_is_only_shown_in_its_own_collection(volunteer: FlaskClient) -> None:
    one, other = make.collection(), make.collection(make.donor(name="Autre"))
    token = choose(volunteer, one).location.rsplit("/", 1)[1]
    assert volunteer.get(f"/collections/{other.reference}/import/{token}").status_code == 404


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\x00", b"PK\x03\x04rubbish", b"a;b\n1;2\n", b"Type\n"])
def test_a_file_that_is_no_list_is_refused_beside_the_field(volunteer: FlaskClient, data: bytes) -> None:
    answer = choose(volunteer, make.collection(), data)
    assert answer.status_code == 422 and "file-error" in answer.text
    assert session.scalar(select(func.count()).select_from(PendingList)) == 0


def test_no_file_at_all_is_refused_beside_the_field(volunteer: FlaskClient) -> None:
    answer = send(volunteer, f"/collections/{make.collection().reference}/import", {"action": "receive"})
    assert answer.status_code == 422 and "file-error" in answer.text


def test_a_long_list_is_shown_in_pages_of_a_hundred_rows(volunteer: FlaskClient) -> None:
    rows = "".join(f"portable;SERIAL-{number}\n" for number in range(250))
    address = choose(volunteer, make.collection(), f"Type;S/N\n{rows}".encode()).location
    assert volunteer.get(address).text.count("SERIAL-") == 100
    assert volunteer.get(f"{address}?verdict=new&start=200").text.count("SERIAL-") == 50
    assert volunteer.get(f"{address}?verdict=nonsense&start=-5").status_code == 200


def test_the_template_is_downloaded(volunteer: FlaskClient) -> None:
    answer = volunteer.get("/collections/list-template.csv")
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    assert "Numéro de série" in answer.get_data(as_text=True)


# ---- giving back


def test_a_device_is_given_back_on_its_page(coordinator: FlaskClient) -> None:
    collection = make.collection()
    device = make_announced(collection, "5CD9001")
    send(coordinator, f"/collections/{collection.reference}/receive", {"scanned": device.code})
    path = f"/devices/{device.code}/give-back"
    assert send(coordinator, path, {"taken_as": "recycler", "taken_by": "X"}).status_code == 422
    assert send(coordinator, path, {"taken_as": "donor", "taken_by": ""}).status_code == 422
    assert session.scalars(select(GiveBack)).all() == []
    answer = send(coordinator, path, {"taken_as": "donor", "taken_by": "Prénom Nom"})
    assert answer.location == f"/devices/{device.code}"
    assert devices()[0].stage is Stage.DECLINED


# ---- the panel


def test_the_panel_says_where_a_device_came_from_as_far_as_one_may_know(app: Flask) -> None:
    device = make_announced(make.collection(make.donor("person", "Prénom Nom")), "5CD9001")
    told = {
        role: queries.panel(device, make.actor(role)) for role in ("volunteer", "coordinator", "association")
    }
    assert told["association"] is None
    assert told["volunteer"] is not None and told["volunteer"]["donor_name"] is None
    assert told["coordinator"] is not None and told["coordinator"]["donor_name"] == "Prénom Nom"


def test_the_panel_is_drawn(app: Flask) -> None:
    from flask import render_template

    device = make_announced(make.collection(), "5CD9001")
    actor = make.actor("coordinator")
    for one in (device, make.device()):
        with app.test_request_context():
            panel = queries.panel(one, actor)
            own = {"weight": "2,1 kg"}
            page = render_template("collection/_panel.html", panel=panel, device=one, actor=actor, own=own)
        assert 'class="card' in page
