"""Numbers are given once, in order, to however many hands ask; and they survive the move into one table."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import inspect, text

from tests import make
from tracker import clock
from tracker.cli.db import alembic_config, upgrade_schema
from tracker.database import db, session, transaction
from tracker.history import number_operations as numbers
from tracker.wiping import certificate_queries

THREADS = 12
EACH = 5
# table → rows, as a workshop had them before
BEFORE: dict[str, list[tuple[Any, ...]]] = {
    "collection_counters": [("C-2025", 41), ("C-2026", 7), ("D", 12)],
    "certificate_counters": [(2025, 400), (2026, 3)],
    "number_series": [("handover", 2026, 5), ("request", 2025, 9)],
}
AFTER = [
    ("C", 2025, 41),
    ("C", 2026, 7),
    ("D", 0, 12),
    ("certificate", 2025, 400),
    ("certificate", 2026, 3),
    ("handover", 2026, 5),
    ("request", 2025, 9),
]


def test_series_and_years_count_apart(app: Flask) -> None:
    with transaction():
        assert [numbers.take("request", 2026) for _ in range(3)] == [1, 2, 3]
        assert numbers.take("request", 2027) == 1
        assert numbers.take("handover", 2026) == 1
        assert [numbers.take("D"), numbers.take("D")] == [1, 2]


def fail_after_taking() -> None:
    with transaction():
        assert numbers.take("request", 2026) == 2
        raise ZeroDivisionError


def test_a_number_that_was_rolled_back_is_given_again(app: Flask) -> None:
    with transaction():
        numbers.take("request", 2026)
    with pytest.raises(ZeroDivisionError):
        fail_after_taking()
    with transaction():
        assert numbers.take("request", 2026) == 2


def test_twelve_hands_take_numbers_without_gap_or_double(app: Flask) -> None:
    taken: list[int] = []
    together = threading.Barrier(THREADS)

    def take() -> None:
        with app.app_context():
            together.wait()
            for turn in range(EACH):
                try:
                    with transaction():
                        number = numbers.take("certificate", 2026)
                        if turn == 2:
                            raise ZeroDivisionError  # the work fails: its number must come back
                    taken.append(number)
                except ZeroDivisionError:
                    pass
            session.remove()

    hands = [threading.Thread(target=take) for _ in range(THREADS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(taken) == list(range(1, THREADS * (EACH - 1) + 1))


def rows(table: str) -> list[tuple[object, ...]]:
    session.rollback()
    return sorted(tuple(row) for row in session.execute(text(f"SELECT * FROM {table}")))


def fill(table: str) -> None:
    for row in BEFORE[table]:
        places = ", ".join(f":v{number}" for number in range(len(row)))
        values = {f"v{number}": value for number, value in enumerate(row)}
        session.execute(text(f"INSERT INTO {table} VALUES ({places})"), values)


def test_numbers_given_before_are_counted_on_and_can_be_taken_back(app: Flask) -> None:
    command.downgrade(alembic_config(), "0013")
    with transaction():
        for table in BEFORE:
            fill(table)
    upgrade_schema()
    assert rows("number_series") == AFTER
    assert not {"collection_counters", "certificate_counters"} & set(inspect(db.engine).get_table_names())
    command.downgrade(alembic_config(), "0013")
    assert {table: rows(table) for table in BEFORE} == BEFORE


def test_references_go_on_from_the_numbers_of_before(app: Flask) -> None:
    year = clock.local(clock.now()).year
    command.downgrade(alembic_config(), "0013")
    with transaction():
        fill("collection_counters")
        session.execute(text("INSERT INTO certificate_counters VALUES (:year, 41)"), {"year": year})
    upgrade_schema()
    donor = make.donor()
    assert donor.reference == "D-013"
    assert make.collection(donor, date=date(2026, 3, 1)).reference == "C-2026-008"
    found = certificate_queries.valid_for(make.ready())
    assert found is not None and found.number == f"{year}-00042"
