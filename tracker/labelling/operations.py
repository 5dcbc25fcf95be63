"""Printing labels: the file, its line in the register, and what becomes of tags."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import update

from labels.errors import LabelError
from labels.formats import render
from labels.label import Label
from labels.sheets import Printing
from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import codes, particulars
from tracker.devices.codes import ALPHABET, Kind
from tracker.devices.models import Tag
from tracker.devices.tags import TagState
from tracker.errors import Malformed, RuleBroken
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.labelling import documents, queries, rules
from tracker.labelling.documents import Imprint
from tracker.labelling.models import Print, PrintRun
from tracker.labelling.queries import Named
from tracker.labelling.refusal_rules import refused
from tracker.labelling.rules import Item, Order, PrintedFile, Reason
from tracker.printing import medium_queries


def print_labels(  # noqa: PLR0917 (what is asked for, in the order in which it is said)
    wanted: Sequence[str],
    design: str | None,
    medium: str,
    format: str,
    start: int | str | None,
    by: Actor,
    reason: str | None = None,
    *,
    locale: str | None = None,
) -> PrintedFile:
    """The file of these labels, each code once, with its lines in the register.

    `wanted` are codes in whatever way they were typed; a replaced one prints the tag in force. `design` None: for each
    the one that says most of it now. `start` is the first cell of a sheet, from 1. Words are in `locale`, else in
    the reader's language. Raises `Malformed` (422) that names the field and the code at fault; nothing is then recorded.
    """
    asked = rules.order(medium, format, start, reason, find=medium_queries.finder(by.site_id))
    if design is not None:
        rules.must_be_a_design(design)
    read = rules.read_codes("\n".join(str(one) for one in wanted))
    rules.must_be_printable_at_once(len(read))
    found = queries.named(read)
    items = [Item(code, design or documents.design_of(found[code])) for code in read]
    return print_items(items, asked, by, documents.imprint(locale))


def print_items(
    items: Sequence[Item], asked: Order, by: Actor, on: Imprint, *, token: str | None = None
) -> PrintedFile:
    """As `print_labels`, each label with a design of its own. `token`: with the same one, the same file again."""
    by.must(Permission.WORK)
    before = queries.run_with_token(token) if token else None
    if before is not None:
        return again(before, on)
    rules.must_be_printable_at_once(len(items))
    found = queries.named([item.code for item in items])
    wanted = list(dict.fromkeys((found[item.code], item.design) for item in items))
    labels = documents.labels_of(wanted, on)
    data, name, mimetype = _drawn(labels, asked)
    run = _record(wanted, asked, by, token)
    return PrintedFile(f"labels-{run.id:05d}.{name}", mimetype, data)


def mint_and_print(
    count: int, asked: Order, by: Actor, on: Imprint, *, token: str | None = None
) -> PrintedFile:
    """New device tags on paper: `count` from 1 to 1,000. With the same `token`, the same tags again."""
    by.must(Permission.WORK)
    before = queries.run_with_token(token) if token else None
    if before is not None:
        return again(before, on)
    if not 1 <= count <= rules.MOST_AT_ONCE:
        raise Malformed(N_("Ask for 1 to %(most)s tags at a time."), field="count", most=rules.MOST_AT_ONCE)
    tags = particulars.mint(Kind.DEVICE, count)
    return print_items([Item(tag.code, "tag") for tag in tags], asked, by, on, token=token)


def again(run: PrintRun, on: Imprint) -> PrintedFile:
    """The file of a run once more; changes nothing."""
    found = queries.named([one.code for one in run.prints])
    labels = documents.labels_of([(found[one.code], one.design) for one in run.prints], on)
    data, name, mimetype = _drawn(
        labels, rules.order(run.medium, run.format, run.start, find=medium_queries.ever)
    )
    return PrintedFile(f"labels-{run.id:05d}.{name}", mimetype, data)


def _drawn(labels: Sequence[Label], asked: Order) -> tuple[bytes, str, str]:
    """The bytes, the ending of a file's name, the media type."""
    try:
        drawn = render(labels, asked.medium, asked.format, Printing(start=asked.start))
        return b"".join(drawn.chunks), drawn.extension, drawn.media_type
    except LabelError as error:
        raise refused(error) from error


def _record(wanted: Sequence[tuple[Named, str]], asked: Order, by: Actor, token: str | None) -> PrintRun:
    earlier = queries.printed_before([named.tag.code for named, _ in wanted])
    run = PrintRun(
        at=clock.now(),
        site_id=by.site_id,
        by_user_id=by.user_id,
        medium=asked.medium.name,
        format=asked.format,
        start=asked.start,
        count=len(wanted),
        token=token,
    )
    session.add(run)
    session.flush()
    for place, (named, design) in enumerate(wanted):
        session.add(
            Print(
                run_id=run.id,
                at=run.at,
                code=named.tag.code,
                device_id=named.device.id if named.device else None,
                design=design,
                cell=None if asked.medium.is_roll else (asked.start - 1 + place) % asked.medium.cells + 1,
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
        subject=(Subject.TAG, number_of(tag.code)),
        action="void_tag",
        by=by,
        facts={"code": tag.code, "was": before.value},
        note=reason,
    )


def number_of(code: str) -> int:
    """A tag's number in the history: its letters read in base 16."""
    number = 0
    for letter in code:
        number = number * len(ALPHABET) + ALPHABET.index(letter)
    return number


def token_of(given: str, by: Actor, items: Sequence[Item], asked: Order) -> str | None:
    """What names a form that was sent: sent again as it stands it prints nothing new; changed, it is another one."""
    if not given:
        return None
    said = [given, str(by.user_id), asked.medium.name, asked.format, str(asked.start), str(asked.reason)]
    said += [f"{item.code}:{item.design}" for item in items]
    return hashlib.sha256("|".join(said).encode("utf-8", "replace")).hexdigest()
