"""What CUPS says of a queue, read from `lpstat` in the C locale, and what hinders it (RFC 8011, section 5.4.12)."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.i18n import N_

NOTHING_LEFT = N_("The printer has no more paper or labels: put some in.")
JAM = N_("Paper or labels are stuck in the printer: take them out.")
OPEN = N_("The printer’s cover is open: close it.")
NO_INK = N_("The printer has no more ink, toner or ribbon: put some in.")
OFF = N_("The printer does not answer the server. Switch it on, and look at its cable.")
STOPPED = N_("Somebody stopped the printer: press its button to go on.")
# Keyword → what to do. The first of the table that a printer names is said.
_REASONS = {
    "media-jam": JAM,
    "cover-open": OPEN,
    "door-open": OPEN,
    "interlock-open": OPEN,
    "media-empty": NOTHING_LEFT,
    "media-needed": NOTHING_LEFT,
    "input-tray-missing": NOTHING_LEFT,
    "marker-supply-empty": NO_INK,
    "toner-empty": NO_INK,
    "marker-ribbon-empty": NO_INK,
    "offline": OFF,
    "shutdown": OFF,
    "timed-out": OFF,
    "connecting-to-device": OFF,
    "moving-to-paused": STOPPED,
    "paused": STOPPED,
}
_MILD = ("-warning", "-report")  # it still prints, but for a printer that is away


@dataclass(frozen=True)
class Queue:
    """A queue as CUPS sees it. `said`: its own words of why it stands, in whatever language."""

    known: bool
    enabled: bool = True
    said: str = ""
    alerts: tuple[str, ...] = ()


def read_queue(text: str, name: str) -> Queue:
    """The answer of `lpstat -l -p NAME`."""
    lines = text.splitlines()
    heads = [line for line in lines if line.startswith(f"printer {name} ")]
    if not heads:
        return Queue(known=False)
    second = lines[lines.index(heads[0]) + 1 : lines.index(heads[0]) + 2]
    said = second[0].strip() if second and ":" not in second[0] else ""
    alerts = [line.partition(":")[2].split() for line in lines if line.startswith("\tAlerts:")]
    named = tuple(word.strip(",") for word in (alerts[0] if alerts else ()) if word != "none")
    return Queue(True, f"printer {name} disabled" not in heads[0], said, named)


def accepts(text: str, name: str) -> bool:
    """The answer of `lpstat -a NAME`."""
    return any(line.startswith(f"{name} accepting ") for line in text.splitlines())


def hindrance(alerts: tuple[str, ...]) -> str | None:
    """What keeps it from printing, as a message; None where nothing is known to."""
    named = {alert.removesuffix("-error") for alert in alerts if not alert.endswith(_MILD)}
    named |= {"offline"} & {alert.removesuffix("-report").removesuffix("-warning") for alert in alerts}
    return next((message for reason, message in _REASONS.items() if reason in named), None)


def is_under_way(text: str, request: str) -> bool:
    """Whether `lpstat -W not-completed -o NAME` still lists that request."""
    return any(line.split()[:1] == [request] for line in text.splitlines())
