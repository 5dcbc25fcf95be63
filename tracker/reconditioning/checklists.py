"""What is tested on each type of device, point by point.

In France a device may only be called *reconditionné* when all its functions were tested (décret n° 2022-190 of
17 February 2022): so nearly everything is mandatory, and where a maker may have left a part out, “absent” is an
answer. Optional points are what a user can do without; one that fails is told to the next user.

Keys are kept in answers and in history for ever: a point may be added or reworded, its key never re-used.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from functools import partial

from tracker.devices.lifecycle import Flag
from tracker.devices.rules import DeviceType
from tracker.i18n import N_


class Group(enum.StrEnum):
    """The order in which a bench works: what ends the work early comes first."""

    LOCKS = "locks"
    POWER = "power"
    SCREEN = "screen"
    CONTROLS = "controls"
    PRINTING = "printing"
    SOUND = "sound"
    CONNECTIONS = "connections"
    INSIDE = "inside"
    SYSTEM = "system"
    CASING = "casing"


GROUPS: dict[Group, str] = {
    Group.LOCKS: N_("Locks"),
    Group.POWER: N_("Power and battery"),
    Group.SCREEN: N_("Picture"),
    Group.CONTROLS: N_("Keys, touch and buttons"),
    Group.PRINTING: N_("Printing and scanning"),
    Group.SOUND: N_("Camera and sound"),
    Group.CONNECTIONS: N_("Connections"),
    Group.INSIDE: N_("Inside"),
    Group.SYSTEM: N_("System"),
    Group.CASING: N_("Casing and cleaning"),
}


@dataclass(frozen=True)
class Line:
    """One point: its key, what is tested in a few words (marked), how to test it, and whether it must work.

    `may_not_apply`: a device of this type may have been built without it. `flag`: what a fault here calls for.
    """

    key: str
    text: str
    how: str = ""
    group: Group = Group.CASING
    mandatory: bool = True
    may_not_apply: bool = False
    flag: Flag = Flag.NEEDS_PART


def _may_lack(line: Line) -> Line:
    return replace(line, may_not_apply=True)


def _optional(line: Line) -> Line:
    return replace(line, mandatory=False, may_not_apply=True)


_locks = partial(Line, group=Group.LOCKS)
_power = partial(Line, group=Group.POWER)
_screen = partial(Line, group=Group.SCREEN)
_controls = partial(Line, group=Group.CONTROLS)
_printing = partial(Line, group=Group.PRINTING)
_sound = partial(Line, group=Group.SOUND)
_connections = partial(Line, group=Group.CONNECTIONS)
_inside = partial(Line, group=Group.INSIDE)
_system = partial(Line, group=Group.SYSTEM)
_casing = partial(Line, group=Group.CASING)

FIRMWARE_LOCK = _locks(
    "firmware_lock",
    N_("No BIOS password, no remote management"),
    N_("Enter the BIOS settings; look for Computrace, Absolute, Intune or another owner’s management."),
    flag=Flag.ACCOUNT_LOCKED,
)
ACCOUNT_LOCK = _locks(
    "account_lock",
    N_("Former owner’s account removed"),
    N_("After the reset, it asks for no former iCloud or Google account and no company management."),
    flag=Flag.ACCOUNT_LOCKED,
)
IMEI = _locks(
    "imei",
    N_("IMEI read and not blocked"),
    N_("Dial *#06#; compare with the record and with the tray; the number is not reported stolen."),
    flag=Flag.NEEDS_INVESTIGATION,
)
STORED_DATA = _may_lack(
    _locks(
        "stored_data",
        N_("Address book, fax numbers and waiting jobs erased"),
        N_("Reset to factory settings from the service menu, then look again."),
        flag=Flag.NEEDS_INVESTIGATION,
    )
)
POWER = _power("power", N_("Starts, stops and starts again"))
CHARGING = _power(
    "charging", N_("Charges"), N_("The plug holds when the cable is moved, the charge goes up.")
)
BATTERY = _power(
    "battery",
    N_("Battery health read, works unplugged"),
    N_("Read full capacity against first capacity; 15 minutes of use unplugged; not swollen."),
)
PIXELS = _screen(
    "screen_pixels",
    N_("Screen: pixels and stains"),
    N_("Show full white, black, red, green and blue: no dead or stuck pixel, no line, no stain."),
)
BACKLIGHT = _screen(
    "screen_backlight", N_("Screen: light"), N_("Even light, no flicker, brightness goes up and down.")
)
GLASS = _screen("glass", N_("Glass without a crack"))
TOUCH = _controls(
    "touch", N_("Touch screen"), N_("Draw over the whole surface and along the edges; two fingers.")
)
KEYBOARD = _controls(
    "keyboard",
    N_("Keyboard, key by key"),
    N_("Every key types what is printed on it (French AZERTY), accents and € too; no key sticks."),
)
TOUCHPAD = _controls("touchpad", N_("Touchpad: moves, clicks, scrolls"))
BUTTONS = _controls("buttons", N_("Buttons: power, volume, home"))
MENU_BUTTONS = _controls("buttons", N_("Buttons and on-screen menu"))
PANEL = _controls("buttons", N_("Control panel: keys and display"))
FINGERPRINT = _optional(_controls("fingerprint", N_("Fingerprint or face recognition")))
ROTATION = _optional(_controls("rotation", N_("Picture turns with the device")))
CAMERA = _sound("camera", N_("Camera"), N_("Sharp picture, no stain on the lens."))
FRONT_CAMERA = _sound("front_camera", N_("Front camera"))
BACK_CAMERA = _sound("back_camera", N_("Back camera and light"))
MICROPHONE = _sound("microphone", N_("Microphone"), N_("Record ten seconds and listen."))
SPEAKERS = _sound("speakers", N_("Speakers, left and right"))
EARPIECE = _sound("earpiece", N_("Earpiece: a call is heard on both sides"))
VIBRATION = _sound("vibration", N_("Vibration"), mandatory=False)
HEADPHONES = _may_lack(_sound("headphones", N_("Headphone socket")))
WIFI = _connections("wifi", N_("Wi-Fi"), N_("Connects and stays connected at five metres."))
BLUETOOTH = _may_lack(_connections("bluetooth", N_("Bluetooth"), N_("Pairs with another device.")))
ETHERNET = _connections("ethernet", N_("Network socket"))
USB = _connections("usb", N_("USB ports, one by one"), N_("Read a key in each port, both ways up for USB-C."))
VIDEO_OUTPUT = _connections(
    "video_output", N_("Video outputs, one by one"), N_("A second screen shows a picture.")
)
VIDEO_INPUTS = _connections(
    "video_inputs", N_("Video inputs, one by one"), N_("Each input shows a sharp picture.")
)
CARD_READER = _optional(_connections("card_reader", N_("Memory card reader")))
SIM = _connections("sim", N_("SIM card read, call and mobile data"))
LOCATION = _optional(_connections("location", N_("Location (GPS)")))
NFC = _optional(_connections("nfc", N_("Contactless (NFC)")))
MEMORY = _inside("memory", N_("Memory test without an error"), N_("One whole pass of a memory test."))
DRIVE = _inside(
    "drive_smart",
    N_("Drive health (SMART)"),
    N_("Overall health passed, no pending or reallocated sector, no wear warning."),
)
COOLING = _inside("cooling", N_("Fan and heat"), N_("Ten minutes under load: no stop, no strange noise."))
CLOCK = _inside("clock", N_("Clock kept when unplugged"), mandatory=False)
OPTICAL = _optional(_inside("optical_drive", N_("CD/DVD drive")))
SYSTEM = _system(
    "system", N_("System installed, in French"), N_("It starts on a session without anyone’s data.")
)
UPDATES = _system("updates", N_("System updated, drivers complete"))
PHONE_UPDATES = _system("updates", N_("System updated as far as the maker allows"))
LICENCE = _optional(
    _system(
        "licence",
        N_("Licence in order"),
        N_("A free system, or a licence with its sticker left in place or its digital record."),
    )
)
PRINTS = _printing("prints", N_("Prints a test page"), N_("All colours, straight, without streaks."))
HEAD = _printing("print_head", N_("Heads or drum clean"), N_("Nozzle or drum test page without a gap."))
PAPER = _printing("paper", N_("Takes paper, ten sheets without a jam"))
DUPLEX = _optional(_printing("duplex", N_("Prints on both sides")))
SCANS = _may_lack(_printing("scans", N_("Scans and copies")))
FEEDER = _optional(_printing("feeder", N_("Document feeder")))
CONSUMABLES = _printing("consumables", N_("Ink or toner: enough to begin"), mandatory=False)
COMPUTER_LINK = _connections("connection", N_("Prints from a computer (USB, network or Wi-Fi)"))
HINGES = _casing("hinges", N_("Hinges hold at every angle"))
STAND = _casing("stand", N_("Stand: stable, holds height and tilt"))
CASING = _casing("casing", N_("Casing: whole, nothing sharp, all screws"))
OWNER_LABELS = _casing("owner_labels", N_("Former owner’s labels and marks removed"))
CLEANING = _casing("cleaning", N_("Cleaned inside and out"), N_("Dust blown out, surfaces disinfected."))

_FINISH = (CASING, OWNER_LABELS, CLEANING)
_COMPUTER_INSIDE = (MEMORY, DRIVE, COOLING, CLOCK, OPTICAL, SYSTEM, UPDATES, LICENCE)
_HANDHELD = (
    *(ACCOUNT_LOCK, POWER, CHARGING, BATTERY, PIXELS, BACKLIGHT, GLASS, TOUCH, BUTTONS),
    *(FINGERPRINT, ROTATION, MICROPHONE, SPEAKERS, HEADPHONES, WIFI, BLUETOOTH, LOCATION, PHONE_UPDATES),
    *_FINISH,
)

_ALL: dict[DeviceType, tuple[Line, ...]] = {
    DeviceType.LAPTOP: (
        *(FIRMWARE_LOCK, POWER, CHARGING, BATTERY, PIXELS, BACKLIGHT, KEYBOARD, TOUCHPAD, _may_lack(TOUCH)),
        *(FINGERPRINT, _may_lack(CAMERA), _may_lack(MICROPHONE), SPEAKERS, HEADPHONES, WIFI, BLUETOOTH),
        *(
            _may_lack(ETHERNET),
            USB,
            _may_lack(VIDEO_OUTPUT),
            CARD_READER,
            *_COMPUTER_INSIDE,
            HINGES,
            *_FINISH,
        ),
    ),
    DeviceType.DESKTOP: (
        *(
            FIRMWARE_LOCK,
            POWER,
            HEADPHONES,
            _may_lack(WIFI),
            _optional(BLUETOOTH),
            ETHERNET,
            USB,
            VIDEO_OUTPUT,
        ),
        *(CARD_READER, *_COMPUTER_INSIDE, *_FINISH),
    ),
    DeviceType.ALL_IN_ONE: (
        *(
            FIRMWARE_LOCK,
            POWER,
            PIXELS,
            BACKLIGHT,
            _may_lack(TOUCH),
            _may_lack(CAMERA),
            _may_lack(MICROPHONE),
        ),
        *(
            SPEAKERS,
            HEADPHONES,
            _may_lack(WIFI),
            BLUETOOTH,
            ETHERNET,
            USB,
            _may_lack(VIDEO_OUTPUT),
            CARD_READER,
        ),
        *(*_COMPUTER_INSIDE, STAND, *_FINISH),
    ),
    DeviceType.TABLET: (
        *(*_HANDHELD, _may_lack(IMEI), _may_lack(SIM), _may_lack(FRONT_CAMERA), _may_lack(BACK_CAMERA)),
        *(CARD_READER,),
    ),
    DeviceType.SMARTPHONE: (*_HANDHELD, IMEI, SIM, FRONT_CAMERA, BACK_CAMERA, EARPIECE, VIBRATION, NFC),
    DeviceType.SCREEN: (
        *(POWER, PIXELS, BACKLIGHT, MENU_BUTTONS, _may_lack(SPEAKERS), VIDEO_INPUTS, _optional(USB), STAND),
        *_FINISH,
    ),
    DeviceType.PRINTER: (
        *(STORED_DATA, POWER, PANEL, PRINTS, HEAD, PAPER, DUPLEX, SCANS, FEEDER, CONSUMABLES, COMPUTER_LINK),
        *_FINISH,
    ),
}
_ORDER = list(Group)

CHECKLISTS: dict[DeviceType, tuple[Line, ...]] = {
    kind: tuple(sorted(lines, key=lambda line: _ORDER.index(line.group))) for kind, lines in _ALL.items()
}
