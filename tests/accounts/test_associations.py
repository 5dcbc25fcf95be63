"""Associations: their numbers are checked, their names are not doubled, closing keeps the record."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import make
from tests.web import browsing
from tracker.accounts import association_operations as associations
from tracker.accounts import queries
from tracker.accounts.rules import Ground
from tracker.database import session, transaction
from tracker.errors import Conflict, Malformed, NotAllowed

SIRET = "732 829 320 00074"


def test_an_association_is_added_and_changed_on_the_page(app: Flask) -> None:
    client = browsing.client_of(app, make.user("coordinator"))
    added = browsing.send(
        client,
        "/associations/new",
        {"name": "Les Amis", "ground": "assistance", "rna": "w751234567", "siret": SIRET},
    )
    assert added.status_code == 302
    session.rollback()
    kept = queries.association_by_name("les amis")
    assert kept
    assert (kept.ground, kept.rna, kept.siret) == (Ground.ASSISTANCE, "W751234567", "73282932000074")
    changed = browsing.send(
        client, f"/associations/{kept.id}", {"name": "Les Amies", "ground": "public_utility"}
    )
    assert changed.status_code == 302
    session.rollback()
    assert queries.association(kept.id).name == "Les Amies"


@pytest.mark.parametrize("siret", ["73282932000075", "7328293200007", "letters", "٧٣٢٨٢٩٣٢٠٠٠٠٧٤"])
def test_a_wrong_siret_is_said_beside_its_field(app: Flask, siret: str) -> None:
    client = browsing.client_of(app, make.user("coordinator"))
    answer = browsing.send(
        client, "/associations/new", {"name": "Les Amis", "ground": "none", "siret": siret}
    )
    assert answer.status_code == 422
    assert 'id="siret-error"' in answer.text
    assert siret in answer.text


def test_la_poste_has_sirets_of_its_own_kind() -> None:
    assert associations.siret_number("356 000 000 00048") == "35600000000048"


@pytest.mark.parametrize("rna", ["751234567", "W75123456", "W7512345678"])
def test_a_wrong_rna_is_refused(rna: str) -> None:
    with pytest.raises(Malformed):
        associations.rna_number(rna)


def test_a_name_is_taken_once_whatever_its_capitals(app: Flask) -> None:
    make.association("Le Relais")
    with pytest.raises(Conflict), transaction():
        associations.add(make.system(), name="LE RELAIS")


def test_a_closed_association_is_not_offered(app: Flask) -> None:
    kept = make.association("Le Relais")
    client = browsing.client_of(app, make.user("coordinator"))
    browsing.send(client, f"/associations/{kept.id}/close", form=f"/associations/{kept.id}")
    session.rollback()
    assert not queries.association(kept.id).active
    assert "Le Relais" not in client.get("/users/new").text
    assert "Le Relais" in client.get("/associations").text


def test_a_volunteer_may_not(app: Flask) -> None:
    with pytest.raises(NotAllowed), transaction():
        associations.add(make.actor("volunteer"), name="X")
