"""Public keys as they are published: which key, from when until when, and which certificates were revoked.

`/verify/keys.json` gives

    {"format":"ricochet-keys-1","organisation":…,"at":…,
     "keys":[{"key":kid,"public":base64url,"from":…,"until":…|null,"revoked":…|null,"reason":…|null}],
     "revoked_certificates":[{"number":…,"at":…,"reason":…}]}

Whoever kept that file checks certificates without us, as of the day of the file.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.signing import rules

KEYS_FORMAT = "ricochet-keys-1"


class KeyLoss(enum.StrEnum):
    """Why nothing that a key signed counts by its signature alone any more."""

    STOLEN = "stolen"  # somebody else may have it
    DOUBT = "doubt"  # nobody knows for certain who could use it


KEY_FAULTS = {
    "key_revoked": N_(
        "Its key %(key)s was revoked on %(day)s: the signature alone proves nothing any more. Ask for its number on "
        "the public page."
    ),
    "key_unused": N_("Its key %(key)s was not in use on %(day)s."),
}


@dataclass(frozen=True)
class PublishedKey:
    """A public key (32 bytes) and its times, aware. `until`: when another one took its place."""

    public: bytes
    since: datetime
    until: datetime | None = None
    revoked: datetime | None = None
    reason: str | None = None

    @property
    def key(self) -> str:
        return rules.key_id(self.public)

    def fault(self, at: datetime) -> tuple[str, dict[str, str]] | None:
        """Why a signature of that moment does not count although the key made it (one of `KEY_FAULTS`), or None."""
        if self.revoked is not None:
            return "key_revoked", {"key": self.key, "day": _day(self.revoked)}
        if at < self.since or (self.until is not None and at > self.until):
            return "key_unused", {"key": self.key, "day": _day(at)}
        return None


@dataclass(frozen=True)
class KeyRing:
    """What a check goes by: keys by their id, and revoked certificates: number → (when, why)."""

    keys: Mapping[str, PublishedKey]
    revoked: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    organisation: str = ""
    at: str = ""


def published(ring: KeyRing) -> dict[str, Any]:
    """The ring as it is written for everybody."""
    return {
        "format": KEYS_FORMAT,
        "organisation": ring.organisation,
        "at": ring.at,
        "keys": [_written(one) for one in ring.keys.values()],
        "revoked_certificates": [
            {"number": number, "at": at, "reason": reason} for number, (at, reason) in ring.revoked.items()
        ],
    }


def _written(one: PublishedKey) -> dict[str, Any]:
    return {
        "key": one.key,
        "public": rules.encoded(one.public),
        "from": rules.moment(one.since),
        "until": rules.moment(one.until) if one.until else None,
        "revoked": rules.moment(one.revoked) if one.revoked else None,
        "reason": one.reason,
    }


def read_ring(content: bytes) -> KeyRing:
    """The ring in a kept file. Raises `Malformed`."""
    try:
        read = json.loads(content)
        if read["format"] != KEYS_FORMAT:
            raise ValueError("another format")
        keys = [_read(one) for one in read["keys"]]
        revoked = {
            str(one["number"]): (str(one["at"]), str(one["reason"])) for one in read["revoked_certificates"]
        }
        return KeyRing({one.key: one for one in keys}, revoked, str(read["organisation"]), str(read["at"]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Malformed(
            N_("This is no file of public keys: take the one published at /verify/keys.json.")
        ) from error


def _read(one: Mapping[str, Any]) -> PublishedKey:
    def when(name: str) -> datetime | None:
        return rules.read_moment(one[name]) if one[name] else None

    made = PublishedKey(
        rules.decoded(one["public"]),
        rules.read_moment(one["from"]),
        when("until"),
        when("revoked"),
        one["reason"],
    )
    if len(made.public) != 32 or made.key != one["key"]:
        raise ValueError("a key that is not named after itself")
    return made


def _day(at: datetime) -> str:
    return at.date().isoformat()
