"""Printing labels: the file, its line in the register, and what becomes of tags."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import update

from labels.errors import LabelError
from labels.formats import FORMATS, Rendered, render
from labels.label import Label
from labels.sheets import Printing
from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import codes
from tracker.devices.codes import Kind
from tracker.devices.models import Tag
from tracker.devices.tags import TagState
from tracker.errors import Malformed, RuleBroken
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.labelling import documents, queries, rules, sheet_operations, sheet_rules, tag_operations
from tracker.labelling.documents import Imprint
from tracker.labelling.models import Print, PrintRun
from tracker.labelling.queries import Named
from tracker.labelling.refusal_rules import refused
from tracker.labelling.rules import Item, Order, PrintedFile, Reason
from tracker.labelling.sheet_rules import Placing
from tracker.printing import job_operations as jobs
from tracker.printing import medium_queries
from tracker.printing import queries as printers
from tracker.printing.models import Printer
from tracker.printing.rules import BY_ITSELF


def print_labels(  # noqa: PLR0917 (what is asked for, in the order in which it is said)
    wanted: Sequence[str],
    design: str | None,
    medium: str | None,
    format: str | None,
    start: int | str | None,
    by: Actor,
    reason: str | None = None,
    *,
    locale: str | None = None,
    printer: Printer | None = None,
) -> PrintedFile:
    """The file of these labels, each code once, with its lines in the register.

    `wanted` are codes in whatever way they were typed; a replaced one prints the tag in force. `design` None: for each
    the one that says most of it now. `start` is the first cell of a sheet, from 1; None: the next free one of the sheet
    that the site has begun. `printer` gives medium and format where they are None, corrects, and gets the file if it
    takes files by itself. Words are in `locale`, else in the reader's language. Raises `Malformed` (422) that names the
    field and the code at fault; nothing is then recorded.
    """
    asked = order_for(printer, by, medium, format, start, reason)
    if design is not None:
        rules.must_be_a_design(design)
    read = rules.read_codes("\n".join(str(one) for one in wanted))
    rules.must_be_printable_at_once(len(read))
    found = queries.named(read)
    items = [Item(code, design or documents.design_of(found[code])) for code in read]
    return print_items(items, asked, by, documents.imprint(locale))


def order_for(  # noqa: PLR0917 (as `rules.order`, for somebody)
    printer: Printer | None,
    by: Actor,
    medium: object = None,
    format: object = None,
    start: object = None,
    reason: object = None,
    sheet: object = None,
) -> Order:
    """What was asked for: on this printer its own medium and format unless others are said. Raises `Malformed`."""
    find = medium_queries.finder(by.site_id)
    if printer is None:
        return rules.order(medium, format, start, reason, sheet=sheet, find=find)
    rules.must_be_in_use(printer.name, printer.retired_at)
    loaded = medium or printer.medium
    if not loaded:
        raise Malformed(
            N_("Nobody has said which sheet or roll lies in “%(printer)s”: choose it."),
            field="medium",
            printer=printer.name,
        )
    return rules.order(
        loaded, format or printer.format, start, reason, sheet=sheet, printer=printer.id, find=find
    )


def print_items(
    items: Sequence[Item],
    asked: Order,
    by: Actor,
    on: Imprint,
    *,
    token: str | None = None,
    by_itself: bool = False,
) -> PrintedFile:
    """As `print_labels`, each label with a design of its own. `token`: with the same one, the same file again.
    `by_itself`: nobody pressed a button, it follows a move."""
    by.must(Permission.WORK)
    before = queries.run_with_token(token) if token else None
    if before is not None:
        return again(before, on)
    rules.must_be_printable_at_once(len(items))
    printer = printers.printer(asked.printer, by.site_id) if asked.printer else None
    found = queries.named([item.code for item in items])
    wanted = list(dict.fromkeys((found[item.code], item.design) for item in items))
    labels = documents.labels_of(wanted, on)
    placing = sheet_operations.place(asked, len(wanted), by)
    drawn = _drawn(labels, asked, _printing(asked, placing, printer))
    run = _record(wanted, asked, placing, by, token)
    if by_itself:
        run.by_itself = True
    return _handed_over(run, drawn, printer, by)


def mint_and_print(
    count: int, asked: Order, by: Actor, on: Imprint, *, token: str | None = None
) -> PrintedFile:
    """New device tags on paper: `count` from 1 to 1,000. With the same `token`, the same tags again."""
    by.must(Permission.WORK)
    before = queries.run_with_token(token) if token else None
    if before is not None:
        return again(before, on)
    _roll, fresh = tag_operations.mint_roll(count, by)
    return print_items([Item(code, "tag") for code in fresh], asked, by, on, token=token)


def again(run: PrintRun, on: Imprint) -> PrintedFile:
    """The file of a run once more; changes nothing, and sends nothing to a printer."""
    labels, asked, printing, printer = _as_it_was(run, run.format, on)
    return _file(run, _drawn(labels, asked, printing), printer)


def drawing(run: PrintRun, page: int, on: Imprint) -> bytes | None:
    """One of its pages (from 1) as an SVG drawing of its exact size, whatever format it was printed in, and no other
    page drawn; None where it has no such page. Changes nothing."""
    some = run.prints[sheet_rules.page_in([one.cell for one in run.prints], page)]
    labels, asked, printing, _ = _as_it_was(run, "svg", on, some)
    return next(FORMATS["svg"].write(labels, asked.medium, printing), None) if some else None


def _as_it_was(
    run: PrintRun, format: str, on: Imprint, prints: Sequence[Print] | None = None
) -> tuple[list[Label], Order, Printing, Printer | None]:
    """`prints`: only these of its labels, from the first one's cell on."""
    some = run.prints if prints is None else prints
    found = queries.named([one.code for one in some])
    labels = documents.labels_of([(found[one.code], one.design) for one in some], on)
    start = (some[0].cell or 1) if prints else run.start
    asked = rules.order(run.medium, format, start, find=medium_queries.ever)
    skip = sheet_rules.skipped([one.cell for one in some], asked.medium.cells)
    printer = printers.printer(run.printer_id, run.site_id) if run.printer_id else None
    return labels, asked, _printing(asked, Placing(start, skip), printer), printer


def _printing(asked: Order, placing: Placing, printer: Printer | None) -> Printing:
    """How it is drawn: in these cells, and as this printer needs it."""
    if printer is None:
        return Printing(start=placing.start, skip=placing.skip)
    correction = printers.correction(printer, asked.medium.name)
    return Printing(placing.start, correction, printer.dpi, printer.colour, placing.skip)


def _drawn(labels: Sequence[Label], asked: Order, printing: Printing) -> Rendered:
    """The file, its first page drawn and the others drawn as it is read: all that can be refused is refused here, and
    nothing asks the database afterwards. So the register can be kept before the first byte leaves."""
    try:
        return render(labels, asked.medium, asked.format, printing)
    except LabelError as error:
        raise refused(error) from error


def _file(run: PrintRun, drawn: Rendered, printer: Printer | None) -> PrintedFile:
    name = f"labels-{run.id:05d}.{drawn.extension}"
    return PrintedFile(
        name, drawn.media_type, drawn.chunks, run.id, run.job_id, printer.way if printer else None
    )


def _handed_over(run: PrintRun, drawn: Rendered, printer: Printer | None, by: Actor) -> PrintedFile:
    """The file for who asked; or for the printer, where that takes files by itself."""
    file = _file(run, drawn, printer)
    if printer is None or printer.way not in BY_ITSELF:
        return file
    job = jobs.send(printer, file.data, file.name, file.mimetype, run.count, by, reference=f"labels:{run.id}")
    run.job_id = job.id
    session.flush()
    return replace(file, job=job.id, chunks=iter([file.data]))


def _record(
    wanted: Sequence[tuple[Named, str]], asked: Order, placing: Placing, by: Actor, token: str | None
) -> PrintRun:
    earlier = queries.printed_before([named.tag.code for named, _ in wanted])
    run = PrintRun(
        at=clock.now(),
        site_id=by.site_id,
        by_user_id=by.user_id,
        medium=asked.medium.name,
        format=asked.format,
        start=placing.start,
        count=len(wanted),
        token=token,
        printer_id=asked.printer,
    )
    session.add(run)
    session.flush()
    for (named, design), cell, sheet in zip(wanted, placing.cells, placing.sheets, strict=True):
        session.add(
            Print(
                run_id=run.id,
                at=run.at,
                code=named.tag.code,
                device_id=named.device.id if named.device else None,
                design=design,
                cell=cell,
                sheet_id=sheet,
                reason=asked.reason or _why(earlier.get(named.tag.code, set()), design),
            )
        )
    session.flush()
    _mark_printed([named.tag for named, _ in wanted])
    return run


def _why(earlier: set[str], design: str) -> Reason | None:
    """A label of another design follows the device's move; the same one again is for a person to explain."""
    return Reason.STAGE_CHANGE if earlier - {"tag"} and design not in earlier else None


def _mark_printed(tags: Sequence[Tag]) -> None:
    fresh = [tag.code for tag in tags if tag.state is TagState.MINTED]
    if fresh:
        # By the state on disk: a scan may have attached one of them meanwhile.
        session.execute(
            update(Tag)
            .where(Tag.code.in_(fresh), Tag.state == TagState.MINTED)
            .values(state=TagState.PRINTED)
            .execution_options(synchronize_session="fetch")
        )


def void_tag(text: str, by: Actor, reason: str | None = None) -> HistoryEntry | None:
    """Say that a free tag will never be used: lost, torn, misprinted. None when it is void already."""
    by.must(Permission.WORK)
    tag = queries.tag(text, lock=True)
    if tag.state is TagState.VOID:
        return None
    if tag.kind is not Kind.DEVICE or tag.state not in queries.FREE:
        raise RuleBroken(
            N_("The tag %(code)s is in use: put another tag on the device first, from the device’s page."),
            code=codes.shown(tag.code),
        )
    before, tag.state = tag.state, TagState.VOID
    session.flush()
    return history.append(
        subject=(Subject.TAG, codes.number_of(tag.code)),
        action="void_tag",
        by=by,
        facts={"code": tag.code, "was": before.value},
        note=reason,
    )


def token_of(given: str, by: Actor, items: Sequence[Item], asked: Order) -> str | None:
    """What names a form that was sent: sent again as it stands it prints nothing new; changed, it is another one."""
    if not given:
        return None
    said = [given, str(by.user_id), asked.medium.name, asked.format, str(asked.start), str(asked.reason)]
    said += [str(asked.chosen), str(asked.sheet), str(asked.printer)]
    said += [f"{item.code}:{item.design}" for item in items]
    return hashlib.sha256("|".join(said).encode("utf-8", "replace")).hexdigest()
