"""A donor's list: judged row by row, and imported so that the same list adds nothing twice.

A row with a usable serial number is known by it. A row without one is known by its file (SHA-256) and its number in
it; where another list of the same collection has brought a row that says the same, a person decides.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.collection import queries, readers
from tracker.collection.models import Collection, Intake, PendingList
from tracker.collection.operations import take_in
from tracker.collection.readers.columns import line_of
from tracker.collection.rules import ImportOutcome, Line, RowOutcome, RowVerdict
from tracker.database import session
from tracker.devices import codes, particulars
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import MOVES, Action
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType, must_be_allowed, serial_key
from tracker.errors import Malformed
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence

PENDING_LIFE = timedelta(days=1)
IN_ONE_QUERY = 500


def import_list(
    collection: Collection,
    data: bytes,
    name: str,
    by: Actor,
    *,
    dry_run: bool,
    action: Action = Action.ANNOUNCE,
    default_type: DeviceType | None = None,
    lookalikes: bool = False,
) -> ImportOutcome:
    """Judge every row of a list; unless `dry_run`, add the new ones. Rows with a fault are left, the others added.

    `default_type` is taken where a row names none; `lookalikes` adds rows without serial number that say the same as
    rows of another list. Raises `Malformed` when the file as a whole cannot be read.
    """
    by.must(Permission.WORK)
    must_be_allowed(MOVES[action], by)
    table = readers.read(data, name)
    if not dry_run:
        queries.locked(collection.id)
    digest = hashlib.sha256(data).hexdigest()
    lines = list(_lines(table, default_type))
    judge = _Judge(_known(collection, [line for _, line in lines], digest), lookalikes)
    said = {number: table.heading.said(row) for number, row in table.rows}
    judged = [replace(judge.row(number, line), text=said[number]) for number, line in lines]
    outcome = ImportOutcome(tuple(judged), dry_run, table.heading.ignored)
    if dry_run:
        return outcome
    done = replace(outcome, rows=tuple(_carry_out(collection, outcome, digest, action, by)))
    _write_down(collection, done, digest, name, by)
    return done


def _lines(table: readers.Table, default_type: DeviceType | None) -> Iterator[tuple[int, Line | Malformed]]:
    for number, row in table.rows:
        try:
            yield number, line_of(row, table.heading, default_type)
        except Malformed as fault:
            yield number, fault


@dataclass(frozen=True)
class _Known:
    """What is there before: serial key → (code, in this collection?); row of this file → code; keys of rows alike."""

    serials: Mapping[str, tuple[str, bool]]
    rows: Mapping[int, str]
    alike: Mapping[str, str]


def _known(collection: Collection, lines: Sequence[Line | Malformed], digest: str) -> _Known:
    named = [line for line in lines if isinstance(line, Line)]
    keys = {serial_key(line.serial) for line in named}
    imeis = {imei for line in named for imei in (line.imei, line.imei2) if imei}
    rows = session.execute(
        select(Intake.list_sha256, Intake.list_row, Intake.row_key, Device.code)
        .join(Device, Device.id == Intake.device_id)
        .where(Intake.collection_id == collection.id, Intake.row_key.is_not(None))
    ).all()
    return _Known(
        serials=_with_imeis(sorted(imeis), collection.id)
        | _with_serials(sorted(key for key in keys if key), collection.id),
        rows={row.list_row: row.code for row in rows if row.list_sha256 == digest},
        alike={row.row_key: row.code for row in rows},
    )


def _with_serials(keys: list[str], collection_id: int) -> dict[str, tuple[str, bool]]:
    """Also what was merged away: its serial number still names the record that was kept."""
    found: dict[str, tuple[str, bool]] = {}
    for start in range(0, len(keys), IN_ONE_QUERY):
        rows = session.execute(
            select(Device.serial_key, Device.code, Device.merged_into_id, Intake.collection_id)
            .outerjoin(Intake, Intake.device_id == Device.id)
            .where(Device.serial_key.in_(keys[start : start + IN_ONE_QUERY]))
            .order_by(Device.id)
        ).all()
        for key, code, kept_id, came_with in rows:
            kept = session.get(Device, kept_id) if kept_id else None
            here = came_with == collection_id
            if key and (here or key not in found):
                found[key] = (kept.code if kept else code, here)
    return found


def _with_imeis(imeis: list[str], collection_id: int) -> dict[str, tuple[str, bool]]:
    """As `_with_serials`, for phones: each of a device's two IMEIs, as `_keys` writes it."""
    found: dict[str, tuple[str, bool]] = {}
    for start in range(0, len(imeis), IN_ONE_QUERY):
        some = imeis[start : start + IN_ONE_QUERY]
        rows = session.execute(
            select(Device.imei, Device.imei2, Device.code, Intake.collection_id)
            .outerjoin(Intake, Intake.device_id == Device.id)
            .where(or_(Device.imei.in_(some), Device.imei2.in_(some)), Device.merged_into_id.is_(None))
            .order_by(Device.id)
        ).all()
        for first, second, code, came_with in rows:
            here = came_with == collection_id
            for imei in (first, second):
                if imei and (here or _imei_key(imei) not in found):
                    found[_imei_key(imei)] = (code, here)
    return found


def _keys(line: Line) -> list[str]:
    """By what a row is recognised whatever list it stands in: its serial number, and its IMEIs."""
    serial = serial_key(line.serial)
    return [*([serial] if serial else []), *(_imei_key(one) for one in (line.imei, line.imei2) if one)]


def _imei_key(imei: str) -> str:
    """Never equal to a serial number's key, which is letters and digits."""
    return f"imei {imei}"


class _Judge:
    """Judges rows in order, remembering the serial numbers and likenesses met on the way."""

    def __init__(self, known: _Known, lookalikes: bool) -> None:
        self.known, self.lookalikes = known, lookalikes
        self.met: dict[str, int] = {}
        self.occurrences: dict[str, int] = {}

    def row(self, number: int, line: Line | Malformed) -> RowOutcome:
        if isinstance(line, Malformed):
            return RowOutcome(number, RowVerdict.FAULT, line.sentence)
        keys = _keys(line)
        if keys:
            return replace(self._by_number(number, keys), line=line)
        likeness = self._likeness(line)
        return replace(self._by_row(number, likeness), line=line, likeness=likeness)

    def _by_number(self, number: int, keys: Sequence[str]) -> RowOutcome:
        first = min(self.met.setdefault(key, number) for key in keys)
        if first != number:
            return _said(
                number, RowVerdict.DOUBLE, N_("Same serial number or IMEI as row %(row)s."), row=first
            )
        code, here = next(
            (self.known.serials[key] for key in keys if key in self.known.serials), (None, False)
        )
        if code is None:
            return _said(number, RowVerdict.NEW, N_("Will be added."))
        if here:
            return _said(number, RowVerdict.ALREADY, N_("Already in this collection: %(code)s."), code=code)
        return _said(
            number,
            RowVerdict.DOUBLE,
            N_("%(code)s has this serial number or IMEI. If it is another device, add it by hand."),
            code=code,
        )

    def _by_row(self, number: int, likeness: str) -> RowOutcome:
        if number in self.known.rows:
            code = self.known.rows[number]
            return _said(number, RowVerdict.ALREADY, N_("This row of this file is in: %(code)s."), code=code)
        if likeness in self.known.alike and not self.lookalikes:
            return _said(
                number,
                RowVerdict.LOOKALIKE,
                N_("No serial number, and %(code)s of another list says the same."),
                code=self.known.alike[likeness],
            )
        return _said(
            number, RowVerdict.NEW, N_("Will be added. Without a serial number, doubles are not seen.")
        )

    def _likeness(self, line: Line) -> str:
        """The same for the n-th row of one content, in whatever list."""
        content = row_content(line)
        self.occurrences[content] = self.occurrences.get(content, 0) + 1
        return hashlib.sha256(f"{content}#{self.occurrences[content]}".encode()).hexdigest()


def row_content(line: Line) -> str:
    """What a row says, in one text to compare by."""
    values = {**vars(line), "type": line.type.value}
    if line.imei2 is None:  # lists of the time before second IMEIs are still recognised
        del values["imei2"]
    return json.dumps(values, sort_keys=True, ensure_ascii=False)


def _said(
    number: int, verdict: RowVerdict, message: str, *, code: str | None = None, **details: Any
) -> RowOutcome:
    shown = {"code": codes.shown(code)} if code else {}
    return RowOutcome(number, verdict, Sentence(message, {**shown, **details}), code)


def _carry_out(
    collection: Collection, outcome: ImportOutcome, digest: str, action: Action, by: Actor
) -> Iterator[RowOutcome]:
    """Add what is new, and say of each row what became of it."""
    number = outcome.count(RowVerdict.NEW)
    tags = iter(particulars.mint(Kind.DEVICE, number) if number else ())
    position = queries.last_position(collection.id)
    for row in outcome.rows:
        if row.verdict is not RowVerdict.NEW or row.line is None:
            yield row
            continue
        position += 1
        intake = Intake(collection_id=collection.id, position=position)
        if row.likeness:
            intake.list_sha256, intake.list_row, intake.row_key = digest, row.number, row.likeness
        device = take_in(collection, row.line, action, by, intake, code=next(tags).code)
        yield replace(row, code=device.code, sentence=Sentence(N_("Added.")))


def _write_down(collection: Collection, outcome: ImportOutcome, digest: str, name: str, by: Actor) -> None:
    history.append(
        subject=(Subject.COLLECTION, collection.id),
        action="import_list",
        by=by,
        site_id=collection.site_id,
        facts={"sha256": digest, **{verdict.value: number for verdict, number in outcome.counts.items()}},
        note=readers.short(name),
    )


def keep_pending(
    collection: Collection, data: bytes, name: str, by: Actor, options: Mapping[str, Any]
) -> PendingList:
    """Keep a list until somebody has looked at its dry run; lists left for a day are dropped."""
    session.execute(delete(PendingList).where(PendingList.made_at < clock.now() - PENDING_LIFE))
    pending = PendingList(
        token=secrets.token_urlsafe(32),
        collection_id=collection.id,
        name=readers.short(name),
        data=data,
        options=dict(options),
        made_by=by.user_id,
    )
    session.add(pending)
    session.flush()
    return pending


def drop_pending(pending: PendingList) -> None:
    session.delete(pending)
    session.flush()
