"""What follows a move: its label is printed with it, or waits; and a site's decision which of the two."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from tracker import clock
from tracker.accounts.rules import SYSTEM, Actor, Permission
from tracker.database import ends_transactions, session
from tracker.devices import registry
from tracker.devices.lifecycle import Action
from tracker.devices.models import Device
from tracker.devices.rules import Lead
from tracker.errors import Malformed, RuleBroken
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.labelling import (
    documents,
    habit_queries,
    habit_rules,
    operations,
    rules,
    run_operations,
    run_queries,
)
from tracker.labelling.habit_models import LabelHabit
from tracker.labelling.habit_rules import Habit
from tracker.labelling.models import PrintRun
from tracker.labelling.rules import Item
from tracker.printing import medium_queries
from tracker.printing.models import Printer
from tracker.printing.rules import BY_ITSELF

log = logging.getLogger(__name__)

MOVED = "moved_devices"  # in the session's `info`
Moved = tuple[Device, Actor, HistoryEntry]


def decide(design: str, habit: Habit, medium: str | None, printer: Printer | None, by: Actor) -> bool:
    """What the actor's site does with a design from now on; False when it did so already. Raises `Malformed`."""
    by.must(Permission.COORDINATE)
    if design not in rules.DUE.values():
        raise Malformed(N_("No stage asks for such a label."), field="design")
    name = _medium(medium, by.site_id)
    if printer is not None:
        rules.must_be_in_use(printer.name, printer.retired_at)
    if habit is Habit.AUTOMATIC:
        _must_go_by_itself(printer, by.site_id)
    row = habit_queries.habit(by.site_id, design) or LabelHabit(site_id=by.site_id, design=design)
    wanted = {"habit": habit, "medium": name, "printer_id": printer.id if printer else None}
    if all(getattr(row, field, None) == value for field, value in wanted.items()):
        return False
    for field, value in wanted.items():
        setattr(row, field, value)
    row.set_at, row.set_by = clock.now(), by.user_id
    session.add(row)
    session.flush()
    history.append(
        subject=(Subject.LABEL_HABIT, row.id),
        action="decide_label_habit",
        by=by,
        facts={"design": design, **wanted, "habit": habit.value},
    )
    return True


def _medium(name: str | None, site_id: int) -> str | None:
    return rules.order(name, "pdf", find=medium_queries.finder(site_id)).medium.name if name else None


def _must_go_by_itself(printer: Printer | None, site_id: int) -> None:
    """On a sheet one label with each move would draw the same sheet through the printer again and again."""
    if printer is None or not goes_by_itself(printer, site_id):
        raise Malformed(
            N_(
                "Printing with the move needs a printer that takes files by itself, with a roll in it. Choose "
                "one, or let the label be offered: sheets are filled from “Labels to print”."
            ),
            field="printer",
        )


def goes_by_itself(printer: Printer, site_id: int) -> bool:
    """Whether a label can leave for it with nobody there."""
    chosen = habit_queries.usable(printer.medium or "", site_id)
    ready = printer.way in BY_ITSELF and printer.retired_at is None
    return bool(ready and chosen and chosen.is_roll)


@registry.follows_moves
def remember_move(device: Device, by: Actor, entry: HistoryEntry) -> None:
    """Its label is drawn when the transaction ends: only then all that it says is written."""
    session().info.setdefault(MOVED, []).append((device, by, entry))


@ends_transactions
def print_with_moves() -> None:
    """Draw the labels of all moves made in this transaction, and write a job for each printer beside them, where the
    site wants that. Whatever goes wrong leaves the moves as they are, and the labels in the queue."""
    # A move that was taken back (a scan of a batch that was refused) left its entry outside of the session.
    moved = [one for one in session().info.pop(MOVED, []) if one[2] in session()]
    for device, by, entry in moved:
        if entry.action == Action.CORRECT:
            _call_back(device, by, entry)
    for (printer, hand), items in _automatic(moved).items():
        for at in range(0, len(items), rules.MOST_AT_ONCE):
            some = items[at : at + rules.MOST_AT_ONCE]
            try:
                with session.begin_nested():
                    asked = operations.order_for(printer, hand)
                    operations.print_items(some, asked, hand, documents.imprint(), by_itself=True)
            except Exception:  # a fault of paper never undoes a move
                log.exception("%d labels not printed with their moves", len(some))


def _automatic(moved: Sequence[Moved]) -> dict[tuple[Printer, Actor], list[Item]]:
    """The labels that are printed with these moves, by printer and by whose hand."""
    known: dict[int, dict[str, LabelHabit]] = {}
    found: dict[tuple[Printer, Actor], list[Item]] = {}
    for device, by, entry in moved:
        design = habit_rules.new_design(entry.from_stage, entry.to_stage)
        if design is None or entry.action == Action.CORRECT or rules.DUE.get(device.stage) != design:
            continue
        if device.site_id not in known:
            known[device.site_id] = habit_queries.habits(device.site_id)
        habit = known[device.site_id].get(design)
        if habit is None or habit.habit is not Habit.AUTOMATIC or habit.printer is None:
            continue
        if goes_by_itself(habit.printer, device.site_id):  # else it was changed since: the label waits
            found.setdefault((habit.printer, _hand(device, by)), []).append(Item(device.code, design))
    return found


def _hand(device: Device, by: Actor) -> Actor:
    """Who prints: whoever moved the device, if she works here; else the system."""
    mine = by.site_id == device.site_id and by.may(Permission.WORK)
    return by if mine else replace(SYSTEM, site_id=device.site_id)


def _call_back(device: Device, by: Actor, entry: HistoryEntry) -> None:
    """The move is undone: a label of its that still waits for the printer is not printed any more."""
    design = habit_rules.new_design(entry.to_stage, entry.from_stage)
    run = run_queries.last_by_itself(device, design) if design else None
    if run is None or not _still_waits(run):
        return
    try:
        with session.begin_nested():
            run_operations.did_not_print(run, _hand(device, by))
    except (RuleBroken, SQLAlchemyError):
        log.exception("job of run %s not cancelled", run.id)


def _still_waits(run: PrintRun) -> bool:
    job = run_queries.job_of(run)
    return job is not None and job.state in run_operations.STOPPABLE


@registry.offers_after_moves
def label_after(device: Device, entry: HistoryEntry) -> Lead | None:
    """After a move that gives the device another label: to print that one, or where it is being printed. An undo leaves
    the old label on it."""
    design = (
        None if entry.action == Action.CORRECT else habit_rules.new_design(entry.from_stage, entry.to_stage)
    )
    habit = habit_queries.habit(device.site_id, design) if design else None
    if design is None or (habit and habit.habit is Habit.OFF):
        return None
    named = {"design": Sentence(rules.DESIGN_NAMES[design])}
    now = f"/devices/{device.code}/label/now"
    if habit is None or habit.habit is Habit.ASKED:
        return Lead(Sentence(N_("Print the new label: %(design)s"), named), now, "printer", posts=True)
    run = run_queries.last_by_itself(device, design)
    if run is None:
        words = N_("The label was not printed with the move. Print it: %(design)s")
        return Lead(Sentence(words, named), now, "printer", posts=True)
    words = N_("On its way to the printer: %(design)s")
    return Lead(Sentence(words, named), f"/labels/runs/{run.id}", "printer")
