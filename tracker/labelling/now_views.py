"""One press: the label of a device's stage, on what that label is usually printed on, in the next free cell."""

from __future__ import annotations

import logging

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor
from tracker.accounts.rules import Actor
from tracker.database import session, transaction
from tracker.devices import codes, registry
from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.errors import RuleBroken
from tracker.labelling import documents, habit_queries, operations, queries, rules, run_queries
from tracker.labelling.answer_views import SHOWN
from tracker.labelling.rules import Item, PrintedFile
from tracker.web.shown import say

log = logging.getLogger(__name__)


def print_usual(device: Device, by: Actor, given: str = "") -> PrintedFile:
    """The label on paper, or on its way there; the same form (`given`: its token) sent twice is printed once."""
    design = rules.design_for(device.stage)
    on = habit_queries.destination(
        design, habit_queries.habits(by.site_id), queries.usual_destination(by), by.site_id
    )
    kind = None if on.printer else queries.usual(by)[1]
    item = Item(device.code, design)
    with transaction():
        asked = operations.order_for(on.printer, by, on.medium, kind)
        token = operations.token_of(given, by, [item], asked)
        return operations.print_items([item], asked, by, documents.imprint(), token=token)


@registry.prints_labels
def print_after_saving(code: str, address: str) -> ResponseReturnValue:
    """To `address` where the file goes by itself, else to the page that prints it, which leads on to `address`."""
    try:
        device = devices.by_code(code)
        file = None if _went_by_itself(device) else print_usual(device, current_actor())
    except Exception as fault:  # noqa: BLE001  whatever it is: what was saved stays, and the label waits
        session.rollback()
        _tell(code, fault)
        return redirect(address, 303)
    if file is None or file.job is not None:
        flash(_("The label of %(code)s is on its way to the printer.", code=codes.shown(code)), "good")
        return redirect(address, 303)
    # A file for a label printer cannot be shown: its run's page has it to save.
    page = "runs.print_page" if file.mimetype in SHOWN else "runs.show"
    return redirect(url_for(page, number=file.run, next=address), 303)


def _went_by_itself(device: Device) -> bool:
    """Whether the move that was just saved has sent its label already, by the site's habit."""
    run = run_queries.last_by_itself(device, rules.design_for(device.stage))
    return run is not None and run.at >= device.stage_since


def _tell(code: str, fault: Exception) -> None:
    if isinstance(fault, RuleBroken):
        why = say(fault.sentence)
    else:
        log.exception("label of %s not printed after saving", code)
        why = ""
    words = _(
        "Saved, but the label of %(code)s was not printed: it waits in “Labels to print”.",
        code=codes.shown(code),
    )
    flash(f"{words} {why}".strip(), "error")
