"""Helpers are added, enrolled once by a code and revoked; they fetch files, and say what became of them."""

from __future__ import annotations

from collections.abc import Sequence

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.errors import NotAllowed, RuleBroken
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.printing import helper_key_operations, helper_queries, helper_rules, job_operations
from tracker.printing.helper_models import PrintHelper
from tracker.printing.helper_rules import FOR_A_PERSON, REASONS, Outcome, Reason, Signed
from tracker.printing.job_rules import NotSent, Parcel, Unclear
from tracker.signing import enrolment_operations

_REVOKED = N_("This helper was revoked. Ask a coordinator.")
LONGEST_DETAIL = 120


def add(name: str, by: Actor) -> tuple[PrintHelper, str]:
    """A new helper and its one-time code."""
    by.must(Permission.COORDINATE)
    helper_key_operations.make_key()
    made = PrintHelper(
        site_id=by.site_id,
        name=helper_rules.read_helper_name(name),
        created_by=by.user_id,
        last_counter=0,
    )
    session.add(made)
    session.flush()
    _tell(made, "print_helper_added", by)
    return made, new_code(made, by)


def new_code(helper: PrintHelper, by: Actor) -> str:
    """A new one-time code. Until it is used the helper works as before."""
    by.must(Permission.COORDINATE)
    if helper.revoked_at is not None:
        raise RuleBroken(N_("“%(name)s” was revoked: add a new helper."), name=helper.name)
    code = enrolment_operations.give_code(helper)
    _tell(helper, "print_helper_code_made", by)
    return code


def revoke(helper: PrintHelper, by: Actor) -> None:
    """From now on it is given nothing. A second time changes nothing."""
    by.must(Permission.COORDINATE)
    if enrolment_operations.end(helper, by):
        _tell(helper, "print_helper_revoked", by)


def enrol(code: str, mark: str) -> tuple[PrintHelper, str]:
    """The helper whose code that is, and its secret in hexadecimal. Raises as `enrolment_operations.use_code`."""
    helper, _new = enrolment_operations.use_code(code, mark, helper_queries.waiting_for)
    session.flush()
    return helper, helper_key_operations.secret_of(helper).hex()


def recognise(signed: Signed, method: str, path: str, body: bytes) -> tuple[PrintHelper, bytes]:
    """The helper that signed this request, its row held, and its secret; its counter is used up.

    Judged in this order: the signature, whether it still works, its clock, its counter. Raises `NotAllowed`,
    `Malformed`, `Conflict`.
    """
    helper = helper_queries.locked(signed.helper_id)
    if helper is None or helper.nonce is None:
        raise helper_rules.unknown_helper()
    secret = helper_key_operations.secret_of(helper)
    if not helper_rules.is_signed(signed, helper_rules.request_text(method, path, signed, body), secret):
        raise helper_rules.unknown_helper()
    if helper.revoked_at is not None:
        raise NotAllowed(_REVOKED)
    helper_rules.must_be_of_now(signed, clock.now())
    helper_rules.must_be_next(signed, helper.last_counter)
    helper.last_counter, helper.last_seen_at = signed.counter, clock.now()
    return helper, secret


def hand_out(helper: PrintHelper, printers: Sequence[int]) -> Parcel | None:
    """The next file for one of these printers, if any waits.

    One that this helper took and never answered for comes first, under the same key: its journal knows whether it is
    printed. Another helper is never given it.
    """
    helper.serves = sorted(set(printers))
    unanswered = helper_queries.unanswered(helper, printers)
    if unanswered is not None:
        unanswered.taken_at = clock.now()
        session.flush()
        return job_operations.parcel_of(unanswered)
    for job_id in helper_queries.due(helper.site_id, printers):
        parcel = job_operations.take(job_id, helper.id)
        if parcel is not None:
            return parcel
    return None


def report(
    helper: PrintHelper, job_id: int, attempt: int, *, outcome: Outcome, reason: Reason | None, detail: str
) -> bool:
    """What became of a file. False where it is no longer this helper's: told before, or a person decided since."""
    if not helper_queries.is_with(helper, job_id):
        return False
    words = "".join(sign if sign.isprintable() else " " for sign in detail)[:LONGEST_DETAIL] or "?"
    if outcome is Outcome.DONE:
        note = Sentence(REASONS[reason], {"detail": words}) if reason else None
        return job_operations.settle(job_id, attempt, None, note)
    message = REASONS[reason or Reason.REFUSED]
    if outcome is Outcome.UNCLEAR:
        return job_operations.settle(job_id, attempt, Unclear(message, detail=words))
    again = reason not in FOR_A_PERSON
    return job_operations.settle(job_id, attempt, NotSent(message, again=again, detail=words))


def _tell(helper: PrintHelper, action: str, by: Actor) -> None:
    session.flush()
    history.append(
        subject=(Subject.PRINT_HELPER, helper.id), action=action, by=by, site_id=helper.site_id, facts={}
    )
