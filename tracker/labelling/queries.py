"""Reading the register of prints and the tags; what codes name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from labels.errors import LabelError
from labels.media import Medium
from tracker.accounts import queries as people
from tracker.accounts.models import User
from tracker.accounts.rules import Actor, Permission
from tracker.database import read_once, session, told
from tracker.devices import codes, registry
from tracker.devices.codes import Kind
from tracker.devices.models import Device, Tag
from tracker.devices.tags import TagState
from tracker.errors import Malformed, NotHere
from tracker.i18n import N_
from tracker.labelling import rules
from tracker.labelling.habit_queries import Destination
from tracker.labelling.models import Print, PrintRun
from tracker.labelling.queue_queries import is_due, is_due_unprinted, prints_or_refusals
from tracker.printing import medium_queries
from tracker.printing import queries as printers
from tracker.stock.models import Location
from tracker.web.pagination import ROWS, Key, Page, page_of

SHOWN_ON_A_DEVICE = 5
FREE = (TagState.MINTED, TagState.PRINTED)
CHUNK = 500


class Named(NamedTuple):
    """A tag and what it names: a device, a place, or nothing yet."""

    tag: Tag
    device: Device | None = None
    place: Location | None = None


def named(wanted: Sequence[str]) -> dict[str, Named]:
    """code → its tag and what it names now: a replaced tag leads to the one in force.

    Raises `Malformed` that lists the codes which are not ours, and those that are void.
    """
    tags = _tags(wanted)
    unknown = [codes.shown(code) for code in wanted if code not in tags]
    if unknown:
        raise Malformed(
            N_("No tag of ours has the code: %(codes)s. Check the letters, or scan the label again."),
            field="codes",
            codes=rules.named(unknown),
        )
    devices = _devices({tag.device_id for tag in tags.values() if tag.device_id})
    newer = _tags([device.code for device in devices.values()])
    places = _places(wanted)
    found = {}
    for code in wanted:
        device = devices.get(tags[code].device_id or 0)
        tag = newer[device.code] if device else tags[code]
        found[code] = Named(tag, device, places.get(code))
    void = [codes.shown(code) for code, one in found.items() if one.tag.state is TagState.VOID]
    if void:
        raise Malformed(
            N_("Void, and never printed again: %(codes)s. Take another tag."),
            field="codes",
            codes=rules.named(void),
        )
    return found


def _tags(wanted: Sequence[str]) -> dict[str, Tag]:
    return {
        tag.code: tag
        for some in _chunks(wanted)
        for tag in session.scalars(select(Tag).where(Tag.code.in_(some)))
    }


def _devices(ids: Iterable[int]) -> dict[int, Device]:
    """id → the device, or the one it was merged into."""
    found = {one.id: one for some in _chunks(sorted(ids)) for one in _by_ids(some)}
    kept = _devices({one.merged_into_id for one in found.values() if one.merged_into_id}) if found else {}
    return {key: kept.get(one.merged_into_id or 0, one) for key, one in found.items()}


def _by_ids(ids: Sequence[int]) -> Sequence[Device]:
    return session.scalars(select(Device).where(Device.id.in_(ids))).all()


def _places(wanted: Sequence[str]) -> dict[str, Location]:
    return {
        place.code: place
        for some in _chunks(wanted)
        for place in session.scalars(select(Location).where(Location.code.in_(some)))
    }


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[at : at + CHUNK] for at in range(0, len(values), CHUNK))


def by_code(text: str) -> Named:
    """What one code names. Raises `NotHere`, and `Malformed` when it is void."""
    code = tag(text).code
    return named([code])[code]


def tag(text: str, *, lock: bool = False) -> Tag:
    """The tag of this code, its row locked until the transaction ends if asked. Raises `NotHere`."""
    code = codes.read(text)
    found = None if isinstance(code, codes.Fault) else session.get(Tag, code, with_for_update=lock or None)
    if found is None:
        raise NotHere(
            N_("No tag of ours has the code: %(codes)s. Check the letters, or scan the label again."),
            codes=text[:40],
        )
    return found


def run_with_token(token: str) -> PrintRun | None:
    """The run that a form has led to before."""
    return session.scalars(select(PrintRun).where(PrintRun.token == token)).first()


def last_run(by: Actor, medium_name: str | None = None) -> PrintRun | None:
    """What this person printed last (on that medium)."""
    if by.user_id is None:
        return None
    chosen = select(PrintRun).where(PrintRun.by_user_id == by.user_id, PrintRun.by_itself.is_(None))
    if medium_name is not None:
        chosen = chosen.where(PrintRun.medium == medium_name)
    return session.scalars(chosen.order_by(PrintRun.id.desc()).limit(1)).first()


def usual(by: Actor) -> tuple[str, str]:
    """Medium and format as this person chose them last."""
    run = last_run(by)
    return (
        (run.medium, run.format)
        if run and known_medium(run.medium, by.site_id)
        else (rules.USUAL_MEDIUM, rules.USUAL_FORMAT)
    )


def usual_destination(by: Actor) -> Destination:
    """Printer and medium as this person chose them last: where labels wait that the site has decided nothing about."""
    run = last_run(by)
    if run is None or not known_medium(run.medium, by.site_id):
        return Destination(rules.USUAL_MEDIUM)
    printer = printers.printer(run.printer_id, by.site_id) if run.printer_id else None
    return Destination(run.medium, printer if printer and printer.retired_at is None else None)


def known_medium(name: str, site_id: int) -> Medium | None:
    """The medium of that name, if it is one that this site can print on."""
    try:
        return medium_queries.medium(name, site_id)
    except LabelError:
        return None


def was_printed_on(medium_name: str) -> bool:
    """Whether any label was ever printed on it, at whatever site."""
    return session.scalar(select(PrintRun.id).where(PrintRun.medium == medium_name).limit(1)) is not None


def printed_before(codes_: Sequence[str]) -> dict[str, set[str]]:
    """code → the designs it was printed in."""
    found: dict[str, set[str]] = {}
    for some in _chunks(codes_):
        chosen = select(Print.code, Print.design).where(Print.code.in_(some), Print.undone_at.is_(None))
        for code, design in session.execute(chosen.distinct()):
            found.setdefault(code, set()).add(design)
    return found


def names_of(runs: Iterable[PrintRun]) -> dict[int, str]:
    """user id → name, of those who printed these."""
    return people.user_names({run.by_user_id for run in runs if run.by_user_id})


def free_tags(state: TagState | None = None, *, cursor: str | None = None) -> Page:
    """Device tags that no device bears yet, the newest first."""
    states = FREE if state is None else (state,)
    chosen = select(Tag).where(Tag.kind == Kind.DEVICE, Tag.state.in_(states))
    return page_of(
        chosen, [Key(Tag.minted_at, descending=True), Key(Tag.code, descending=False)], cursor, ROWS
    )


def count_free() -> dict[TagState, int]:
    """How many free device tags are only in the register, and how many are printed."""
    rows = session.execute(
        select(Tag.state, func.count())
        .where(Tag.kind == Kind.DEVICE, Tag.state.in_(FREE))
        .group_by(Tag.state)
    ).all()
    counts = {row[0]: row[1] for row in rows}
    return {state: counts.get(state, 0) for state in FREE}


@read_once
def _prints_on(device: Device) -> Sequence[Any]:
    """(whether its label is due, a print, its run, who printed) of the last prints; one row without where there is none."""
    printed = aliased(Print)  # whether one is due looks at all prints
    return session.execute(
        select(is_due(device), printed, PrintRun, User.name)
        .select_from(Device)
        .outerjoin(printed, printed.device_id == Device.id)
        .outerjoin(PrintRun, PrintRun.id == printed.run_id)
        .outerjoin(User, User.id == PrintRun.by_user_id)
        .where(Device.id == device.id)
        .order_by(printed.id.desc())
        .limit(SHOWN_ON_A_DEVICE)
    ).all()


@registry.leaves_trace(prints_or_refusals)
def without_prints(device: Device) -> None:
    told(_prints_on, [(is_due_unprinted(device), None, None, None)], device)


def panel(device: Device, actor: Actor) -> dict[str, Any] | None:
    """What the device's page shows of its labels. Associations are not told."""
    if not actor.may(Permission.SEE_WORKSHOP):
        return None
    rows = _prints_on(device)
    known = [row for row in rows if row[1] is not None]
    return {
        "prints": [row[1] for row in known],
        "runs": [row[2] for row in known],
        "names": {row[2].by_user_id: row[3] for row in known if row[3]},
        "designs": rules.DESIGN_NAMES if known else None,
        "reasons": rules.REASONS if known else None,
        "due": rows[0][0],
        "design": rules.DESIGN_NAMES[rules.design_for(device.stage)],
        "may_print": actor.may(Permission.WORK),
    }
