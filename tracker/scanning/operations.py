"""Judging a scan: once for ever, each by itself, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import is_postgresql, session
from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.errors import Malformed, RuleBroken
from tracker.history import rules as history_rules
from tracker.history.models import Note
from tracker.i18n import N_, Sentence, packed
from tracker.scanning import queries, rules
from tracker.scanning.batch_scan_operations import Batches
from tracker.scanning.meaning_queries import verdict
from tracker.scanning.models import Scan
from tracker.scanning.rules import Asked, Outcome, Verdict

_ANOTHER = N_(
    "Nothing was done: another scan was sent under this number. Give each scan a number of its own."
)
_WAITING = Sentence(N_("This scan is being judged."))


def scan(asked: Asked, by: Actor) -> Verdict:
    """Judge what a scanner, a phone or a person's fingers read, in the running transaction, and keep it.

    Without an action it looks up. The same `scan_id` again gives the same verdict and changes nothing, for ever, also
    when two arrive at once. A refused scan is kept too and changes nothing else. Raises `NotAllowed`.
    """
    return scan_many([asked], by)[0]


def scan_many(asked: Sequence[Asked], by: Actor) -> list[Verdict]:
    """Judge up to 500 scans, each by itself, in their order; a verdict for each.

    Ids and devices are taken in one order for all, so that two batches with the same devices wait for each other
    and never for ever.
    """
    by.must(Permission.WORK)
    if len(asked) > rules.MOST_AT_ONCE:
        raise Malformed(N_("Send at most %(most)s scans at a time."), field="scans", most=rules.MOST_AT_ONCE)
    batches = Batches(asked, by)
    asked = [batches.completed(one) for one in asked]
    fresh = _claimed(asked, by)
    if len(fresh) > 1:
        read = {codes.read(one.raw) for one in asked}
        for device_id in queries.devices_behind({code for code in read if not isinstance(code, codes.Fault)}):
            devices.locked(device_id)
    verdicts = [_judged(one, by, batches) if _is_first(one, fresh) else _given(one) for one in asked]
    batches.keep()
    return verdicts


def _is_first(one: Asked, fresh: set[str]) -> bool:
    """Whether this is the first scan of its id ever; the next one of this batch is not."""
    if one.scan_id not in fresh:
        return False
    fresh.remove(one.scan_id)
    return True


def _claimed(asked: Sequence[Asked], by: Actor) -> set[str]:
    """Take each id that was never seen; whoever sends one that is being judged waits here."""
    first = {one.scan_id: one for one in reversed(asked)}
    if not first:
        return set()
    make = postgresql.insert if is_postgresql() else sqlite.insert
    claim = make(Scan).on_conflict_do_nothing(index_elements=[Scan.scan_id]).returning(Scan.scan_id)
    # Rows beside the statement, not in it: so it is compiled once, and sent as one for the whole batch.
    rows = [_row(first[scan_id], by) for scan_id in sorted(first)]
    return set(session.scalars(claim, rows).all())


def _row(one: Asked, by: Actor) -> dict[str, Any]:
    moment = clock.now()
    return {
        "scan_id": one.scan_id,
        "site_id": by.site_id,
        "raw": one.raw,
        "action": one.action,
        "mode": one.mode,
        "at": one.at or moment,
        "received_at": moment,
        "user_id": by.user_id,
        "token_id": by.token_id,
        "verdict": Outcome.REFUSED,
        "message": packed(_WAITING),
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


def _judged(one: Asked, by: Actor, batches: Batches) -> Verdict:
    found = batches.judge(one)
    kept: dict[str, Any] = {
        "verdict": found.outcome,
        "code": found.code,
        "stage": found.stage,
        "message": packed(found.sentence),
        "address": found.address,
        "device_id": found.device_id,
        "history_id": found.history_id,
    }
    if found.history_id is None:
        kept["note_id"] = _kept_note(one.values.get("reason") or one.note)
    if found.outcome is Outcome.UNKNOWN and found.code is None and one.mode == rules.BY_PAGE:
        kept |= {"dismissed_at": clock.now(), "dismissed_by": by.user_id}
    session.execute(update(Scan).where(Scan.scan_id == one.scan_id).values(kept))
    return found


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
