"""Serial numbers: which ones may identify something, and how two of them are compared.

Makers, BIOS suppliers and USB bridges ship placeholders by the million, and nwipe's quiet mode masks
serials, so an unusable serial must never match anything: six computers of one sample collection share
the text "System Serial Number".
"""

import re
import unicodedata

SHORTEST = 4
LONGEST = 64

# fmt: off
_PLACEHOLDERS = frozenset({
    "UNKNOWN", "SNUNKNOWN", "UNSPECIFIED", "NOTSPECIFIED", "NOTAVAILABLE", "NOTAPPLICABLE", "NOTPRESENT",
    "NOTSETTABLE", "NOTDEFINED", "NOTPROVIDED", "NONE", "NULL", "EMPTY", "INVALID", "INVALIDSN", "NOSERIAL",
    "SERIAL", "SERNUM", "SERIALNO", "DEFAULT", "DEFAULTSTRING", "OEMDEFAULTSTRING", "BADINDEX", "OUTOFSPEC",
    "CENSORED", "FILTER", "FILTERED", "HIDDEN", "MASKED", "TRUE", "FALSE", "ERROR", "TEST", "SYSTEM", "BASEBOARD",
    "CHASSIS", "MB1234567890", "BSN12345678901234567", "SSN12345678901234567", "CSN12345678901234567",
    "EVAL", "OEM", "TYPE1CHASSIS", "SYSTEMASSETTAG", "NOASSETTAG", "NOASSETINFORMATION",
})
# fmt: on
_PLACEHOLDER_STARTS = ("REDACTED", "TOBEFILLED", "NOINFORMATIONFOUN", "0123456789", "1234567890", "FILLEDBY")
# What common USB bridges (JMicron, ASMedia…) answer for whatever drive is behind them.
_BRIDGE_STARTS = ("152D00539", "DD56419883", "DB98765432")
_RAID_VOLUME = re.compile(r"(RAID)?VOLUME\d{0,3}")
_COUNTING = ("0123456789ABCDEF", "01234567890123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def serial_key(text: str | None) -> str:
    """The letters and digits of `text`, upper case: two serials are the same when their keys are."""
    folded = unicodedata.normalize("NFKC", text or "").upper()
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())


def usable_serial(text: str | None) -> str | None:
    """The key by which `text` may identify one thing; None for a placeholder, masked or too short text."""
    key = serial_key(text)
    if not SHORTEST <= len(key) <= LONGEST or len(set(key)) == 1:
        return None
    if _is_masked(text or "", key) or _is_placeholder(key):
        return None
    return key


def _is_masked(text: str, key: str) -> bool:
    """nwipe's quiet mode prints X or ?, published reports often end in XXXX."""
    return "??" in text or key.endswith("XXXX") or key.startswith("XXXX") or set(key) <= {"X", "0"}


def _is_placeholder(key: str) -> bool:
    return (
        key in _PLACEHOLDERS
        or "SERIALNUMBER" in key
        or key.startswith(_PLACEHOLDER_STARTS)
        or key.startswith(_BRIDGE_STARTS)
        or _RAID_VOLUME.fullmatch(key) is not None
        or any(key in run or key in run[::-1] for run in _COUNTING)
    )
