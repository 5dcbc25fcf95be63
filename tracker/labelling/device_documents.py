"""What the label of a device says, design by design.

The band says where the device stands when the label is printed, whichever design was asked for: no label can call
ready what is not. The wipe label's band says whether the data is proven gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from labels.designs import DESIGNS
from tracker.allocation import queries as allocation
from tracker.collection import queries as collection
from tracker.database import session
from tracker.devices.lifecycle import FLAGS, STAGES, Phase, Stage
from tracker.devices.models import Device
from tracker.devices.operations import usual_move
from tracker.devices.rules import ACCESSORIES, DEMANDED, TYPES, Accessories
from tracker.distribution import queries as distribution
from tracker.history import queries as past
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.labelling import rules
from tracker.labelling.voice_rules import Voice, joined
from tracker.reconditioning import queries as bench
from tracker.recycling import queries as recycling
from tracker.stock import queries as places
from tracker.wiping import certificate_queries as certificates
from tracker.wiping import queries as wiping
from tracker.wiping import type_queries as types
from tracker.wiping.models import Wipe
from tracker.wiping.rules import Level

# From here on every function was tested, which the law asks before a device may be called “reconditionné”.
TESTED = frozenset({Stage.READY, Stage.RESERVED, Stage.PREPARED, Stage.DELIVERED})
POINTS_AT_MOST = 6
LONGEST_ROW = 30  # letters that the sheets in use print whole


@dataclass(frozen=True)
class Face:
    """The words of a label. `lines` may hold empty texts; `pictogram` and `phase` only depart from the design's."""

    word: str = ""
    right: str = ""
    title: str = ""
    lines: tuple[str, ...] = ()
    pictogram: str = ""
    phase: str = ""


def face_of(
    device: Device, design: str, voice: Voice, organisation: str, address: str, *, help_line: str = ""
) -> Face:
    """What leaves the workshop bears `organisation`, `address` (as typed in a browser, without scheme), and where help
    is to be had."""
    if design == "handover":
        face = _handover(device, voice, organisation, address, help_line)
    elif design == "wipe":
        face = _wipe(device, voice, address)
    else:
        face = _FACES[design](device, voice)
    if not face.word:
        sign = DESIGNS[rules.design_for(device.stage)]
        word = voice.say(rules.band_word(device.stage))
        face = replace(face, word=word, phase=STAGES[device.stage].phase.value, pictogram=sign.pictogram)
    return face


def _title(device: Device, voice: Voice) -> str:
    return device.name or voice.say(TYPES[device.type])


def _collection(device: Device, voice: Voice) -> Face:
    """The donor by reference only: the label travels in the open."""
    gift = collection.gift_of(device.id)
    if gift is None:
        return Face(title=_title(device, voice))
    place = voice.say(N_("%(position)s of %(total)s"), position=gift.position, total=gift.total)
    return Face(
        right=place,
        title=gift.collection.reference,
        lines=(
            joined(voice.say(N_("Donor %(reference)s"), reference=gift.donor.reference), voice.day(gift.collection.date)),
            joined(voice.say(TYPES[device.type]), device.name),
        ),
    )  # fmt: skip


def _intake(device: Device, voice: Voice) -> Face:
    serial = voice.say(N_("S/N %(serial)s"), serial=device.serial) if device.serial else ""
    kind = voice.say(TYPES[device.type]) if device.name else ""
    return Face(
        right=voice.day(device.arrived_at),
        title=_title(device, voice),
        lines=(
            joined(kind, serial),
            joined(voice.weight(device.weight_g), _demanded_accessory(device, voice)),
            _next_step(device, voice),
        ),
    )


def _demanded_accessory(device: Device, voice: Voice) -> str:
    """`Charger: yes`, for what the device cannot be used without; blank before anyone could look."""
    if device.arrived_at is None:
        return ""
    there = {row.kind for row in device.accessories}
    return joined(
        *(
            voice.say(
                N_("%(accessory)s: yes") if kind.value in there else N_("%(accessory)s: no"),
                accessory=voice.say(ACCESSORIES[kind]),
            )
            for kind in sorted(DEMANDED[device.type])
        )
    )


def _next_step(device: Device, voice: Voice) -> str:
    move = usual_move(device)
    return voice.say(N_("Next: %(step)s"), step=voice.say(move.name)) if move else ""


def _wipe(device: Device, voice: Voice, address: str) -> Face:
    proof = wiping.data_gone(device)
    if types.is_without_storage(device):
        return Face(voice.say(rules.NO_STORAGE), title=_title(device, voice), phase=Phase.WIPE.value)
    states = wiping.drive_states(device)
    wiped = [state for state in states if state.end == "wiped"]
    title = _drives(proof.evidence, voice) or _title(device, voice)
    certificate = certificates.valid_for(device) if proof.held else None
    at = max((state.drive.wiped_at for state in wiped if state.drive.wiped_at), default=None)
    lines = (
        _level([state.drive.wiped_by_id for state in wiped], voice),
        voice.say(N_("Certificate %(number)s"), number=certificate.number) if certificate else "",
        *(_verification(address, certificate.number) if certificate else ()),
    )
    if not proof.held:
        return Face(
            voice.say(rules.NOT_WIPED), voice.day(at), title, lines, pictogram="stop", phase=Phase.WIPE.value
        )
    at = at or (certificate.issued_at if certificate else None)
    return Face(voice.say(STAGES[Stage.WIPED].name), voice.day(at), title, lines, phase=Phase.WIPE.value)


def _verification(address: str, number: str) -> tuple[str, ...]:
    """Where to check a certificate, as it is typed; in two rows where one would be cut."""
    whole = f"{address}/verify/{number}"
    return (whole,) if len(whole) <= LONGEST_ROW else (f"{address}/verify/", number)


def _drives(evidence: object, voice: Voice) -> str:
    """How many drives, and what became of them; or why there is none."""
    found = evidence if isinstance(evidence, dict) else {}
    if found.get("reason") in _NO_DRIVE:
        return voice.say(_NO_DRIVE[found["reason"]])
    if not found.get("drives_seen"):
        return ""
    wiped, destroyed = found.get("drives_wiped", 0), found.get("drives_destroyed", 0)
    total = found["drives_seen"] - found.get("drives_removed", 0)
    return joined(
        voice.say(N_("Drives wiped: %(done)s of %(total)s"), done=wiped, total=total),
        voice.say(N_("destroyed: %(count)s"), count=destroyed) if destroyed else "",
    )


_NO_DRIVE = {
    "no_storage": N_("No storage fitted"),
    "factory_reset": N_("Factory settings restored"),
    "destroyed": N_("Storage destroyed"),
}


def _level(wipe_ids: list[int | None], voice: Voice) -> str:
    """The lowest level reached on any drive (NIST SP 800-88)."""
    levels = [wipe.level for wipe_id in wipe_ids if wipe_id and (wipe := session.get(Wipe, wipe_id))]
    named = {Level.CLEAR: "Clear", Level.PURGE: "Purge"}
    if not levels or not all(level in named for level in levels):
        return ""
    lowest = Level.CLEAR if Level.CLEAR in levels else Level.PURGE
    return voice.say(N_("Level %(level)s (NIST 800-88)"), level=named[lowest])


def _test(device: Device, voice: Voice) -> Face:
    """What the bench still has to look at: flags first, then what failed, then what was not tried."""
    state = bench.checklist(device)
    flags = [voice.say(FLAGS[row.flag]) for row in device.flags]
    failed = [voice.say(one.line.text) for one in state.failed]
    open_ = [voice.say(one.line.text) for one in state.left]
    points = [voice.say(N_("Fault: %(point)s"), point=one) for one in failed] + open_
    number = len(points)
    begun = state.round_id is not None
    return Face(
        right=voice.say(N_("%(count)s open"), count=number) if begun and number else "",
        title=_title(device, voice),
        lines=(joined(*flags), *(points[:POINTS_AT_MOST] if begun else ())),
    )


def _ready(device: Device, voice: Voice) -> Face:
    known = device.specification
    battery = known.get("battery_percent")
    place = places.place_of(device.id)
    return Face(
        right=voice.say(N_("Grade %(letter)s"), letter=device.grade.value) if device.grade else "",
        title=_title(device, voice),
        lines=(
            voice.machine(known),
            joined(
                voice.say(N_("Battery %(percent)s%%"), percent=battery) if battery is not None else "",
                str(known.get("system") or ""),
            ),
            voice.say(N_("Place: %(name)s"), name=place.name) if place else "",
            str(known.get("graphics") or ""),  # the last: a small label leaves it out
        ),
    )


def _allocation(device: Device, voice: Voice) -> Face:
    standing = allocation.active(device.id)
    if standing is None:
        return Face(title=_title(device, voice))
    request = standing.line.request
    kinds = set(DEMANDED[device.type]) | {Accessories(row.kind) for row in device.accessories}
    pack = ", ".join(voice.say(ACCESSORIES[kind]) for kind in sorted(kinds))
    return Face(
        right=request.number,
        title=request.association.name,
        lines=(
            joined(voice.say(TYPES[device.type]), device.name),
            voice.say(N_("To pack: %(accessories)s"), accessories=pack) if pack else "",
        ),
    )


def _handover(device: Device, voice: Voice, organisation: str, address: str, help_line: str) -> Face:
    item = distribution.item_in_hand(device.id)
    ours = device.stage in TESTED
    return Face(
        right=voice.day(item.handover.at) if item else "",
        title=voice.say(N_("Reconditioned device")) if ours else _title(device, voice),
        lines=(
            voice.say(N_("by %(organisation)s"), organisation=organisation) if ours else "",
            voice.say(N_("Help: %(line)s"), line=help_line)
            if help_line
            else voice.say(N_("A fault? Scan this code")),
            f"{address}/D/{device.code}",
        ),
    )


def _exit(device: Device, voice: Voice) -> Face:
    """Why it leaves: the slip, or the reason that was written with its last move."""
    slip = recycling.slip_of(device)
    entry = past.last_move(Subject.DEVICE, device.id)
    leaving = device.stage in (Stage.PARTS, Stage.RECYCLED, Stage.DECLINED)
    reason = past.note_of(entry) if entry and leaving else None
    return Face(
        right=voice.day(slip.left_on if slip else device.stage_since) if leaving else "",
        title=_title(device, voice),
        lines=(
            voice.say(N_("Slip %(number)s"), number=slip.number) if slip and slip.number else "",
            (slip.recycler or "") if slip else "",
            reason or "",
        ),
    )


def _place(device: Device, voice: Voice) -> Face:
    """Where it belongs, for whoever finds it elsewhere."""
    place = places.place_of(device.id)
    return Face(title=place.name if place else "", lines=(_title(device, voice),))


def _name(device: Device, voice: Voice) -> Face:
    return Face(title=_title(device, voice))


_FACES: dict[str, Callable[[Device, Voice], Face]] = {
    "collection": _collection,
    "intake": _intake,
    "test": _test,
    "ready": _ready,
    "allocation": _allocation,
    "exit": _exit,
    "location": _place,
    "box": _place,
    "command": _name,
    "badge": _name,
}
