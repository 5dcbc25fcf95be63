"""Command cards and badges: what they say, made once, printed so that they scan, and worth nothing when they ended."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from labels.formats import render
from labels.media import medium
from labels.sheets import Printing
from tests import make
from tests.labelling.reading import read_back
from tests.web import browsing
from tracker.accounts import operations as accounts
from tracker.accounts import queries as people
from tracker.cards import operations, queries, rules
from tracker.cards.models import Badge, CommandCard
from tracker.cards.rules import Ending
from tracker.database import session, transaction
from tracker.devices.lifecycle import MOVES
from tracker.devices.models import Tag
from tracker.devices.tags import TagState
from tracker.errors import Malformed, NotAllowed
from tracker.history.models import HistoryEntry
from tracker.labelling import documents
from tracker.labelling import queries as labels
from tracker.wiping.methods import Deed
from tracker.wiping.rules import DeclarationKind

SHEET = medium("avery-l7173")


def count(table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_there_is_a_card_for_each_move_that_a_scanned_device_can_make() -> None:
    said = {one.value for one in rules.commands().values() if one.group is rules.Group.ACTION}
    assert said == {move.action.value for move in MOVES.values() if any(move.sources)}


def test_the_methods_on_cards_are_those_that_wiping_knows() -> None:
    known = {Deed.OVERWRITE, Deed.SECURE_ERASE, Deed.SANITIZE, DeclarationKind.FACTORY_RESET}
    assert set(rules.METHODS) == {one.value for one in known}


def test_a_command_that_is_not_in_the_list_is_refused() -> None:
    with pytest.raises(Malformed):
        rules.must_be_commands(["do:anything"])


def test_cards_are_made_once_whoever_asks_and_each_is_in_the_history(app: Flask) -> None:
    by = make.actor()
    with transaction():
        made = operations.mint_missing(by)
        codes = {one.code for one in made}
    assert len(codes) == len(rules.commands()) == count(CommandCard)
    with transaction():
        assert operations.mint_missing(by) == []
    written = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "mint_card")).all()
    assert {one.facts["code"] for one in written} == codes


def test_two_hands_at_once_make_one_card_of_each_between_them(app: Flask) -> None:
    by, ready, faults = make.actor(), threading.Barrier(2), []

    def ask() -> None:
        with app.app_context():
            try:
                ready.wait(20)
                with transaction():
                    operations.mint_missing(by, [rules.END, rules.UNDO])
            except Exception as error:  # noqa: BLE001
                faults.append(error)

    hands = [threading.Thread(target=ask) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(60)
    assert not faults
    session.rollback()
    assert sorted(session.scalars(select(CommandCard.command))) == [rules.END, rules.UNDO]


def test_every_card_and_badge_on_the_sheet_reads_back(app: Flask) -> None:
    by = make.actor(name="Jeanne Nguyễn-Lefèvre d’Aubigné")
    with transaction():
        codes = [one.code for one in operations.mint_missing(by)]
        badge = operations.issue_badge(people.user(by.user_id or 0), by).code
    on = documents.imprint("fr")
    found = labels.named([*codes, badge])
    drawn = [
        documents.label_of(found[code], documents.design_of(found[code]), on) for code in [*codes, badge]
    ]
    assert {one.title for one in drawn} > {"Fin", "Annuler", "Catégorie A", "Jeanne Nguyễn-Lefèvre d’Aubigné"}
    pdf = b"".join(render(drawn, SHEET, "pdf", Printing()).chunks)
    cells, times = read_back(pdf, SHEET)
    wanted = [one.payload for one in drawn]
    assert [cells[at + 1] for at in range(len(wanted))] == wanted and set(times.values()) == {1}
    assert {one.payload[-10] for one in drawn} == {"C", "P"}


def test_a_lost_card_says_nothing_any_more_and_another_takes_its_place(app: Flask) -> None:
    by = make.actor()
    with transaction():
        old = operations.mint_missing(by, [rules.END])[0].code
    with transaction():
        operations.end_card(
            queries.card(queries.cards(by.site_id)[rules.END].id, by.site_id), by, "fell into the shredder"
        )
        new = operations.mint_missing(by, [rules.END])[0].code
    assert not queries.meaning(old).in_force
    assert queries.meaning(new).command == rules.command(rules.END)
    assert session.get(Tag, old).state is TagState.VOID


def test_a_badge_names_one_person_until_it_is_lost(app: Flask) -> None:
    by = make.actor()
    with transaction():
        me = people.user(by.user_id or 0)
        first = operations.issue_badge(me, by)
        assert operations.issue_badge(me, by) is first
        first.pin_hash = "a hash"
        old = first.code
    with transaction():
        new = operations.replace_badge(people.user(by.user_id or 0), by, Ending.LOST)
        assert new.code != old and new.pin_hash is None
        kept = new.code
    assert not queries.meaning(old).in_force and queries.meaning(kept).badge.user_id == by.user_id
    assert count(Badge) == 2


def test_a_damaged_badge_leaves_its_pin_to_the_next(app: Flask) -> None:
    by = make.actor()
    with transaction():
        operations.issue_badge(people.user(by.user_id or 0), by).pin_hash = "a hash"
    with transaction():
        assert operations.replace_badge(people.user(by.user_id or 0), by, Ending.DAMAGED).pin_hash == "a hash"


def test_whoever_leaves_is_named_by_no_badge(app: Flask) -> None:
    by, chief = make.actor(), make.actor("coordinator")
    with transaction():
        code = operations.issue_badge(people.user(by.user_id or 0), by).code
    with transaction():
        accounts.disable(people.user(by.user_id or 0), chief)
    assert not queries.meaning(code).in_force
    ended = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "end_badge")).one()
    assert ended.facts == {"code": code, "user": by.user_id, "why": "left"}


def test_a_volunteer_makes_her_own_badge_and_nobody_elses(app: Flask) -> None:
    by, other = make.actor(), make.user("quality", name="Amélie Poirier")
    with transaction(), pytest.raises(NotAllowed):
        operations.issue_badge(people.user(other.id), by)
    with transaction():
        operations.issue_badge(people.user(by.user_id or 0), by)
    with transaction():
        strange = operations.issue_badge(people.user(other.id), make.actor("admin")).code
    client = browsing.client_of(app, make.user())
    page, new = client.get("/cards").text, client.get("/labels?new=P").text
    assert make.user().name in page and other.name not in page
    assert new.count('name="item" value="') == 1 and strange not in new


def test_the_page_makes_cards_and_leads_to_where_they_are_printed(app: Flask) -> None:
    client = browsing.client_of(app, make.user())
    sent = browsing.send(client, "/cards/mint", form="/cards")
    assert sent.status_code == 303 and sent.location.startswith("/labels?medium=avery-l7173&codes=")
    page = client.get(sent.location).text
    assert page.count('name="item" value="') == len(rules.commands())
    new = "/labels?medium=avery-l7173&amp;new=C"
    assert new in client.get("/cards").text
    assert client.get(new.replace("&amp;", "&")).text.count('name="item" value="') == len(rules.commands())


def test_a_scanned_card_or_badge_says_what_it_is_and_no_name_is_kept(app: Flask) -> None:
    by = make.actor(name="Claire Dubois")
    with transaction():
        card = operations.mint_missing(by, ["do:receive"])[0].code
        badge = operations.issue_badge(people.user(by.user_id or 0), by).code
    client = browsing.client_of(app, make.user())
    assert "Réceptionner" in client.get(f"/C/{card}", follow_redirects=True).text
    page = client.get(f"/scan?code={badge}").text
    assert "C’est un badge" in page
    stranger = app.test_client().get(f"/P/{badge}")
    assert stranger.status_code == 200 and "Ce badge appartient" in stranger.text
    assert "Claire" not in stranger.text and "Dubois" not in stranger.text
