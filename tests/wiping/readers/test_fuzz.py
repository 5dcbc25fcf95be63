"""Each reader by itself against files that are nearly of its format: nothing escapes but the error it declares.

`read` of the package would hide a reader's stumble behind a sentence, so each reader is asked directly here. Hypothesis mutates
a file of each format; atheris, which looks for new paths in the code, does so in `make long` where it is installed.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.wiping import planted
from tests.wiping.reports import NWIPE_LOGS, REALLY_WIPED, text
from tracker.wiping.readers import READERS, Reader
from tracker.wiping.readers.source import MOST_DRIVES, Source
from tracker.wiping.readings import ReportReading
from tracker.wiping.verdicts import Verdict, verdict

ROOT = Path(__file__).parents[3]
SEEDS = [*planted.FILES.values(), *(text(name).encode() for name in NWIPE_LOGS)]
WORDS = [
    b"\0", b"\n", b"\r", b'"', b"{", b"}", b"[", b"]", b"<", b"</", b"&", b":", b",", b"|", b"\t", b"\xff\xfe", b"\xd8\x00",
    b"-1", b"1e999", b"NaN", b"null", b"true", b"9" * 400, "²٣".encode(), b"/dev/", b"Found /dev/sda, ", b"Handle 0x0\n",
    b"S/N=", b"Erased", b"%PDF-", b"stream\n", b"\\ud800", b'{"smartctl":{}}',
]  # fmt: skip


def name_of(reader: Reader) -> str:
    """The reader's module, by which people call it: two of them read what lshw says."""
    return str(getattr(reader, "__name__", reader.KIND)).rpartition(".")[2]


def asked(reader: Reader, data: bytes) -> ReportReading | None:
    """What the reader makes of it, recognised or not: it may be asked for a file that only begins as its own."""
    source = Source("stick/file", data)
    recognised = reader.recognises(source)
    try:
        found = reader.read(source)
    except ValueError:  # declared: the file is not whole, or it is a bomb
        return None
    return found if recognised else None


def must_be_sound(found: ReportReading) -> None:
    assert len(found.drives) <= MOST_DRIVES and len(found.wipes) <= 500 * MOST_DRIVES
    assert all(str(note) for note in found.notes)
    for run in found.wipes:
        believed = verdict(run).verdict is Verdict.WIPED
        assert not believed or run.serial in REALLY_WIPED | {"RSS38A0001"}, run


@st.composite
def nearly(draw: st.DrawFn) -> bytes:
    """A file of some format after up to eight cuts, doublings, insertions and changed bytes."""
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 8))):
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 60))
        new = draw(st.sampled_from([*WORDS, b"", data[at : at + length] * 2]) | st.binary(max_size=8))
        data = data[:at] + new + data[at + length :]
    return data


@pytest.mark.parametrize("reader", READERS, ids=name_of)
@given(data=nearly())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_a_reader_raises_nothing_but_what_it_declares(reader: Reader, data: bytes) -> None:
    found = asked(reader, data)
    if found is not None:
        must_be_sound(found)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inner = [one for key, part in pairs for one in _leaves(part, (*path, key))]
    return [*([path] if path else []), *inner]


def _put(root: Any, path: tuple[Any, ...], value: Any) -> Any:
    for key in path[:-1]:
        root = root[key]
    root[path[-1]] = value


STRANGE = (
    None,
    True,
    -1,
    2**70,
    1e308,
    float("nan"),
    "",
    "\0\ud800",
    "x" * 5000,
    "9" * 30,
    [],
    {},
    [[]],
    {"a": {}},
    [None, 1, "x"],
)
JSON_SEEDS = sorted({data for data in planted.FILES.values() if data[:1] == b"{"})


@pytest.mark.parametrize("seed", JSON_SEEDS, ids=lambda data: str(data[:24]))
def test_every_value_of_every_json_format_may_be_strange(seed: bytes) -> None:
    for path in _leaves(json.loads(seed)):
        for strange in STRANGE:
            root = json.loads(seed)
            _put(root, path, strange)
            source = Source("x", json.dumps(root).encode())
            for reader in READERS:
                if reader.recognises(source):
                    must_be_sound(reader.read(source))
                    break


@pytest.mark.long
@pytest.mark.parametrize("reader", READERS, ids=name_of)
@given(data=nearly())
@settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_reader_raises_nothing_but_what_it_declares_in_thousands_of_tries(
    reader: Reader, data: bytes
) -> None:
    found = asked(reader, data)
    if found is not None:
        must_be_sound(found)


@pytest.mark.long
@pytest.mark.parametrize("reader", [name_of(reader) for reader in READERS])
def test_a_fuzzer_that_watches_the_code_finds_nothing(reader: str, tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed: pip install atheris")
    for number, data in enumerate(SEEDS):
        (tmp_path / f"seed-{number}").write_bytes(data)
    command = [
        sys.executable,
        "-m",
        "tests.wiping.readers.fuzz",
        reader,
        str(tmp_path),
        "-max_total_time=60",
        "-rss_limit_mb=1024",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stderr[-3000:]
