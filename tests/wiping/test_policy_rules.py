"""What a policy makes of a verdict: the verdict is a fact about the report, acceptance is the workshop's decision."""

from __future__ import annotations

from itertools import product

import pytest

from tracker.wiping.methods import Level
from tracker.wiping.policy_rules import (
    LAYOUTS,
    MEDIA,
    Done,
    Policy,
    Reviewer,
    Ruled,
    Ruling,
    changes,
    read_policy,
    rule,
)
from tracker.wiping.readers.nwipe_run import Run
from tracker.wiping.readings import Medium
from tracker.wiping.rules import Verdict

OVERWRITTEN = Done("nwipe", "Fill With Zeros", "0.42", (Medium.SSD, Medium.SSD))
EVERY_POLICY = [
    Policy(unverified_accepted=unverified, nwipe_layout=layout, levels=dict.fromkeys(MEDIA, level))
    for unverified, layout, level in product((False, True), LAYOUTS, (Level.CLEAR, Level.PURGE))
]


def ruling(policy: Policy, word: Verdict = Verdict.WIPED, **done: object) -> Ruling:
    return told(policy, word, **done).ruling


def told(policy: Policy, word: Verdict = Verdict.WIPED, **done: object) -> Ruled:
    return rule(policy, word, Done(**{**vars(OVERWRITTEN), **done}))  # type: ignore[arg-type]


def test_by_default_only_a_verified_wipe_counts_by_itself() -> None:
    assert {word: ruling(Policy(), word) for word in Verdict} == {
        Verdict.WIPED: Ruling.ACCEPTED,
        Verdict.UNVERIFIED: Ruling.PERSON,
        Verdict.REVIEW: Ruling.PERSON,
        Verdict.INFO: Ruling.NEVER,
        Verdict.FAILED: Ruling.NEVER,
    }


@pytest.mark.parametrize("policy", EVERY_POLICY, ids=str)
@pytest.mark.parametrize("word", [Verdict.REVIEW, Verdict.INFO, Verdict.FAILED])
def test_no_policy_lets_a_doubt_or_a_failure_count_by_itself(policy: Policy, word: Verdict) -> None:
    assert ruling(policy, word) is not Ruling.ACCEPTED


@pytest.mark.parametrize("policy", EVERY_POLICY, ids=str)
def test_no_policy_lets_anything_make_a_wipe_of_a_check_or_of_a_failure(policy: Policy) -> None:
    assert ruling(policy, Verdict.REVIEW, method="Verify Ones  (0xFF)") is Ruling.NEVER
    assert ruling(policy, Verdict.FAILED) is Ruling.NEVER


def test_unverified_counts_where_the_workshop_says_so() -> None:
    assert ruling(Policy(unverified_accepted=True), Verdict.UNVERIFIED) is Ruling.ACCEPTED
    assert "wants every wipe verified" in str(told(Policy(), Verdict.UNVERIFIED).reasons[0])


def test_a_log_older_than_the_policy_takes_goes_to_a_person() -> None:
    policy = Policy(number=4, nwipe_layout="0.38")
    assert [ruling(policy, layout=one) for one in LAYOUTS] == [
        Ruling.PERSON, Ruling.PERSON, Ruling.ACCEPTED, Ruling.ACCEPTED,
    ]  # fmt: skip
    assert "no. 4 takes logs of nwipe from 0.38" in str(told(policy, layout="0.34").reasons[0])


def test_a_log_of_unknown_layout_is_older_than_any_that_is_asked_for() -> None:
    assert ruling(Policy(nwipe_layout="0.34"), layout=None) is Ruling.PERSON
    assert ruling(Policy(nwipe_layout="0.34"), layout="") is Ruling.PERSON
    assert ruling(Policy(), layout=None) is Ruling.ACCEPTED


def test_a_newer_layout_than_any_known_is_not_older() -> None:
    assert ruling(Policy(nwipe_layout="0.42"), layout="0.100") is Ruling.ACCEPTED


def test_the_layout_is_asked_of_nwipe_alone() -> None:
    assert ruling(Policy(nwipe_layout="0.42"), tool="usody-sanitize", layout=None) is Ruling.ACCEPTED


def test_the_layouts_are_those_the_reader_tells() -> None:
    assert Run(1).layout in LAYOUTS


def test_overwriting_is_too_weak_where_purge_is_demanded_and_nobody_may_accept_it() -> None:
    policy = Policy(number=3, levels={Medium.SSD: Level.PURGE})
    assert ruling(policy) is Ruling.SHORT
    assert ruling(policy, Verdict.REVIEW) is Ruling.SHORT
    said = str(told(policy).reasons[0])
    assert "Policy no. 3 demands Purge for this kind of drive (SSD), and this wipe is Clear." in said
    assert ruling(policy, media=(Medium.HDD, Medium.HDD)) is Ruling.ACCEPTED
    assert ruling(policy, Verdict.REVIEW, method="Sanitize Crypto Erase") is Ruling.PERSON


def test_a_drive_of_two_kinds_is_held_to_the_stricter_one() -> None:
    policy = Policy(levels={Medium.NVME: Level.PURGE})
    assert ruling(policy, media=(Medium.HDD, Medium.NVME)) is Ruling.SHORT
    assert ruling(policy, media=(Medium.NVME, Medium.HDD)) is Ruling.SHORT


@pytest.mark.parametrize("unsure", [Medium.UNKNOWN, Medium.USB])
def test_a_drive_of_unknown_kind_may_be_any_so_a_person_looks_at_it(unsure: Medium) -> None:
    policy = Policy(levels={Medium.NVME: Level.PURGE})
    assert ruling(policy, media=(unsure, unsure)) is Ruling.PERSON
    assert "the kind of this one is not known" in str(told(policy, media=(unsure, unsure)).reasons[0])
    assert ruling(policy, media=(unsure, Medium.HDD)) is Ruling.ACCEPTED
    assert ruling(Policy(), media=(unsure, unsure)) is Ruling.ACCEPTED


def test_a_method_of_unknown_level_goes_to_a_person_who_is_told_why() -> None:
    policy = Policy(levels={Medium.SSD: Level.PURGE})
    found = told(policy, Verdict.REVIEW, tool="Blancco", method="NIST 800-88 Purge")
    assert found.ruling is Ruling.PERSON and "what this method reaches is not known" in str(found.reasons[0])


def test_the_fingerprint_is_of_what_is_decided_not_of_its_number() -> None:
    assert Policy(number=1).sha256 == Policy(number=7).sha256
    others = [one for one in EVERY_POLICY if changes(Policy(), one)] + [Policy(reviewer=Reviewer.COORDINATOR)]
    assert len({one.sha256 for one in others} | {Policy().sha256}) == len(others) + 1


def test_the_fingerprint_of_the_defaults_stays_what_certificates_say_it_is() -> None:
    assert Policy().sha256 == "eddeaa2eabe8232e070a95e2320f8e30e904a8f69adc81b97052bbb174fbddb8"


@pytest.mark.parametrize("policy", EVERY_POLICY, ids=str)
def test_a_policy_is_read_as_it_was_kept(policy: Policy) -> None:
    again = read_policy(policy.number, policy.content)
    assert again.content == policy.content and not changes(policy, again)


def test_a_change_is_told_setting_by_setting() -> None:
    after = Policy(unverified_accepted=True, levels={Medium.SSD: Level.PURGE})
    assert changes(Policy(), after) == {"unverified_accepted": [False, True], "level_ssd": ["clear", "purge"]}
