"""Many more devices, written in bulk with a history that verifies: for trying the product at a country's size.

Nothing is claimed that has no proof: only screens, which have no storage, come further than wiping; no handover is
invented, since each needs a signature.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import func, insert, select, update

from tracker import clock
from tracker.accounts.models import Site
from tracker.accounts.rules import ActorKind
from tracker.database import session, transaction
from tracker.demo.bulk_rows import write_rows
from tracker.demo.cast import MODELS, Model
from tracker.devices.codes import ALPHABET, Kind, check_letter
from tracker.devices.lifecycle import MAIN_LINE, MOVES, Action, Stage
from tracker.devices.models import Device, Tag
from tracker.devices.rules import DeviceType, serial_key
from tracker.devices.tags import TagState
from tracker.history import rules
from tracker.history.models import ChainHead, HistoryEntry
from tracker.history.rules import Subject

CHUNK = 20_000
_ON_THE_WAY = (
    Action.ANNOUNCE,
    Action.COLLECT,
    Action.RECEIVE,
    Action.FINISH_WIPING,
    Action.START_RECONDITIONING,
    Action.FINISH_RECONDITIONING,
    Action.PASS_QUALITY_CHECK,
)
_WITH_STORAGE = (Action.ANNOUNCE, Action.COLLECT, Action.RECEIVE, Action.START_WIPING)


_SYSTEM = ActorKind.SYSTEM.value
# What stands in the frame of an entry's text where each entry has its own: nothing that a text could hold by chance.
_ANY_MOMENT, _ANY_NUMBER, _ANY_HASH = (
    datetime(1000, 1, 1, tzinfo=UTC),
    987_654_321_000_000_000,
    "previous hash",
)
_ENTRY_COLUMNS = (
    "site_id", "sequence", "at", "actor_kind", "subject_kind", "subject_id", "action", "from_stage", "to_stage",
    "facts", "dwell_s", "version", "previous", "hash",
)  # fmt: skip


@cache
def _frame(action: str, before: str | None, after: str | None) -> str:
    """The canonical text of such an entry as the chain's own rules write it, with `%s` for the moment, the facts, the
    hash before, the sequence, the site and the device."""
    written = rules.Written(
        site_id=_ANY_NUMBER + 1,
        sequence=_ANY_NUMBER,
        at=_ANY_MOMENT,
        actor_kind=ActorKind.SYSTEM.value,
        actor_id=None,
        subject_kind=Subject.DEVICE,
        subject_id=_ANY_NUMBER + 2,
        action=action,
        from_stage=before,
        to_stage=after,
        facts={},
        note_hash=None,
        previous=_ANY_HASH,
    )
    text, at = rules.entry_text(written).replace("%", "%%"), 0
    moment = rules.moment_text(_ANY_MOMENT)
    for own in (moment, "{}", _ANY_HASH, str(_ANY_NUMBER), str(_ANY_NUMBER + 1), str(_ANY_NUMBER + 2)):
        at = text.index(own, at)  # in this order: the text's keys are sorted
        text = text[:at] + "%s" + text[at + len(own) :]
    return text


@dataclass
class _Chain:
    """The head of a site's chain while entries are added to it. An entry is a row of `_ENTRY_COLUMNS`."""

    site_id: int
    sequence: int
    head: str

    def add(
        self, device_id: int, action: Action, before: Stage | None, at: datetime, dwell: int | None
    ) -> tuple[Any, ...]:
        old = before.value if before else None
        return self._told(device_id, at, (action.value, old, MOVES[action].target.value), {}, dwell)

    def weighed(self, device_id: int, weights: list[int], at: datetime) -> tuple[Any, ...]:
        """Its weight was corrected, as `particulars.edit` writes it."""
        return self._told(device_id, at, ("edit", None, None), {"weight_g": weights}, None)

    def _told(
        self,
        device_id: int,
        at: datetime,
        move: tuple[str, str | None, str | None],
        facts: dict[str, Any],
        dwell: int | None,
    ) -> tuple[Any, ...]:
        self.sequence, previous = self.sequence + 1, self.head
        own = (rules.moment_text(at), rules.canonical(facts) if facts else "{}", previous, self.sequence)
        self.head = rules.text_hash(_frame(*move) % (*own, self.site_id, device_id))
        return (
            self.site_id, self.sequence, at, _SYSTEM, Subject.DEVICE, device_id, *move,
            facts, dwell, rules.VERSION, previous, self.head,
        )  # fmt: skip


def add_devices(
    count: int, seed: int, on_made: Callable[[int], None] = lambda _: None, *, entries: int = 1
) -> None:
    """Add `count` devices, 20,000 a transaction. `on_made` is told how many came each time.

    Each has a history of at least so many `entries`: after its moves it is weighed until there are.
    """
    rng = random.Random(seed)  # noqa: S311 (a story, no secret)
    today = clock.now()
    taken = set(session.scalars(select(Tag.code)).all())
    made = 0
    while made < count:
        part = min(CHUNK, count - made)
        with transaction():
            _add_chunk(_fresh_codes(part, rng, taken), rng, today, entries)
        made += part
        on_made(part)


def _add_chunk(codes: list[str], rng: random.Random, today: datetime, at_least: int) -> None:
    chains = [_chain_of(site_id) for site_id in session.scalars(select(Site.id).order_by(Site.id)).all()]
    first_id = (session.scalar(select(func.max(Device.id))) or 0) + 1
    devices: list[dict[str, Any]] = []
    entries: list[tuple[Any, ...]] = []
    for device_id, code in enumerate(codes, start=first_id):
        chain = chains[rng.randrange(len(chains))]
        device, told = _one(device_id, code, rng, today, chain)
        told += _weighed(device, at_least - len(told), chain, rng)
        devices.append(device)
        entries += told
    write_rows(Device, tuple(devices[0]), (tuple(one.values()) for one in devices))
    write_rows(
        Tag,
        ("code", "kind", "state", "device_id", "minted_at"),
        ((one["code"], Kind.DEVICE, TagState.ATTACHED, one["id"], one["created_at"]) for one in devices),
    )
    write_rows(HistoryEntry, _ENTRY_COLUMNS, entries)
    for chain in chains:
        session.execute(
            update(ChainHead)
            .where(ChainHead.site_id == chain.site_id)
            .values(sequence=chain.sequence, hash=chain.head)
        )
    _move_id_counter()


def _move_id_counter() -> None:
    """PostgreSQL counts ids apart from the rows: bring its counter behind those we chose."""
    from tracker.database import is_postgresql

    if is_postgresql():
        session.execute(select(func.setval("devices_id_seq", session.scalar(select(func.max(Device.id))))))


def _chain_of(site_id: int) -> _Chain:
    head = session.execute(
        select(ChainHead.sequence, ChainHead.hash).where(ChainHead.site_id == site_id).with_for_update()
    ).one_or_none()
    if head is None:
        session.execute(insert(ChainHead).values(site_id=site_id, sequence=0, hash=rules.GENESIS))
        return _Chain(site_id, 0, rules.GENESIS)
    return _Chain(site_id, head[0], head[1])


def _fresh_codes(count: int, rng: random.Random, taken: set[str]) -> list[str]:
    """So many codes that are not `taken`, in their order; they are taken from then on."""
    fresh: list[str] = []
    while len(fresh) < count:
        seven = "".join(rng.choices(ALPHABET, k=7))
        code = seven + check_letter(seven)
        if code not in taken:
            taken.add(code)
            fresh.append(code)
    return sorted(fresh)


def _one(
    device_id: int, code: str, rng: random.Random, today: datetime, chain: _Chain
) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    model = rng.choice(MODELS)
    way = _ON_THE_WAY if model.type is DeviceType.SCREEN else _WITH_STORAGE
    steps = way[: rng.randint(1, len(way))]
    moment = today - timedelta(days=rng.uniform(len(steps) * 3, 420))
    begun, arrived = moment, None
    entries: list[tuple[Any, ...]] = []
    before: Stage | None = None
    for action in steps:
        dwell = rng.randrange(3_600, 2 * 86_400) if before else None
        moment += timedelta(seconds=dwell or 0)
        entries.append(chain.add(device_id, action, before, moment, dwell))
        before = MOVES[action].target
        arrived = moment if before is Stage.RECEIVED else arrived
    assert before in MAIN_LINE
    return _row(device_id, code, rng, model, chain.site_id) | {
        "stage": before,
        "stage_since": moment,
        "arrived_at": arrived,
        "created_at": begun,
        "grade": "B" if before is Stage.READY else None,
    }, entries


def _weighed(
    device: dict[str, Any], times: int, chain: _Chain, rng: random.Random
) -> Iterator[tuple[Any, ...]]:
    """Weighed again so many times, an hour apart, each time a few grams from the last."""
    for hours in range(1, times + 1):
        weights = [device["weight_g"], device["weight_g"] + rng.randrange(1, 40)]
        device["weight_g"] = weights[1]
        yield chain.weighed(device["id"], weights, device["stage_since"] + timedelta(hours=hours))


def _row(device_id: int, code: str, rng: random.Random, model: Model, site_id: int) -> dict[str, Any]:
    serial = f"{model.manufacturer[:2].upper()}{rng.randrange(36**7):07X}B{device_id}"
    return {
        "id": device_id,
        "code": code,
        "site_id": site_id,
        "type": model.type,
        "manufacturer": model.manufacturer,
        "model": model.model,
        "serial": serial,
        "serial_key": serial_key(serial),
        "weight_g": model.weight_g,
        "specification": {"cpu": model.cpu, "memory_mb": model.memory_mb} if model.cpu else {},
        "version": 1,
    }
