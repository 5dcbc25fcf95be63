"""What each method does, and what may be claimed for it on which medium."""

import pytest

from tracker.wiping.methods import Deed, Level, claimed_level, deed, gloss
from tracker.wiping.readings import Medium

OVERWRITES = (
    "Zero Fill",
    "Fill With Zeros",
    "Fill With Ones",
    "RCMP TSSIT OPS-II",
    "DoD Short",
    "DoD 5220.22-M",
    "Gutmann Wipe",
    "PRNG Stream",
    "HMG IS5 Enhanced",
    "Bruce Schneier 7-Pass",
    "BMB21-2019",
)
SANITIZES = ("Sanitize Crypto Erase (ATA/SCSI/NVMe)", "Sanitize Block Erase (ATA/SCSI/NVMe)", "Sanitize")


@pytest.mark.parametrize("name", OVERWRITES)
@pytest.mark.parametrize("medium", Medium)
def test_overwriting_is_never_called_purge(name: str, medium: Medium) -> None:
    assert deed(name) is Deed.OVERWRITE
    assert claimed_level(name, medium).level is Level.CLEAR


@pytest.mark.parametrize("medium", [medium for medium in Medium if medium is not Medium.HDD])
def test_overwriting_anything_but_a_hard_disk_prints_its_limit(medium: Medium) -> None:
    assert "spare blocks" in str(claimed_level("PRNG Stream", medium).limit)
    assert claimed_level("PRNG Stream", Medium.HDD).limit is None


@pytest.mark.parametrize("name", SANITIZES)
def test_purge_needs_the_drives_own_sanitize(name: str) -> None:
    assert claimed_level(name, Medium.NVME).level is Level.PURGE


@pytest.mark.parametrize("name", ["Verify Zeros (0x00)", "Verify Ones  (0xFF)", "Verify Blank"])
def test_a_check_claims_nothing(name: str) -> None:
    assert deed(name) is Deed.VERIFY
    assert claimed_level(name, Medium.HDD).level is Level.NONE


@pytest.mark.parametrize("name", [None, "", "Unknown Method (FIXME)", "Fill", "Zeros"])
def test_a_method_never_heard_of_is_not_believed(name: str | None) -> None:
    assert deed(name) is Deed.UNKNOWN
    assert claimed_level(name, Medium.HDD).level is Level.NONE


def test_the_older_secure_erase_command_is_clear_with_a_limit() -> None:
    claim = claimed_level("Secure Erase (ATA/NVMe)", Medium.SSD)
    assert claim.level is Level.CLEAR
    assert claim.limit is not None


def test_a_tools_english_is_explained_where_people_need_it() -> None:
    assert gloss("Fill With Zeros") == "writing zeros"
    assert gloss("PRNG  Stream") == "writing random data"
    assert gloss("Gutmann Wipe") is gloss(None) is None
