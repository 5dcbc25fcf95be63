"""What several formats say about a computer in the same words: its kind, and Lenovo's habit."""

from tracker.wiping.readers.source import name_of

# SMBIOS chassis words as dmidecode, lshw, inxi and nwipe print them, the longer ones first.
_TYPES = (
    ("all in one", "all_in_one"),
    ("all-in-one", "all_in_one"),
    ("tablet", "tablet"),
    ("detachable", "laptop"),
    ("convertible", "laptop"),
    ("notebook", "laptop"),
    ("laptop", "laptop"),
    ("portable", "laptop"),
    ("bloc-notes", "laptop"),
    ("desktop", "desktop"),
    ("tower", "desktop"),
    ("low-profile", "desktop"),
    ("pizza", "desktop"),
    ("space-saving", "desktop"),
    ("mini pc", "desktop"),
    ("stick pc", "desktop"),
    ("ordinateur de bureau", "desktop"),
)


def type_guess(chassis: str | None) -> str | None:
    """The device type that a chassis word suggests, None for servers and words not known."""
    words = (chassis or "").lower()
    return next((kind for word, kind in _TYPES if word in words), None)


def model_name(manufacturer: str | None, product: str | None, version: str | None) -> str | None:
    """The name a computer is sold by: Lenovo puts its machine type in "product" and the name in "version"."""
    if (manufacturer or "").lower().startswith("lenovo"):
        return name_of(version) or name_of(product)
    return name_of(product)
