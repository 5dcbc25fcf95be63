"""Which ready devices would answer a request, and why. A person decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from tracker import clock
from tracker.accounts.models import Association
from tracker.allocation import eligibility_rules as eligibility
from tracker.allocation import queries
from tracker.allocation.models import Allocation, EquipmentRequest, RequestLine
from tracker.allocation.needs_rules import MEASURES, Fit, fit
from tracker.allocation.origin_queries import donor_kinds
from tracker.allocation.queries import Progress
from tracker.collection.rules import DonorKind
from tracker.database import session
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device, DeviceFlag
from tracker.devices.rules import DeviceType
from tracker.i18n import N_, Sentence

LOOKED_AT = 500
SHOWN = 5


@dataclass(frozen=True)
class Candidate:
    """A device and why it stands here; `doubts` are what to settle before it can go."""

    device: Device
    reasons: tuple[Sentence, ...]
    doubts: tuple[Sentence, ...]


@dataclass(frozen=True)
class LineProposals:
    """A line with the devices that would answer it, best first; `ready` of its type were looked at."""

    progress: Progress
    candidates: tuple[Candidate, ...]
    ready: int

    @property
    def line(self) -> RequestLine:
        return self.progress.line


def proposals(request: EquipmentRequest, shown: int = SHOWN) -> list[LineProposals]:
    """For each line, ready devices without an open flag that fit: those about which all is known first, then the
    one that has been ready longest. No device is proposed to two lines; a full line gets none."""
    used: set[int] = set()
    found = []
    for progress in queries.progress([request])[request.id]:
        ready = _ready(progress.line.type)
        ranked = (
            _ranked(request, progress, [one for one in ready if one.id not in used])
            if progress.missing
            else []
        )
        chosen = ranked[: max(shown, progress.missing)]
        used |= {one.device.id for one in chosen[: progress.missing]}
        found.append(LineProposals(progress, tuple(chosen), len(ready)))
    return found


def _ready(wanted: DeviceType) -> Sequence[Device]:
    flagged = select(DeviceFlag.device_id).where(DeviceFlag.cleared_at.is_(None))
    promised = select(Allocation.device_id).where(Allocation.active)
    return session.scalars(
        select(Device)
        .where(
            Device.type == wanted,
            Device.stage == Stage.READY,
            Device.merged_into_id.is_(None),
            Device.id.not_in(flagged),
            Device.id.not_in(promised),
        )
        .order_by(Device.stage_since, Device.id)
        .limit(LOOKED_AT)
    ).all()


def _ranked(request: EquipmentRequest, progress: Progress, ready: Sequence[Device]) -> list[Candidate]:
    kinds = donor_kinds(tuple(one.id for one in ready))
    found = [(one, fit(progress.line.type, progress.needs, one.type, one.specification)) for one in ready]
    candidates = [
        Candidate(
            one, _reasons(one, answer, request), _doubts(request.association, answer, kinds.get(one.id))
        )
        for one, answer in found
        if answer.fits
    ]
    return sorted(candidates, key=lambda one: (len(one.doubts), one.device.site_id != request.site_id,
                                               one.device.stage_since, one.device.id))  # fmt: skip


def _reasons(device: Device, answer: Fit, request: EquipmentRequest) -> tuple[Sentence, ...]:
    days = max(0, (clock.now() - device.stage_since).days)
    waited = (
        Sentence(N_("Ready for %(days)s days."), {"days": days})
        if days
        else Sentence(N_("Ready since today."))
    )
    far = (Sentence(N_("It stands in another workshop.")),) if device.site_id != request.site_id else ()
    return (*answer.favour, waited, *far)


def _doubts(association: Association, answer: Fit, origin: DonorKind | None) -> tuple[Sentence, ...]:
    unmeasured = tuple(
        Sentence(
            N_("Not recorded: %(what)s. Look before you reserve."), {"what": Sentence(MEASURES[key].name)}
        )
        for key in answer.unknown
    )
    stop = eligibility.obstacle(
        active=association.active,
        ground=association.ground,
        name=association.name,
        from_public_body=origin is DonorKind.PUBLIC_BODY,
    )
    return (*unmeasured, stop) if stop else unmeasured
