"""What tests need to exist first, as plain functions. Each opens its own transaction unless one is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tracker.accounts.models import Association, Site, User
from tracker.accounts.rules import Actor, Role
from tracker.allocation.models import EquipmentRequest
from tracker.clock import now
from tracker.collection.models import Collection, Donor
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import FACTORY_RESET, DeviceType, Grade
from tracker.distribution.models import Handover
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.stock.models import Location

PASSWORD = "a long enough passphrase"


@contextmanager
def written() -> Iterator[None]:
    """A transaction, or the one that is open."""
    if session().info.get("writing"):
        yield
    else:
        with transaction():
            yield


def site(code: str = "NORD") -> Site:
    """The workshop of this code; the first one made has id 1."""
    found = session.scalars(select(Site).where(Site.code == code)).first()
    if found:
        return found
    with written():
        made = Site(code=code, name=f"Atelier {code.title()}")
        session.add(made)
        session.flush()
    return made


def association(name: str = "Le Relais", **values: Any) -> Association:
    found = session.scalars(select(Association).where(Association.name == name)).first()
    if found:
        return found
    with written():
        made = Association(name=name, created_at=now(), **values)
        session.add(made)
        session.flush()
    return made


def user(role: str | Role = Role.VOLUNTEER, email: str | None = None, **values: Any) -> User:
    """A person with `PASSWORD`; the same e-mail gives the same person."""
    from tracker.accounts.operations import add_user

    role = Role(role)
    email = email or f"{role.value}@example.org"
    found = session.scalars(select(User).where(User.email == email)).first()
    if found:
        return found
    site()
    if role is Role.ASSOCIATION:
        values.setdefault("association_name", association().name)
    with written():
        made = add_user(email, role, system(), **values)
        made.password = _hash()
        return made


@cache
def _hash() -> str:
    """`PASSWORD` hashed once for all: argon2 is slow on purpose."""
    from tracker.accounts.passwords import hashed

    return hashed(PASSWORD)


def actor(role: str | Role = Role.VOLUNTEER, email: str | None = None, **values: Any) -> Actor:
    """What an operation takes as `by`, for a real person of that role."""
    person = user(role, email, **values)
    return Actor(
        role=person.role, user_id=person.id, association_id=person.association_id, site_id=person.site_id
    )


def system() -> Actor:
    from tracker.accounts.rules import SYSTEM

    return SYSTEM


def device(
    stage: Stage | str = Stage.RECEIVED,
    kind: DeviceType | str = DeviceType.LAPTOP,
    by: Actor | None = None,
    **values: Any,
) -> Device:
    """A device that stands at `stage`.

    The first three stages are reached by real moves. A later one is written with a consistent history entry, for
    tests whose subject is what comes after it; the journeys reach every stage by real moves.
    """
    site()
    by = by or system()
    stage = Stage(stage)
    first = {Stage.ANNOUNCED: Action.ANNOUNCE, Stage.COLLECTED: Action.COLLECT}.get(stage, Action.RECEIVE)
    with written():
        made = particulars.register(DeviceType(kind), first, by, **values)
        if made.stage is not stage:
            history.append(
                subject=(Subject.DEVICE, made.id),
                action="placed_by_test",
                by=by,
                site_id=made.site_id,
                from_stage=made.stage.value,
                to_stage=stage.value,
            )
            made.stage, made.stage_since = stage, now()
            session.flush()
    return made


def signed_in(app: Flask, role: str = "volunteer", **values: Any) -> FlaskClient:
    """A client with a live session of a person of that role. The sign-in page itself is tested in tests/accounts."""
    from tests.web.browsing import client_of

    return client_of(app, user(role, **values))


def csrf_token(html: str) -> str:
    """The token of the first form on a page."""
    marker = 'name="csrf_token"'
    start = html.index(marker)
    tag = html[html.rindex("<", 0, start) : html.index(">", start)]
    return tag.split('value="', 1)[1].split('"', 1)[0]


def donor(kind: str = "company", name: str = "Mairie de Tours", **values: Any) -> Donor:
    """A donor; a private person's name goes into her contact."""
    from tracker.collection import operations
    from tracker.collection.rules import DonorKind, Reachable

    site()
    reachable = values.pop("reachable", None) or Reachable(name=name if kind == "person" else None)
    with written():
        return operations.add_donor(DonorKind(kind), system(), name=name, reachable=reachable, **values)


def collection(from_donor: Donor | None = None, **values: Any) -> Collection:
    """An open collection, of today unless `date` says otherwise."""
    from tracker.collection import operations

    given_by = from_donor or donor()
    values.setdefault("date", now().date())
    with written():
        return operations.open_collection(given_by, by=system(), **values)


def location(name: str = "Étagère 1", kind: str = "shelf", **values: Any) -> Location:
    """A place with its code."""
    from tracker.stock import operations
    from tracker.stock.rules import LocationKind

    site()
    with written():
        return operations.add_location(name, LocationKind(kind), system(), **values)


def ready(
    kind: DeviceType | str = DeviceType.LAPTOP,
    in_collection: Collection | None = None,
    **values: Any,
) -> Device:
    """A device at `ready`, come there by real moves alone: declared to hold no storage, certified, tested, graded,
    checked by a second person. A screen has no storage by its type."""
    from tracker.collection.models import Intake
    from tracker.devices import operations
    from tracker.reconditioning import operations as bench
    from tracker.reconditioning.rules import Answer
    from tracker.wiping import declaration_operations
    from tracker.wiping import operations as wiping  # noqa: F401 (registers what it performs)
    from tracker.wiping.rules import DeclarationKind

    by, second = actor("volunteer"), actor("quality")
    made = device(kind=kind, **values)
    with written():
        if in_collection is not None:
            position = len(session.scalars(select(Intake.device_id)).all()) + 1
            session.add(Intake(device_id=made.id, collection_id=in_collection.id, position=position))
        if made.type is not DeviceType.SCREEN:
            word = DeclarationKind.FACTORY_RESET if made.type in FACTORY_RESET else DeclarationKind.NO_STORAGE
            declaration_operations.declare(made, word, by, "seen on the bench", lock_checked=True)
        operations.perform(made, Action.FINISH_WIPING, by)
        operations.perform(made, Action.START_RECONDITIONING, by)
        bench.answer_all(made, Answer.PASSED, by)
        bench.grade(made, Grade.B, by)
        operations.perform(made, Action.FINISH_RECONDITIONING, by)
        operations.perform(made, Action.PASS_QUALITY_CHECK, second)
    return made


def request(
    *lines: tuple[str, int] | tuple[str, int, dict[str, Any]],
    of: Association | None = None,
    by: Actor | None = None,
    **values: Any,
) -> EquipmentRequest:
    """A sent request: `request(("laptop", 2), ("screen", 1, {"screen_inches": 22}))`, for one laptop if none is said."""
    from tracker.allocation import operations
    from tracker.allocation.needs_rules import Needs
    from tracker.allocation.rules import Asked

    asked = [Asked(DeviceType(one[0]), one[1], Needs.read(one[2] if len(one) > 2 else None)) for one in lines]
    by = by or actor("coordinator")
    own = by.association_id or (of or association()).id
    with written():
        return operations.make_request(
            asked or [Asked(DeviceType.LAPTOP, 1)], by, association_id=own, **values
        )


def reserved(request: EquipmentRequest, *devices: Device, line: int = 0) -> list[Device]:
    """These devices, promised to the request's line of that index by a coordinator."""
    from tracker.allocation import promise_operations

    with written():
        for one in devices:
            promise_operations.reserve(one, request.lines[line], actor("coordinator"))
    return list(devices)


def handover(request: EquipmentRequest, *devices: Device, **terms: Any) -> Handover:
    """A signed handover of these devices, reserved for the request if they are not yet."""
    from tracker.distribution import operations
    from tracker.distribution.rules import Signed

    waiting = [one for one in devices if one.stage is Stage.READY]
    if waiting:
        reserved(request, *waiting)
    terms = {"packed": True, **terms}
    with written():
        signed = Signed("Personne de l’association", "bénévole")
        return operations.hand_over(request, devices, actor("volunteer"), operations.Terms(signed, **terms))
