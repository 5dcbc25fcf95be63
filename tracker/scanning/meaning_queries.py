"""What a code means, before anything is done with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tracker.cards import queries as cards
from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import STAGES
from tracker.devices.models import Device, Tag
from tracker.devices.queries import Resolved
from tracker.devices.rules import TYPES
from tracker.devices.tags import TagState
from tracker.i18n import N_, Sentence
from tracker.scanning import rules
from tracker.scanning.rules import Asked, Outcome, Verdict
from tracker.stock import queries as places


def binding(code: str) -> str:
    """Where a free tag is put on a device."""
    return f"/labels/tags/{code}/bind"


def look(asked: Asked) -> tuple[Verdict, Device | None]:
    """The verdict of a mere look, and the device that the code leads to, if it leads to one."""
    code = codes.read(asked.raw)
    if isinstance(code, codes.Fault):
        return verdict(asked, Outcome.UNKNOWN, rules.misread(asked.raw, code)), None
    found = devices.resolve(code)
    if found is None:
        sentence = Sentence(
            N_("%(code)s is not one of our tags: check the letters. If it is right, the tag is not ours."),
            {"code": codes.shown(code)},
        )
        return verdict(asked, Outcome.UNKNOWN, sentence, code=code), None
    if found.device is None:
        return replace(_of_tag(asked, found.tag), code=code), None
    seen = verdict(asked, Outcome.DONE, _seen(found, found.device))
    return replace(seen, code=code, device_id=found.device.id, stage=found.device.stage), found.device


def verdict(asked: Asked, outcome: Outcome, sentence: Sentence, **more: Any) -> Verdict:
    """A verdict on this scan."""
    return Verdict(asked.scan_id, outcome, sentence, action=asked.action, **more)


def is_old_tag(code: str | None) -> bool:
    """Whether another tag has taken this one's place."""
    found = devices.resolve(code) if code else None
    return found is not None and found.replaced


def _of_tag(asked: Asked, tag: Tag) -> Verdict:
    """A tag that names no device: a place, a card, a free one, a void one."""
    if tag.kind in (Kind.LOCATION, Kind.BOX):
        return _of_place(asked, tag)
    if tag.kind is not Kind.DEVICE:
        return _of_card(asked, tag)
    named = {"code": codes.shown(tag.code)}
    if tag.state in (TagState.MINTED, TagState.PRINTED):
        free = N_("The tag %(code)s is free: no device bears it yet. Stick it on one, then say which.")
        return verdict(asked, Outcome.REFUSED, Sentence(free, named), address=binding(tag.code))
    void = N_("The tag %(code)s is void: it names nothing any more. Put a new one on the device.")
    return verdict(asked, Outcome.REFUSED, Sentence(void, named))


def _of_card(asked: Asked, tag: Tag) -> Verdict:
    """A command card or a badge. A scan is kept for ever, so it never holds the name on a badge."""
    meaning = cards.meaning(tag.code)
    if meaning is None or not meaning.in_force:
        ended = N_("This card or badge says nothing any more. Print a new one.")
        return verdict(asked, Outcome.REFUSED, Sentence(ended), address="/cards")
    if meaning.command is None:
        said = Sentence(
            N_("This is a badge: it says who works at a shared bench, and opens nothing by itself.")
        )
    else:
        card = N_("This is the command card “%(name)s”. %(hint)s")
        said = Sentence(card, {"name": meaning.command.name, "hint": meaning.command.hint})
    if asked.action is None:
        return verdict(asked, Outcome.DONE, said)
    return verdict(asked, Outcome.REFUSED, Sentence(N_("%(card)s Scan a device."), {"card": said}))


def _of_place(asked: Asked, tag: Tag) -> Verdict:
    name = {"name": places.location_by_code(tag.code).name}
    if asked.action is None:
        here = Sentence(N_("This is the place “%(name)s”."), name)
        return verdict(asked, Outcome.DONE, here, address=f"/{tag.kind.value}/{tag.code}")
    no_device = Sentence(N_("This is the place “%(name)s”, not a device: scan a device."), name)
    return verdict(asked, Outcome.REFUSED, no_device)


def _seen(found: Resolved, device: Device) -> Sentence:
    """A look, and a notice where the tag is an old one."""
    if found.replaced:
        return Sentence(
            N_("This is an old tag: the device’s code is now %(code)s. Print that one and put it on."),
            {"code": codes.shown(device.code)},
        )
    name = device.name or Sentence(TYPES[device.type])
    stage = Sentence(STAGES[device.stage].name)
    return Sentence(N_("%(device)s is “%(stage)s”."), {"device": name, "stage": stage})
