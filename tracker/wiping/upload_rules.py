"""What an upload is called on the screen: kinds of files, ways of matching, and a file's text made safe to read."""

from __future__ import annotations

from tracker.i18n import N_
from tracker.wiping.readers.source import Source

# Ten thousand lines and more of a log: what it comes to stands at its end.
SHOWN_BYTES = 1_000_000
LONGEST_NAME = 240

KIND_NAMES = {
    "nwipe_log": N_("Wiping log (nwipe, ShredOS)"),
    "smartctl": N_("Drive inventory (smartctl)"),
    "lshw": N_("Hardware inventory (lshw)"),
    "lshw_xml": N_("Hardware inventory (lshw)"),
    "dmidecode": N_("Hardware inventory (dmidecode)"),
    "inxi": N_("Hardware inventory (inxi)"),
    "lsblk": N_("Drive inventory (lsblk)"),
    "nvme": N_("Drive inventory (nvme)"),
    "upower": N_("Battery (upower)"),
    "hdparm": N_("Drive state (hdparm)"),
    "joined_status": N_("Sanitize status with the identity of its drive"),
    "unknown": N_("Not recognised"),
}
OTHER_KIND = N_("Report")

MATCHED_BY = {
    "tag": N_("by the tag in its name"),
    "serial": N_("by the computer’s serial number"),
    "drive": N_("by a drive seen in it before"),
    "person": N_("a person said so"),
}


def kind_name(kind: str) -> str:
    """What people read for a reader's kind."""
    return KIND_NAMES.get(kind, OTHER_KIND)


def text_of(content: bytes) -> tuple[str, bool]:
    """The beginning of a file as text in whatever encoding it came, and whether there is more of it."""
    text = Source("", content[:SHOWN_BYTES]).text
    shown = "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)
    return shown, len(content) > SHOWN_BYTES


def kept_name(name: str) -> str:
    """The file's name as it was dropped, its end first, without signs that cannot be kept or read."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in name[-LONGEST_NAME:]) or "?"
