"""The station's script as a volunteer runs it: real shells, real curl, a real server."""

from __future__ import annotations

import hashlib
import hmac
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import nursery
from tests.conftest import missing as lacking
from tests.serving import Served
from tests.wiping.reports import FAILED, NEW, text
from tests.wiping.stick import SHELLS, code_of, missing, stick
from tracker.app import create_app
from tracker.database import session, transaction
from tracker.wiping import station_operations
from tracker.wiping.models import ReportFile
from tracker.wiping.station_models import Station, StationReceipt

SCRIPT = Path(station_operations.__file__).with_name("station.sh")
RECEIVED = "Received, you may remove the stick."
# What the script does by itself does not hang on the database behind the server: once is enough.
of_the_script = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def kept() -> tuple[int, int]:
    """How many report files and receipts the database holds."""
    with create_app().app_context():
        return session.query(ReportFile).count(), session.query(StationReceipt).count()


@pytest.fixture(params=SHELLS, ids=lambda shell: shell[0])
def shell(request: pytest.FixtureRequest) -> list[str]:
    if missing(request.param):
        lacking(f"no {request.param[0]} here")
    return list(request.param)


def test_each_shell_signs_as_python_does(shell: list[str]) -> None:
    chance = random.Random(4231)
    cases = [("0b" * 20, "Hi There"), ("aa" * 64, "x" * 300)]
    cases += [
        (chance.randbytes(32).hex(), "".join(chance.choices("az09._-\n", k=n))) for n in (0, 1, 63, 64, 65)
    ]
    for key, said in cases:
        done = subprocess.run(
            [*shell, "-c", '. "$1"; use_key "$2"; hmac "$3"', "sh", str(SCRIPT), key, said],
            env={"PATH": os.environ["PATH"], "RICOCHET_FUNCTIONS_ONLY": "yes"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == hmac.new(bytes.fromhex(key), said.encode(), hashlib.sha256).hexdigest()


def test_a_shell_check_finds_nothing() -> None:
    checker = shutil.which("shellcheck") or shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    if checker is None:
        lacking("no shellcheck here")
    done = subprocess.run(
        [str(checker), "-s", "sh", str(SCRIPT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_a_stick_enrols_sends_and_says_that_it_may_be_removed(
    served: Served, tmp_path: Path, shell: list[str]
) -> None:
    one = stick(tmp_path / "my stick", served.url, code_of(), shell)
    one.put()
    assert one.run() == 0, one.said
    assert "Enrolled as “Stick 1”" in one.said and one.said.rstrip().endswith(RECEIVED)
    assert "RSS42A0001" in one.said and "Wiped" in one.said
    assert one.files("spool") == [] and one.files("sent") == [hashlib.sha256(text(NEW).encode()).hexdigest()]
    assert kept() == (1, 1)


def test_the_same_file_is_posted_once_whatever_it_is_called(served: Served, tmp_path: Path) -> None:
    one = stick(tmp_path / "stick", served.url, code_of())
    one.put("nwipe_log_1.txt")
    assert one.run() == 0
    one.put("nwipe_log_2.txt")
    assert one.run() == 0
    assert "Nothing new to send." in one.said and kept() == (1, 1)


@of_the_script
def test_french_is_spoken_where_the_stick_speaks_french(served: Served, tmp_path: Path) -> None:
    one = stick(tmp_path / "stick", served.url, code_of())
    one.put()
    assert one.run(lang="fr_FR.UTF-8") == 0
    assert "Reçu, vous pouvez retirer la clé." in one.said and "Effacé" in one.said


def test_a_code_works_once_and_only_for_one_stick(served: Served, tmp_path: Path) -> None:
    code = code_of()
    first, second = stick(tmp_path / "first", served.url, code), stick(tmp_path / "second", served.url)
    first.put()
    assert first.run() == 0
    assert second.run("--enrol", f"{served.url}/wiping/stations#{code.lower()}") == 3
    assert "wrong, used, or too old" in second.said
    second.put()
    assert second.run() == 2 and "not enrolled" in second.said and kept() == (1, 1)


def test_two_sticks_send_one_file_and_both_are_told_that_it_is_received(
    served: Served, tmp_path: Path
) -> None:
    for name in ("Stick 1", "Stick 2"):
        one = stick(tmp_path / name, served.url, code_of(name))
        one.put()
        assert one.run() == 0 and RECEIVED in one.said
    assert kept() == (1, 2)


def test_a_copied_stick_whose_counter_is_behind_still_sends(served: Served, tmp_path: Path) -> None:
    one = stick(tmp_path / "stick", served.url, code_of())
    one.put()
    assert one.run() == 0
    shutil.copytree(one.folder, tmp_path / "copy")
    one.put("nwipe_log_3.txt", text(FAILED))
    assert one.run() == 0
    copy = stick(tmp_path / "unused", served.url)
    copy.folder = tmp_path / "copy"
    copy.put("nwipe_log_4.txt", text(FAILED) + "\n")
    assert copy.run() == 0, copy.said
    assert RECEIVED in copy.said and kept() == (3, 3)


def test_nothing_is_lost_when_the_server_dies_and_comes_back(settings: None, tmp_path: Path) -> None:
    with nursery.served() as first:
        one = stick(tmp_path / "stick", first.url, code_of())
        one.put()
        assert one.run() == 0
        one.put("nwipe_log_2.txt", text(FAILED))
        first.kill()
        assert one.run(RICOCHET_TRIES="2") == 1
    assert "NOT everything is received: 1 file(s)" in one.said and RECEIVED not in one.said
    (one.folder / "nwipe_log_2.txt").unlink()  # the spool is enough
    with nursery.served() as second:
        conf = one.folder / "ricochet" / "station.conf"
        conf.write_text(conf.read_text().replace(first.url, second.url))
        assert one.run() == 0 and RECEIVED in one.said
    assert kept() == (2, 2)


def test_an_answer_that_was_lost_costs_nothing(served: Served, tmp_path: Path) -> None:
    one = stick(tmp_path / "stick", served.url, code_of())
    one.put()
    assert one.run() == 0
    for path in (one.folder / "ricochet" / "sent").iterdir():
        path.unlink()  # as if the stick had been pulled before the answer
    assert one.run() == 0
    assert RECEIVED in one.said and kept() == (1, 1)


NEEDED = ("sha256sum", "sed", "tr", "cut", "od", "dirname", "mkdir", "rm", "cp", "mv", "cat", "head", "tail", "date", "id",
          "pidof", "sync", "sleep")  # fmt: skip
LIAR = """#!/bin/sh
# Stands before the real curl: {what}
case "$*" in *station/reports*) {does} ;; esac
exec {curl} "$@"
"""


def before_curl(folder: Path, what: str, does: str) -> str:
    """A PATH on which a network that misbehaves stands before the real curl."""
    folder.mkdir(exist_ok=True)
    curl = folder / "curl"
    curl.write_text(LIAR.format(what=what, does=does, curl=shutil.which("curl")))
    curl.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@of_the_script
@pytest.mark.parametrize(
    ("what", "does"),
    [
        ("a proxy answers 500", "printf 500; exit 0"),
        ("a portal says yes to everything", "printf 200; exit 0"),
        ("the call takes too long", "echo 'timed out' >&2; exit 28"),
        ("the certificate is refused", "exit 60"),
    ],
)
def test_a_network_that_misbehaves_never_lets_the_stick_be_removed(
    served: Served, tmp_path: Path, what: str, does: str
) -> None:
    one = stick(tmp_path / "stick", served.url, code_of())
    one.put()
    assert one.run(RICOCHET_TRIES="3", PATH=before_curl(tmp_path / "bin", what, does)) == 1
    assert RECEIVED not in one.said and one.said.count("Next try") == 2 and kept() == (0, 0)
    assert one.run() == 0 and RECEIVED in one.said and kept() == (1, 1)


def without_curl(folder: Path) -> str:
    """A PATH of a system that has wget and no curl, as ShredOS."""
    folder.mkdir()
    for name in ("sh", "wget", "grep", *NEEDED):
        found = shutil.which(name)
        if found is None:
            lacking(f"no {name} here")
        (folder / name).symlink_to(str(found))
    return str(folder)


@of_the_script
def test_a_system_that_has_wget_alone_sends_too(served: Served, tmp_path: Path) -> None:
    one, path = stick(tmp_path / "my stick", served.url, code_of()), without_curl(tmp_path / "bin")
    one.put(content=text(NEW).encode() + b"\0\xff--ricochet\r\n")
    assert one.run(PATH=path) == 0, one.said
    assert one.said.rstrip().endswith(RECEIVED) and kept() == (1, 1)
    shutil.copytree(one.folder, tmp_path / "copy")
    one.put("nwipe_log_3.txt", text(FAILED))
    assert one.run(PATH=path) == 0
    copy = stick(tmp_path / "unused", served.url)
    copy.folder = tmp_path / "copy"
    copy.put("nwipe_log_4.txt", text(FAILED) + "\n")
    assert copy.run(PATH=path) == 0, copy.said  # its counter is behind, and the refusal says so
    assert kept() == (3, 3)


@of_the_script
def test_with_wget_alone_nothing_is_taken_for_received_without_an_answer(
    settings: None, tmp_path: Path
) -> None:
    path = without_curl(tmp_path / "bin")
    with nursery.served() as server:
        one = stick(tmp_path / "stick", server.url, code_of())
        assert one.run(PATH=path) == 0
    one.put()
    assert one.run(PATH=path) == 1 and RECEIVED not in one.said and len(one.files("spool")) == 1


@of_the_script
def test_a_system_with_neither_says_what_is_missing(settings: None, tmp_path: Path) -> None:
    path = Path(without_curl(tmp_path / "bin"))
    (path / "wget").unlink()
    one = stick(tmp_path / "stick", "http://127.0.0.1:9", "B" * 12)
    one.put()
    assert one.run(PATH=str(path)) == 2 and "“curl” is missing" in one.said


@of_the_script
def test_the_network_that_comes_back_is_used_in_the_same_go(served: Served, tmp_path: Path) -> None:
    one = stick(tmp_path / "stick", served.url, code_of())
    one.put()
    flag = tmp_path / "once"
    path = before_curl(tmp_path / "bin", "fails once", f"[ -e {flag} ] || {{ : > {flag}; exit 7; }}")
    assert one.run(RICOCHET_TRIES="3", PATH=path) == 0
    assert one.said.count("Next try") == 1 and RECEIVED in one.said


@of_the_script
def test_a_wrong_clock_is_said_and_put_right(served: Served, tmp_path: Path) -> None:
    one = stick(tmp_path / "stick", served.url, code_of())
    one.put()
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "date").write_text("#!/bin/sh\necho 1325376000\n")  # 2012: a flat battery
    (folder / "date").chmod(0o755)
    assert one.run(PATH=f"{folder}:{os.environ['PATH']}") == 0, one.said
    assert "The clock of this computer is wrong" in one.said and RECEIVED in one.said


def test_a_revoked_stick_is_told_so_and_keeps_what_it_has(served: Served, tmp_path: Path) -> None:
    one = stick(tmp_path / "stick", served.url, code_of())
    one.put()
    assert one.run() == 0
    with create_app().app_context(), transaction():
        from tests import make

        station_operations.revoke(session.query(Station).one(), make.actor("coordinator"))
    one.put("nwipe_log_2.txt", text(FAILED))
    assert one.run() == 3
    assert "This station was revoked" in one.said and RECEIVED not in one.said
    assert len(one.files("spool")) == 1 and kept() == (1, 1)


@of_the_script
def test_a_file_damaged_on_the_stick_is_set_aside(served: Served, tmp_path: Path) -> None:
    one = stick(tmp_path / "stick", served.url, code_of())
    assert one.run() == 0
    spool = one.folder / "ricochet" / "spool"
    (spool / f"{'0' * 64}-nwipe_log.txt").write_text("half a log")
    assert one.run() == 2
    assert "damaged on the stick" in one.said and len(one.files("refused")) == 1 and kept() == (0, 0)
