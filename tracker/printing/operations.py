"""Printers: adding, changing, retiring them, and saying what lies in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from labels.errors import LabelError
from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.errors import Conflict, Malformed, RuleBroken
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.printing import job_operations, job_rules, medium_queries, queries, rules
from tracker.printing.models import Printer
from tracker.printing.rules import Described


def add_printer(asked: Described, by: Actor, *, allowed: Collection[str] = (), medium: str = "") -> Printer:
    """A printer of the actor's site. `allowed`: the `host:port` that the operator lets be reached; `medium`: what
    lies in it. Raises `Malformed` naming the field."""
    by.must(Permission.COORDINATE)
    wanted = rules.checked(asked, allowed)
    _must_be_free(wanted.name, by.site_id)
    made = Printer(site_id=by.site_id, medium=_medium(medium, by.site_id), created_by=by.user_id)
    _describe(made, wanted)
    session.add(made)
    session.flush()
    about(made, "add_printer", by, {**_facts(wanted), "medium": made.medium})
    return made


def change_printer(
    printer: Printer, asked: Described, by: Actor, *, allowed: Collection[str] = ()
) -> HistoryEntry | None:
    """Another name, way, format …; None when all is as it was."""
    by.must(Permission.COORDINATE)
    _must_be_in_use(printer)
    before = _facts(_described(printer))
    wanted = rules.checked(asked, allowed)
    after = _facts(wanted)
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    if not changed:
        return None
    _must_be_free(wanted.name, printer.site_id, besides=printer.id)
    _describe(printer, wanted)
    if changed.keys() & {"way", "format"}:
        job_operations.stop_waiting(printer, job_rules.MADE_FOR_ANOTHER)
    session.flush()
    return about(printer, "change_printer", by, changed)


def load(printer: Printer, medium: str, by: Actor) -> HistoryEntry | None:
    """Say what lies in the printer now; an empty name: nothing. None when it lay there already."""
    by.must(Permission.WORK)
    _must_be_in_use(printer)
    before, after = printer.medium, _medium(medium, printer.site_id)
    if before == after:
        return None
    printer.medium = after
    session.flush()
    return about(printer, "load_printer", by, {"medium": [before, after]})


def retire_printer(printer: Printer, by: Actor) -> HistoryEntry | None:
    """Nothing is sent to it any more: what waited for it is for a person. What was printed on it stays known. None when it
    is retired already."""
    by.must(Permission.COORDINATE)
    if printer.retired_at is not None:
        return None
    printer.retired_at = clock.now()
    job_operations.stop_waiting(printer, job_rules.RETIRED)
    session.flush()
    return about(printer, "retire_printer", by, {})


def restore_printer(printer: Printer, by: Actor) -> HistoryEntry | None:
    """Use a retired printer again, with what corrected it. None when it is in use."""
    by.must(Permission.COORDINATE)
    if printer.retired_at is None:
        return None
    printer.retired_at = None
    session.flush()
    return about(printer, "restore_printer", by, {})


def about(printer: Printer, action: str, by: Actor, facts: Mapping[str, Any]) -> HistoryEntry:
    """The entry of what was done to a printer."""
    return history.append(
        subject=(Subject.PRINTER, printer.id), action=action, by=by, site_id=printer.site_id, facts=facts
    )


def _described(printer: Printer) -> Described:
    return Described(
        printer.name,
        printer.way,
        printer.format,
        printer.address,
        printer.dpi,
        printer.colour,
        printer.asks_status,
    )


def _describe(printer: Printer, wanted: Described) -> None:
    for name, value in vars(wanted).items():
        setattr(printer, name, value)


def _facts(wanted: Described) -> dict[str, Any]:
    return {**asdict(wanted), "way": wanted.way.value}


def _must_be_free(name: str, site_id: int, *, besides: int | None = None) -> None:
    """A name is taken for good: prints in the register bear it."""
    taken = queries.by_name(name, site_id)
    if taken is None or taken.id == besides:
        return
    if taken.retired_at is None:
        raise Conflict(N_("There is a printer “%(name)s” already. Choose another name."), name=taken.name)
    raise Conflict(
        N_(
            "“%(name)s” was the name of a printer that is retired. Use that one again, or choose another name."
        ),
        name=taken.name,
    )


def _must_be_in_use(printer: Printer) -> None:
    if printer.retired_at is not None:
        raise RuleBroken(N_("“%(name)s” is retired. Use it again first."), name=printer.name)


def _medium(name: str, site_id: int) -> str | None:
    if not name:
        return None
    try:
        return medium_queries.medium(name, site_id).name
    except LabelError as error:
        raise Malformed(
            N_("There is no such sheet or roll here. Choose one of the list."), field="medium"
        ) from error
