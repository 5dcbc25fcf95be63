"""The history of a device in words: each entry holds facts, this says them in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tracker.devices import codes
from tracker.devices.lifecycle import FLAGS, MOVES, Action, Flag
from tracker.devices.rules import ACCESSORIES, TYPES, Accessories, DeviceType
from tracker.history.models import Told
from tracker.i18n import N_, Sentence
from tracker.wiping.hardware_value_rules import PIECES, Piece
from tracker.wiping.upload_rules import OTHER_KIND, kind_name
from tracker.wiping.verdicts import VERDICT_NAMES, Verdict

Facts = Mapping[str, Any]

MOVED: dict[str, str] = {
    Action.ANNOUNCE: N_("Announced by its donor"),
    Action.COLLECT: N_("Collected at the donor’s"),
    Action.RECEIVE: N_("Received in the workshop"),
    Action.START_WIPING: N_("Wiping begun"),
    Action.FINISH_WIPING: N_("Its data is proven gone"),
    Action.START_RECONDITIONING: N_("Reconditioning begun"),
    Action.FINISH_RECONDITIONING: N_("Reconditioning finished"),
    Action.PASS_QUALITY_CHECK: N_("Passed the quality check"),
    Action.FAIL_QUALITY_CHECK: N_("Sent back to the bench by the quality check"),
    Action.REOPEN: N_("Reopened at the bench"),
    Action.WIPE_AGAIN: N_("To be wiped again"),
    Action.RESERVE: N_("Reserved for a request"),
    Action.RELEASE: N_("Released from its request"),
    Action.PREPARE: N_("Prepared for handover"),
    Action.DELIVER: N_("Handed over"),
    Action.TAKE_BACK: N_("Came back"),
    Action.DECLINE: N_("Declined"),
    Action.GIVE_BACK: N_("Given back to its donor"),
    Action.TAKE_FOR_PARTS: N_("Taken for parts"),
    Action.RECYCLE: N_("Sent to recycling"),
    Action.LOSE: N_("Reported as not found"),
    Action.FIND: N_("Found again"),
}

# Action → (the fact that names a paper, what is said with its number).
NUMBERED: dict[str, tuple[str, str]] = {
    Action.RESERVE: ("request", N_("Reserved for request %(number)s")),
    Action.RELEASE: ("request", N_("Released from request %(number)s")),
    Action.DELIVER: ("handover", N_("Handed over, slip %(number)s")),
    Action.RECYCLE: ("slip_number", N_("Sent to recycling, slip %(number)s")),
}

FIELDS: dict[str, str] = {
    "type": N_("type"),
    "manufacturer": N_("manufacturer"),
    "model": N_("model"),
    "serial": N_("serial number"),
    "imei": N_("IMEI"),
    "imei2": N_("second IMEI"),
    "weight_g": N_("weight"),
    "specification": N_("what is inside"),
}


class Happened(NamedTuple):
    """One line of the timeline. `stage` colours it; `undone`: a later correction took it back."""

    what: Sentence
    at: datetime
    by: str
    stage: str
    note: str
    undone: bool


def told(
    entries: Sequence[Told],
    notes: Mapping[int, str],
    names: Mapping[int, str],
    places: Mapping[str, str],
) -> list[Happened]:
    """The entries in words. `notes`: note id → text; `names`: user id → name; `places`: code → name."""
    undone = {entry.facts.get("undoes") for entry in entries if entry.action == Action.CORRECT}
    return [
        Happened(
            what=sentence(entry, places),
            at=entry.at,
            by=names.get(entry.actor_id or 0, "") if entry.actor_kind in ("user", "token") else "",
            stage=entry.to_stage or "",
            note=notes.get(entry.note_id or 0, ""),
            undone=entry.sequence in undone,
        )
        for entry in entries
    ]


def sentence(entry: Told, places: Mapping[str, str]) -> Sentence:
    """What an entry says; the action's own name where nobody has written a sentence for it."""
    if entry.action in MOVED:
        return _moved(entry)
    say = SAID.get(entry.action)
    if say is None:
        return Sentence(N_("Recorded: %(action)s"), {"action": entry.action.replace("_", " ")})
    return say({**entry.facts, "_places": places})


def _moved(entry: Told) -> Sentence:
    proof = entry.facts.get("proven", {}).get("data_gone", {})
    if entry.action == Action.FINISH_WIPING and proof.get("reason") == "no_storage_by_type":
        return Sentence(N_("Holds no data by its type: nothing to wipe"))
    fact, message = NUMBERED.get(entry.action, ("", ""))
    if entry.facts.get(fact):
        return Sentence(message, {"number": entry.facts[fact]})
    return Sentence(MOVED[entry.action])


def _corrected(facts: Facts) -> Sentence:
    undone = facts.get("undone_action")
    if undone not in MOVES:
        return Sentence(N_("The last move is undone"))
    return Sentence(N_("Undone: %(action)s"), {"action": Sentence(MOVES[Action(undone)].name)})


def _edited(facts: Facts) -> Sentence:
    changed = [field for field in FIELDS if field in facts]
    if len(changed) == 1 and changed[0] != "specification":
        before, after = (_value(changed[0], one) for one in facts[changed[0]])
        return Sentence(
            N_("Corrected: %(field)s, from “%(before)s” to “%(after)s”"),
            {"field": Sentence(FIELDS[changed[0]]), "before": before, "after": after},
        )
    return Sentence(N_("Corrected: %(fields)s"), {"fields": several(FIELDS[field] for field in changed)})


def _value(field: str, value: Any) -> Any:
    if field == "type" and value in set(DeviceType):
        return Sentence(TYPES[DeviceType(value)])
    return "–" if value is None else value


def _accessories(facts: Facts) -> Sentence:
    added, removed = (facts.get(key) or [] for key in ("added", "removed"))
    if added and removed:
        return Sentence(
            N_("Accessories: %(added)s came, %(removed)s left"),
            {"added": _named(added), "removed": _named(removed)},
        )
    message = (
        N_("Accessories that came with it: %(kinds)s") if added else N_("Accessories that left: %(kinds)s")
    )
    return Sentence(message, {"kinds": _named(added or removed)})


def _named(kinds: Iterable[str]) -> Sentence:
    return several(ACCESSORIES[Accessories(kind)] if kind in set(Accessories) else kind for kind in kinds)


def _packed(facts: Facts) -> Sentence:
    if facts.get("packed"):
        return Sentence(N_("Packed: %(kinds)s"), {"kinds": _named(facts["packed"])})
    return Sentence(N_("Unpacked: %(kinds)s"), {"kinds": _named(facts.get("unpacked") or [])})


def _checked(facts: Facts) -> Sentence:
    answers = facts.get("answers", {})
    failed = sum(answer == "failed" for answer in answers.values())
    if failed:
        return Sentence(
            N_("Points tested: %(count)s, faults found: %(failed)s"),
            {"count": len(answers), "failed": failed},
        )
    return Sentence(N_("Points tested: %(count)s, no fault"), {"count": len(answers)})


def _wiped(facts: Facts) -> Sentence:
    verdict = facts.get("verdict")
    word = Sentence(VERDICT_NAMES[Verdict(verdict)]) if verdict in set(Verdict) else str(verdict)
    return Sentence(
        N_("Wipe of drive %(serial)s: %(verdict)s"), {"serial": facts.get("serial") or "?", "verdict": word}
    )


def _report(facts: Facts) -> Sentence:
    name = kind_name(str(facts.get("kind") or ""))
    if name == OTHER_KIND:
        return Sentence(N_("Report received"))
    return Sentence(N_("Report received: %(kind)s"), {"kind": Sentence(name)})


def _filled(facts: Facts) -> Sentence:
    """Which pieces a report changed; those that it took away are named too."""
    before, after = facts.get("specification", ({}, {}))
    changed = [word for piece, word in PIECES.items() if before.get(piece) != after.get(piece)]
    return Sentence(N_("What is inside, by a report: %(pieces)s"), {"pieces": several(changed)})


def _chosen(facts: Facts) -> Sentence:
    piece = facts.get("piece")
    word = Sentence(PIECES[Piece(piece)]) if piece in set(Piece) else str(piece)
    return Sentence(N_("Chosen between sources that disagreed: %(piece)s"), {"piece": word})


def _released(facts: Facts) -> Sentence:
    """With the drives that only this report had shown: they are the device's no more."""
    serials = [serial or "?" for _drive, serial in facts.get("withdrawn") or ()]
    if not serials:
        return Sentence(N_("A report was taken away from it: it was another device’s"))
    return Sentence(
        N_("A report was taken away from it, and drives with it, no longer on record here: %(serials)s"),
        {"serials": ", ".join(serials)},
    )


def _place(key: str, message: str) -> Callable[[Facts], Sentence]:
    def say(facts: Facts) -> Sentence:
        code = str(facts.get(key) or "")
        return Sentence(message, {"place": facts["_places"].get(code, codes.shown(code))})

    return say


def _flag(message: str) -> Callable[[Facts], Sentence]:
    def say(facts: Facts) -> Sentence:
        flag = facts.get("flag")
        return Sentence(message, {"flag": Sentence(FLAGS[Flag(flag)]) if flag in set(Flag) else str(flag)})

    return say


def _code(key: str, message: str) -> Callable[[Facts], Sentence]:
    return lambda facts: Sentence(message, {"code": codes.shown(str(facts.get(key) or ""))})


def _with(message: str, *keys: str) -> Callable[[Facts], Sentence]:
    """A sentence whose places are facts of the same name."""
    return lambda facts: Sentence(
        message, {key: "–" if facts.get(key) is None else facts[key] for key in keys}
    )


def _gone(message: str) -> Callable[[Facts], Sentence]:
    """What became of a declared destruction, with the drive where it was about one."""

    def say(facts: Facts) -> Sentence:
        if not facts.get("serial"):
            return Sentence(message)
        values = {"what": Sentence(message), "serial": facts["serial"]}
        return Sentence(N_("%(what)s: drive %(serial)s"), values)

    return say


def several(words: Iterable[str]) -> Sentence:
    """Words that are each translated, with commas between them."""
    listed = list(words)
    places = ", ".join(f"%(w{number})s" for number in range(len(listed)))
    return Sentence(places, {f"w{number}": Sentence(word) for number, word in enumerate(listed)})


SAID: dict[str, Callable[[Facts], Sentence]] = {
    Action.CORRECT: _corrected,
    "edit": _edited,
    "replace_tag": _code("new", N_("New tag: %(code)s")),
    "declare_tag": _code("code", N_("It bears a tag that is not ours: %(code)s")),
    "link_code": _with(N_("A code that was read and not known is on it")),
    "found_by_stranger": _with(N_("Somebody who found it wrote to the workshop")),
    "raise_flag": _flag(N_("Marked “%(flag)s”")),
    "clear_flag": _flag(N_("“%(flag)s” is solved")),
    "set_accessories": _accessories,
    "pack": _packed,
    "merge": _code("gone", N_("The record %(code)s was merged into this one")),
    "merged_into": _code("kept", N_("Merged into the record %(code)s")),
    "join_collection": _with(
        N_("Came with collection %(collection)s, number %(position)s"), "collection", "position"
    ),
    "check": _checked,
    "grade": _with(N_("Graded %(grade)s"), "grade"),
    "put": _place("location", N_("Put into “%(place)s”")),
    "leave_place": _place("from", N_("Left “%(place)s”")),
    "carry": _place("to", N_("Carried to “%(place)s” in its box")),
    "report_attached": _report,
    "specification_filled": _filled,
    "specification_chosen": _chosen,
    "report_released": _released,
    "wipe_judged": _wiped,
    "wipe_accepted": _with(N_("Wipe of drive %(serial)s accepted by a person"), "serial"),
    "wipe_rejected": _with(N_("Wipe of drive %(serial)s rejected by a person"), "serial"),
    "destruction_confirmed": _gone(N_("Destruction confirmed by a second person")),
    "destruction_refused": _gone(N_("Not destroyed after all")),
    "declare_lock_free": _with(N_("Declared: no account locks it")),
    "declare_lock_found": _with(N_("Declared: an account still locks it")),
    "declare_no_storage": _with(N_("Declared: no storage is fitted")),
    "declare_destroyed": _with(N_("Declared: drive %(serial)s is destroyed"), "serial"),
    "declare_removed": _with(N_("Declared: drive %(serial)s was taken out"), "serial"),
    "declare_factory_reset": _with(N_("Declared: reset to factory settings, no account left")),
    "certificate_issued": _with(N_("Wipe certificate %(number)s issued"), "number"),
    "certificate_revoked": _with(N_("Wipe certificate %(number)s revoked"), "number"),
}
