"""The mode of the scan page as the server keeps it for a person's session: chosen, by card or by button; used; left."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from tracker import clock
from tracker.accounts.access import current_actor
from tracker.benches import queries as benches
from tracker.cards import queries as cards
from tracker.cards.rules import END, UNDO, Command, commands
from tracker.database import transaction
from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.devices.codes import Kind
from tracker.errors import RuleBroken
from tracker.i18n import N_
from tracker.scanning import (
    batch_operations,
    batch_page_queries,
    batch_queries,
    batch_rules,
    mode_rules,
    operations,
    rules,
)
from tracker.scanning import batch_undo_operations as undoing
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.batch_rules import BatchAsked
from tracker.scanning.mode_rules import Mode
from tracker.stock import queries as places
from tracker.web.shown import say

HELD = "scan_batch"  # in the session
IN_BATCH = "batch"  # the `mode` of such a scan
SHOWN_OPEN = 3  # open batches on the scan page: the others stand in their list
NO_BATCH = N_("No batch is open: there is nothing to end or undo.")


@dataclass(frozen=True)
class Running:
    """The batch of this session. `idle`: it rested too long, so that a scan only looks up until it is continued."""

    batch: ScanBatch
    mode: Mode
    idle: bool


def running() -> Running | None:
    """The open batch of this session, if there is one."""
    held = session.get(HELD)
    by = current_actor()
    batch = batch_queries.find(held, by.site_id) if held else None
    if batch is None or batch.closed_at is not None:
        return None
    key = batch_rules.key_of(None, by)
    idle = batch_rules.is_idle(batch.clients, key, clock.now(), batch.idle_minutes)
    return Running(batch, batch_queries.mode_of(batch), idle)


def shown(*, empty: bool = False) -> dict[str, Any]:
    """What the page says of modes: the batch of this session, the open ones of the workshop, what may be chosen, and
    the cards that a script knows without network."""
    by, now = current_actor(), None if empty else running()
    others = [] if now or empty else batch_queries.open_batches(by.site_id, limit=SHOWN_OPEN)
    told = batch_page_queries.told([now.batch] if now else others)
    return {
        "now": now,
        "here": _here(now.mode) if now else {},
        "counts": asdict(told[now.batch.id].counts) if now else {},
        "recent": batch_queries.recent(now.batch.id) if now else [],
        "moves": mode_rules.offered(by),
        "open": others,
        "told": told,
        "mode_of": batch_queries.mode_of,
        "table": table(by.site_id),
        "idle_minutes": now.batch.idle_minutes if now else benches.habits(by.site_id).mode_minutes,
        "new_id": rules.new_scan_id,
    }


def _here(mode: Mode) -> dict[str, Any]:
    """The mode as a script goes on with it. What a person typed stays on the server: `asked` says that there is such."""
    plain = {name: value for name, value in mode.values.items() if name in ("grade", "method")}
    return {"action": mode.action, "place": mode.place, "values": plain, "asked": plain != mode.values}


def table(site_id: int) -> dict[str, Any]:
    """Code → what its card or place says, as JSON: enough to change the mode without network. No person is in it."""
    said = {}
    for key, card in cards.cards(site_id).items():
        command = commands()[key]
        mode = mode_rules.after_action(command)
        said[card.code] = {
            "key": key,
            "name": say(command.name),
            "phase": mode.phase if mode else command.phase,
            "lacks": list(mode_rules.lacking(mode)) if mode else [],
        }
    for place in places.locations(site_id):
        said[place.code] = {"key": f"place:{place.code}", "name": place.name, "phase": "plain", "lacks": []}
    return said


def taken(text: str) -> ResponseReturnValue | None:
    """What becomes of a reading that falls into the batch of this session, or is a card for it; None without a batch."""
    now, code = running(), codes.read(text)
    if now is None:
        return None
    if not isinstance(code, codes.Fault):
        found = devices.resolve(code)
        heard = _card(code, found.tag.kind, now) if found is not None and found.device is None else None
        if heard is not None:
            return heard
    return None if now.idle else _scanned(text, now)


def card(code: str) -> ResponseReturnValue | None:
    """What a card does that was read outside of any batch; None for what is no card in force."""
    found = devices.resolve(code)
    return _card(code, found.tag.kind, None) if found is not None and found.device is None else None


def _card(code: str, kind: Kind, now: Running | None) -> ResponseReturnValue | None:
    if kind in (Kind.LOCATION, Kind.BOX):
        return begin(mode_rules.in_place(now.mode, code), now) if now is not None and not now.idle else None
    meaning = cards.meaning(code) if kind is Kind.COMMAND else None
    if meaning is None or not meaning.in_force or meaning.command is None:
        return None
    return _command(meaning.command, now)


def _command(command: Command, now: Running | None) -> ResponseReturnValue:
    if command.key in (END, UNDO):
        if now is None:
            flash(say(NO_BATCH), "wait")
            return redirect(url_for("scanning.show"), 303)
        return end(now) if command.key == END else undo_last(now)
    try:
        mode = mode_rules.after_card(now.mode if now and not now.idle else None, command)
    except RuleBroken as refusal:
        return _no(refusal)
    return begin(mode, now)


def begin(mode: Mode, now: Running | None, *, collection: str | None = None) -> ResponseReturnValue:
    """Enter a mode: ask what it needs once, then open its batch. A value card goes into the batch that stands."""
    by = current_actor()
    try:
        mode_rules.must_be_hers(mode, by)
        if mode_rules.lacking(mode):
            return redirect(
                url_for("batches.new", action=mode.action, place=mode.place, collection=collection), 303
            )
        with transaction():
            session[HELD] = _batch(mode, now, collection).id
    except RuleBroken as refusal:
        return _no(refusal)
    return redirect(url_for("scanning.show"), 303)


def _batch(mode: Mode, now: Running | None, collection: str | None) -> ScanBatch:
    by = current_actor()
    if now is not None and not now.idle and collection is None and _only_adds(now.mode, mode):
        return batch_operations.complete(
            batch_queries.locked(now.batch.id, by.site_id), dict(mode.values), by
        )
    if now is not None:
        batch_operations.close(batch_queries.locked(now.batch.id, by.site_id), by)
    return batch_operations.open_batch(BatchAsked(batch_rules.new_id(), mode, collection=collection), by)


def _only_adds(before: Mode, after: Mode) -> bool:
    """Whether a value is given that was not, so that nothing said before changes its meaning."""
    same = (before.action, before.place) == (after.action, after.place)
    return same and not before.looks_up and before.values.items() <= after.values.items()


def end(now: Running) -> ResponseReturnValue:
    """Close the batch and show what became of it."""
    by = current_actor()
    try:
        with transaction():
            batch_operations.close(batch_queries.locked(now.batch.id, by.site_id), by)
    except RuleBroken as refusal:
        return _no(refusal)
    session.pop(HELD, None)
    return redirect(url_for("batches.show", batch_id=now.batch.id), 303)


def undo_last(now: Running, scan_id: str | None = None) -> ResponseReturnValue:
    by = current_actor()
    try:
        with transaction():
            verdict = undoing.undo_last(batch_queries.locked(now.batch.id, by.site_id), by, scan_id)
    except RuleBroken as refusal:
        return _no(refusal)
    return redirect(url_for("scanning.show", done=verdict.scan_id), 303)


def _scanned(text: str, now: Running) -> ResponseReturnValue:
    asked = rules.asked(text, scan_id=request.form.get("scan_id") or None, batch=now.batch.id, mode=IN_BATCH)
    with transaction():
        verdict = operations.scan(asked, current_actor())
    return redirect(url_for("scanning.show", done=verdict.scan_id), 303)


def _no(refusal: RuleBroken) -> ResponseReturnValue:
    flash(say(refusal.sentence), "bad")
    return redirect(url_for("scanning.show"), 303)
