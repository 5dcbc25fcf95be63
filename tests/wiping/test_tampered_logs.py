"""A log that lost lines, was cut, masked, re-encoded or glued together never makes a drive wiped that was not."""

import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.wiping import reports
from tests.wiping.reports import falsely_wiped, text
from tracker.wiping.verdicts import Verdict, verdict

Tamper = Callable[[str], str | bytes]

FAR = 10_000


def _without_lines(places: list[int]) -> Tamper:
    def tamper(log: str) -> str:
        lines = log.split("\n")
        gone = {place % len(lines) for place in places}
        return "\n".join(line for number, line in enumerate(lines) if number not in gone)

    return tamper


def _without_block(start: int, length: int) -> Tamper:
    def tamper(log: str) -> str:
        lines = log.split("\n")
        first = start % len(lines)
        return "\n".join(lines[:first] + lines[first + length :])

    return tamper


def _cut(place: int) -> Tamper:
    return lambda log: log[: place % (len(log) + 1)]


def _beheaded(place: int) -> Tamper:
    return lambda log: log[place % (len(log) + 1) :]


def _masked(serial: str, mask: str) -> Tamper:
    return lambda log: log.replace(serial, mask * 20)


def _swapped_lines(one: int, other: int) -> Tamper:
    def tamper(log: str) -> str:
        lines = log.split("\n")
        one_, other_ = one % len(lines), other % len(lines)
        lines[one_], lines[other_] = lines[other_], lines[one_]
        return "\n".join(lines)

    return tamper


def _doubled_line(place: int) -> Tamper:
    def tamper(log: str) -> str:
        lines = log.split("\n")
        number = place % len(lines)
        return "\n".join([*lines[: number + 1], *lines[number:]])

    return tamper


def _without_table(title: int) -> Tamper:
    """Cuts one of the tables at the end, from its title to the next one."""

    def tamper(log: str) -> str:
        parts = log.split("\n" + "*" * 20)
        if len(parts) < 2:
            return log
        gone = 1 + title % (len(parts) - 1)
        return ("\n" + "*" * 20).join(parts[:gone] + parts[gone + 1 :])

    return tamper


def _worse(kind: int, device: int) -> Tamper:
    """One thing that a drive's row says is changed for the worse: its word, its errors, its bytes."""
    word, new = WORSE[kind % len(WORSE)]

    def tamper(log: str) -> str:
        places = list(re.finditer(word, log))
        if not places:
            return log
        at = places[device % len(places)]
        return log[: at.start()] + new + log[at.end() :]

    return tamper


def _squeezed(blanks: int) -> Tamper:
    """What mail programs and editors do to columns."""
    return lambda log: re.sub(r" {2,}", " " * (1 + blanks % 3), log)


def _encoded(encoding: str) -> Tamper:
    return lambda log: log.encode(encoding, "replace")


def _status(word: str) -> Tamper:
    return lambda log: log.replace("-FAILED-", word).replace("UABORTED", word)


WORSE = (
    (r"\| Erased \|", "|-FAILED-|"), (r"\| Erased \|", "|UABORTED|"), (r"\| Erased \|", "|INSANITY|"),
    (r"\| Erased \|", "| Erasing|"), (r"\|           0 \|", "|           7 |"), (r"100\.00%", " 99.99%"),
    (r"S/N=\w+", "S/N=????????"), (r"S/N=\w+", "S/N="), (r"S/N=\w+", "S/N=(S/N: unknown)"), (r"bytes written", "bytes read"),
)  # fmt: skip
SERIALS = ("RHD34A0001", "RHD34B0002", "RSS38A0001", "RHD38B0002", "RSS42A0001")
places = st.integers(0, FAR)
tampers = st.one_of(
    st.builds(_without_lines, st.lists(places, min_size=1, max_size=12)),
    st.builds(_without_block, places, st.integers(1, 60)),
    st.builds(_cut, places),
    st.builds(_beheaded, places),
    st.builds(_masked, st.sampled_from(SERIALS), st.sampled_from("X?0")),
    st.builds(_swapped_lines, places, places),
    st.builds(_doubled_line, places),
    st.builds(_without_table, places),
    st.builds(_worse, places, places),
    st.builds(_squeezed, places),
)
last_tampers = st.builds(
    _encoded, st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"))
) | st.just(str)
logs = st.lists(st.sampled_from(reports.NWIPE_LOGS), min_size=1, max_size=3)


def tampered(names: list[str], changes: list[Tamper], last: Tamper) -> str | bytes:
    """The logs, each changed by itself, glued together, and then changed once more as a whole."""
    whole = "".join(str(changes[number % len(changes)](text(name))) for number, name in enumerate(names))
    return last(whole)


@given(logs, st.lists(tampers, min_size=1, max_size=3), last_tampers)
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_tampering_never_makes_a_drive_wiped(names: list[str], changes: list[Tamper], last: Tamper) -> None:
    assert falsely_wiped(tampered(names, changes, last)) == []


@given(logs, tampers)
@settings(max_examples=150)
def test_tampering_with_glued_logs_never_makes_a_drive_wiped(names: list[str], change: Tamper) -> None:
    assert falsely_wiped(change("".join(text(name) for name in names))) == []


@given(
    st.sampled_from((reports.FAILED, reports.ABORTED)),
    st.sampled_from((" Erased ", "Erased", "INSANITY")),
    places,
)
@settings(max_examples=100)
def test_a_changed_status_is_betrayed_by_the_rest_even_with_a_line_less(
    name: str, word: str, place: int
) -> None:
    assert falsely_wiped(_without_lines([place])(str(_status(word)(text(name))))) == []


@pytest.mark.parametrize("name", reports.NWIPE_LOGS)
def test_every_way_to_cut_a_log_short_is_tried(name: str) -> None:
    lines = text(name).split("\n")
    for length in range(len(lines)):
        assert falsely_wiped("\n".join(lines[:length])) == []


@pytest.mark.parametrize("name", reports.NWIPE_LOGS)
def test_every_way_to_lose_one_line_is_tried(name: str) -> None:
    lines = text(name).split("\n")
    for gone in range(len(lines)):
        assert falsely_wiped("\n".join(lines[:gone] + lines[gone + 1 :])) == []


@pytest.mark.parametrize("name", reports.NWIPE_LOGS)
@pytest.mark.parametrize("kind", range(len(WORSE)))
def test_whatever_a_row_or_line_says_for_the_worse_is_believed(name: str, kind: int) -> None:
    before = {
        run.device for run in reports.reading(text(name)).wipes if verdict(run).verdict is Verdict.WIPED
    }
    for device in range(4):
        log = str(_worse(kind, device)(text(name)))
        after = [run.device for run in reports.reading(log).wipes if verdict(run).verdict is Verdict.WIPED]
        assert set(after) <= before
        assert falsely_wiped(log) == []
        if "Erased" in WORSE[kind][0]:
            assert len(after) < len(before)


@pytest.mark.long
@given(logs, st.lists(tampers, min_size=1, max_size=5), last_tampers)
@settings(max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_tampering_never_makes_a_drive_wiped_in_twenty_thousand_tries(
    names: list[str], changes: list[Tamper], last: Tamper
) -> None:
    assert falsely_wiped(tampered(names, changes, last)) == []
