"""The verifier to take away: one HTML file that checks certificates without a network, the keys of that day inside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tracker.devices.rules import TYPES
from tracker.i18n import LOCALES, N_, Sentence
from tracker.signing import code_rules, key_rules, verification_rules
from tracker.signing.key_rules import KeyRing
from tracker.wiping.certificate_rules import COVERED
from tracker.wiping.methods import LIMITS
from tracker.wiping.wording_rules import DECLARED, ENDS, LEVELS, MEDIUMS, SOURCES, VERIFICATIONS

STATIC = Path(__file__).parents[1] / "static"
_PARTS = {
    "css": "verifier/page.css",
    "nacl": "vendor/tweetnacl/nacl-fast.min.js",
    "core": "verifier/core.js",
    "page": "verifier/page.js",
}

_WORDS: Mapping[str, str] = {
    "title": N_("Check a wipe certificate without a network"),
    "purpose": N_("Drop the certificate here: this page says whether it is genuine. Nothing leaves your computer."),
    "choose": N_("Choose the certificate (PDF or JSON)"),
    "or_drop": N_("or drop it anywhere on this page"),
    "paste": N_("Or scan the QR code of the paper into this field"),
    "check": N_("Check"),
    "genuine": N_("Genuine"),
    "not_genuine": N_("Not genuine, or not to be relied on"),
    "issued_by": N_("Issued by"),
    "number": N_("Certificate no."),
    "issued": N_("Date"),
    "drives": N_("Drives"),
    "collection": N_("Collection"),
    "replaces": N_("Takes the place of"),
    "fingerprint": N_("Fingerprint (SHA-256)"),
    "counted": N_("%(found)s found: %(wiped)s wiped, %(removed)s taken out, %(destroyed)s destroyed"),
    "serial": N_("Serial no. %(serial)s"),
    "gigabyte": N_("GB"),
    "unknown_model": N_("Drive of unknown model"),
    "by_a_person": N_("declared by a named person on %(day)s"),
    "by_two_people": N_("declared by a named person on %(day)s, confirmed by a second one"),
    "short_code": N_(
        "This code proves number, date and fingerprint. Compare the fingerprint with the paper, or drop the PDF to "
        "see what is signed."
    ),
    "an_export": N_("This is the signed list of an export. `tracker verify` compares its files."),
    "ask_revoked": N_("Revocations are known up to %(at)s. For a later one, ask %(address)s."),
    "about_title": N_("What this page goes by"),
    "about_keys": N_("The public keys of %(organisation)s as of %(at)s. Later keys are not known here: download again."),
    "about_limits": N_(
        "A signature proves who issued a certificate and that nothing was changed since, not that a drive was wiped. "
        "Take this page from the workshop’s own address: a page from elsewhere could say anything."
    ),
    "key_in_use": N_("in use since %(from)s"),
    "key_was_used": N_("in use from %(from)s to %(until)s"),
    "key_was_revoked": N_("revoked on %(day)s: what it signed proves nothing any more"),
    "why_browser": N_("This browser is too old for this page: use one of 2023 or later."),
    **{f"why_{word}": text for word, text in verification_rules.REASONS.items()},
}  # fmt: skip
_LISTS: Mapping[str, Mapping[Any, str]] = {
    "types": TYPES,
    "covered": COVERED,
    "ends": ENDS,
    "levels": LEVELS,
    "mediums": MEDIUMS,
    "verifications": VERIFICATIONS,
    "sources": SOURCES,
    "declared": DECLARED,
    "limits": {one: one for one in LIMITS},
}


def page(ring: KeyRing, locale: str) -> str:
    """The file, in that language first. No part of it is fetched from anywhere."""
    data = {
        "ring": key_rules.published(ring),
        "dictionary": code_rules.DICTIONARY.decode("ascii"),
        "words": {one: _words(one) for one in LOCALES},
    }
    made = _file("verifier/page.template")
    parts = {name: _file(path) for name, path in _PARTS.items()}
    parts["lang"], parts["other"] = locale, "en" if locale == "fr" else "fr"
    parts["data"] = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    for name, content in parts.items():
        made = made.replace(f"{{{{{name}}}}}", content, 1)
    return made


def _words(locale: str) -> dict[str, Any]:
    told: dict[str, Any] = {name: Sentence(text).shown_in(locale) for name, text in _WORDS.items()}
    for name, words in _LISTS.items():
        told[name] = {_key(key): Sentence(text).shown_in(locale) for key, text in words.items()}
    return told


def _key(key: Any) -> str:
    return "null" if key is None else str(key)


@cache
def _file(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")
