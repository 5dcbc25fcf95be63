"""A shared bench: a badge and its PIN say who works, for a while; nobody else's name is ever borrowed."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests import make
from tests.web import browsing
from tracker import clock
from tracker.accounts import operations as accounts
from tracker.accounts.models import User
from tracker.accounts.rules import Actor, LinkPurpose, Role
from tracker.benches import operations, pin_operations, queries, rules
from tracker.benches.models import BenchTurn, SharedBench
from tracker.benches.rules import Habits, TurnEnd
from tracker.cards import operations as cards
from tracker.cards.models import Badge
from tracker.cards.rules import Ending
from tracker.database import session, transaction
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.errors import Malformed, NotAllowed, NotHere, RuleBroken
from tracker.history.models import HistoryEntry
from tracker.scanning import batch_operations
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.batch_rules import BatchAsked, is_idle, new_id

PIN = "8302"
MINUTE = timedelta(minutes=1)


def bench_of(app: Flask, name: str = "Table 1") -> FlaskClient:
    """A browser that a coordinator has made a shared bench, through the page."""
    client = make.signed_in(app, "coordinator")
    answer = browsing.send(client, "/benches", {"name": name})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/bench")
    return client


def person(role: str = "volunteer", email: str | None = None, pin: str | None = PIN) -> tuple[User, str]:
    """Somebody with a badge, and its code; with a PIN where one is given."""
    by = make.actor(role, email or f"{role}@example.org")
    user = session.get_one(User, by.user_id)
    with transaction():
        code = cards.issue_badge(user, by).code
        if pin:
            pin_operations.set_pin(by, pin, pin)
    return user, code


def begin(client: FlaskClient, code: str, pin: str = PIN, **more: Any) -> TestResponse:
    return browsing.send(
        client, "/bench/pin", {"badge": code, "pin": pin, **more}, form=f"/bench?badge={code}"
    )


def works(client: FlaskClient) -> bool:
    return client.get("/scan").status_code == 200


def as_if_idle(since: timedelta) -> None:
    """Whatever was seen at benches was seen so long ago."""
    with transaction():
        session.execute(
            update(BenchTurn).values(last_at=clock.now() - since, began_at=clock.now() - since - MINUTE)
        )


def the_bench() -> SharedBench:
    session.rollback()
    return session.scalars(select(SharedBench)).one()


def test_a_bench_opens_nothing_until_somebody_says_who_she_is(app: Flask) -> None:
    client = bench_of(app)
    answer = client.get("/scan")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/bench?next=/scan")
    assert client.get("/benches").status_code == 302  # who made it is signed out of it
    assert client.get("/devices").headers["Location"].startswith("/bench")


def test_badge_and_pin_open_the_scan_page_in_the_persons_name(app: Flask) -> None:
    client, (user, code) = bench_of(app), person()
    asked = browsing.send(client, "/bench/badge", {"code": f"HTTPS://EXAMPLE.ORG/P/{code}"}, form="/bench")
    assert asked.headers["Location"] == f"/bench?badge={code}"
    answer = begin(client, code)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/scan")
    page = client.get("/scan").text
    assert user.name in page and "data-turn" in page and f'data-badge="{code}"' in page


def test_an_entry_bears_the_person_and_the_bench(app: Flask) -> None:
    device = make.device(Stage.RECEIVED)
    client, (user, code) = bench_of(app), person()
    begin(client, code)
    sent = {"code": device.code, "action": "start_wiping"}
    browsing.send(client, "/scan/act", sent, form=f"/scan?code={device.code}")
    session.rollback()
    entry = session.scalars(
        select(HistoryEntry).where(HistoryEntry.subject_kind == "device").order_by(HistoryEntry.id.desc())
    ).first()
    assert entry is not None and entry.to_stage == Stage.WIPING
    assert (entry.actor_id, entry.facts["bench"]) == (user.id, the_bench().id)
    assert "badge_alone" not in entry.facts


def test_a_badge_without_its_pin_opens_nothing(app: Flask) -> None:
    client, (_user, code) = bench_of(app), person()
    assert begin(client, code, "").status_code == 422 and not works(client)
    wrong = begin(client, code, "8303")
    assert wrong.status_code == 422 and not works(client)
    alone = browsing.send(client, "/bench/alone", {"badge": code}, form=f"/bench?badge={code}")
    assert alone.status_code == 403 and not works(client)
    found = browsing.FORM_TOKEN.search(wrong.text)  # the right one, on the page that said that it was wrong
    assert found
    again = {
        "csrf_token": browsing.token_on(wrong.text),
        "form_token": found.group(1),
        "badge": code,
        "pin": PIN,
    }
    client.post("/bench/pin", data=again)
    assert works(client)


def test_a_badge_that_never_had_a_pin_opens_nothing(app: Flask) -> None:
    client, (_user, code) = bench_of(app), person(pin=None)
    assert begin(client, code, "").status_code == 422 and not works(client)


def test_where_the_workshop_allows_it_a_badge_alone_says_who_works_as_a_volunteer(app: Flask) -> None:
    client, (user, code) = bench_of(app), person("quality")
    with transaction():
        operations.choose_habits(make.actor("coordinator"), Habits(badge_alone=True))
    browsing.send(client, "/bench/alone", {"badge": code}, form=f"/bench?badge={code}")
    assert works(client)
    with transaction():
        bench = the_bench_now()
        by = operations.worker_at(bench, code, clock.now())
    assert by == Actor(Role.VOLUNTEER, user.id, site_id=1, bench_id=bench.id, proven=False)


@pytest.mark.parametrize("way", ["badge", "end", "next", "scan page", "sign out", "idle"])
def test_a_turn_ends_at_the_bench(app: Flask, way: str) -> None:
    client, (_user, code) = bench_of(app), person()
    _other, others = person("quality")
    begin(client, code)
    assert works(client)
    if way == "idle":
        as_if_idle(10 * MINUTE)
    elif way == "scan page":
        answer = browsing.send(client, "/scan", {"code": others})
        assert answer.headers["Location"] == f"/bench?badge={others}"
    elif way == "sign out":
        assert browsing.send(client, "/logout", form="/scan").headers["Location"] == "/bench"
    elif way == "end":
        browsing.send(client, "/bench/end", form="/scan")
    else:
        browsing.send(client, "/bench/badge", {"code": code if way == "badge" else others}, form="/bench")
    assert not works(client)


@pytest.mark.parametrize("way", ["away", "ended", "new PIN"])
def test_a_turn_ends_from_elsewhere(app: Flask, way: str) -> None:
    client, (user, code) = bench_of(app), person()
    begin(client, code)
    assert works(client)
    boss, her = make.actor("coordinator"), Actor(Role.VOLUNTEER, user.id)
    with transaction():
        if way == "away":
            operations.end_own_turn(queries.turns_of(user.id)[0].id, her)
        elif way == "ended":
            operations.end_bench(the_bench_now(), boss)
        else:
            pin_operations.set_pin(her, "9170", "9170")
    assert not works(client)


def back_again(user: User, boss: Actor) -> None:
    accounts.disable(user, boss)
    accounts.enable(user, boss)


def test_badge_and_pin_stop_at_once_with_what_makes_them_hers(app: Flask) -> None:
    """Her turn is over, and the same badge with the same PIN opens no other."""
    client, boss, works_still = bench_of(app), make.actor("coordinator"), []
    new = "Lundi-vert-neuf-2026"
    ways: dict[str, Callable[[User], object]] = {
        "password": lambda user: accounts.change_password(user, new),
        "link": lambda user: accounts.use_link(accounts.make_link(user, LinkPurpose.NEW_PASSWORD, None), new),
        "lost": lambda user: cards.end_badge(user, boss, Ending.LOST),
        "suspended": lambda user: accounts.disable(user, boss),
        "back again": lambda user: back_again(user, boss),
        "erased": lambda user: accounts.forget(user, boss),
    }
    for number, (way, ended) in enumerate(ways.items()):
        user, code = person(email=f"n{number}@example.org")
        begin(client, code)
        assert works(client), way
        with transaction():
            ended(session.get_one(User, user.id))
        if works(client):
            works_still.append(f"{way}: her turn")
        browsing.send(client, "/bench/pin", {"badge": code, "pin": PIN}, form="/bench")
        if works(client):
            works_still.append(f"{way}: her PIN")
    assert not works_still


def test_a_workshop_chooses_its_pauses_within_bounds_and_the_mode_rests_as_it_says(app: Flask) -> None:
    client = make.signed_in(app, "coordinator")
    page = client.get("/benches").text
    assert 'value="10"' in page and 'value="15"' in page
    for field, minutes in (("idle_minutes", "0"), ("idle_minutes", "121"), ("mode_minutes", "0"), ("mode_minutes", "")):  # fmt: skip
        sent = {"idle_minutes": "20", "mode_minutes": "3", field: minutes}
        answer = browsing.send(client, "/benches/habits", sent, form="/benches")
        assert answer.status_code == 422, (field, minutes)
    assert queries.habits(1) == Habits()
    session.rollback()
    opened = batch_operations.open_batch
    with transaction():
        old = opened(BatchAsked(new_id()), make.actor()).id
    sent = {"idle_minutes": "20", "mode_minutes": "3"}
    assert browsing.send(client, "/benches/habits", sent, form="/benches").status_code == 303
    with transaction():
        made = {
            session.get_one(ScanBatch, old).idle_minutes,
            opened(BatchAsked(new_id()), make.actor()).idle_minutes,
        }
    assert made == {15, 3} and queries.habits(1) == Habits(20, 3)
    assert 'data-idle-minutes="3"' in client.get("/scan").text
    began = clock.now()
    rested = [
        is_idle({"a": {"at": began.isoformat()}}, "a", began + n * MINUTE + timedelta(seconds=1), 3)
        for n in (2, 3)
    ]
    assert rested == [False, True]


def the_bench_now() -> SharedBench:
    return session.scalars(select(SharedBench)).one()


def test_a_turn_that_is_used_does_not_end(app: Flask) -> None:
    client, (_user, code) = bench_of(app), person()
    begin(client, code)
    as_if_idle(9 * MINUTE)
    assert works(client)
    session.rollback()
    assert clock.now() - session.scalars(select(BenchTurn.last_at)).one() < MINUTE


def test_nobody_ends_another_persons_turn_from_her_account(app: Flask) -> None:
    client, (user, code) = bench_of(app), person()
    begin(client, code)
    with pytest.raises(NotHere), transaction():
        operations.end_own_turn(queries.turns_of(user.id)[0].id, make.actor("admin"))
    assert works(client)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("coordinator", "/benches"),
        ("coordinator", "/users"),
        ("admin", "/donors"),
        ("volunteer", "/account"),
        ("volunteer", "/badge"),
        ("volunteer", "/users"),
    ],
)
def test_what_lasts_and_what_coordinators_do_asks_for_the_password(app: Flask, role: str, path: str) -> None:
    client, (_user, code) = bench_of(app), person(role, f"other-{role}@example.org")
    begin(client, code)
    assert works(client)
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login?next={path}")
    assert client.get(f"/login?next={path}").status_code == 200  # and not round in a circle


def test_no_key_is_made_by_pin(app: Flask) -> None:
    client, (_user, code) = bench_of(app), person()
    begin(client, code)
    answer = browsing.send(client, "/account/keys", {"name": "mine for ever"}, form="/scan")
    assert answer.headers["Location"].startswith("/login")


def test_a_password_typed_at_a_bench_is_forgotten_after_the_same_idle_time(app: Flask) -> None:
    from tracker.accounts.models import SignedInSession

    client, user = bench_of(app), make.user()
    browsing.send(client, "/login", {"email": user.email, "password": make.PASSWORD})
    assert client.get("/account").status_code == 200
    with transaction():
        session.execute(update(SignedInSession).values(last_seen_at=clock.now() - 11 * MINUTE))
    assert client.get("/account").headers["Location"].startswith("/bench")
    session.rollback()
    assert not session.scalars(select(SignedInSession).where(SignedInSession.user_id == user.id)).all()


def test_who_saw_an_earlier_turns_cookie_is_nobody_in_the_next(app: Flask) -> None:
    client, (_user, code) = bench_of(app), person()
    begin(client, code)
    bench, turn = client.get_cookie("bench"), client.get_cookie("turn")
    assert bench and turn and turn.http_only and bench.http_only
    thief = app.test_client()
    thief.set_cookie("bench", bench.value)
    assert not works(thief)  # the bench's cookie alone is nobody's
    browsing.send(client, "/bench/end", form="/scan")
    begin(client, code)
    again = client.get_cookie("turn")
    assert again and again.value != turn.value
    thief.set_cookie("turn", turn.value)
    assert works(client) and not works(thief)


def test_what_was_sent_before_is_not_taken_again_in_a_later_turn(app: Flask) -> None:
    client, (_user, code) = bench_of(app), person()
    page = client.get(f"/bench?badge={code}").text
    form = {"csrf_token": browsing.token_on(page), "badge": code, "pin": PIN}
    once = browsing.FORM_TOKEN.search(page)
    assert once
    form["form_token"] = once.group(1)
    client.post("/bench/pin", data=form)
    assert works(client)
    browsing.send(client, "/bench/end", form="/scan")
    assert client.post("/bench/pin", data=form).status_code == 400  # its token was of a session that is over
    assert not works(client)


def test_a_badge_and_its_pin_are_nothing_where_no_bench_is(app: Flask, client: FlaskClient) -> None:
    _user, code = person()
    page = client.get("/login").text
    form = {"csrf_token": browsing.token_on(page), "badge": code, "pin": PIN}
    assert client.post("/bench/pin", data=form).status_code == 404
    assert client.get("/bench").status_code == 404
    assert not works(client)


def test_another_workshops_badge_is_nobodys(app: Flask) -> None:
    client, (user, code) = bench_of(app), person()
    south = make.site("SUD").id
    with transaction():
        session.execute(update(User).where(User.id == user.id).values(site_id=south))
    answer = browsing.send(client, "/bench/badge", {"code": code}, form="/bench")
    assert answer.status_code == 422 and user.name not in client.get(f"/bench?badge={code}").text


def test_an_associations_person_works_at_no_bench() -> None:
    assert rules.role_at_bench(Role.ASSOCIATION, proven=True) is None
    held = {role: rules.role_at_bench(role, proven=True) for role in Role if role is not Role.ASSOCIATION}
    assert set(held.values()) == {Role.VOLUNTEER, Role.QUALITY}
    assert all(Actor(role).is_at_least(less) for role, less in held.items() if less)


@pytest.mark.parametrize("pin", ["", "123", "1234567", "12a4", "1234", "4321", "0000", "777777", "８３０２"])
def test_a_pin_that_is_short_or_the_first_guess_is_refused(pin: str) -> None:
    with pytest.raises(Malformed):
        rules.checked_pin(pin)


def test_the_pin_is_kept_as_a_hash_and_dies_with_a_lost_badge_alone(app: Flask) -> None:
    user, code = person()
    by = Actor(Role.VOLUNTEER, user.id)
    old = session.scalars(select(Badge).where(Badge.code == code)).one()
    assert old.pin_hash and old.pin_hash.startswith("$argon2id$") and PIN not in old.pin_hash
    with transaction():
        damaged = cards.replace_badge(session.get_one(User, user.id), by, Ending.DAMAGED)
        assert damaged.pin_hash == session.get_one(Badge, damaged.id).pin_hash is not None
    with transaction():
        assert cards.replace_badge(session.get_one(User, user.id), by, Ending.LOST).pin_hash is None
    session.rollback()
    assert sum(one.pin_hash is not None for one in session.scalars(select(Badge))) == 0


def test_after_five_wrong_pins_the_badge_waits_and_the_right_one_is_refused_too(app: Flask) -> None:
    client, (_user, code) = bench_of(app), person()
    said = [begin(client, code, f"55{n:02}") for n in range(5)]
    assert {one.status_code for one in said} == {422} and "15" in said[-1].text
    assert begin(client, code).status_code == 422 and not works(client)
    with transaction():
        session.execute(update(Badge).values(pin_locked_until=clock.now() - MINUTE))
    begin(client, code)
    assert works(client)


def test_after_fifteen_in_a_row_the_pin_is_gone_which_the_history_says(app: Flask) -> None:
    _client, (user, code) = bench_of(app), person()
    bench = the_bench()
    badge = queries.badge(code, 1)
    assert badge
    for _ in range(rules.PIN_ENDS_AFTER):
        with transaction():
            session.execute(update(Badge).values(pin_locked_until=None))
            pin_operations.charge_try(bench, badge)
        with transaction():
            pin_operations.was_wrong(bench, badge)
    session.rollback()
    assert session.scalars(select(Badge.pin_hash)).one() is None
    entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "lock_pin")).one()
    assert (entry.actor_kind, entry.facts["user"], entry.facts["bench"]) == ("system", user.id, bench.id)


def test_a_bench_waits_when_many_badges_are_tried_at_it(app: Flask) -> None:
    bench_of(app)
    bench = the_bench()
    codes = [person(email=f"n{n}@example.org", pin=None)[1] for n in range(7)]
    with transaction():
        for n in range(rules.BENCH_TRIES):
            badge = queries.badge(codes[n % 7], 1)
            assert badge
            pin_operations.charge_try(bench, badge)
    badge = queries.badge(codes[6], 1)
    assert badge
    with pytest.raises(RuleBroken, match="Too many wrong PINs"), transaction():
        pin_operations.charge_try(bench, badge)


def test_guesses_at_the_same_time_are_counted_each(app: Flask) -> None:
    bench_of(app)
    _user, code = person()
    bench_id, taken, ready = the_bench().id, [], threading.Barrier(8)

    def guess() -> None:
        with app.app_context():
            bench, badge = session.get_one(SharedBench, bench_id), queries.badge(code, 1)
            assert badge
            session.rollback()
            ready.wait(20)
            try:
                with transaction():
                    pin_operations.charge_try(bench, badge)
                taken.append(1)
            except RuleBroken:
                pass

    hands = [threading.Thread(target=guess) for _ in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(60)
    session.rollback()
    # Who came at the same moment may be told to try again; what is judged is counted, and never more than five.
    assert 1 <= len(taken) <= rules.BADGE_TRIES
    assert session.scalars(select(Badge.pin_failures)).one() == len(taken)


def test_nobody_sets_or_sees_another_persons_pin_and_a_coordinator_can_only_forget_it(app: Flask) -> None:
    user, _code = person()
    with pytest.raises(NotAllowed), transaction():
        pin_operations.forget_pin(user, make.actor("quality"))
    client = make.signed_in(app, "coordinator")
    answer = browsing.send(client, f"/benches/pins/{user.id}/forget", form="/benches")
    assert answer.status_code == 303
    session.rollback()
    assert session.scalars(select(Badge.pin_hash).where(Badge.user_id == user.id)).one() is None


def test_a_person_sets_her_pin_on_her_own_page_and_sees_where_she_works(app: Flask) -> None:
    user, code = person(pin=None)
    own = browsing.client_of(app, user)
    wrong = browsing.send(own, "/badge", {"pin": PIN, "again": "8303"})
    assert wrong.status_code == 422 and PIN not in wrong.text
    assert browsing.send(own, "/badge", {"pin": PIN, "again": PIN}).status_code == 303
    client = bench_of(app, "Table des écrans")
    begin(client, code)
    assert works(client) and "Table des écrans" in own.get("/badge").text
    turn = queries.turns_of(user.id)[0].id
    session.rollback()
    browsing.send(own, f"/badge/turns/{turn}/end", form="/badge")
    assert not works(client)


# Scans that were made without network


def worker(code: str | None, at: timedelta) -> int | None:
    """Who is said to have scanned at the bench so long before now."""
    with transaction():
        by = operations.worker_at(the_bench_now(), code, clock.now() - at)
        return by.user_id if by else None


def turn(
    code: str, began: timedelta, seen: timedelta, ended: timedelta | None = None, why: TurnEnd | None = None
) -> None:
    """A turn at the bench, in times before now."""
    moment = clock.now()
    with transaction():
        badge = session.scalars(select(Badge).where(Badge.code == code)).one()
        session.add(
            BenchTurn(
                bench_id=the_bench_now().id,
                badge_id=badge.id,
                user_id=badge.user_id,
                secret_hash=str(began),
                began_at=moment - began,
                last_at=moment - seen,
                ended_at=None if ended is None else moment - ended,
                ended_for=why,
            )
        )


def test_a_scan_of_a_turn_is_hers_and_one_before_or_after_it_is_nobodys(app: Flask) -> None:
    bench_of(app)
    user, code = person()
    turn(code, 60 * MINUTE, 50 * MINUTE, 45 * MINUTE, TurnEnd.END)
    assert worker(code, 55 * MINUTE) == user.id
    assert worker(code, 46 * MINUTE) == user.id
    assert worker(code, 44 * MINUTE) is None
    assert worker(code, 61 * MINUTE) is None
    assert worker(None, 55 * MINUTE) is None


def test_work_without_network_goes_on_as_long_as_it_does_not_rest(app: Flask) -> None:
    bench_of(app)
    user, code = person()
    turn(code, 60 * MINUTE, 60 * MINUTE, 50 * MINUTE, TurnEnd.IDLE)
    assert [worker(code, n * MINUTE) for n in (52, 44, 36)] == [user.id] * 3
    assert worker(code, 20 * MINUTE) is None  # after a quarter of an hour anybody may have stood there


def test_a_scan_is_never_said_to_be_of_who_was_there_before(app: Flask) -> None:
    bench_of(app)
    user, code = person()
    other, others = person("quality")
    turn(code, 60 * MINUTE, 41 * MINUTE, 40 * MINUTE, TurnEnd.NEXT)
    turn(others, 40 * MINUTE, 35 * MINUTE, 25 * MINUTE, TurnEnd.IDLE)
    assert worker(code, 39 * MINUTE) is None and worker(others, 41 * MINUTE) is None
    assert worker(others, 39 * MINUTE) == other.id and worker(code, 42 * MINUTE) == user.id
    turn(code, 20 * MINUTE, 20 * MINUTE)
    assert worker(others, 26 * MINUTE) == other.id
    assert worker(others, 19 * MINUTE) is None and worker(code, 19 * MINUTE) == user.id


def test_a_clock_that_is_wrong_names_nobody(app: Flask) -> None:
    bench_of(app)
    _user, code = person()
    turn(code, 5 * MINUTE, MINUTE)
    assert worker(code, -5 * MINUTE) is None and worker(code, timedelta(days=3)) is None


def sync(client: FlaskClient, *scans: dict[str, Any]) -> list[str]:
    """What becomes of scans that the bench's page kept."""
    token = client.get("/scan/session").json["token"]  # type: ignore[index]
    body = {"client": CLIENT, "sent_at": clock.now().isoformat(), "batches": [], "scans": list(scans)}
    answer = client.post("/scan/sync", json=body, headers={"X-CSRFToken": token})
    assert answer.status_code == 200 and answer.json
    return [one["verdict"] for one in answer.json["verdicts"]]


CLIENT = "0d7f1f0a-5b1c-4c0e-9d0a-6f5a4d3c2b1a"


def kept(code: str, ago: timedelta, person: int | None, badge: str | None = None) -> dict[str, Any]:
    at = (clock.now() - ago).isoformat()
    return {"scan_id": str(uuid.uuid4()), "code": code, "at": at, "sequence": 1, "action": "start_wiping", "person": person, "badge": badge}  # fmt: skip


def test_a_scan_kept_at_a_bench_bears_a_name_only_if_she_had_said_there_who_she_is(app: Flask) -> None:
    mine, late, others = (make.device(Stage.RECEIVED).code for _ in range(3))
    client, (user, code) = bench_of(app), person()
    turn(code, 60 * MINUTE, 50 * MINUTE, 45 * MINUTE, TurnEnd.END)
    begin(client, code)
    said = sync(
        client,
        kept(mine, 52 * MINUTE, user.id),
        kept(late, 30 * MINUTE, user.id),  # after END, by whoever found the page open
        kept(others, 52 * MINUTE, user.id, badge=person("quality")[1]),
    )
    assert said == ["done", "no_turn", "no_turn"]
    session.rollback()
    stages = {one.code: one.stage for one in session.scalars(select(Device))}
    assert stages == {mine: Stage.WIPING, late: Stage.RECEIVED, others: Stage.RECEIVED}
