"""The demonstration as a whole: fourteen months of a small workshop, from one seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from tracker import clock
from tracker.collection.models import Donor
from tracker.collection.operations import open_collection
from tracker.collection.rules import DonorKind
from tracker.database import session, transaction
from tracker.demo import print_stories
from tracker.demo.cast import MODELS, Model
from tracker.demo.device_stories import Fate, Plan, device_story
from tracker.demo.request_stories import Wish, request_story
from tracker.demo.stage_setting import Scene, set_scene
from tracker.demo.timeline import Story, tell
from tracker.devices.codes import ALPHABET, Kind, check_letter
from tracker.devices.models import Device, Tag
from tracker.devices.rules import DeviceType
from tracker.devices.tags import TagState
from tracker.errors import RuleBroken
from tracker.history.operations import checkpoint
from tracker.i18n import N_

MONTHS = 14
GIFTS = 12
PER_GIFT = 6
LAPTOP, DESKTOP, SCREEN, TABLET = DeviceType.LAPTOP, DeviceType.DESKTOP, DeviceType.SCREEN, DeviceType.TABLET

# How the last gifts stand today: at least one device at each stage of the way, and each way out.
STILL_UNDER_WAY = (
    *[Fate.ANNOUNCED] * 3,
    *[Fate.COLLECTED] * 2,
    *[Fate.RECEIVED] * 4,
    *[Fate.WIPING] * 3,
    *[Fate.WIPE_FAILS] * 1,
    *[Fate.WIPED] * 3,
    *[Fate.AT_THE_BENCH] * 3,
    *[Fate.NEEDS_PART] * 1,
    *[Fate.TO_CHECK] * 3,
    *[Fate.READY] * 8,
)
ENDED = (Fate.RECYCLED, Fate.PARTS, Fate.DECLINED, Fate.LOST)


@dataclass(frozen=True)
class Told:
    """What the demonstration made."""

    devices: int
    steps: int


def fill(seed: int, on_step: Callable[[], None] = lambda: None) -> Told:
    """Fill an empty database. Raises `RuleBroken` when there are devices in it."""
    if session.scalars(select(Device.id).limit(1)).first() is not None:
        raise RuleBroken(N_("There are devices in this database: the demonstration wants an empty one."))
    today = clock.now()
    rng = random.Random(seed)  # noqa: S311 (a story, no secret)
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1
        on_step()

    with clock.at(today - timedelta(days=30 * MONTHS + 2)), transaction():
        scene = set_scene()
    printing = (print_stories.begins(today, weeks=52), print_stories.print_story(scene))
    stories = [*_gifts(scene, rng, today), *_requests(scene, rng, today), printing]
    tell(stories, today, count)
    with transaction():
        checkpoint()
    return Told(session.query(Device).count(), steps)


def _gifts(scene: Scene, rng: random.Random, today: datetime) -> list[tuple[datetime, Story]]:
    stories: list[tuple[datetime, Story]] = []
    seeds = iter(range(1, 100_000))
    for number in range(GIFTS):
        begins = today - timedelta(days=30 * MONTHS * (1 - number / GIFTS) - rng.uniform(0, 9))
        fates = [rng.choice(ENDED) if rng.random() < 0.22 else Fate.READY for _ in range(PER_GIFT)]
        stories.append((begins, _gift(scene, rng, fates, seeds, number)))
    under_way = list(STILL_UNDER_WAY)
    rng.shuffle(under_way)
    for number, part in enumerate((under_way[::2], under_way[1::2])):
        begins = today - timedelta(days=46 - 9 * number)
        stories.append((begins, _gift(scene, rng, part, seeds, GIFTS + number)))
    return stories


def _gift(scene: Scene, rng: random.Random, fates: list[Fate], seeds: Iterator[int], number: int) -> Story:
    """A collection is opened, then its devices' stories go on side by side."""
    kinds = list(DonorKind)
    donor_ids = scene.donors[kinds[number % len(kinds)]]
    donor = session.get_one(Donor, donor_ids[(number // len(kinds)) % len(donor_ids)])
    site_id = scene.sites[0] if number % 3 else scene.sites[1 + (number // 3) % 3]
    by = scene.someone("coordination", site_id)
    gift = open_collection(donor, clock.local(clock.now()).date(), by)
    plans = [_plan(rng, gift.id, site_id, fate, next(seeds)) for fate in fates]
    yield from _side_by_side([device_story(plan, scene) for plan in plans])


def _side_by_side(stories: list[Story]) -> Story:
    """Several stories as one: the step that is due first comes first."""
    due = [(clock.now() + timedelta(minutes=20 + 3 * place), place) for place in range(len(stories))]
    while due:
        due.sort()
        moment, place = due.pop(0)
        yield moment
        following = next(stories[place], None)
        if following is not None:
            due.append((following, place))


def _plan(rng: random.Random, collection_id: int, site_id: int, fate: Fate, seed: int) -> Plan:
    model = rng.choices(MODELS, weights=[5, 5, 4, 3, 3, 2, 2, 1, 1, 1, 3, 2, 1])[0]
    if fate in (Fate.WIPING, Fate.WIPE_FAILS, Fate.NEEDS_PART):
        model = rng.choice([one for one in MODELS if one.type is LAPTOP])
    code = _mint(rng)
    return Plan(model, collection_id, site_id, fate, code, _serial(rng, model), seed)


def _mint(rng: random.Random) -> str:
    seven = "".join(rng.choice(ALPHABET) for _ in range(7))
    code = seven + check_letter(seven)
    session.add(Tag(code=code, kind=Kind.DEVICE, state=TagState.PRINTED, minted_at=clock.now()))
    session.flush()
    return code


def _serial(rng: random.Random, model: Model) -> str:
    return model.manufacturer[:2].upper() + "".join(
        rng.choice("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(8)
    )


def _requests(scene: Scene, rng: random.Random, today: datetime) -> list[tuple[datetime, Story]]:
    """Served ones through the year, and some of several ages that wait today."""
    ids = sorted(scene.referrers)
    served = [
        (360, Wish(ids[0], ((LAPTOP, 3, 8_192),), "delivered", 9)),
        (300, Wish(ids[2], ((LAPTOP, 4, None), (SCREEN, 1, None)), "delivered", 12, returned=True)),
        (240, Wish(ids[1], ((LAPTOP, 2, None), (DESKTOP, 1, None)), "delivered", 16)),
        (190, Wish(ids[3], ((LAPTOP, 4, 8_192),), "delivered", 11)),
        (140, Wish(ids[0], ((LAPTOP, 3, None), (TABLET, 1, None)), "delivered", 14)),
        (85, Wish(ids[2], ((LAPTOP, 3, None), (SCREEN, 2, None)), "delivered", 10)),
        (70, Wish(ids[4], ((LAPTOP, 2, None),), "delivered", 13)),
        (50, Wish(ids[3], ((LAPTOP, 3, None), (DESKTOP, 1, None)), "delivered", 15)),
    ]
    today_open = [
        (24, Wish(ids[0], ((LAPTOP, 2, None), (SCREEN, 1, None)), "prepared", 20)),
        (16, Wish(ids[1], ((LAPTOP, 2, 8_192),), "reserved", 13)),
        (58, Wish(ids[5], ((TABLET, 4, None),), "sent", 0)),
        (31, Wish(ids[4], ((LAPTOP, 5, 16_384), (SCREEN, 5, None)), "sent", 0)),
        (12, Wish(ids[2], ((LAPTOP, 6, None),), "sent", 0)),
        (3, Wish(ids[3], ((DeviceType.SMARTPHONE, 3, None), (LAPTOP, 1, None)), "sent", 0)),
    ]
    return [
        (today - timedelta(days=days, hours=rng.uniform(0, 5)), request_story(wish, scene, place))
        for place, (days, wish) in enumerate([*served, *today_open])
    ]
