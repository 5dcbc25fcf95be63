"""A scan of a stock check: what stands at the place is noted, nothing moves. It comes by the one door of all scans, so
that it is kept first, sent when there is network, and judged once for ever."""

from __future__ import annotations

from tracker.accounts.rules import Actor
from tracker.devices import codes
from tracker.errors import Malformed, NotHere, RuleBroken
from tracker.i18n import N_, Sentence
from tracker.scanning import rules
from tracker.scanning.meaning_queries import look, verdict
from tracker.scanning.rules import Asked, Outcome, Verdict
from tracker.stock import check_operations as checks
from tracker.stock import check_queries
from tracker.stock.check_models import StockCheckLine
from tracker.stock.check_operations import Found

CHECK = "check"  # the value that names the check, by its number
LATE = N_(
    "This check was closed before the scan came: it is not counted there. Look whether the device stands at the place, "
    "then check the place again."
)
NONE_NAMED = N_("This scan names no stock check. Open the place, and begin or go on with its check.")
SAID: dict[Found, tuple[Outcome, str]] = {
    Found.FOUND: (Outcome.DONE, N_("It is where it should be.")),
    Found.AGAIN: (Outcome.ALREADY, N_("It was scanned in this check already.")),
    Found.UNEXPECTED: (
        Outcome.ELSEWHERE,
        N_("It is not expected here: move it here on the page of the check, or take it back to its place."),
    ),
    Found.UNKNOWN: (
        Outcome.UNKNOWN,
        N_("%(code)s is not in the register: set it aside and check its label."),
    ),
}


def judge(asked: Asked, by: Actor) -> Verdict:
    """The verdict of a scan whose action is `stock_check`. What is no code, or no device's, changes nothing."""
    try:
        checked = check_queries.locked(int(str(asked.values.get(CHECK, ""))))
    except (ValueError, OverflowError, NotHere):
        return verdict(asked, Outcome.REFUSED, Sentence(NONE_NAMED), address="/stock")
    page = f"/stock/checks/{checked.id}"
    if checked.closed_at is not None:
        return _late(asked, page)
    try:
        what, line = checks.find(checked, asked.raw, by)
    except Malformed:
        fault = codes.read(asked.raw)
        assert isinstance(fault, codes.Fault)
        return verdict(asked, Outcome.UNKNOWN, rules.misread(asked.raw, fault), address=page)
    except RuleBroken as refusal:
        return verdict(asked, Outcome.REFUSED, refusal.sentence, address=page)
    return _said(asked, what, line, page)


def _said(asked: Asked, what: Found, line: StockCheckLine, page: str) -> Verdict:
    outcome, message = SAID[what]
    named = {"code": codes.shown(line.code)} if what is Found.UNKNOWN else {}
    sentence = Sentence(message, named)
    return verdict(asked, outcome, sentence, code=line.code, device_id=line.device_id, address=page)


def _late(asked: Asked, page: str) -> Verdict:
    """It goes to the list of scans that wait for a person: what was scanned is never dropped."""
    seen, device = look(asked)
    if seen.outcome is Outcome.UNKNOWN:
        return seen
    known = {"device_id": device.id, "stage": device.stage} if device else {}
    return verdict(asked, Outcome.CONFLICT, Sentence(LATE), code=seen.code, address=page, **known)
