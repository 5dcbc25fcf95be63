"""Who made a drive, after the model that it gives itself: no report names the maker of each drive."""

from __future__ import annotations

import re

# After the makers' own naming of their models; where two share a prefix there is no line, and nobody is named.
_MAKERS = (
    ("Seagate", r"seagate|st\d{3,}|maxtor"),
    ("Western Digital", r"wdc|wd[ _]|wd\d|western ?digital|wds\d"),
    ("HGST", r"hgst|h[tudm]s\d|htc\d"),
    ("Hitachi", r"hitachi|hds\d|hdt\d"),
    ("Samsung", r"samsung|mz[-0-9a-z]{2}|hm\d{3}|hd\d{3}[a-z]"),
    ("Toshiba", r"toshiba|mq0|mk\d{4}|dt01|thns"),
    ("Kioxia", r"kioxia|exceria"),
    ("Intel", r"intel|ssdsc|ssdpe"),
    ("Crucial", r"crucial|ct\d{3,4}[a-z]"),
    ("Micron", r"micron|mtfd"),
    ("Kingston", r"kingston|sa400|skc\d|snv\w?s|suv\d"),
    ("SanDisk", r"sandisk"),
    ("SK hynix", r"sk ?hynix|hfs\d|hfm\d|bc\d{3} nvme sk"),
    ("Lite-On", r"lite-?on"),
    ("Fujitsu", r"fujitsu|mh[vwyz]\d"),
    ("Apple", r"apple"),
    ("Transcend", r"transcend|ts\d+g"),
    ("ADATA", r"adata"),
    ("Corsair", r"corsair"),
    ("PNY", r"pny"),
    ("Patriot", r"patriot"),
    ("Lexar", r"lexar"),
    ("Phison", r"phison"),
    ("OCZ", r"ocz"),
    ("Plextor", r"plextor|px-"),
)
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _MAKERS)


def maker_of(model: str | None) -> str | None:
    """The maker of a drive of that model; None where the model does not tell."""
    given = (model or "").strip().lower().removeprefix("ata").lstrip(" _-")
    return next((name for name, pattern in _PATTERNS if pattern.match(given)), None)


def named(maker: str | None, model: str | None) -> str | None:
    """Maker and model as they are written one after the other, the maker not twice."""
    if not maker or not model:
        return model or maker
    return model if model.lower().startswith(maker.lower()) else f"{maker} {model}"
