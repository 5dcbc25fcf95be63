"""The organisation's logo: who may set it, what labels bear it, and what is remembered."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import make
from tests.labels.test_logo import DRAWING, png
from tests.web import browsing
from tracker.database import session, transaction
from tracker.devices.lifecycle import Stage
from tracker.errors import Malformed, NotAllowed
from tracker.history.models import HistoryEntry
from tracker.labelling import documents, logo_operations, logo_queries, queries, rules
from tracker.labelling.logo_models import OrganisationLogo

SignIn = Callable[..., FlaskClient]
PAGE = "/labels/logo"


@pytest.fixture
def signed_in(app: Flask) -> SignIn:
    return lambda role="coordinator": browsing.client_of(app, make.user(role))


def sent(client: FlaskClient, data: bytes, name: str = "logo.png") -> Any:
    return browsing.send(client, PAGE, {"file": (BytesIO(data), name)})


def test_a_logo_is_seen_on_samples_before_anything_is_printed_and_can_be_removed(
    app: Flask, signed_in: SignIn
) -> None:
    client = signed_in()
    bare = client.get(f"{PAGE}/sample/handover/avery-l7173")
    assert bare.mimetype == "image/svg+xml" and 'id="logo"' not in bare.text
    assert sent(client, DRAWING, "logo.svg").status_code == 303
    page = client.get(PAGE).text
    assert f"{PAGE}/sample/badge/zebra-76x51" in page
    assert 'id="logo"' in client.get(f"{PAGE}/sample/handover/avery-l7173").text
    assert browsing.send(client, f"{PAGE}/remove", form=PAGE).status_code == 303
    assert 'id="logo"' not in client.get(f"{PAGE}/sample/handover/avery-l7173").text
    assert client.get(f"{PAGE}/sample/wipe/avery-l7173").status_code == 404
    assert client.get(f"{PAGE}/sample/badge/nonsense").status_code == 404


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", DRAWING.replace(b"<rect", b"<script>x</script><rect", 1), png()[:200]]
)
def test_a_file_that_cannot_be_a_logo_changes_nothing_and_the_page_says_why(
    app: Flask, signed_in: SignIn, data: bytes
) -> None:
    client = signed_in()
    answer = sent(client, data)
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert session.scalar(select(func.count()).select_from(OrganisationLogo)) == 0


def test_what_leaves_the_workshop_bears_the_logo_and_what_stays_does_not(app: Flask) -> None:
    by, device = make.actor("coordinator"), make.device(Stage.READY)
    with transaction():
        logo_operations.set_logo(png(), by)
    named = queries.by_code(device.code)
    on = documents.imprint("fr")
    bearing = {design for design in rules.DESIGN_NAMES if documents.label_of(named, design, on).logo}
    assert bearing == {"handover", "badge"}


def test_history_says_which_logo_was_set_and_removed_and_the_same_one_is_not_set_twice(app: Flask) -> None:
    by = make.actor("coordinator")
    for _ in range(2):
        with transaction():
            logo_operations.set_logo(png(), by)
    for _ in range(2):
        with transaction():
            logo_operations.remove_logo(by)
    told = session.scalars(
        select(HistoryEntry).where(HistoryEntry.subject_kind == "logo").order_by(HistoryEntry.id)
    ).all()
    assert [entry.action for entry in told] == ["logo_set", "logo_removed"]
    assert told[0].facts["sha256"] == told[1].facts["sha256"] and len(told[0].facts["sha256"]) == 64
    with transaction():
        logo_operations.set_logo(png(), by)
    assert logo_queries.in_force() is not None


def test_a_volunteer_sets_no_logo(app: Flask) -> None:
    by = make.actor("volunteer")
    with pytest.raises(NotAllowed):
        logo_operations.set_logo(png(), by)
    with pytest.raises(NotAllowed):
        logo_operations.remove_logo(by)


def test_nothing_of_the_file_is_kept_but_its_dots(app: Flask) -> None:
    secret = b"Prepared by somebody on a computer of theirs"
    data = DRAWING.replace(b"<rect", b"<metadata>" + secret + b"</metadata><rect", 1)
    with transaction():
        row = logo_operations.set_logo(data, make.actor("coordinator"))
    assert secret not in row.dots and len(row.dots) < 4_000
    with pytest.raises(Malformed, match="Choose the file"):
        logo_operations.set_logo(b"", make.actor("coordinator"))
