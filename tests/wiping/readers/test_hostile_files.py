"""Whatever is in a file, `read` answers with a reading and a sentence."""

import importlib
import json
import logging
import pkgutil
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wiping import reports
from tracker.wiping import readers
from tracker.wiping.readers import MAX_BYTES, UNKNOWN, read
from tracker.wiping.readings import ReportReading

ENTITIES = """<?xml version="1.0"?><!DOCTYPE blancco [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><blancco>&c;</blancco>"""
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE blancco [<!ENTITY x SYSTEM "file:///etc/passwd">]><blancco>&x;</blancco>'
)

HOSTILE = {
    "nothing": b"",
    "blanks": b" \n\t\r\n",
    "zeros": b"\0" * 5000,
    "noise": bytes(range(256)) * 40,
    "deep arrays": b"[" * 200_000,
    "deep objects": b'{"id":"a","class":"system","children":[' * 50_000,
    "deep braces": b'{"id":"x","class":"y" ' * 100_000,
    "deep xml": b"<blancco>" + b"<a>" * 20_000,
    "lshw in deep xml": b'<node id="a" class="system">' * 20_000 + b"</node>" * 20_000,
    "entities": ENTITIES.encode(),
    "outside entity": OUTSIDE.encode(),
    "a number of a million digits": b'{"smartctl":{},"serial_number":' + b"9" * 1_000_000 + b"}",
    "infinity": b'{"smartctl":{},"model_name":"x","user_capacity":{"bytes":Infinity},"rotation_rate":NaN}',
    "one endless line": b"[2026/09/06 09:00:00]  notice: Found /dev/sda, " + b"A, " * 2_000_000,
    "endless digits": b"[2026/09/06 09:00:00]  notice: Invoking method '"
    + b"9" * 5_000_000
    + b"' on /dev/sda",
    "no such day": b"[2026/99/99 99:99:99]  notice: Found /dev/sda,  ATA, X,  1 GB, S/N=ABCD1\n",
    "a thousand drives": b"".join(
        b"[2026/09/06 09:00:00]  notice: Found /dev/d%d,  ATA, X,  1 GB, S/N=AB%d\n" % (n, n)
        for n in range(5000)
    ),
    "a thousand runs": b"[2026/09/06 09:00:00]    info: nwipe 0.38\n[2026/09/06 09:00:00]  notice: Found /dev/a, A, B, 1, S/N=C\n"
    * 20_000,
    "half a utf-16": b"\xff\xfe" + "Found /dev/sda".encode("utf-16-le")[:-1],
    "broken pdf": b"%PDF-1.7\n" + b"1 0 obj << /Type /Catalog " * 2000,
    "dmidecode of one handle": b"# dmidecode 3.4\n" + b"Handle 0x0\n" * 100_000,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_gets_a_reading(case: str) -> None:
    found = read(HOSTILE[case], f"stick/{case}")
    assert isinstance(found, ReportReading)
    assert found.kind != UNKNOWN or found.notes
    assert all(str(note) for note in found.notes)
    assert len(found.drives) <= 256
    assert len(found.wipes) <= 500 * 256


@pytest.mark.parametrize("case", ["entities", "outside entity", "deep xml"])
def test_xml_tricks_are_refused_in_words(case: str, caplog: pytest.LogCaptureFixture) -> None:
    found = read(HOSTILE[case], "report.xml")
    assert found.kind == UNKNOWN
    assert "damaged" in str(found.notes[0])
    assert "root:" not in repr(found)


def test_a_file_too_large_is_not_looked_into() -> None:
    found = read(b"x" * (MAX_BYTES + 1), "huge.log")
    assert found.kind == UNKNOWN
    assert str(found.notes[0]) == "The file huge.log is too large (9 MB, at most 8). Is it really a report?"


def test_an_unknown_file_is_named_with_what_to_do() -> None:
    found = read(b"holiday.jpg", "stick/photos/holiday.jpg")
    assert "stick/photos/holiday.jpg" in str(found.notes[0])
    assert "Declare" in str(found.notes[0])


def test_a_reader_that_breaks_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        KIND = "broken"

        def recognises(self, source: object) -> bool:
            return True

        def read(self, source: object) -> ReportReading:
            raise ZeroDivisionError

    monkeypatch.setattr(readers, "READERS", (Broken(),))
    with caplog.at_level(logging.ERROR):
        found = read(b"anything", "x")
    assert found.kind == UNKNOWN
    assert "damaged" in str(found.notes[0])
    assert "broken" in caplog.text


def test_a_deep_file_leaves_the_recursion_limit_alone() -> None:
    before = sys.getrecursionlimit()
    read(HOSTILE["deep objects"], "x")
    assert sys.getrecursionlimit() == before


@given(st.binary(max_size=3000))
@settings(max_examples=150)
def test_any_bytes_get_a_reading(data: bytes) -> None:
    assert isinstance(read(data, "x"), ReportReading)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "smartctl",
                    "device",
                    "name",
                    "protocol",
                    "model_name",
                    "serial_number",
                    "user_capacity",
                    "bytes",
                    "id",
                    "class",
                    "children",
                    "product",
                    "serial",
                    "size",
                    "configuration",
                    "logicalname",
                    "blockdevices",
                    "type",
                    "mountpoints",
                    "Devices",
                    "Subsystems",
                    "Controllers",
                    "Namespaces",
                    "sn",
                    "mn",
                    "vid",
                    "sprog",
                    "sstat",
                    "status",
                    "global_erased",
                    "nvme0",
                    "steps",
                    "commands",
                    "success",
                    "validation",
                    "result",
                    "software",
                    "components",
                    "actions",
                    "severity",
                    "data",
                    "lshw",
                    "disks",
                    "001#1#0#Machine",
                    "002#1#1#serial",
                    "critical_warning",
                    "data_units_written",
                    "error",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)
SIGNED = (
    {"smartctl": {}}, {"id": "x", "class": "system"}, {"blockdevices": [{}]}, {"Devices": []}, {"sn": "", "mn": "", "vid": 0},
    {"steps": [], "validation": {"result": True}}, {"type": "Snapshot", "software": "Workbench"}, {"001#1#0#Machine": []},
)  # fmt: skip


@given(st.sampled_from(SIGNED), json_values)
@settings(max_examples=300)
def test_json_of_the_right_kind_with_wrong_values_is_read_without_stumbling(
    signed: dict[str, object], value: object
) -> None:
    root = {**signed, **value} if isinstance(value, dict) else signed
    found = read(json.dumps(root).encode(), "x.json")
    assert not any("damaged" in str(note) for note in found.notes), found.notes


@given(st.sampled_from(reports.NWIPE_LOGS), st.integers(0, 10_000), st.binary(max_size=6))
@settings(max_examples=100)
def test_a_log_with_garbage_in_it_is_read_without_stumbling(name: str, place: int, garbage: bytes) -> None:
    data = reports.text(name).encode()
    place = 3 + place % (len(data) - 3)  # garbage at the very beginning may be the mark of another encoding
    found = read(data[:place] + garbage + data[place + len(garbage) :], name)
    assert found.kind == "nwipe_log"
    assert not reports.falsely_wiped(data[:place] + garbage + data[place + len(garbage) :])


def test_every_reader_file_is_in_the_list_once() -> None:
    """The recipe for a new format: one file here, one line in the list."""
    modules = [
        importlib.import_module(f"{readers.__name__}.{found.name}")
        for found in pkgutil.iter_modules(readers.__path__)
    ]
    offered = [module for module in modules if hasattr(module, "recognises")]
    assert sorted(one.__name__ for one in offered) == sorted(one.__name__ for one in readers.READERS)  # type: ignore[attr-defined]
