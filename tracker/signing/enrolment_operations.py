"""One-time codes are given, used once and ended. Who may, and what the history says of it, each domain says."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeVar

from tracker import clock
from tracker.accounts.rules import Actor
from tracker.errors import Malformed, NotAllowed
from tracker.i18n import N_
from tracker.signing import enrolment_rules as rules
from tracker.signing.enrolment_models import Enrolled

One = TypeVar("One", bound=Enrolled)

_NO_CODE = N_("This code is wrong, used, or too old. Ask a coordinator for a new one.")


def give_code(one: Enrolled) -> str:
    """A new one-time code. Until it is used, what was enrolled before works; then no more."""
    code = rules.new_code()
    one.code_hash, one.mark_hash = rules.hash_of(code), None
    one.code_expires_at = clock.now() + rules.CODE_LIFE
    return code


def use_code(code: str, mark: str, waiting_for: Callable[[str], One | None]) -> tuple[One, bool]:
    """Whose code that is, and whether it is used only now. `waiting_for`: by the hash of a code, its row held.

    `mark`: a random text of the sender's own. The same code with the same mark leads to the same secret while the code
    is valid, so that an answer lost on the way costs nothing. Raises `NotAllowed`, `Malformed`.
    """
    typed = rules.read_code(code)
    if not 16 <= len(mark) <= 128:
        raise Malformed(N_("Send a random text of 16 to 128 signs as “mark”."), field="mark")
    one = waiting_for(rules.hash_of(typed)) if typed else None
    if one is None or one.code_expires_at is None or one.code_expires_at <= clock.now():
        raise NotAllowed(_NO_CODE)
    if one.mark_hash is None:
        one.mark_hash, one.nonce = rules.hash_of(mark), secrets.token_hex(32)
        one.enrolled_at = clock.now()
        return one, True
    if not secrets.compare_digest(one.mark_hash, rules.hash_of(mark)):
        raise NotAllowed(_NO_CODE)
    return one, False


def end(one: Enrolled, by: Actor) -> bool:
    """From now on nothing that it signs is taken, and no code of it is good. False where that was so already."""
    if one.revoked_at is not None:
        return False
    one.revoked_at, one.revoked_by = clock.now(), by.user_id
    one.code_hash = one.code_expires_at = one.mark_hash = None
    return True
