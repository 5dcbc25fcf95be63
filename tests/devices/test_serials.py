"""Serials that identify, and the ones that must never match anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.devices.serials import serial_key, usable_serial

PLACEHOLDERS = (
    None,
    "",
    "   ",
    "(S/N: unknown)",
    "unknown",
    "[No Information Foun",
    "[No Information Found]",
    "N/A",
    "none",
    "yes",
    "XXXXXXXXXXXXXXXXXXXX",
    "????????????????????",
    "00000000",
    "0000-0000",
    "AAAA",
    "123",
    "1234",
    "12345678",
    "0123456789",
    "0123456789ABCDEF",
    "System Serial Number",
    "Chassis Serial Number",
    "Base Board Serial Number",
    "To Be Filled By O.E.M.",
    "To be filled by O.E.M",
    "Default string",
    "Not Specified",
    "Not Applicable",
    "<BAD INDEX>",
    "MB-1234567890",
    "REDACTED",
    "REDACTED123456",
    "<filter>",
    "Volume1",
    "RAIDVOLUME2",
    "9RK1XXXX",
    "152D00539000",
    "DD56419883891",
    "INVALID",
    "OEM",
    "É",
    "—————",
)


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_identifies_nothing(text: str | None) -> None:
    assert usable_serial(text) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("S3Y0FICT100001K", "S3Y0FICT100001K"),
        ("WD-WCC2FICT0001", "WDWCC2FICT0001"),
        ("wd_wcc2fict0001 ", "WDWCC2FICT0001"),
        ("FICT 22 B", "FICT22B"),
        ("/FK7L003/CNFIC0061H003/", "FK7L003CNFIC0061H003"),
        ("FK3T001", "FK3T001"),
        ("50026B72FICT22A", "50026B72FICT22A"),
    ],
)
def test_serials_are_compared_on_letters_and_digits_only(text: str, key: str) -> None:
    assert usable_serial(text) == key


@given(st.text(max_size=80))
def test_a_usable_key_is_plain_and_gives_itself_again(text: str) -> None:
    key = usable_serial(text)
    if key is not None:
        assert key.isascii()
        assert key.isalnum()
        assert key == key.upper() == usable_serial(key) == serial_key(text)
        assert len(set(key)) > 1
