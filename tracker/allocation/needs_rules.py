"""What a line may ask of each device, and whether a device answers it. Plain values."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.devices.rules import TYPES, DeviceType
from tracker.errors import Malformed
from tracker.i18n import N_, Sentence


class Usage(enum.StrEnum):
    """What the device is for, in coarse categories: it guides the person who chooses, it refuses nothing."""

    ONLINE_SERVICES = "online_services"
    STUDY = "study"
    OFFICE = "office"
    CREATION = "creation"


USAGES: dict[Usage, str] = {
    Usage.ONLINE_SERVICES: N_("Online services, e-mail, video calls"),
    Usage.STUDY: N_("School or studies"),
    Usage.OFFICE: N_("Office work, job search"),
    Usage.CREATION: N_("Pictures, sound, programming"),
}


@dataclass(frozen=True)
class Measure:
    """A minimum that can be asked for: its name, how a value is said, and what is out of reason."""

    name: str
    said: str
    least: float
    most: float
    # A drive sold as 256 GB shows 238, memory shows less what the graphics take.
    tolerance: float = 1.0


MEASURES: dict[str, Measure] = {
    "memory_mb": Measure(N_("memory"), N_("%(value)s GB"), 256, 1_048_576, tolerance=0.9),
    "storage_gb": Measure(N_("storage"), N_("%(value)s GB"), 1, 100_000, tolerance=0.9),
    "screen_inches": Measure(N_("screen"), N_("%(value)s inches"), 3, 60, tolerance=0.98),
}
MB_PER_GB = 1_024


@dataclass(frozen=True)
class Needs:
    """What a line asks of each device: minima, and the use it is for. Empty: any device of the type."""

    minima: Mapping[str, float] = field(default_factory=dict)
    usage: Usage | None = None

    @classmethod
    def read(cls, given: Mapping[str, Any] | None) -> Needs:
        """Needs from a form or from JSON: keys of `MEASURES` (numbers) and `usage`. Raises `Malformed`."""
        if given is None:
            return cls()
        if not isinstance(given, Mapping):
            raise Malformed(N_("The needs of a line are a list of names and values."), field="needs")
        known = {*MEASURES, "usage"}
        strange = sorted(str(key) for key in given if key not in known)
        if strange:
            raise Malformed(
                N_("“%(key)s” is not something a line can ask for. Possible: %(known)s."),
                field="needs",
                key=strange[0][:40],
                known=", ".join(sorted(known)),
            )
        minima = {key: _minimum(key, given[key]) for key in MEASURES if given.get(key) not in (None, "")}
        return cls(minima, _usage(given.get("usage")))

    def as_json(self) -> dict[str, Any]:
        """The same as `read` takes."""
        kept: dict[str, Any] = {key: _plain(value) for key, value in self.minima.items()}
        if self.usage:
            kept["usage"] = self.usage.value
        return kept


def _minimum(key: str, value: Any) -> float:
    measure = MEASURES[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed(N_("“%(key)s” is a number."), field="needs", key=key)
    if not measure.least <= value <= measure.most:
        raise Malformed(
            N_("“%(key)s” is between %(least)s and %(most)s."),
            field="needs",
            key=key,
            least=_plain(measure.least),
            most=_plain(measure.most),
        )
    return float(value)


def _usage(value: Any) -> Usage | None:
    if value in (None, ""):
        return None
    try:
        return Usage(value)
    except ValueError:
        raise Malformed(
            N_("“%(usage)s” is not a known use. Possible: %(known)s."),
            field="needs",
            usage=str(value)[:40],
            known=", ".join(Usage),
        ) from None


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def measured(key: str, value: float) -> Sentence:
    """`16 GB`, `15.6 inches`: a measure as people say it; memory comes in megabytes."""
    shown = round(value / MB_PER_GB, 1) if key == "memory_mb" else round(value, 1)
    return Sentence(MEASURES[key].said, {"value": _plain(shown)})


@dataclass(frozen=True)
class Fit:
    """Whether a device answers a line: what stands against it, what is in favour, what nobody has recorded."""

    against: tuple[Sentence, ...] = ()
    favour: tuple[Sentence, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        return not self.against


def fit(wanted: DeviceType, needs: Needs, device_type: DeviceType, specification: Mapping[str, Any]) -> Fit:
    """Compare a device with a line. What is not recorded stands against nothing: it is told, a person decides."""
    if device_type is not wanted:
        wrong = Sentence(
            N_("This line asks for “%(wanted)s”, and this device is “%(type)s”."),
            {"wanted": Sentence(TYPES[wanted]), "type": Sentence(TYPES[device_type])},
        )
        return Fit(against=(wrong,))
    against: list[Sentence] = []
    favour: list[Sentence] = []
    unknown: list[str] = []
    for key, least in needs.minima.items():
        has = _recorded(specification.get(key))
        values = {"what": Sentence(MEASURES[key].name), "least": measured(key, least)}
        if has is None:
            unknown.append(key)
        elif has < least * MEASURES[key].tolerance:
            against.append(Sentence(N_("Not enough %(what)s: %(has)s, and %(least)s are asked for."),
                                    {**values, "has": measured(key, has)}))  # fmt: skip
        else:
            favour.append(
                Sentence(N_("Enough %(what)s: %(has)s for %(least)s."), {**values, "has": measured(key, has)})
            )
    return Fit(tuple(against), tuple(favour), tuple(unknown))


def _recorded(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
