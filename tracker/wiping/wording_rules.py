"""The words in which a wipe is told, on pages and on the certificate."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.i18n import N_
from tracker.wiping.readings import MEDIUM_NAMES, Verification
from tracker.wiping.rules import DeclarationKind

MEDIUMS: Mapping[str, str] = {medium.value: word for medium, word in MEDIUM_NAMES.items()}

ENDS: Mapping[str | None, str] = {
    "wiped": N_("Wiped"),
    "destroyed": N_("Destroyed"),
    "removed": N_("Taken out"),
    None: N_("May hold data"),
}

# NIST SP 800-88 Rev. 2 keeps the English names: "Clear" and "Purge" are terms of the standard.
LEVELS: Mapping[str, str] = {
    "clear": N_("Clear (NIST SP 800-88)"),
    "purge": N_("Purge (NIST SP 800-88)"),
    "none": N_("No level claimed"),
}

VERIFICATIONS: Mapping[str | None, str] = {
    Verification.NONE.value: N_("not verified"),
    Verification.LAST.value: N_("last pass verified"),
    Verification.ALL.value: N_("every pass verified"),
    None: N_("verification not shown"),
}

HIDDEN: Mapping[str | None, str] = {
    "found": N_("hidden sectors found"),
    "unknown": N_("hidden sectors: could not be told"),
    None: N_("hidden sectors: none reported"),
}

DECLARED: Mapping[str, str] = {
    "no_storage": N_("No storage is fitted"),
    "destroyed": N_("Destroyed"),
    "removed": N_("Taken out"),
    "factory_reset": N_("Reset to factory settings, no account left"),
    "lock_free": N_("No account locks it"),
    "lock_found": N_("An account locks it"),
}

SOURCES: Mapping[str, str] = {
    "station": N_("report signed by an enrolled station"),
    "station_reviewed": N_("report signed by an enrolled station, then decided on by a second person"),
    "imported": N_("report imported by a person"),
    "reviewed": N_("report imported, then decided on by a second person"),
}

UNDER_POLICY = N_("accepted under policy no. %(number)s")

# The same with names: (who signed or brought it, whether a second person decided).
SOURCES_BY_NAME: Mapping[tuple[str, bool], str] = {
    ("station", False): N_("report signed by the enrolled station “%(who)s”"),
    ("station", True): N_("report signed by the enrolled station “%(who)s”, then decided on by %(second)s"),
    ("imported", False): N_("report imported by %(who)s"),
    ("imported", True): N_("report imported by %(who)s, then decided on by %(second)s"),
}

# Kind → (title, what it is for, the button).
DECLARING = {
    DeclarationKind.NO_STORAGE: (
        N_("No storage is fitted"),
        N_(
            "For a device in which you looked and found no drive. Open it and look first: an empty list proves nothing."
        ),
        N_("Declare that no storage is fitted"),
    ),
    DeclarationKind.DESTROYED: (
        N_("A drive is destroyed"),
        N_(
            "For a drive that nobody can read any more: drilled through, shredded. Say how and by whom. It counts once a "
            "second person has confirmed it, with a photo or the number of a slip."
        ),
        N_("Declare the drive destroyed"),
    ),
    DeclarationKind.REMOVED: (
        N_("A drive is taken out"),
        N_("For a drive that is no longer in this device. Say where it lies now: it still has to be wiped."),
        N_("Declare the drive taken out"),
    ),
    DeclarationKind.FACTORY_RESET: (
        N_("Reset to factory settings"),
        N_(
            "For a phone or tablet. Remove the account first, reset it, then see that it starts without asking for one."
        ),
        N_("Declare the factory reset"),
    ),
    DeclarationKind.LOCK_FREE: (
        N_("No account locks it"),
        N_("For a phone or tablet that you started after its reset, and that asked for nobody’s account."),
        N_("Declare that no account locks it"),
    ),
    DeclarationKind.LOCK_FOUND: (
        N_("An account locks it"),
        N_(
            "For a phone or tablet that asks for the account of somebody. It stays here until the donor has removed it."
        ),
        N_("Declare that an account locks it"),
    ),
}
