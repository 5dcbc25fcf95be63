"""By what names people know the tools that say what is inside a device."""

from __future__ import annotations

# Reader's kind → the tool's own name; a kind that is not here is shown as it is.
_TOOLS = {
    "ereuse_snapshot": "eReuse",
    "hdparm_identity": "hdparm",
    "joined_status": "nvme",
    "nvme_id_ctrl": "nvme",
    "nvme_list": "nvme",
    "nwipe_log": "nwipe",
    "usody_sanitize": "usody",
}


def tool_name(kind: str) -> str:
    """`inxi`, `smartctl`…: the same in every language."""
    return _TOOLS.get(kind, kind)
