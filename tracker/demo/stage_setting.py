"""The scene before the first device arrives: workshops, people, associations, donors, places."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlalchemy import select

from tracker.accounts import association_operations, operations
from tracker.accounts.models import Association, Site, User
from tracker.accounts.rules import SYSTEM, Actor, Role
from tracker.collection import operations as collection
from tracker.collection.models import Donor
from tracker.collection.rules import DonorKind, Reachable
from tracker.database import session
from tracker.demo import cast
from tracker.stock import operations as stock
from tracker.stock.rules import LocationKind


@dataclass
class Scene:
    """Ids of what the stories need, so that nothing is kept loaded between transactions."""

    actors: dict[str, Actor] = field(default_factory=dict)  # by the part of the e-mail before the @
    referrers: dict[int, Actor] = field(default_factory=dict)  # by association id
    donors: dict[DonorKind, list[int]] = field(default_factory=dict)
    shelves: dict[int, list[int]] = field(default_factory=dict)  # site id → location ids
    sites: list[int] = field(default_factory=list)

    def someone(self, name: str, site_id: int) -> Actor:
        """This person, at work in that workshop."""
        return replace(self.actors[name], site_id=site_id)


def set_scene() -> Scene:
    """Make it all, in the running transaction."""
    scene = Scene()
    for code, name in cast.SITES:
        site = session.scalars(select(Site).where(Site.code == code)).first() or _site(code, name)
        scene.sites.append(site.id)
    home = replace(SYSTEM, site_id=scene.sites[0])
    for email, role, name, _ in cast.USERS:
        user = operations.add_user(email, role, home, password=cast.PASSWORD, name=name)
        scene.actors[email.split("@")[0]] = _actor(user)
    for number, (name, ground, city) in enumerate(cast.ASSOCIATIONS, start=1):
        association = association_operations.add(home, name=name, ground=ground.value, city=city)
        user = operations.add_user(
            f"asso{number}@exemple.fr",
            Role.ASSOCIATION,
            home,
            password=cast.PASSWORD,
            association_name=name,
            name=f"Accueil, {name}",
        )
        scene.referrers[association.id] = _actor(user)
    for kind, name in cast.DONORS:
        donor = _donor(kind, name, home)
        scene.donors.setdefault(kind, []).append(donor.id)
    for site_id in scene.sites:
        scene.shelves[site_id] = _places(replace(home, site_id=site_id))
    return scene


def _site(code: str, name: str) -> Site:
    """The workshop's row; a fresh database has one that waits for its name."""
    waiting = session.scalars(select(Site).order_by(Site.id).limit(1)).first()
    if waiting is not None and not session.scalars(select(User.id).limit(1)).first() and _unnamed(waiting):
        waiting.code, waiting.name = code, name
        session.flush()
        return waiting
    site = Site(code=code, name=name)
    session.add(site)
    session.flush()
    return site


def _unnamed(site: Site) -> bool:
    return site.code not in {code for code, _ in cast.SITES}


def _actor(user: User) -> Actor:
    return Actor(role=user.role, user_id=user.id, association_id=user.association_id, site_id=user.site_id)


def _donor(kind: DonorKind, name: str, by: Actor) -> Donor:
    if kind is DonorKind.PERSON:
        return collection.add_donor(kind, by, reachable=Reachable(name=name))
    return collection.add_donor(kind, by, name=name)


def _places(by: Actor) -> list[int]:
    room = stock.add_location("Réserve", LocationKind.ROOM, by)
    shelves = [
        stock.add_location(name, LocationKind.SHELF, by, parent=room).id
        for name in ("Étagère R1", "Étagère R2", "Étagère R3")
    ]
    stock.add_location("Caisse chargeurs", LocationKind.BOX, by, parent=room)
    return shelves


def associations() -> list[int]:
    return list(session.scalars(select(Association.id).order_by(Association.id)).all())
