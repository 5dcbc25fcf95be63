"""Who may receive what public bodies give: CG3P, articles L3212-2 and L3212-3. Plain values."""

from __future__ import annotations

from tracker.accounts.rules import PUBLIC_GIFT_GROUNDS, Ground
from tracker.i18n import N_, Sentence


def obstacle(*, active: bool, ground: Ground, name: str, from_public_body: bool) -> Sentence | None:
    """Why this association may not receive a device of that origin, or None."""
    if not active:
        return Sentence(
            N_("“%(name)s” is no longer active here: a coordinator can make it active again on its page."),
            {"name": name},
        )
    if not from_public_body or ground in PUBLIC_GIFT_GROUNDS:
        return None
    if ground is Ground.NOT_RECORDED:
        return Sentence(
            N_("This device was given by a public body (CG3P, art. L3212-2): record on the page of “%(name)s” on what ground it may receive it, or choose another device."),
            {"name": name},
        )  # fmt: skip
    return Sentence(
        N_(
            "This device was given by a public body, and “%(name)s” has no ground to receive it (CG3P, art. L3212-2): choose another device."
        ),
        {"name": name},
    )
