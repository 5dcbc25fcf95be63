"""Labels of nobody and nothing, to see a logo on."""

from __future__ import annotations

from labels.label import Label
from tracker.devices.lifecycle import STAGES, Stage
from tracker.i18n import N_
from tracker.labelling.documents import Imprint
from tracker.labelling.rules import DESIGN_NAMES
from tracker.labelling.voice_rules import Voice

CODE = "BCDFGHJX"


def sample(design: str, on: Imprint) -> Label:
    """A believable label of this design, with the logo in force; its code belongs to nothing."""
    voice, payload = Voice(on.locale), f"{on.qr_base}/D/{CODE}"
    if design == "badge":
        return Label(
            CODE, payload, design,
            word=voice.say(DESIGN_NAMES[design]), title=voice.say(N_("First name")), lines=(on.organisation,), logo=on.logo,
        )  # fmt: skip
    help_line = voice.say(N_("Help: %(line)s"), line=on.help_line) if on.help_line else ""
    lines = (
        voice.say(N_("by %(organisation)s"), organisation=on.organisation),
        help_line,
        f"{on.short_address}/D/{CODE}",
    )
    return Label(
        CODE, payload, design,
        word=voice.say(STAGES[Stage.DELIVERED].name), title=voice.say(N_("Reconditioned device")),
        lines=tuple(line for line in lines if line), logo=on.logo,
    )  # fmt: skip
