"""A workshop decides what counts: for what comes after, and for what is not accepted yet; never silently backwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import make
from tests.wiping.arrivals import (
    NEW_SERIAL,
    NVME,
    SSD,
    arrived,
    attempts,
    drive,
    ends,
    is_gone,
    missing,
    upload,
)
from tests.wiping.reports import NEW, OLD, changed, text, without
from tracker.accounts.rules import Actor
from tracker.database import session, transaction
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.errors import NotAllowed, RuleBroken
from tracker.history.models import HistoryEntry
from tracker.wiping import (
    certificate_queries,
    operations,
    policy_operations,
    policy_queries,
    queries,
    review_operations,
)
from tracker.wiping.certificate_documents import Words
from tracker.wiping.methods import Level
from tracker.wiping.models import ReportFile, Wipe
from tracker.wiping.policy_operations import Changed
from tracker.wiping.policy_rules import MEDIA, Policy, Reviewer, Ruling
from tracker.wiping.readings import Medium
from tracker.wiping.rules import Verdict
from tracker.wiping.verdicts import PARIS

UNVERIFIED = without(
    changed(text(NEW), ("verify       = 1 (last pass)", "verify       = 0 (off)"), ("B+VL", "B+NV")),
    "Verifying that",
    "Verified that",
)


def decide(by: Actor | None = None, **values: Any) -> Changed:
    """Change the policy in force at the workshop."""
    who = by or make.actor("coordinator")
    now = policy_queries.in_force(who.site_id)
    with transaction():
        return policy_operations.change(Policy(**{**vars(now), **values}), who)


def wipes(device: Device) -> list[Wipe]:
    session.expire_all()
    return list(session.scalars(select(Wipe).where(Wipe.device_id == device.id).order_by(Wipe.id)).all())


def unverified(device: Device) -> list[Wipe]:
    upload(("nwipe.txt", UNVERIFIED), device=device)
    found = wipes(device)
    assert {wipe.verdict for wipe in found} == {Verdict.UNVERIFIED}
    return found


def finish(device: Device) -> None:
    with transaction():
        operations.finish(devices.locked(device.id), make.actor(), {})


def test_without_a_decision_the_safe_defaults_are_in_force_and_have_a_number(app: Flask) -> None:
    device = arrived()
    assert not any(wipe.accepted for wipe in unverified(device))
    assert not is_gone(device) and {wipe.policy_number for wipe in wipes(device)} == {1}


def test_what_comes_after_a_change_is_judged_by_it_and_says_so(app: Flask) -> None:
    assert decide(unverified_accepted=True).policy.number == 2
    device = arrived()
    found = unverified(device)
    assert is_gone(device)
    assert {(wipe.policy_number, wipe.policy_sha256) for wipe in found} == {
        (2, Policy(unverified_accepted=True).sha256)
    }


def test_a_change_lets_count_what_waited_and_tells_the_history(app: Flask) -> None:
    device = arrived()
    unverified(device)
    assert decide(unverified_accepted=True).accepted == 2
    assert ends(device) == {SSD: "wiped", NVME: "wiped"} and is_gone(device)
    told = session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.action == "wipe_judged")
        .order_by(HistoryEntry.id.desc())
        .limit(2)
    ).all()
    assert {(one.facts["accepted"], one.facts["policy"], one.facts["verdict"]) for one in told} == {
        (True, 2, "unverified")
    }


def test_a_change_is_in_the_history_with_old_new_and_who(app: Flask) -> None:
    by = make.actor("coordinator")
    decide(by, unverified_accepted=True, levels={Medium.SSD: Level.PURGE})
    (entry,) = session.scalars(
        select(HistoryEntry).where(HistoryEntry.action == "wiping_policy_changed")
    ).all()
    assert (entry.actor_id, entry.subject_kind) == (by.user_id, "policy")
    assert (entry.facts["before"], entry.facts["number"]) == (1, 2)
    assert entry.facts["changed"] == {"unverified_accepted": [False, True], "level_ssd": ["clear", "purge"]}
    assert entry.facts["sha256"] == policy_queries.in_force(by.site_id).sha256


def test_what_was_accepted_stays_accepted_under_its_policy(app: Flask) -> None:
    decide(unverified_accepted=True)
    device = arrived()
    unverified(device)
    finish(device)
    number = certificate_queries.numbers([device.id])[device.id]
    decide(unverified_accepted=False, levels=dict.fromkeys(MEDIA, Level.PURGE), nwipe_layout="0.42")
    assert {(wipe.accepted, wipe.policy_number) for wipe in wipes(device)} == {(True, 2)}
    session.expire_all()
    held = certificate_queries.valid_for(devices.by_code(device.code))
    assert held is not None and held.number == number
    assert [line["policy"]["number"] for line in held.payload["devices"][0]["drives"]] == [2, 2]
    assert "accepted under policy no. 2" in Words(held, "en").rows()[0][3]


def test_nothing_that_came_before_the_device_counts_by_a_change(app: Flask) -> None:
    """A device that came back: its old unverified log must not end the data it brings now."""
    device = arrived()
    unverified(device)
    with transaction():
        devices.locked(device.id).arrived_at = datetime.now(UTC) + timedelta(minutes=1)
    assert decide(unverified_accepted=True).accepted == 0
    assert not is_gone(device)


def test_a_run_told_before_the_device_came_in_is_in_doubt_even_where_it_was_not_verified(app: Flask) -> None:
    """A stick's clock is forgiven some minutes; that its words reached us before the device did is certain."""
    device, came_in = arrived(), datetime(2026, 9, 6, 10, 25, tzinfo=PARIS)
    (one,) = upload(("nwipe.txt", UNVERIFIED), device=device)
    with transaction():
        devices.locked(device.id).arrived_at = came_in
        session.get_one(ReportFile, one.report.id).received_at = came_in - timedelta(minutes=2)
    upload(("again.txt", UNVERIFIED + "\n"), device=device)
    assert wipes(device)[-1].verdict is Verdict.REVIEW
    assert decide(unverified_accepted=True).accepted == 0 and not is_gone(device)


def test_what_a_person_rejected_stays_rejected(app: Flask) -> None:
    device = arrived()
    first, second = unverified(device)
    with transaction():
        review_operations.review(
            session.get_one(Wipe, first.id), False, make.actor("quality"), "the drive still starts"
        )
    assert decide(unverified_accepted=True).accepted == 1
    assert ends(device) == {first.drive.serial: None, second.drive.serial: "wiped"}


def test_a_later_failure_is_not_overruled_by_a_change(app: Flask) -> None:
    device = arrived()
    unverified(device)
    later = changed(text(NEW), ("2026/09/06", "2026/09/10"), ("sda | Erased |", "sda |-FAILED-|"))
    upload(("later.txt", later), device=device)
    decide(unverified_accepted=True)
    assert ends(device)[SSD] is None


def test_a_device_that_has_left_is_left_alone(app: Flask) -> None:
    device = arrived()
    unverified(device)
    with transaction():
        devices.locked(device.id).stage = Stage.DELIVERED
    assert decide(unverified_accepted=True).accepted == 0


def test_a_wipe_below_the_level_demanded_does_not_count_and_nobody_may_accept_it(app: Flask) -> None:
    decide(levels={Medium.NVME: Level.PURGE})
    device = arrived()
    (one,) = upload(("nwipe.txt", text(NEW)), device=device)
    assert ends(device) == {SSD: "wiped", NVME: None} and NVME in missing(device)
    weak = next(wipe for wipe in attempts(one) if wipe.drive_id == drive(NVME).id)
    assert weak.verdict is Verdict.WIPED  # what the report proves is a fact
    with pytest.raises(RuleBroken, match="demands Purge for this kind of drive"), transaction():
        review_operations.review(
            session.get_one(Wipe, weak.id), True, make.actor("coordinator"), "looks wiped"
        )
    assert decide(levels={}).accepted == 1 and is_gone(device)


def test_a_doubtful_wipe_below_the_level_demanded_cannot_be_accepted_either(app: Flask) -> None:
    device = arrived()
    doubt = changed(text(NEW), ("2026/09/", "2026/08/"))
    (one,) = upload(("nwipe.txt", doubt), device=device)
    weak = next(wipe for wipe in attempts(one) if wipe.drive_id == drive(NVME).id)
    decide(levels={Medium.NVME: Level.PURGE})
    with pytest.raises(RuleBroken, match="demands Purge"), transaction():
        review_operations.review(session.get_one(Wipe, weak.id), True, make.actor("quality"), "read on it")
    decide(levels={})
    with transaction():
        review_operations.review(session.get_one(Wipe, weak.id), True, make.actor("quality"), "read on it")
    assert ends(device)[NVME] == "wiped" and session.get_one(Wipe, weak.id).policy_number == 3


def test_an_old_log_waits_for_a_person_where_the_policy_says_so(app: Flask) -> None:
    decide(nwipe_layout="0.34")
    device = arrived(serial="CZCRICO030")
    upload(("nwipe.txt", text(OLD)), device=device)
    assert {wipe.verdict for wipe in wipes(device)} == {Verdict.WIPED} and not is_gone(device)
    assert {queries.waits(wipe) for wipe in wipes(device)} == {True}
    assert decide(nwipe_layout="0.30").accepted == 2 and is_gone(device)


def test_a_layout_that_was_not_kept_is_read_again_from_the_report(app: Flask) -> None:
    """Of what came before policies had numbers."""
    device = arrived()
    for wipe in unverified(device):
        with transaction():
            session.get_one(Wipe, wipe.id).layout = None
    assert decide(unverified_accepted=True, nwipe_layout="0.42").accepted == 2


def test_a_coordinator_decides_where_the_policy_says_so(app: Flask) -> None:
    device = arrived()
    first, _second = unverified(device)
    decide(reviewer=Reviewer.COORDINATOR)
    with pytest.raises(NotAllowed, match="a coordinator decides"), transaction():
        review_operations.review(session.get_one(Wipe, first.id), True, make.actor("quality"), "seen")
    with transaction():
        review_operations.review(session.get_one(Wipe, first.id), True, make.actor("coordinator"), "seen")
    assert ends(device)[first.drive.serial] == "wiped"


@pytest.mark.parametrize("role", ["volunteer", "quality"])
def test_only_a_coordinator_changes_the_policy(app: Flask, role: str) -> None:
    with pytest.raises(NotAllowed):
        decide(make.actor(role), unverified_accepted=True)
    assert not policy_queries.in_force(1).unverified_accepted


def test_of_two_who_change_it_at_once_the_second_is_told(app: Flask) -> None:
    seen = policy_queries.in_force(1)
    decide(unverified_accepted=True)
    with pytest.raises(RuleBroken, match=r"it is no\. 2 now"), transaction():
        policy_operations.change(Policy(**{**vars(seen), "nwipe_layout": "0.42"}), make.actor("coordinator"))
    with pytest.raises(RuleBroken, match="Nothing is different"):
        decide()


def test_each_workshop_has_its_own_and_numbers_are_given_once(app: Flask) -> None:
    make.site()
    other = replace(make.actor("coordinator"), site_id=make.site("SUD").id)
    decide(unverified_accepted=True)
    assert decide(other, nwipe_layout="0.38").policy.number == 3
    assert policy_queries.in_force(1).number == 2
    assert not policy_queries.in_force(other.site_id).unverified_accepted
    assert [one.policy.number for one in policy_queries.decided(1)] == [2]


def test_it_is_the_policy_of_the_devices_workshop_that_rules(app: Flask) -> None:
    make.site()
    other = replace(make.actor("coordinator"), site_id=make.site("SUD").id)
    decide(other, unverified_accepted=True)
    device = arrived(serial=NEW_SERIAL)
    unverified(device)
    assert not is_gone(device)
    assert decide(other, nwipe_layout="0.38").accepted == 0 and not is_gone(device)


def test_a_device_of_another_workshop_is_ruled_by_that_ones_policy(app: Flask) -> None:
    make.site()
    other = replace(make.actor("coordinator"), site_id=make.site("SUD").id)
    decide(other, unverified_accepted=True)
    device = arrived(by=other)
    assert device.site_id == other.site_id
    unverified(device)
    assert is_gone(device)


def test_a_person_cannot_say_that_a_weak_wipe_was_on_a_drive_that_demands_more(app: Flask) -> None:
    """An enclosure hides what lies in it, so its wipe is for a person; the drive she names may still demand Purge."""
    decide(levels={Medium.NVME: Level.PURGE})
    device = arrived()
    upload(("nwipe.txt", text(NEW)), device=device)
    weak = next(wipe for wipe in wipes(device) if wipe.drive_id == drive(SSD).id)
    with transaction():
        held = session.get_one(Wipe, weak.id)
        held.accepted, held.ruling, held.verdict = False, Ruling.PERSON, Verdict.REVIEW
        held.drive.medium, held.drive.wiped_at = Medium.USB, None
    with pytest.raises(RuleBroken, match="demands Purge for this kind of drive"), transaction():
        review_operations.review(
            session.get_one(Wipe, weak.id),
            True,
            make.actor("quality"),
            "it lay in it",
            drive_id=drive(NVME).id,
        )
    assert ends(device)[NVME] is None


def test_a_person_accepts_under_the_policy_in_force_also_what_came_before_policies_had_numbers(
    app: Flask,
) -> None:
    device = arrived()
    first = unverified(device)[0]
    with transaction():
        held = session.get_one(Wipe, first.id)
        held.policy_number = held.policy_sha256 = None
    with transaction():
        review_operations.review(session.get_one(Wipe, first.id), True, make.actor("quality"), "read on it")
    session.expire_all()
    held = session.get_one(Wipe, first.id)
    assert (held.policy_number, held.policy_sha256) == (1, Policy().sha256)
