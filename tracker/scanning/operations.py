"""Judging a scan: once for ever, each by itself, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.errors import Conflict, Malformed, RuleBroken
from tracker.history import operations as history
from tracker.history import rules as history_rules
from tracker.history.models import Note
from tracker.i18n import N_, Sentence, packed
from tracker.prepared_writes import PreparedWrite
from tracker.scanning import judgement_operations as judging
from tracker.scanning import queries, rules
from tracker.scanning.batch_scan_operations import Batches
from tracker.scanning.meaning_queries import verdict
from tracker.scanning.models import Scan
from tracker.scanning.rules import Asked, Outcome, Verdict
from tracker.statements import at_once, table_of

_ANOTHER = N_(
    "Nothing was done: another scan was sent under this number. Give each scan a number of its own."
)
_AT_ONCE = N_("Two scans came under one number at the same moment. Send them again.")
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@cache
def _keep(database: str) -> Any:
    """Every scan does this, and writes its row once, with its verdict."""
    kept = _INSERT[database](table_of(Scan)).on_conflict_do_nothing(index_elements=[Scan.scan_id])
    return kept.returning(Scan.scan_id)


_KEEP_ONE = PreparedWrite(_keep)


def scan(asked: Asked, by: Actor) -> Verdict:
    """Judge what a scanner, a phone or a person's fingers read, in the running transaction, and keep it.

    Without an action it looks up. The same `scan_id` again gives the same verdict and changes nothing, for ever, also
    when two arrive at once. A refused scan is kept too and changes nothing else. Raises `NotAllowed`.
    """
    return scan_many([asked], by)[0]


def scan_many(asked: Sequence[Asked], by: Actor, held: Mapping[str, Device] | None = None) -> list[Verdict]:
    """Judge up to 500 scans, each by itself, in their order; a verdict for each.

    Ids and devices are taken in one order for all, so that two batches with the same devices wait for each other
    and never for ever. `held`: what `hold` has locked already, in a call that writes something else besides.
    """
    by.must(Permission.WORK)
    if len(asked) > rules.MOST_AT_ONCE:
        raise Malformed(N_("Send at most %(most)s scans at a time."), field="scans", most=rules.MOST_AT_ONCE)
    if not asked:
        return []
    batches = Batches(asked, by)
    asked = [batches.completed(one) for one in asked]
    held, judged = (_alone(asked) if held is None else None) or _held_and_judged(asked, by, held)
    fresh: dict[str, tuple[Asked, Verdict]] = {}
    for one in asked:
        if one.scan_id not in judged and one.scan_id not in fresh:
            fresh[one.scan_id] = (one, batches.judge(one, held))
    written = _written([_row(one, found, by) for one, found in fresh.values()])
    _must_be_ours([found for _one, found in fresh.values() if found.scan_id not in written])
    verdicts = [_given(one) if _was_given(one, fresh, written) else fresh[one.scan_id][1] for one in asked]
    batches.keep()
    return verdicts


def _alone(asked: Sequence[Asked]) -> tuple[Mapping[str, Device], set[str]] | None:
    """What `_held_and_judged` gives, for a single plain move, in one statement. None for any other call, and where the
    code names no device.

    Where the same scan was judged while this one waited for the device, the move is made already: it finds that so,
    writes nothing, and is given the verdict that was kept."""
    one = asked[0]
    code = codes.read(one.raw)
    if len(asked) > 1 or one.batch or isinstance(code, codes.Fault) or not judging.only_moves(one):
        return None
    found = queries.held_or_judged(code, one.scan_id)
    return ({code: found[0]}, {one.scan_id} if found[1] else set()) if found else None


def _held_and_judged(
    asked: Sequence[Asked], by: Actor, held: Mapping[str, Device] | None
) -> tuple[Mapping[str, Device], set[str]]:
    """Asked after the lock, so that who waited for it sees what was judged meanwhile."""
    held = hold(asked, by) if held is None else held
    return held, queries.judged({one.scan_id for one in asked})


def hold(asked: Sequence[Asked], by: Actor, *, besides: bool = False) -> dict[str, Device]:
    """The devices that something is to be done to, read and locked at once for the whole call; then, where there are
    several, the chains of their sites: scans come in any order, and calls that take chains in theirs wait crosswise.

    `besides`: the call writes something else into the history. It holds its batches before this, and writes after."""
    read = {codes.read(one.raw) for one in asked if one.batch or judging.asks(one)}
    wanted = {code for code in read if not isinstance(code, codes.Fault)}
    held = devices.held(wanted) if wanted else {}
    if len(held) > 1 or (besides and held):
        history.hold(by.site_id, *{one.site_id for one in held.values()})
    return held


def _was_given(one: Asked, fresh: Mapping[str, tuple[Asked, Verdict]], written: set[str]) -> bool:
    """Whether this very scan was judged before: in another call, or earlier in this one."""
    return one.scan_id not in written or fresh[one.scan_id][0] is not one


def _written(rows: list[dict[str, Any]]) -> set[str]:
    """Keep the scans with their verdicts; the ids of those that nobody else has kept meanwhile."""
    if not rows:
        return set()
    if len(rows) == 1:
        return {_KEEP_ONE.first(**rows[0])} - {None}
    return set(at_once(_keep(session.get_bind().dialect.name), rows).scalars())


def _must_be_ours(overtaken: Sequence[Verdict]) -> None:
    """Two calls with one id at once wait for each other at the device. Where the two name different devices, nothing
    holds them: then the later one is undone whole, and told so when it is sent again."""
    if any(one.history_id is not None for one in overtaken):
        raise Conflict(_AT_ONCE)


def _row(one: Asked, found: Verdict, by: Actor) -> dict[str, Any]:
    moment = clock.now()
    strange = found.outcome is Outcome.UNKNOWN and found.code is None and one.mode == rules.BY_PAGE
    said = one.values.get("reason") or one.note if found.history_id is None else None
    return {
        "scan_id": one.scan_id,
        "site_id": by.site_id,
        "raw": one.raw,
        "code": found.code,
        "action": one.action,
        "mode": one.mode,
        "at": one.at or moment,
        "received_at": moment,
        "user_id": by.user_id,
        "token_id": by.token_id,
        "verdict": found.outcome,
        "stage": found.stage,
        "message": packed(found.sentence),
        "address": found.address,
        "device_id": found.device_id,
        "history_id": found.history_id,
        "note_id": _kept_note(said) if said else None,
        "dismissed_at": moment if strange else None,
        "dismissed_by": by.user_id if strange else None,
        "batch_id": one.batch,
        "client": one.client,
        "sequence": one.sequence,
        "badge": one.badge,
    }


def _given(one: Asked) -> Verdict:
    """The verdict of before. Another scan under the same id was never judged, so it must not be called done."""
    kept = session.scalars(
        select(Scan).where(Scan.scan_id == one.scan_id).execution_options(populate_existing=True)
    ).one()
    if (kept.raw, kept.action) != (one.raw, one.action):
        return verdict(one, Outcome.CONFLICT, Sentence(_ANOTHER))
    return queries.verdict_of(kept)


def _kept_note(text: Any) -> int | None:
    if not isinstance(text, str) or not text.strip():
        return None
    words = rules.kept(text).strip()[: rules.LONGEST_NOTE]
    made = insert(Note).values(salt=history_rules.new_salt(), text=words).returning(Note.id)
    return session.execute(made).scalar_one()


def dismiss(scan: Scan, by: Actor) -> None:
    """Take a code that is not ours out of the list; the scan stays on record."""
    by.must(Permission.WORK)
    if scan.verdict is not Outcome.UNKNOWN:
        raise RuleBroken(N_("Only a code that is not ours is dismissed."))
    if scan.dismissed_at is None:
        scan.dismissed_at, scan.dismissed_by = clock.now(), by.user_id
        session.flush()
