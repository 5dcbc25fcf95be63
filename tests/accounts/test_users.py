"""The people of the workshop: invited by a link that works once, changed within limits, disabled at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import make
from tests.web import browsing
from tracker.accounts import operations, queries
from tracker.accounts.models import ApiToken, OneTimeLink, SignedInSession, Site, User
from tracker.accounts.rules import SYSTEM, Actor, LinkPurpose, Role
from tracker.clock import now
from tracker.database import session, transaction
from tracker.errors import NotAllowed, NotHere, RuleBroken

LINK = re.compile(r"https?://[^/\s]+(/welcome/[\w-]+)")
NEW = "a brand new passphrase"


@pytest.fixture
def coordinator(app: Flask) -> FlaskClient:
    return browsing.client_of(app, make.user("coordinator"))


def invited(client: FlaskClient, email: str = "new@example.org", **values: str) -> str:
    """Invite by the page; the path of the link that it shows."""
    answer = browsing.send(
        client, "/users/new", {"email": email, "name": "Nouvelle personne", "role": "volunteer", **values}
    )
    assert answer.status_code == 200, answer.text
    found = LINK.search(answer.text)
    assert found
    return found.group(1)


def test_an_invited_person_chooses_a_password_and_is_in(app: Flask, coordinator: FlaskClient) -> None:
    path = invited(coordinator)
    guest = app.test_client()
    answer = browsing.send(guest, path, {"password": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "Nouvelle personne" in guest.get("/account").text
    assert (
        browsing.send(app.test_client(), "/login", {"email": "new@example.org", "password": NEW}).status_code
        == 302
    )


def test_a_link_works_once(app: Flask, coordinator: FlaskClient) -> None:
    path = invited(coordinator)
    browsing.send(app.test_client(), path, {"password": NEW})
    assert app.test_client().get(path).status_code == 404


def test_a_weak_password_does_not_use_up_the_link(app: Flask, coordinator: FlaskClient) -> None:
    path = invited(coordinator)
    answer = browsing.send(app.test_client(), path, {"password": "court"})
    assert answer.status_code == 422
    assert "12" in answer.text
    assert browsing.send(app.test_client(), path, {"password": NEW}).status_code == 302


def test_a_link_is_too_old_one_day(app: Flask, coordinator: FlaskClient) -> None:
    path = invited(coordinator)
    with time_machine.travel(now() + timedelta(hours=73)):
        assert app.test_client().get(path).status_code == 404


def test_a_newer_link_puts_the_older_out_of_use(app: Flask, coordinator: FlaskClient) -> None:
    path = invited(coordinator)
    user = queries.user_by_email("new@example.org")
    assert user
    answer = browsing.send(coordinator, f"/users/{user.id}/link", form=f"/users/{user.id}")
    newer = LINK.search(answer.text)
    assert newer
    assert app.test_client().get(path).status_code == 404
    assert app.test_client().get(newer.group(1)).status_code == 200


def test_the_table_holds_no_link_that_works(coordinator: FlaskClient) -> None:
    token = invited(coordinator).rsplit("/", 1)[1]
    session.rollback()
    kept = session.scalars(select(OneTimeLink)).one()
    assert token not in kept.token_hash
    with pytest.raises(NotHere):
        queries.live_link(kept.token_hash)


def test_a_new_password_signs_out_everywhere_else(app: Flask) -> None:
    user = make.user()
    elsewhere = browsing.client_of(app, user)
    with transaction():
        token = operations.make_link(session.get_one(User, user.id), LinkPurpose.NEW_PASSWORD, by=None)
    assert browsing.send(app.test_client(), f"/welcome/{token}", {"password": NEW}).status_code == 302
    assert elsewhere.get("/account").status_code == 302


def test_a_new_password_ends_every_key_and_open_link(app: Flask) -> None:
    """Whoever had the old password may have made himself a key."""
    user = make.user("admin")
    key = browsing.key_of(user)
    client = browsing.client_of(app, user)
    assert app.test_client().get("/metrics", headers=key).status_code == 200
    with transaction():
        token = operations.make_link(session.get_one(User, user.id), LinkPurpose.NEW_PASSWORD, by=None)
    values = {"present": make.PASSWORD, "password": NEW}
    answer = browsing.send(client, "/account", values)
    assert answer.status_code == 302
    assert app.test_client().get("/metrics", headers=key).status_code == 401
    with pytest.raises(NotHere):
        queries.live_link(token)


def test_a_password_set_by_a_link_ends_every_key(app: Flask) -> None:
    user = make.user("admin")
    key = browsing.key_of(user)
    with transaction():
        token = operations.make_link(session.get_one(User, user.id), LinkPurpose.NEW_PASSWORD, by=None)
    with transaction():
        operations.use_link(token, NEW)
    assert app.test_client().get("/metrics", headers=key).status_code == 401


def test_two_clicks_at_once_set_one_password(app: Flask) -> None:
    user = make.user()
    with transaction():
        token = operations.make_link(session.get_one(User, user.id), LinkPurpose.NEW_PASSWORD, by=None)
    with transaction():
        operations.use_link(token, NEW)
    with pytest.raises(NotHere), transaction():
        operations.use_link(token, "somebody else’s passphrase")


def test_a_coordinator_is_not_offered_a_role_above_her_own(coordinator: FlaskClient) -> None:
    page = coordinator.get("/users/new").text
    assert 'value="coordinator"' in page
    assert 'value="admin"' not in page


def test_a_forged_role_is_refused(coordinator: FlaskClient) -> None:
    values = {"email": "x@example.org", "name": "X", "role": "admin"}
    assert browsing.send(coordinator, "/users/new", values).status_code == 422
    session.rollback()
    assert queries.user_by_email("x@example.org") is None


def test_the_operations_refuse_it_too(app: Flask) -> None:
    by, admin = make.actor("coordinator"), make.user("admin")
    for change in (
        lambda: operations.add_user("x@example.org", Role.ADMIN, by),
        lambda: operations.disable(session.get_one(User, admin.id), by),
        lambda: operations.make_link(session.get_one(User, admin.id), LinkPurpose.NEW_PASSWORD, by),
        lambda: operations.change_user(session.get_one(User, admin.id), by, role=Role.VOLUNTEER, name="X"),
    ):
        with pytest.raises(NotAllowed), transaction():
            change()


def test_nobody_locks_herself_out(app: Flask) -> None:
    by = make.actor("admin")
    with pytest.raises(RuleBroken), transaction():
        operations.disable(session.get_one(User, by.user_id), by)
    with pytest.raises(RuleBroken), transaction():
        operations.change_user(session.get_one(User, by.user_id), by, role=Role.VOLUNTEER, name="X")


def test_a_disabled_user_keeps_nothing_that_opens(app: Flask, coordinator: FlaskClient) -> None:
    user = make.user()
    key, theirs = browsing.key_of(user), browsing.client_of(app, user)
    answer = browsing.send(coordinator, f"/users/{user.id}/disable", form=f"/users/{user.id}")
    assert answer.status_code == 302
    assert theirs.get("/account").status_code == 302
    assert app.test_client().get("/metrics", headers=key).status_code == 401
    session.rollback()
    assert session.scalars(select(ApiToken.revoked_at).where(ApiToken.user_id == user.id)).all() != [None]


def test_a_changed_role_signs_out(app: Flask, coordinator: FlaskClient) -> None:
    user = make.user()
    theirs = browsing.client_of(app, user)
    answer = browsing.send(
        coordinator, f"/users/{user.id}", {"name": user.name, "role": "quality", "association": ""}
    )
    assert answer.status_code == 302
    assert theirs.get("/account").status_code == 302
    session.rollback()
    assert session.get_one(User, user.id).role is Role.QUALITY


def test_a_role_and_its_association_go_together(coordinator: FlaskClient) -> None:
    make.association("Le Relais")
    values = {"email": "x@example.org", "name": "X"}
    alone = browsing.send(coordinator, "/users/new", {**values, "role": "association", "association": ""})
    assert alone.status_code == 422
    assert "À quelle association" in alone.text or "à quelle association" in alone.text
    mixed = browsing.send(
        coordinator, "/users/new", {**values, "role": "volunteer", "association": "Le Relais"}
    )
    assert mixed.status_code == 422
    fits = browsing.send(
        coordinator, "/users/new", {**values, "role": "association", "association": "Le Relais"}
    )
    assert fits.status_code == 200


def test_the_same_address_is_not_invited_twice(coordinator: FlaskClient) -> None:
    invited(coordinator)
    again = browsing.send(
        coordinator, "/users/new", {"email": "NEW@example.org ", "name": "X", "role": "volunteer"}
    )
    assert again.status_code == 422
    assert "new@example.org" in again.text


def test_a_coordinator_sees_her_own_workshop_only(app: Flask, coordinator: FlaskClient) -> None:
    with transaction():
        other = Site(code="SUD", name="Atelier Sud")
        session.add(other)
        session.flush()
        away = operations.add_user(
            "away@example.org", Role.VOLUNTEER, Actor(Role.ADMIN, site_id=other.id), password=NEW
        )
    assert "away<wbr>@example.org" not in coordinator.get("/users").text
    assert coordinator.get(f"/users/{away.id}").status_code == 404
    assert "away<wbr>@example.org" in browsing.client_of(app, make.user("admin")).get("/users").text


def test_the_association_is_made_when_missing(app: Flask) -> None:
    with transaction():
        user = operations.add_user(
            "a@example.org", Role.ASSOCIATION, SYSTEM, association_name="  Les  Amis ", password=NEW
        )
        again = operations.add_user(
            "b@example.org", Role.ASSOCIATION, SYSTEM, association_name="les amis", password=NEW
        )
    assert user.association_id == again.association_id
    assert session.get_one(User, user.id).association.name == "Les Amis"  # type: ignore[union-attr]


def test_a_key_is_shown_once_and_stops_when_revoked(app: Flask) -> None:
    admin = make.user("admin")
    client = browsing.client_of(app, admin)
    answer = browsing.send(client, "/account/keys", {"name": "watch"}, form="/account")
    key = re.search(r"ric_[\w-]+", answer.text)
    assert key
    header = {"Authorization": f"Bearer {key.group()}"}
    assert app.test_client().get("/metrics", headers=header).status_code == 200
    page = client.get("/account").text
    assert key.group() not in page
    path = re.search(r"/account/keys/\d+/revoke", page)
    assert path
    browsing.send(client, path.group(), form="/account")
    assert app.test_client().get("/metrics", headers=header).status_code == 401


def test_nobody_revokes_the_key_of_another(app: Flask) -> None:
    browsing.key_of(make.user("admin"))
    token = session.scalars(select(ApiToken.id)).one()
    client = browsing.client_of(app, make.user("coordinator"))
    assert browsing.send(client, f"/account/keys/{token}/revoke", form="/account").status_code == 404


def test_a_key_is_noted_as_used_once_a_minute_at_most(app: Flask) -> None:
    header = browsing.key_of(make.user("admin"))

    def used() -> object:
        app.test_client().get("/metrics", headers=header)
        session.rollback()
        return session.scalars(select(ApiToken.last_used_at)).one()

    first = used()
    assert first is not None
    assert used() == first
    with time_machine.travel(now() + timedelta(seconds=61)):
        assert used() != first


def test_a_session_does_not_open_what_asks_for_a_key(app: Flask) -> None:
    assert browsing.client_of(app, make.user("admin")).get("/metrics").status_code == 401


def test_old_sessions_are_swept_away(app: Flask) -> None:
    user = make.user()
    browsing.client_of(app, user)
    with time_machine.travel(now() + timedelta(days=40)):
        browsing.send(app.test_client(), "/login", {"email": user.email, "password": make.PASSWORD})
    session.rollback()
    assert len(session.scalars(select(SignedInSession)).all()) == 1
