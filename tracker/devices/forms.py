"""The shape of what people type about a device."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import HiddenField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.devices.lifecycle import FLAGS, Flag
from tracker.devices.models import Device
from tracker.devices.rules import ACCESSORIES, TYPES, DeviceType
from tracker.devices.tags import LOSSES, TagLoss
from tracker.web.fields import CodeField, DecimalField, KilogramsField, PlainField, WholeField, readable
from tracker.web.shown import say
from tracker.web.submissions import OnceForm

# Device type → pictogram.
TYPE_PICTURES = {
    DeviceType.LAPTOP.value: "device-laptop",
    DeviceType.DESKTOP.value: "device-desktop",
    DeviceType.ALL_IN_ONE.value: "devices",
    DeviceType.TABLET.value: "device-tablet",
    DeviceType.SMARTPHONE.value: "device-mobile",
    DeviceType.SCREEN.value: "device-tv",
    DeviceType.PRINTER.value: "printer",
}
# Specification key → megabytes or gigabytes as the form shows them.
MB_PER_GB = 1_024


def type_choices() -> list[tuple[str, str]]:
    """Each device type with its word in the visitor's language."""
    return [(kind.value, say(word)) for kind, word in TYPES.items()]


class MultiCheckboxField(SelectMultipleField):  # type: ignore[misc]  # WTForms is untyped
    """Several choices, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class EditForm(OnceForm):
    """A device's particulars. `version` is that of the row shown, so that two hands do not overwrite each other."""

    version = HiddenField()
    type = RadioField(lazy_gettext("Type"), [InputRequired()])
    manufacturer = PlainField(lazy_gettext("Manufacturer"), [Optional(), Length(max=80), readable])
    model = PlainField(lazy_gettext("Model"), [Optional(), Length(max=120), readable])
    serial = PlainField(lazy_gettext("Serial number"), [Optional(), Length(max=80), readable])
    imei = PlainField(lazy_gettext("IMEI"), [Optional(), Length(max=40), readable])
    imei2 = PlainField(lazy_gettext("Second IMEI (two SIM cards)"), [Optional(), Length(max=40), readable])
    weight_g = KilogramsField(lazy_gettext("Weight"))
    cpu = PlainField(lazy_gettext("Processor"), [Optional(), Length(max=120), readable])
    memory_gb = WholeField(lazy_gettext("Memory"), [Optional(), NumberRange(1, 4_096)])
    storage_gb = WholeField(lazy_gettext("Storage"), [Optional(), NumberRange(1, 100_000)])
    screen_inches = DecimalField(lazy_gettext("Screen size"), [Optional(), NumberRange(3, 120)])
    graphics = PlainField(lazy_gettext("Graphics"), [Optional(), Length(max=120), readable])
    system = PlainField(lazy_gettext("System"), [Optional(), Length(max=80), readable])

    def __init__(self, device: Device, **kwargs: Any) -> None:
        super().__init__(data=_shown(device), **kwargs)
        self.type.choices = type_choices()

    def changes(self, device: Device) -> dict[str, Any]:
        """What `particulars.edit` takes. What the form does not show of the specification stays as it is."""
        specification = dict(device.specification)
        given = {
            "cpu": self.cpu.data,
            "memory_mb": self.memory_gb.data * MB_PER_GB if self.memory_gb.data else None,
            "storage_gb": self.storage_gb.data,
            "screen_inches": float(self.screen_inches.data) if self.screen_inches.data else None,
            "graphics": self.graphics.data,
            "system": self.system.data,
        }
        if given["memory_mb"] and round(specification.get("memory_mb", 0) / MB_PER_GB) == self.memory_gb.data:
            given["memory_mb"] = specification["memory_mb"]  # a report said it more exactly
        for key, value in given.items():
            if value is None:
                specification.pop(key, None)
            else:
                specification[key] = value
        return {
            "type": DeviceType(self.type.data),
            "manufacturer": self.manufacturer.data,
            "model": self.model.data,
            "serial": self.serial.data,
            "imei": self.imei.data,
            "imei2": self.imei2.data,
            "weight_g": self.weight_g.data,
            "specification": specification,
        }


def _shown(device: Device) -> dict[str, Any]:
    known = device.specification
    return {
        "version": device.version,
        "type": device.type.value,
        "manufacturer": device.manufacturer,
        "model": device.model,
        "serial": device.serial,
        "imei": device.imei,
        "imei2": device.imei2,
        "weight_g": device.weight_g,
        "cpu": known.get("cpu"),
        "memory_gb": round(known["memory_mb"] / MB_PER_GB) or None if known.get("memory_mb") else None,
        "storage_gb": known.get("storage_gb"),
        "screen_inches": known.get("screen_inches"),
        "graphics": known.get("graphics"),
        "system": known.get("system"),
    }


class AccessoriesForm(OnceForm):
    kinds = MultiCheckboxField(lazy_gettext("With the device now"))

    def __init__(self, device: Device, **kwargs: Any) -> None:
        super().__init__(data={"kinds": [row.kind for row in device.accessories]}, **kwargs)
        self.kinds.choices = [(kind.value, say(word)) for kind, word in ACCESSORIES.items()]


class FlagForm(OnceForm):
    """Raise a flag. A failed wipe raises its own: it is not offered."""

    flag = RadioField(
        lazy_gettext("What is the matter?"),
        [InputRequired(message=lazy_gettext("Choose what is the matter."))],
    )
    note = PlainField(lazy_gettext("In a few words"), [Optional(), Length(max=500), readable])

    def __init__(self, device: Device, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        there = {row.flag for row in device.flags} | {Flag.WIPE_FAILED}
        self.flag.choices = [(flag.value, say(word)) for flag, word in FLAGS.items() if flag not in there]


class ClearFlagForm(OnceForm):
    note = PlainField(lazy_gettext("How was it solved?"), [InputRequired(), Length(max=500), readable])


class OtherRecordForm(OnceForm):
    other = CodeField(
        lazy_gettext("Code of the other record"),
        [InputRequired(message=lazy_gettext("Scan or type a code.")), Length(max=2000)],
    )


class LossForm(OnceForm):
    """What became of the tag that another one replaces."""

    why = RadioField(lazy_gettext("Why another tag?"), [Optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.why.choices = [(why.value, say(words)) for why, words in LOSSES.items()]

    @property
    def loss(self) -> TagLoss | None:
        return TagLoss(self.why.data) if self.why.data else None


class TagForm(LossForm):
    code = CodeField(
        lazy_gettext("New tag"),
        [InputRequired(message=lazy_gettext("Scan or type a code.")), Length(max=2000)],
    )
