"""What collecting, receiving and giving back a device mean beyond the move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.collection import operations, queries
from tracker.collection.models import GiveBack
from tracker.collection.rules import TakenAs
from tracker.contacts.models import Contact
from tracker.contacts.rules import ContactKind
from tracker.database import session
from tracker.devices import codes, particulars, registry
from tracker.devices.lifecycle import Action, Fact
from tracker.devices.models import Device
from tracker.devices.operations import advance, correct, judge
from tracker.devices.rules import Accessories, Lead, Proof
from tracker.errors import Malformed
from tracker.history.models import HistoryEntry
from tracker.i18n import N_, Sentence
from tracker.web.drawn import read_drawing

Case = Mapping[str, Any]

registry.merges(operations.merge_intakes)


@registry.performs(Action.COLLECT, bare_is_move=True)
def collect(device: Device, by: Actor, case: Case) -> HistoryEntry:
    """Fetch a device at the donor's. Takes what `receive` takes."""
    return _come_in(device, Action.COLLECT, by, case)


@registry.performs(Action.RECEIVE, bare_is_move=True)
def receive(device: Device, by: Actor, case: Case) -> HistoryEntry:
    """Take a device in. `case` may hold `weight_g`, `accessories` (all that came with it), `code` (a tag to put on it)."""
    return _come_in(device, Action.RECEIVE, by, case)


def _come_in(device: Device, action: Action, by: Actor, case: Case) -> HistoryEntry:
    refusal = judge(device, action, by, case)
    if refusal is not None:
        raise refusal
    if case.get("code"):
        _put_tag(device, str(case["code"]), by)
    if case.get("weight_g"):
        particulars.edit(device, by, weight_g=_grams(case["weight_g"]))
    if case.get("accessories") is not None:
        particulars.set_accessories(device, _accessories(case["accessories"]), by)
    return advance(device, action, by, case=case, reason=case.get("reason"))


def _put_tag(device: Device, typed: str, by: Actor) -> None:
    code = tag_code(typed)
    if code != device.code:
        particulars.replace_tag(device, code, by)


def tag_code(typed: str) -> str:
    """The code of a tag as it was scanned or typed. Raises `Malformed`."""
    code = codes.read(typed)
    if isinstance(code, codes.Fault):
        raise Malformed(
            N_("“%(code)s” is not the code of a tag. Scan the tag, or leave it empty."),
            field="code",
            code=typed[:40],
        )
    return code


def _grams(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise Malformed(N_("Write the weight in grams, as a whole number."), field="weight_g") from error


def _accessories(values: Any) -> set[Accessories]:
    try:
        return {Accessories(value) for value in values}
    except (TypeError, ValueError) as error:
        raise Malformed(N_("One of these accessories is not in our list."), field="accessories") from error


@registry.proves(Fact.RETURNED_TO_DONOR)
def returned_to_donor(device: Device, by: Actor, case: Case) -> Proof:
    """Somebody of the donor's took it and signed. Never a recycler: that is another way out, with its own proof."""
    gift = queries.gift_of(device.id)
    if gift is None:
        return Proof.refused(N_("No donor is on record for this device: nobody to give it back to."))
    if case.get("taken_as") not in set(TakenAs):
        return Proof.refused(
            N_("Say who takes it back: the donor, someone of the donor's staff, or their carrier. "
               "For a recycler, use “Send to recycling”.")
        )  # fmt: skip
    if not str(case.get("taken_by") or "").strip():
        return Proof.refused(N_("Write the name of the person who takes it back."))
    return Proof(held=True, evidence={"donor": gift.donor.reference, "taken_as": str(case["taken_as"])})


@registry.solves(Fact.RETURNED_TO_DONOR)
def sign_for_return(device: Device, by: Actor) -> Lead | None:
    if not by.may(Permission.COORDINATE):
        return None
    words = Sentence(N_("Have the return to the donor signed"))
    return Lead(words, f"/devices/{device.code}/give-back", "arrow-back-up")


@registry.performs(Action.GIVE_BACK)
def give_back(device: Device, by: Actor, case: Case) -> HistoryEntry:
    """Give a device back to its donor. `case`: `taken_by` (name), `taken_as` (`TakenAs`), `signature` (PNG data URL)?"""
    refusal = judge(device, Action.GIVE_BACK, by, case)
    if refusal is not None:
        raise refusal
    signature = read_drawing(case.get("signature"))
    gift = queries.gift_of(device.id)
    assert gift is not None  # just proven
    name = " ".join(str(case["taken_by"]).split())[:120]
    signed = Contact(kind=ContactKind.PERSON, name=name)
    session.add(signed)
    session.flush()
    paper = GiveBack(
        device_id=device.id,
        donor_id=gift.donor.id,
        taken_as=TakenAs(case["taken_as"]),
        contact_id=signed.id,
        signature=signature,
    )
    session.add(paper)
    session.flush()
    return advance(
        device, Action.GIVE_BACK, by, case=case, facts={"give_back": paper.id}, reason=case.get("reason")
    )


def forget_signatures(contact_id: int) -> int:
    """Erase what this person drew when she took a device back. How many drawings there were."""
    drawn = (GiveBack.contact_id == contact_id, GiveBack.signature.is_not(None))
    papers = session.scalars(select(GiveBack).where(*drawn)).all()
    for paper in papers:
        paper.signature = None
    session.flush()
    return len(papers)


@registry.undoes(Action.GIVE_BACK)
def take_back_again(device: Device, by: Actor, case: Case) -> HistoryEntry:
    """Undo a giving back: the paper is kept, marked as undone."""
    entry = correct(device, by, case=case, reason=case.get("reason"))
    last = session.scalars(
        select(GiveBack)
        .where(GiveBack.device_id == device.id, GiveBack.undone_at.is_(None))
        .order_by(GiveBack.id.desc())
    ).first()
    if last is not None:
        last.undone_at = clock.now()
        session.flush()
    return entry
