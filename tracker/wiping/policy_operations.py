"""A workshop decides otherwise what counts as a wipe: for judgements to come, and for drives that are not accepted yet.

What was accepted stays so, with the number of the policy that accepted it: a certificate is never taken back by a setting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.errors import RuleBroken
from tracker.history import number_operations as numbers
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.wiping import drive_queries, policy_queries, report_queries
from tracker.wiping.models import Wipe
from tracker.wiping.policy_models import WipingPolicy
from tracker.wiping.policy_rules import FIRST, Done, Policy, Ruling, changes, rule
from tracker.wiping.wipe_operations import counted_from, settle, stored, told_line

SERIES = "wiping_policy"


@dataclass(frozen=True)
class Changed:
    """The policy now in force, and how many attempts count since that did not count before."""

    policy: Policy
    accepted: int


def change(wanted: Policy, by: Actor) -> Changed:
    """Decide what counts from now on at the workshop of `by`. `wanted.number`: the policy that was looked at.

    Raises `NotAllowed`; `RuleBroken` when somebody changed it meanwhile, or when nothing is different.
    """
    by.must(Permission.COORDINATE)
    policy_queries.hold(by.site_id)
    before = policy_queries.in_force(by.site_id)
    if wanted.number != before.number:
        raise RuleBroken(
            N_(
                "Someone has just changed the policy: it is no. %(number)s now. Look at it, then decide again."
            ),
            number=before.number,
        )
    changed = changes(before, wanted)
    if not changed:
        raise RuleBroken(
            N_("Nothing is different: policy no. %(number)s stays in force."), number=before.number
        )
    waiting = policy_queries.not_accepted(by.site_id)
    held = {one: devices.locked(one) for one in sorted({wipe.device_id for wipe in waiting})}
    history.hold(by.site_id)
    policy = replace(wanted, number=FIRST + numbers.take(SERIES))
    row = _kept(policy, by)
    facts = {"number": policy.number, "before": before.number, "sha256": policy.sha256, "changed": changed}
    history.append(
        subject=(Subject.POLICY, row.id),
        action="wiping_policy_changed",
        by=by,
        site_id=by.site_id,
        facts=facts,
    )
    return Changed(policy, _ruled_again(waiting, held, policy, by))


def _kept(policy: Policy, by: Actor) -> WipingPolicy:
    row = WipingPolicy(
        site_id=by.site_id,
        number=policy.number,
        content=policy.content,
        sha256=policy.sha256,
        set_at=clock.now(),
        set_by=by.user_id,
    )
    session.add(row)
    session.flush()
    return row


def _ruled_again(waiting: Sequence[Wipe], held: dict[int, Device], policy: Policy, by: Actor) -> int:
    """Rule anew on attempts that do not count; how many do now. Each that does is told to the history."""
    counting = []
    for wipe in waiting:
        device = held[wipe.device_id]
        ruled = rule(policy, wipe.verdict, _done(wipe))
        if ruled.ruling is Ruling.ACCEPTED and _told_too_early(wipe, device):
            continue
        wipe.ruling, wipe.ruled_for = ruled.ruling, stored(ruled.reasons)
        wipe.policy_number, wipe.policy_sha256 = policy.number, policy.sha256
        if ruled.ruling is Ruling.ACCEPTED:
            wipe.accepted, wipe.counts_from = True, counted_from(wipe.happened_at, device)
            counting.append(wipe)
    session.flush()
    settle({wipe.drive for wipe in counting}, by)
    history.append_many([told_line(wipe) for wipe in counting], by)
    return len(counting)


def _done(wipe: Wipe) -> Done:
    """What was done, its layout read again from the report where it was not kept."""
    if wipe.layout is None and wipe.tool == "nwipe":
        runs = report_queries.reading_of(wipe.report).wipes
        wipe.layout = (runs[wipe.place].layout or None) if wipe.place < len(runs) else None
    return Done(wipe.tool, wipe.method, wipe.layout, (wipe.drive.medium,))


def _told_too_early(wipe: Wipe, device: Device) -> bool:
    """Whether its words reached us before the device came in: then it proves nothing of this stay."""
    return device.arrived_at is not None and (
        wipe.report.received_at < device.arrived_at
        or drive_queries.told_before(wipe.drive_id, wipe.started, wipe.finished, device.arrived_at)
    )
