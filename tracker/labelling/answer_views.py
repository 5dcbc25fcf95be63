"""What every page that prints has: on what, and the answer, which is a file, or the page of what is on its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from labels.media import medium
from tracker.accounts.access import current_actor
from tracker.database import transaction
from tracker.errors import Conflict
from tracker.labelling import documents, operations, queries, rules, sheet_queries, sheet_rules
from tracker.labelling.forms import MediumForm, PrintForm
from tracker.labelling.rules import Item, Order, PrintedFile
from tracker.labelling.sheet_models import BegunSheet
from tracker.printing.medium_forms import medium_name, medium_size
from tracker.printing.rules import Way
from tracker.web.shown import moment

# What a browser shows by itself; the rest is for a printer and is saved.
SHOWN = frozenset({"application/pdf", "image/png", "image/svg+xml"})
# The viewer that browsers bring for PDF styles its own page, and embeds the file in it.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self' data: blob:"


def answer_with(
    printed: Callable[[str | None], PrintedFile], form: MediumForm, items: list[Item], asked: Order
) -> ResponseReturnValue:
    """Print in one transaction, then answer. The same form sent twice at once is printed once."""
    token = operations.token_of(form.form_token.data or "", current_actor(), items, asked)
    try:
        with transaction():
            file = printed(token)
    except Conflict:
        first = queries.run_with_token(token) if token else None
        if first is None:
            raise
        file = operations.again(first, documents.imprint())
    return sent(file)


def sent(file: PrintedFile) -> ResponseReturnValue:
    """The file, or the page where it is printed from, or that says how far the printer is. The register is kept by now."""
    if file.job is not None:
        return redirect(url_for("runs.show", number=file.run), 303)
    if file.way is Way.BROWSER:
        return redirect(url_for("runs.print_page", number=file.run), 303)
    return streamed(file)


def streamed(file: PrintedFile) -> Response:
    """The file page by page: the first is sent before the last is drawn."""
    answer = Response(file.chunks, mimetype=file.mimetype)
    place = "inline" if file.mimetype in SHOWN else "attachment"
    answer.headers["Content-Disposition"] = f'{place}; filename="{file.name}"'
    if file.mimetype == "application/pdf":
        answer.headers["Content-Security-Policy"] = PDF_POLICY
    return answer


def asked_of(form: MediumForm, reason: str | None = None) -> Order:
    """On what a form asks to print. Raises `Malformed`."""
    printer = form.chosen_printer()
    return operations.order_for(
        printer,
        current_actor(),
        form.medium.data,
        None if printer else form.format.data,
        form.start.data,
        reason,
        form.sheet.data,
    )


def must_be_seen(form: MediumForm, asked: Order) -> bool:
    """Whether a sheet was chosen whose cells nobody has seen yet."""
    return form.sheet_is_new and not asked.medium.is_roll


def asks_why(form: PrintForm, item: Item, asked: Order) -> bool:
    """Whether to ask, once, why the same label is printed again. Whoever does not say gets it all the same."""
    if asked.reason is not None or form.asked_why.data:
        return False
    token = operations.token_of(form.form_token.data or "", current_actor(), [item], asked)
    sent_before = token is not None and queries.run_with_token(token) is not None
    return not sent_before and item.design in queries.printed_before([item.code]).get(item.code, set())


def sheet_of(form: MediumForm) -> dict[str, Any]:
    """What `_sheet.html` draws: the medium chosen, its begun sheets, and the cell that is ticked on its picture."""
    chosen = queries.known_medium(form.medium.data or "", form.site_id) or medium(rules.USUAL_MEDIUM)
    begun = [] if chosen.is_roll else list(sheet_queries.begun(form.site_id, chosen.name))
    sheet = _sheet(form, begun)
    free = sheet_rules.free_cells(sheet.cells) if sheet else list(range(1, chosen.cells + 1))
    typed = form.start.data or ""
    kept = typed.isdecimal() and int(typed) in free and not form.sheet_is_new
    form.sheet.choices = [
        *((str(one.id), _begun_words(one)) for one in begun),
        ("new", _("A new sheet")),
    ]
    form.sheet.data = str(sheet.id) if sheet else "new"
    return {
        "form": form,
        "medium": chosen,
        "medium_words": medium_name(chosen),
        "medium_size": medium_size(chosen),
        "sheets": begun,
        "free": free,
        "start": int(typed) if kept else free[0],
        "printer": form.printers.get(form.printer.data or ""),
    }


def _sheet(form: MediumForm, begun: list[BegunSheet]) -> BegunSheet | None:
    """The one chosen, if it is still there; else the one that is printed on next."""
    if form.sheet.data == "new" and not form.medium_is_new:
        return None
    chosen = [one for one in begun if str(one.id) == form.sheet.data]
    return next(iter(chosen or begun), None)


def _begun_words(sheet: BegunSheet) -> str:
    left = len(sheet_rules.free_cells(sheet.cells))
    words = ngettext("%(num)s label left", "%(num)s labels left", left)
    return str(_("%(left)s, begun on %(when)s", when=moment(sheet.begun_at, "short"), left=words))
