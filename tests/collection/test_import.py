"""A donor's list: each row judged, and nothing added twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from tests import make
from tracker.accounts.rules import Role
from tracker.cli import group
from tracker.collection import import_operations, queries
from tracker.collection.import_operations import import_list
from tracker.collection.models import Collection, PendingList
from tracker.collection.rules import ImportOutcome, RowVerdict
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device, Tag
from tracker.devices.rules import DeviceType
from tracker.errors import Malformed, NotAllowed
from tracker.history import queries as past
from tracker.history.rules import Subject

HEADING = "Type;Marque;Modèle;N° de série;Poids (kg);Chargeur\n"
LIST = (
    HEADING
    + "portable;HP;ProBook;5CD9001;1,9;oui\n"
    + "portable;HP;ProBook;5CD9002;1,9;non\n"
    + "écran;Dell;P2419H;;5,6;\n"
    + "écran;Dell;P2419H;;5,6;\n"
).encode()
NEW, ALREADY, DOUBLE, LOOKALIKE, FAULT = RowVerdict


def imported(collection: Collection, data: bytes = LIST, **values: object) -> ImportOutcome:
    with transaction():
        return import_list(collection, data, "liste.csv", make.system(), dry_run=False, **values)  # type: ignore[arg-type]


def foreseen(collection: Collection, data: bytes = LIST, **values: object) -> ImportOutcome:
    return import_list(collection, data, "liste.csv", make.system(), dry_run=True, **values)  # type: ignore[arg-type]


def verdicts(outcome: ImportOutcome) -> list[RowVerdict]:
    return [row.verdict for row in outcome.rows]


def number_of_devices() -> int:
    return (
        session.scalar(select(func.count()).select_from(Device).where(Device.merged_into_id.is_(None))) or 0
    )


def test_a_dry_run_says_what_would_happen_and_does_nothing(app: Flask) -> None:
    outcome = foreseen(make.collection())
    assert verdicts(outcome) == [NEW] * 4 and [row.number for row in outcome.rows] == [2, 3, 4, 5]
    assert number_of_devices() == 0
    assert session.scalars(select(Tag)).all() == []


def test_a_list_brings_its_devices_with_what_it_says(app: Flask) -> None:
    collection = make.collection()
    outcome = imported(collection)
    first = session.scalars(select(Device).order_by(Device.id)).first()
    assert first is not None
    assert (first.name, first.serial, first.weight_g, first.stage) == (
        "HP ProBook",
        "5CD9001",
        1900,
        Stage.ANNOUNCED,
    )
    assert [row.kind for row in first.accessories] == ["charger"]
    assert outcome.rows[0].code == first.code
    assert [row[0] for row in queries.contents(collection, newest_first=False).items] == [1, 2, 3, 4]


def test_the_same_list_again_adds_nothing(app: Flask) -> None:
    collection = make.collection()
    imported(collection)
    assert verdicts(imported(collection)) == [ALREADY] * 4
    assert verdicts(imported(collection, lookalikes=True)) == [ALREADY] * 4
    assert number_of_devices() == 4


def test_a_corrected_list_adds_what_was_missing_only(app: Flask) -> None:
    """The file is another one then: serial numbers still tell, and rows without one are asked about."""
    collection = make.collection()
    imported(collection, LIST.replace(b"5CD9002;1,9", b"5CD9002;lourd"))
    assert number_of_devices() == 3
    assert verdicts(imported(collection)) == [ALREADY, NEW, LOOKALIKE, LOOKALIKE]
    assert number_of_devices() == 4


def test_more_of_the_same_screens_can_be_added_by_saying_so(app: Flask) -> None:
    collection = make.collection()
    imported(collection)
    more = (HEADING + "écran;Dell;P2419H;;5,6;\n" * 3).encode()
    assert verdicts(foreseen(collection, more)) == [LOOKALIKE, LOOKALIKE, NEW]
    assert verdicts(imported(collection, more, lookalikes=True)) == [NEW] * 3
    assert verdicts(imported(collection, more, lookalikes=True)) == [ALREADY] * 3


def test_the_same_list_in_another_collection_is_all_doubles_where_serial_numbers_tell(app: Flask) -> None:
    imported(make.collection())
    other = make.collection(make.donor(name="Autre"))
    outcome = imported(other)
    assert verdicts(outcome) == [DOUBLE, DOUBLE, NEW, NEW]
    first = session.scalars(select(Device).order_by(Device.id)).first()
    assert first is not None and outcome.rows[0].code == first.code


def test_a_serial_number_twice_in_one_list_is_added_once(app: Flask) -> None:
    data = (HEADING + "portable;HP;A;SAME-1;;\nportable;HP;A;same 1;;\n").encode()
    outcome = imported(make.collection(), data)
    assert verdicts(outcome) == [NEW, DOUBLE]
    assert "row 2" in str(outcome.rows[1].sentence)


def test_a_placeholder_does_not_make_two_rows_one(app: Flask) -> None:
    data = (HEADING + "pc;HP;A;To be filled by O.E.M.;;\npc;HP;B;To be filled by O.E.M.;;\n").encode()
    assert verdicts(imported(make.collection(), data)) == [NEW, NEW]


def test_each_faulty_row_has_its_own_sentence_and_the_others_come_in(app: Flask) -> None:
    data = (HEADING + "grille-pain;X;;;;\nportable;HP;A;OK-12;lourd;\nportable;HP;A;OK-13;2 kg;\n").encode()
    outcome = imported(make.collection(), data)
    assert verdicts(outcome) == [FAULT, FAULT, NEW]
    assert "grille-pain" in str(outcome.rows[0].sentence) and "no weight" in str(outcome.rows[1].sentence)
    assert number_of_devices() == 1


def test_a_row_whose_device_was_merged_is_still_known(app: Flask) -> None:
    collection = make.collection()
    imported(collection)
    ids = session.scalars(select(Device.id).order_by(Device.id)).all()
    with transaction():
        kept, gone = session.get(Device, ids[2]), session.get(Device, ids[3])
        assert kept and gone
        particulars.merge(kept, gone, make.system())
    assert verdicts(imported(collection)) == [ALREADY] * 4
    assert number_of_devices() == 3


def test_a_device_added_by_hand_is_recognised_in_the_list(app: Flask) -> None:
    collection = make.collection()
    with transaction():
        from tracker.collection.operations import add_device
        from tracker.collection.rules import Line

        add_device(collection, Line(DeviceType.LAPTOP, serial="5CD 9001"), Action.RECEIVE, make.system())
    assert verdicts(foreseen(collection)) == [ALREADY, NEW, NEW, NEW]


def test_a_list_without_types_takes_the_one_that_is_chosen(app: Flask) -> None:
    data = b"Marque;S/N\nDell;CN-0001\n"
    collection = make.collection()
    assert verdicts(foreseen(collection, data)) == [FAULT]
    imported(collection, data, default_type=DeviceType.SCREEN)
    device = session.scalars(select(Device)).one()
    assert device.type is DeviceType.SCREEN


def test_a_volunteer_cannot_announce_by_a_list(app: Flask) -> None:
    with pytest.raises(NotAllowed):
        import_list(make.collection(), LIST, "l.csv", make.actor(), dry_run=True)
    outcome = import_list(make.collection(), LIST, "l.csv", make.actor(), dry_run=True, action=Action.RECEIVE)
    assert verdicts(outcome) == [NEW] * 4


def test_an_import_is_written_in_the_history_of_its_collection(app: Flask) -> None:
    collection = make.collection()
    imported(collection)
    entry = past.of_subject(Subject.COLLECTION, collection.id)[0]
    assert (entry.action, entry.facts["new"], past.note_of(entry)) == ("import_list", 4, "liste.csv")


def test_a_list_that_cannot_be_read_leaves_no_trace(app: Flask) -> None:
    collection = make.collection()
    with pytest.raises(Malformed):
        imported(collection, b"%PDF-1.7\x00")
    assert len(past.of_subject(Subject.COLLECTION, collection.id)) == 1


def test_a_list_left_waiting_is_dropped_after_a_day(app: Flask) -> None:
    collection, by = make.collection(), make.actor(Role.COORDINATOR)
    with transaction():
        old = import_operations.keep_pending(collection, LIST, "a.csv", by, {})
        old.made_at -= import_operations.PENDING_LIFE * 2
    with transaction():
        import_operations.keep_pending(collection, LIST, "b.csv", by, {})
    assert [one.name for one in session.scalars(select(PendingList)).all()] == ["b.csv"]


# ---- the command


def test_the_command_imports_a_file_once(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    reference = make.collection().reference
    path = tmp_path / "liste.csv"
    path.write_bytes(LIST)
    dry = runner.invoke(group, ["import", str(path), "--collection", reference, "--dry-run"])
    assert (dry.exit_code, number_of_devices()) == (0, 0), dry.output
    done = runner.invoke(
        group, ["import", str(path), "--collection", reference.lower(), "--stage", "received"]
    )
    assert done.exit_code == 0 and "4 new" in done.output
    again = runner.invoke(group, ["import", str(path), "--collection", reference])
    assert "4 already" in again.output and number_of_devices() == 4


def test_the_command_ends_with_one_when_a_row_has_a_fault(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    reference = make.collection().reference
    path = tmp_path / "liste.csv"
    path.write_bytes((HEADING + "grille-pain;X;;;;\n").encode())
    result = runner.invoke(group, ["import", str(path), "--collection", reference])
    assert result.exit_code == 1 and "row 2: fault" in result.output


def test_the_command_says_when_there_is_no_such_collection(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(LIST)
    result = runner.invoke(group, ["import", str(path), "--collection", "NOWHERE"])
    assert result.exit_code == 1 and "NOWHERE" in result.output and "Traceback" not in result.output
