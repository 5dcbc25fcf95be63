"""Who asks to be forgotten is found nowhere any more, and the record still holds."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from tests import make
from tests.api.calls import Caller, done, refused
from tracker.accounts import operations as accounts
from tracker.accounts.models import ApiToken, SignedInSession, User
from tracker.cli import group
from tracker.collection.models import Donor
from tracker.collection.rules import Reachable
from tracker.contacts.models import Contact
from tracker.database import Base, session, transaction
from tracker.devices import operations as devices
from tracker.devices.lifecycle import Action
from tracker.distribution.models import Signature
from tracker.errors import RuleBroken
from tracker.history import queries as history
from tracker.history.models import HistoryEntry

NAME, EMAIL = "Zélie Quenaut", "zelie.quenaut@example.org"


def forget(runner: FlaskCliRunner, *words: str, **values: Any) -> Result:
    answer = runner.invoke(group, ["forget", *words], **values)
    session.rollback()
    session.expire_all()
    return answer


def places(*words: str) -> set[str]:
    """Every column of every table in which one of these words stands."""
    found = set()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            for column, value in row.items():
                if any(word.lower() in _text(value) for word in words):
                    found.add(f"{table.name}.{column}")
    return found


def _text(value: object) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return text.lower()


def a_user(app: Flask) -> User:
    """Signed in, with a key, in the history, with a note."""
    person = make.user("coordinator", EMAIL, name=NAME)
    make.signed_in(app, "coordinator", email=EMAIL)
    made = make.device("collected", by=make.actor("coordinator", EMAIL))
    with transaction():
        accounts.add_token(person, f"script of {NAME}")
        devices.perform(
            made, Action.DECLINE, make.actor("coordinator", EMAIL), {"reason": "the hinge is broken"}
        )
    return person


def test_a_user_leaves_no_trace_and_the_chain_holds(app: Flask, runner: FlaskCliRunner) -> None:
    number = a_user(app).id
    session.rollback()
    assert {"users.name", "users.email", "api_tokens.name"} <= places(NAME, EMAIL)
    answer = forget(runner, EMAIL.upper(), "--yes")
    assert answer.exit_code == 0, answer.output
    assert "1 users" in answer.output and "0 notes" in answer.output
    assert places(NAME, EMAIL, "Quenaut") == set()
    assert history.chain_faults() == []
    left = session.get_one(User, number)
    assert (left.email, left.name, left.active, left.password) == (
        f"forgotten-{number}@invalid",
        "",
        False,
        None,
    )


def test_a_forgotten_user_cannot_sign_in(app: Flask, runner: FlaskCliRunner) -> None:
    number = a_user(app).id
    session.rollback()
    assert session.scalars(select(SignedInSession)).all()
    forget(runner, EMAIL, "--yes")
    assert session.scalars(select(SignedInSession).where(SignedInSession.user_id == number)).all() == []
    assert all(token.revoked_at for token in session.scalars(select(ApiToken)))
    client = app.test_client()
    for address in (EMAIL, f"forgotten-{number}@invalid"):
        token = make.csrf_token(client.get("/login").text)
        answer = client.post(
            "/login", data={"email": address, "password": make.PASSWORD, "csrf_token": token}
        )
        assert answer.status_code not in (302, 303)


def test_a_forgotten_user_is_not_enabled_again(app: Flask, runner: FlaskCliRunner) -> None:
    number = a_user(app).id
    session.rollback()
    forget(runner, EMAIL, "--yes")
    with pytest.raises(RuleBroken), transaction():
        accounts.enable(session.get_one(User, number), make.system())


def test_notes_stay_unless_asked_and_the_chain_holds(app: Flask, runner: FlaskCliRunner) -> None:
    number = a_user(app).id
    session.rollback()
    forget(runner, EMAIL, "--yes")
    assert places("hinge") == {"notes.text"}
    answer = forget(runner, f"forgotten-{number}@invalid", "--notes", "--yes")
    assert "1 notes" in answer.output
    assert places("hinge") == set()
    assert history.chain_faults() == []


def test_notes_of_others_stay(app: Flask, runner: FlaskCliRunner) -> None:
    a_user(app)
    other = make.actor("coordinator")
    with transaction():
        devices.perform(make.device("collected"), Action.DECLINE, other, {"reason": "the fan is loud"})
    session.rollback()
    forget(runner, EMAIL, "--yes", "--notes")
    assert places("hinge", "the fan") == {"notes.text"}


def test_a_donor_is_forgotten_and_the_gift_stays(runner: FlaskCliRunner) -> None:
    giver = make.donor(
        "person", reachable=Reachable(name=NAME, email=EMAIL, phone="06 12 34 56 78", address="3 rue du Pré")
    )
    reference, number = make.collection(giver).donor.reference, giver.id
    session.rollback()
    answer = forget(runner, reference.lower(), "--yes")
    assert answer.exit_code == 0, answer.output
    assert "1 contacts" in answer.output
    assert places("Quenaut", EMAIL, "06 12 34", "rue du Pré") == set()
    assert session.get_one(Donor, number).reference == reference
    assert history.chain_faults() == []


def test_who_signed_is_forgotten_with_the_signature(runner: FlaskCliRunner) -> None:
    signed = make.handover(make.request(), make.ready())
    number, contact = signed.id, signed.signer_id
    session.rollback()
    answer = forget(runner, f"contact:{contact}", "--yes")
    assert "1 contacts, 1 signatures" in answer.output
    kept = session.get_one(Signature, number)
    assert (kept.role, kept.image) == (None, None) and kept.erased_at
    assert session.get_one(Contact, contact).forgotten
    assert places("Personne de l’association") == set()
    assert history.chain_faults() == []


def test_a_contact_with_the_same_address_goes_with_the_user(app: Flask, runner: FlaskCliRunner) -> None:
    a_user(app)
    make.donor("person", reachable=Reachable(name=NAME, email=EMAIL))
    session.rollback()
    assert "1 users, 1 contacts" in forget(runner, EMAIL, "--yes").output
    assert places(NAME, EMAIL) == set()


def test_nothing_is_erased_without_a_yes(app: Flask, runner: FlaskCliRunner) -> None:
    a_user(app)
    session.rollback()
    assert forget(runner, EMAIL, input="n\n").exit_code == 1
    assert "users.email" in places(EMAIL)
    assert forget(runner, EMAIL, input="y\n").exit_code == 0
    assert places(EMAIL) == set()


@pytest.mark.parametrize(
    "reference", ["nobody@example.org", "contact:9", "contact:x", "contact:", "D-999", "a@b@c", "…"]
)
def test_an_unknown_reference_is_one_sentence(runner: FlaskCliRunner, reference: str) -> None:
    answer = forget(runner, reference, "--yes")
    assert answer.exit_code == 1
    assert len(answer.stderr.strip().splitlines()) == 1


def entries(action: str = "forget") -> list[HistoryEntry]:
    session.rollback()
    return list(session.scalars(select(HistoryEntry).where(HistoryEntry.action == action)))


def test_the_history_says_which_contact_was_forgotten_and_names_nobody(runner: FlaskCliRunner) -> None:
    signed = make.handover(make.request(), make.ready())
    contact = signed.signer_id
    session.rollback()
    assert forget(runner, f"contact:{contact}", "--yes").exit_code == 0
    (told,) = entries()
    assert (told.subject_kind, told.subject_id, told.actor_kind) == ("contact", contact, "system")
    assert told.facts == {"contact": contact, "signatures": 1} and told.note_id is None
    assert runner.invoke(group, ["check"]).exit_code == 0


def test_the_history_says_who_forgot_a_user(app: Flask, runner: FlaskCliRunner) -> None:
    number = a_user(app).id
    make.donor("person", reachable=Reachable(name=NAME, email=EMAIL))
    admin = make.user("admin", "admin@example.org").id
    session.rollback()
    answer = forget(runner, EMAIL, "--yes", "--notes", "--by", "Admin@example.org")
    assert answer.exit_code == 0, answer.output
    told = {one.subject_kind: one for one in entries()}
    assert set(told) == {"contact", "user"}
    assert told["user"].subject_id == number and told["user"].facts == {"user": number, "notes": 1}
    assert {(one.actor_kind, one.actor_id) for one in told.values()} == {("user", admin)}
    assert places(NAME, EMAIL) == set()
    assert runner.invoke(group, ["check"]).exit_code == 0


@pytest.mark.parametrize(("by", "word"), [("nobody@example.org", "--by"), ("v@example.org", "rôle")])
def test_who_may_not_forget_forgets_nobody(app: Flask, runner: FlaskCliRunner, by: str, word: str) -> None:
    a_user(app)
    make.user("volunteer", "v@example.org")
    session.rollback()
    answer = forget(runner, EMAIL, "--yes", "--by", by)
    assert answer.exit_code == 1 and word in answer.stderr
    assert "users.email" in places(EMAIL) and entries() == []


def test_an_answer_kept_for_a_program_forgets_the_person_too(app: Flask, runner: FlaskCliRunner) -> None:
    caller = Caller(app)
    caller.headers["Idempotency-Key"] = "one"
    giver = {"kind": "person", "name": NAME, "email": EMAIL}
    done(caller.post("/donors", giver), 201)
    assert "keyed_calls.body" in places("lie Quenaut")
    assert forget(runner, EMAIL, "--yes").exit_code == 0
    assert places("Quenaut", EMAIL) == set()
    refused(caller.post("/donors", giver), 409, "erased")
    assert len(session.scalars(select(Donor)).all()) == 1
