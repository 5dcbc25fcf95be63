"""What a volunteer finds on the bench for one whole journey: six labels that a scan answers differently, cards, a shelf."""

from __future__ import annotations

from dataclasses import dataclass

from tests import make
from tracker.benches import pin_operations
from tracker.cards import operations as cards
from tracker.cards import queries as card_queries
from tracker.collection import operations as collections
from tracker.collection.models import Collection
from tracker.collection.rules import Line
from tracker.database import session, transaction
from tracker.devices import codes, particulars
from tracker.devices import queries as devices
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType
from tracker.devices.tags import TagState
from tracker.scanning import operations as scanning
from tracker.scanning import rules
from tracker.stock import operations as stock

PIN = "8302"


@dataclass(frozen=True)
class Workshop:
    """Codes. `done`, `other`: they can begin their wipe; `already`: it has begun; `far`: not received yet; `unknown`, `nobodys`:
    no labels of ours; `free`: a label on no device; `elsewhere`: of another collection; `stranger` stands in no place."""

    email: str
    collection: str
    badge: str
    done: str
    other: str
    already: str
    far: str
    unknown: str
    nobodys: str
    free: str
    elsewhere: str
    stranger: str
    shelf: str
    box: str
    start: str
    end: str

    @property
    def six(self) -> tuple[str, ...]:
        return self.done, self.already, self.far, self.unknown, self.free, self.elsewhere


def furnished() -> Workshop:
    """`done` and `already` lie in a box, which stands nowhere; `other` on the shelf."""
    by, gift = make.actor(name="Claire"), make.collection()
    done, other, already = (_given(gift, Action.RECEIVE) for _ in range(3))
    far, elsewhere, stranger = (
        _given(gift, Action.COLLECT),
        _given(make.collection(), Action.RECEIVE),
        make.device(),
    )
    shelf, box = make.location("Étagère 1"), make.location("Caisse 7", "box")
    with transaction():
        stock.put(done, box, by), stock.put(already, box, by), stock.put(other, shelf, by)
        scanning.scan(rules.asked(already.code, action=Action.START_WIPING), by)
        cards.mint_missing(by, ["do:start_wiping", "scan:end", "scan:undo"])
        (tag,) = particulars.mint(Kind.DEVICE, state=TagState.PRINTED)
        badge = cards.issue_badge(make.user(), by).code
        pin_operations.set_pin(by, PIN, PIN)
    held = card_queries.cards(by.site_id)
    return Workshop(
        email=make.user().email,
        collection=gift.reference,
        badge=badge,
        done=done.code,
        other=other.code,
        already=already.code,
        far=far.code,
        unknown=codes.new_code(),
        nobodys=codes.new_code(),
        free=tag.code,
        elsewhere=elsewhere.code,
        stranger=stranger.code,
        shelf=shelf.code,
        box=box.code,
        start=held["do:start_wiping"].code,
        end=held["scan:end"].code,
    )


def _given(gift: Collection, how: Action) -> Device:
    with transaction():
        return collections.add_device(gift, Line(DeviceType.LAPTOP, model="ProBook"), how, make.actor())


def stage(code: str) -> Stage:
    """Where the device stands that this code leads to, be it its first label or a later one."""
    session.rollback()
    return devices.by_code(code).stage
