"""Settings: read from the environment, every fault named, the secret key made once whoever comes first."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path
from typing import Any

import pytest

from tracker import config


def faults_of(tmp_path: Path, **given: str) -> list[str]:
    with pytest.raises(config.SettingsFault) as fault:
        config.load({"TRACKER_INSTANCE": str(tmp_path), **given})
    return fault.value.faults


def _key(instance: str, barrier: Any, keys: Any) -> None:
    barrier.wait()
    try:
        keys.put(config.load({"TRACKER_INSTANCE": instance}).secret_key)
    except config.SettingsFault as fault:
        keys.put(str(fault))


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    apart = multiprocessing.get_context("fork")
    for turn in range(12):
        instance, barrier, keys = tmp_path / str(turn), apart.Barrier(6), apart.SimpleQueue()
        hands = [apart.Process(target=_key, args=(str(instance), barrier, keys)) for _ in range(6)]
        for hand in hands:
            hand.start()
        found = {keys.get() for _ in hands}
        for hand in hands:
            hand.join()
        assert len(found) == 1
        assert len(found.pop()) >= config.SECRET_LENGTH
        assert [path.name for path in (instance / "keys").iterdir()] == ["secret.key"]


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    config.load({"TRACKER_INSTANCE": str(tmp_path)})
    path = tmp_path / "keys" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_empty_key_is_a_fault_and_not_a_key(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secret.key").write_text("")
    assert "delete the file" in faults_of(tmp_path)[0]


def test_a_folder_where_nothing_can_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where a folder should be")
    assert "TRACKER_INSTANCE" in faults_of(tmp_path)[0]


@pytest.mark.parametrize("text", ["-1", "one", "10", "1.5", "²"])
def test_the_number_of_proxies_is_a_small_whole_number(tmp_path: Path, text: str) -> None:
    assert "TRACKER_PROXIES" in faults_of(tmp_path, TRACKER_PROXIES=text)[0]


def test_no_proxy_is_believed_unless_it_is_said(tmp_path: Path) -> None:
    assert config.load({"TRACKER_INSTANCE": str(tmp_path)}).proxies == 0
    assert config.load({"TRACKER_INSTANCE": str(tmp_path), "TRACKER_PROXIES": "2"}).proxies == 2


@pytest.mark.parametrize("text", ["0", "-1", "for ever", "3651", "1e3", "²"])
def test_original_reports_are_kept_for_a_number_of_days_and_never_for_ever(tmp_path: Path, text: str) -> None:
    assert "TRACKER_REPORT_DAYS" in faults_of(tmp_path, TRACKER_REPORT_DAYS=text)[0]


def test_original_reports_are_kept_for_a_year_unless_it_is_said(tmp_path: Path) -> None:
    assert config.load({"TRACKER_INSTANCE": str(tmp_path)}).report_days == 365
    assert config.load({"TRACKER_INSTANCE": str(tmp_path), "TRACKER_REPORT_DAYS": " 90 "}).report_days == 90


def test_a_help_line_is_one_line_that_fits_a_label(tmp_path: Path) -> None:
    given = {"TRACKER_INSTANCE": str(tmp_path), "TRACKER_HELP_LINE": " 02 47 00 00 00,\n aide@exemple.org "}
    assert config.load(given).help_line == "02 47 00 00 00, aide@exemple.org"
    assert "TRACKER_HELP_LINE" in faults_of(tmp_path, TRACKER_HELP_LINE="x" * 41)[0]


@pytest.mark.parametrize(
    "text", ["zebra", "10.0.0.1", "10.0.0.1:0", "10.0.0.1:70000", "http://10.0.0.1:9100", "a:b:c"]
)
def test_a_printer_without_a_port_is_told_at_start(tmp_path: Path, text: str) -> None:
    (fault,) = faults_of(tmp_path, TRACKER_PRINTERS=text)
    assert "TRACKER_PRINTERS" in fault and "192.168.1.40:9100" in fault


def test_printers_are_listed_with_spaces_or_commas(tmp_path: Path) -> None:
    given = {
        "TRACKER_INSTANCE": str(tmp_path),
        "TRACKER_PRINTERS": "10.0.0.1:9100, Zebra.local:9101\n[fd12::1]:9100",
    }
    assert config.load(given).printers == ("10.0.0.1:9100", "zebra.local:9101", "[fd12::1]:9100")
    assert config.load({"TRACKER_INSTANCE": str(tmp_path)}).printers == ()


@pytest.mark.parametrize("text", ["0", "366", "x"])
def test_days_that_files_are_kept_for_printers_are_judged(tmp_path: Path, text: str) -> None:
    assert "TRACKER_PRINT_DAYS" in faults_of(tmp_path, TRACKER_PRINT_DAYS=text)[0]
