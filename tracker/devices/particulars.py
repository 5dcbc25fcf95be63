"""Every other change of a device: its making, its particulars, tags, flags, accessories, and two records that are one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from tracker import clock
from tracker.accounts.rules import Actor, Permission, Role
from tracker.database import is_postgresql, session
from tracker.devices import codes, queries, registry, rules
from tracker.devices.codes import Kind
from tracker.devices.imei_rules import read_imei
from tracker.devices.lifecycle import FLAGS, STAGES, Action, Flag, Stage
from tracker.devices.models import Accessory, Device, DeviceFlag, Tag
from tracker.devices.operations import begin, tell
from tracker.devices.rules import Accessories, DeviceType, Grade
from tracker.devices.tags import TagLoss, TagState
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history.models import HistoryEntry
from tracker.i18n import N_, Sentence

# What a person may correct on the device's page; everything else follows from events.
EDITABLE = ("type", "manufacturer", "model", "serial", "imei", "imei2", "weight_g", "specification")
MERGEABLE = (Stage.ANNOUNCED, Stage.COLLECTED, Stage.RECEIVED)
# What has left cannot be the device that stands here: its drives would leave the record with it.
GONE = (Stage.DELIVERED, Stage.RECYCLED, Stage.DECLINED, Stage.LOST)


def mint(kind: Kind, count: int = 1, *, state: TagState = TagState.MINTED) -> list[Tag]:
    """New tags, each code new over all kinds. `count` from 1 to 10,000."""
    if not 1 <= count <= 10_000:
        raise Malformed(N_("Ask for 1 to 10,000 tags at a time."), field="count")
    made: list[Tag] = []
    while len(made) < count:
        made += _new_tags(kind, count - len(made), state)
    return sorted(made, key=lambda tag: tag.code)


def _new_tags(kind: Kind, count: int, state: TagState) -> list[Tag]:
    """Up to `count` tags. The database itself refuses a code that is there, also one that another hand is just
    writing: it is left out, and another one is drawn."""
    drawn = sorted({codes.new_code() for _ in range(count)})
    rows = [{"code": code, "kind": kind, "state": state, "minted_at": clock.now()} for code in drawn]
    make = postgresql.insert if is_postgresql() else sqlite.insert
    kept = make(Tag).on_conflict_do_nothing(index_elements=[Tag.code]).returning(Tag)
    return list(session.scalars(kept, rows).all())


def register(
    kind: DeviceType,
    action: Action,
    by: Actor,
    *,
    code: str | None = None,
    manufacturer: str | None = None,
    model: str | None = None,
    serial: str | None = None,
    imei: str | None = None,
    imei2: str | None = None,
    weight_g: int | None = None,
    specification: Mapping[str, Any] | None = None,
    site_id: int | None = None,
    accessories: Collection[Accessories] = (),
    facts: Mapping[str, Any] | None = None,
) -> Device:
    """A new device whose journey begins with `action` (announce, collect or receive).

    `code` is a minted tag to attach, else one is minted. `weight_g` in grams, 1 to 200,000. `accessories` came with it.
    """
    _must_weigh_something(weight_g)
    tag = _free_tag(code) if code else mint(Kind.DEVICE)[0]
    device = Device(
        code=tag.code,
        site_id=site_id or by.site_id,
        type=kind,
        manufacturer=_clean(manufacturer),
        model=_clean(model),
        serial=_clean(serial),
        serial_key=rules.serial_key(serial),
        imei=read_imei(imei),
        imei2=read_imei(imei2, "imei2"),
        weight_g=weight_g,
        stage=Stage.ANNOUNCED,  # `begin` writes the true one, with its entry
        stage_since=clock.now(),
        specification=dict(specification or {}),
        created_at=clock.now(),
    )
    session.add(device)
    session.flush()
    tag.device_id, tag.state = device.id, TagState.ATTACHED
    session.add_all(Accessory(device_id=device.id, kind=one.value) for one in accessories)
    came = {"accessories": sorted(one.value for one in accessories)} if accessories else {}
    begin(device, action, by, facts={"code": tag.code, "type": kind.value, **came, **(facts or {})})
    return device


def _free_tag(code: str) -> Tag:
    tag = session.get(Tag, code, with_for_update=True)
    if tag is None or tag.kind is not Kind.DEVICE:
        raise Malformed(N_("%(code)s is not one of our device tags. Mint tags first, or leave it empty."),
                        field="code", code=codes.shown(code))  # fmt: skip
    if tag.state not in (TagState.MINTED, TagState.PRINTED):
        raise RuleBroken(
            N_("The tag %(code)s is already used or void. Take another."), code=codes.shown(code)
        )
    return tag


def _read(name: str, text: str) -> str | None:
    return read_imei(text, name) if name in ("imei", "imei2") else _clean(text)


def _clean(text: str | None) -> str | None:
    plain = " ".join((text or "").split())
    return plain or None


def _must_weigh_something(weight_g: int | None) -> None:
    if weight_g is not None and not 1 <= weight_g <= 200_000:
        raise Malformed(N_("A weight is between 1 gram and 200 kilograms."), field="weight_g")


def edit(device: Device, by: Actor, **changes: Any) -> HistoryEntry | None:
    """Correct particulars; only what really changes is written, with its old and new value.

    Raises `RuleBroken` where the new type would hide that the device keeps data.
    """
    by.must(Permission.WORK)
    _must_weigh_something(changes.get("weight_g"))
    if changes.get("type", device.type) is not device.type:
        for judge in registry.all_type_judges():
            judge(device, changes["type"], by)
    facts: dict[str, Any] = {}
    for name, given in changes.items():
        if name not in EDITABLE:
            raise ValueError(f"{name} is not edited by hand")
        value = _read(name, given) if type(given) is str else given
        before = getattr(device, name)
        if value != before:
            facts[name] = [before, value]
            setattr(device, name, value)
    if not facts:
        return None
    device.serial_key = rules.serial_key(device.serial)
    return registry.after_edit(device, by, tell(device, "edit", by, facts))


def replace_tag(device: Device, code: str, by: Actor, why: TagLoss | None = None) -> HistoryEntry:
    """Put another tag on a device. The old one still resolves, with a notice; `why` says what became of it."""
    by.must(Permission.WORK)
    tag = _free_tag(code)
    old = session.get(Tag, device.code)
    if old is not None:
        old.state, old.replaced_by = TagState.REPLACED, tag.code
    tag.device_id, tag.state = device.id, TagState.ATTACHED
    facts = {"old": device.code, "new": tag.code, **({"why": why.value} if why else {})}
    device.code = tag.code
    return tell(device, "replace_tag", by, facts)


def raise_flag(device: Device, flag: Flag, by: Actor, note: str | None = None) -> HistoryEntry | None:
    """Mark a problem; None when it is marked already."""
    if open_flag(device, flag) is not None:
        return None
    session.add(DeviceFlag(device_id=device.id, flag=flag, raised_at=clock.now(), raised_by=by.user_id))
    session.flush()
    session.expire(device, ["flags"])
    return tell(device, "raise_flag", by, {"flag": flag.value}, note)


def clear_flag(device: Device, flag: Flag, by: Actor, note: str | None = None) -> HistoryEntry | None:
    """Say that a problem is solved; None when it was not marked."""
    row = open_flag(device, flag)
    if row is None:
        return None
    row.cleared_at, row.cleared_by = clock.now(), by.user_id
    session.flush()
    session.expire(device, ["flags"])
    return tell(device, "clear_flag", by, {"flag": flag.value}, note)


def clear_flag_by_hand(device: Device, flag: Flag, by: Actor, note: str | None) -> HistoryEntry | None:
    """As `clear_flag`, by a person: a failed wipe is only cleared by a good one, others need a word of why."""
    by.must(Permission.WORK)
    if flag is Flag.WIPE_FAILED:
        raise RuleBroken(N_("A failed wipe is cleared by a successful one, or by the drive's destruction."))
    if flag in rules.CLEARED_BY_QUALITY and not by.is_at_least(Role.QUALITY):
        raise NotAllowed(
            N_("Only a quality checker or a coordinator can clear “%(flag)s”."), flag=Sentence(FLAGS[flag])
        )
    if not (note or "").strip():
        raise Malformed(
            N_("Say in a few words why “%(flag)s” is solved."), field="note", flag=Sentence(FLAGS[flag])
        )
    return clear_flag(device, flag, by, note)


def open_flag(device: Device, flag: Flag) -> DeviceFlag | None:
    return session.scalars(
        select(DeviceFlag).where(
            DeviceFlag.device_id == device.id, DeviceFlag.flag == flag, DeviceFlag.cleared_at.is_(None)
        )
    ).first()


def set_accessories(device: Device, kinds: set[Accessories], by: Actor) -> HistoryEntry | None:
    """Say which accessories are with the device now."""
    by.must(Permission.WORK)
    rows = {
        row.kind: row
        for row in session.scalars(select(Accessory).where(Accessory.device_id == device.id)).all()
    }
    wanted = {kind.value for kind in kinds}
    added, removed = sorted(wanted - set(rows)), sorted(set(rows) - wanted)
    if not added and not removed:
        return None
    session.add_all(Accessory(device_id=device.id, kind=kind) for kind in added)
    for kind in removed:
        session.delete(rows[kind])
    session.flush()
    session.expire(device, ["accessories"])
    return tell(device, "set_accessories", by, {"added": added, "removed": removed})


def set_grade(device: Device, grade: Grade | None) -> None:
    """Keep the grade that reconditioning has judged and recorded."""
    device.grade = grade


def merge(kept: Device, gone: Device, by: Actor) -> HistoryEntry:
    """Two records turn out to be one device: `gone` points to `kept`, its tag still resolves.

    Where the one that goes came in again, from a beneficiary or from who knows where, so did the one that is kept: what
    was proven before that says nothing.
    """
    by.must(Permission.WORK)
    if kept.id == gone.id:
        raise RuleBroken(N_("Choose two different records to merge."))
    if kept.merged_into_id or gone.merged_into_id:
        raise RuleBroken(N_("One of these records is merged already: open the one that was kept."))
    if gone.stage not in MERGEABLE:
        raise RuleBroken(
            N_(
                "%(code)s is “%(stage)s”: only a record that is announced, collected or received can be merged away."
            ),
            code=codes.shown(gone.code),
            stage=Sentence(STAGES[gone.stage].name),
        )
    if kept.stage in GONE:
        raise RuleBroken(
            N_(
                "%(code)s is “%(stage)s”: if it is here again, record its return first, then merge the records."
            ),
            code=codes.shown(kept.code),
            stage=Sentence(STAGES[kept.stage].name),
        )
    _keep_return(kept, gone)
    for merger in registry.all_mergers():
        merger(kept, gone, by)
    for row in gone.flags:
        raise_flag(kept, row.flag, by)
    tag = session.get(Tag, gone.code)
    if tag is not None:
        tag.state, tag.replaced_by, tag.device_id = TagState.REPLACED, kept.code, kept.id
    gone.merged_into_id = kept.id
    if kept.serial_key is None and gone.serial is not None:
        kept.serial, kept.serial_key = gone.serial, gone.serial_key
    kept.imei, kept.imei2 = kept.imei or gone.imei, kept.imei2 or gone.imei2
    kept.weight_g = kept.weight_g or gone.weight_g
    tell(gone, "merged_into", by, {"kept": kept.code})
    return tell(kept, "merge", by, {"gone": gone.code})


def _keep_return(kept: Device, gone: Device) -> None:
    if gone.arrived_at is None or not queries.came_in_again(gone):
        return
    if kept.stage in (Stage.ANNOUNCED, Stage.COLLECTED):
        raise RuleBroken(
            N_("%(gone)s was here before and came in again. Keep that record, and merge %(kept)s into it."),
            gone=codes.shown(gone.code),
            kept=codes.shown(kept.code),
        )
    kept.arrived_at = max(kept.arrived_at or gone.arrived_at, gone.arrived_at)
