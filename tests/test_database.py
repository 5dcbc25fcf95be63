"""What is read once for the same question, and when it is asked anew."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask

from tests import make
from tracker.database import read_once, session, transaction

ASKED: list[Sequence[int]] = []


@read_once
def doubled(numbers: Sequence[int], *, by: int = 2) -> list[int]:
    ASKED.append(numbers)
    return [number * by for number in numbers]


@pytest.fixture(autouse=True)
def _nothing_asked() -> None:
    ASKED.clear()


def test_the_same_question_is_asked_once_in_one_reading_and_anew_in_the_next(app: Flask) -> None:
    make.site()
    session.rollback()
    session.connection()
    assert [doubled((1, 2)), doubled((1, 2)), doubled((1, 2), by=3)] == [[2, 4], [2, 4], [3, 6]]
    assert len(ASKED) == 2
    session.rollback()
    session.connection()
    doubled((1, 2))
    assert len(ASKED) == 3


def test_a_transaction_that_writes_asks_each_time(app: Flask) -> None:
    with transaction():
        doubled((1,))
        doubled((1,))
    assert len(ASKED) == 2


def test_a_question_that_cannot_be_remembered_is_refused_by_name_in_every_transaction(app: Flask) -> None:
    with pytest.raises(TypeError, match="doubled is read once for the same arguments: give it tuples"):
        doubled([1, 2])
    with transaction(), pytest.raises(TypeError, match="give it tuples or frozensets"):
        doubled([1, 2])
    assert ASKED == []
