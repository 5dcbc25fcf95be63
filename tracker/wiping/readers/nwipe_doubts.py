"""What in an nwipe run stands in the way of believing one drive's status word."""

from collections.abc import Iterator

from tracker.devices.serials import usable_serial
from tracker.wiping.readers.nwipe_drive import Drive
from tracker.wiping.readers.nwipe_tables import Tables
from tracker.wiping.readings import Oddity, Verification


def oddities(
    drive: Drive, tables: Tables, *, layout: str, shared: bool, mixed: bool, verification: Verification | None
) -> Iterator[Oddity]:
    """Every oddity of `drive` in its run. `shared`: another drive of the run shows the same serial."""
    yield from drive.oddities
    checks = {
        Oddity.NO_START: drive.starts == 0,
        Oddity.NO_IDENTITY_LINE: not drive.found,
        Oddity.SERIAL_DIFFERS: drive.found
        and usable_serial(drive.serial) is not None
        and drive.row_differs(),
        Oddity.SERIAL_SHARED: shared,
        Oddity.TWO_ROWS: max(len(drive.rows), len(drive.error_rows), len(drive.byte_rows)) > 1,
        Oddity.MIXED_RUNS: mixed or drive.starts > 1 or _methods_differ(drive, tables),
        Oddity.ROW_MISSING: _row_missing(drive, tables, layout),
        Oddity.OLD_WITHOUT_PROOF: layout == "0.30" and not _wrote_everything(drive),
        Oddity.ROUND_UNFINISHED: drive.rounds_started and not drive.final_round_finished,
        Oddity.SHORT_WRITE: any(count < (drive.size_bytes or 0) for count in drive.written),
        Oddity.ERROR_LINES: any(row.flagged and row.word == "Erased" for row in drive.rows),
        Oddity.VERIFICATION_NOT_SHOWN: verification in (Verification.LAST, Verification.ALL)
        and not drive.verified,
    }
    yield from (oddity for oddity, present in checks.items() if present)


def _methods_differ(drive: Drive, tables: Tables) -> bool:
    return bool(drive.method and tables.method) and _words(drive.method) != _words(tables.method)


def _words(text: str | None) -> list[str]:
    return (text or "").split()


def _row_missing(drive: Drive, tables: Tables, layout: str) -> bool:
    """Every layout but that of 0.30 counts errors; where bytes are counted, each drive has its line."""
    if not drive.rows:
        return False
    no_errors = layout != "0.30" and (not drive.error_rows or None in drive.error_rows[0])
    return no_errors or ("bytes" in tables.seen and not drive.byte_rows)


def _wrote_everything(drive: Drive) -> bool:
    """Before 0.33 a drive that stopped answering could end as "Erased": every pass must show its bytes."""
    whole = bool(drive.size_bytes) and bool(drive.written)
    return whole and drive.final_round_finished and all(count == drive.size_bytes for count in drive.written)
