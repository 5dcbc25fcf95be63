"""The page of one device, put together from pieces that are drawn once for all devices of which they say the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from jinja2.runtime import Macro
from markupsafe import Markup

from tracker.accounts.rules import Actor, Permission
from tracker.devices import codes, step_queries
from tracker.devices.lifecycle import MOVES, Action, Move
from tracker.devices.models import Device
from tracker.devices.rules import TYPES, Lead
from tracker.devices.step_queries import Step
from tracker.history.models import Told
from tracker.i18n import N_, Sentence, word
from tracker.passport import queries, timeline
from tracker.passport.panels import panels
from tracker.reconditioning import queries as reconditioning
from tracker.web.frames import drawn_page
from tracker.web.languages import locale
from tracker.web.shown import ago, moment_in
from tracker.web.templates import Shown, drawn_once, drawn_panel, gapped, joined, macro
from tracker.wiping import hardware_queries as hardware
from tracker.wiping.hardware_rules import ARRIVAL

PARTS = "passport/_parts.html"
INSIDE = "wiping/_inside.html"
# What is known of the inside beside the pieces that reports tell of: specification key → its word.
BESIDE = {"system": N_("System")}


def page(device: Device, by: Actor, *, was: str) -> str:
    """The page for whoever looks now. `was`: the code of an older label that led here, or nothing."""
    story = queries.story(device)
    if story.whole:
        reconditioning.read_in(device, story.entries)
    may_work = by.may(Permission.WORK)
    code = codes.shown(device.code)
    return drawn_page(
        "passport/show.html",
        {
            "stage": device.stage,
            "grade": device.grade.value if device.grade else "",
            "site_name": device.site.name,
        },
        {
            "code": code,
            "about": _about(device),
            "since": ago(device.stage_since),
            "above": _part("was", shown_code=code) if was else "",
            "flags": _flags(device),
            "work": _work(device, by) if may_work else "",
            "panels": _panels(device, by),
            "inside": _inside(device, story, may_work),
            "lines": _lines(story),
            "undo": _undo(device, story, by) if may_work else "",
        },
    )


def _part(name: str, *values: Any, **gaps: str) -> Markup:
    return drawn_once(macro(PARTS, name), *values, **gaps)


def _about(device: Device) -> str:
    language, name = locale(), device.name
    kind = word(TYPES[device.type], language)
    said = [name, kind] if name else [kind]
    if device.serial:
        said.append(word(N_("Serial number %(serial)s"), language) % {"serial": device.serial})
    return " · ".join(said)


def _flags(device: Device) -> Markup | str:
    return _part("flags", [one.flag for one in device.flags]) if device.flags else ""


def _work(device: Device, by: Actor) -> Markup:
    """What comes next, and what else can be done."""
    step = step_queries.next_step(device, by)
    others = [
        _shown(one, device.code) if one.lead or one.refusal else _shown_bare(one)
        for one in step_queries.other_steps(device, by, step)
    ]
    return _part("work", _shown(step, device.code) if step else None, others, code=device.code)


@dataclass(frozen=True)
class _ShownStep(Shown):
    """A step in plain words, the same for all devices that stand as this one does: what the buttons say of it."""

    action: Action
    lead: bool
    refusal: bool
    by_page: bool
    page: str | None
    words: Sentence
    before: Lead | None
    against: tuple[Sentence, ...]

    @property
    def move(self) -> Move:
        return MOVES[self.action]


def _shown(step: Step, code: str) -> _ShownStep:
    before, page = step.before, step.page
    return _ShownStep(
        step.move.action,
        step.lead is not None,
        step.refusal is not None,
        step.by_page,
        gapped(page, "code", code) if page else None,
        step.words,
        replace(before, address="") if before else None,
        step.against,
    )


@cache
def _shown_bare(step: Step) -> _ShownStep:
    """Of a step that says the same of every device."""
    return _shown(step, "")


def _panels(device: Device, by: Actor) -> Markup:
    return joined(
        [drawn_panel(template, same, shown, device, own) for template, shown, own, same in panels(device, by)]
    )


def _inside(device: Device, story: queries.Story, may_work: bool) -> Markup:
    known, specification = hardware.known(device), device.specification
    origins = queries.origins(device, story.entries) if specification else {}
    beside = [
        (word, specification[key], origins.get(key)) for key, word in BESIDE.items() if specification.get(key)
    ]
    if not known and not beside and not device.imei and not device.imei2:
        return _part("nothing_known")
    if _came_with_it(device, known, beside):
        rows = [drawn_once(macro(INSIDE, "arrived"), one.piece, one.word, one.stands.value) for one in known]
        rows += [_part("arrived", word, value) for word, value, _entry in beside]
        return _part("only_arrived", rows=joined(rows))
    return Markup(macro(PARTS, "inside")(device, known, beside, story.names, may_work))  # noqa: S704 (by Jinja)


def _came_with_it(device: Device, known: list[hardware.Known], beside: list[tuple[str, Any, Any]]) -> bool:
    """Whether all that is known of the inside was known at its arrival, as of most devices: nothing to choose or to tell."""
    return (
        bool(known or beside)
        and not device.imei
        and not device.imei2
        and all(one.stands.source == ARRIVAL and not one.choices and not one.before for one in known)
        and all(entry is None for _word, _value, entry in beside)
    )


def _lines(story: queries.Story) -> Markup:
    """What happened, the newest first."""
    happened = timeline.told(story.entries, story.notes, story.names, queries.place_names(story.entries))
    language, line = locale(), macro(PARTS, "line")
    return joined([_line(line, one, language) for one in happened])


def _line(line: Macro, one: timeline.Happened, language: str) -> Markup:
    """Drawn once for all lines of the same shape; and of the same words, where these hold nothing of one device."""
    own = {"at": one.at.isoformat(), "shown_at": moment_in(language, one.at)}
    if one.by:
        own["by"] = one.by
    if one.note:
        own["note"] = one.note
    if not one.what.details:
        return drawn_once(line, one.stage, one.undone, one.what, **own)
    return drawn_once(line, one.stage, one.undone, what=one.what.shown_in(language), **own)


def _undo(device: Device, story: queries.Story, by: Actor) -> Markup | str:
    """The press that takes the last move back, where it may be."""
    last: Told | None = next((entry for entry in story.entries if entry.to_stage), None)
    if last is None or not step_queries.may_undo(last, by):
        return ""
    return _part("undo", code=device.code, entry=str(last.id))
