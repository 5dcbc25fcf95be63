"""What keys type, layout by layout: the tables of xkeyboard-config 2.35 (symbols/us, gb, fr, be, de), read by libxkbcommon.

For each layout two rows, without and with Shift, of the keys TLDE, AE01–AE12, AD01–AD12, AC01–AC11, BKSL, LSGT, AB01–AB10.
A dead key is written as its accent; it joins the letter after it.
"""

from __future__ import annotations

import unicodedata

ROWS: dict[str, tuple[str, str]] = {
    "us": (
        "`1234567890-=qwertyuiop[]asdfghjkl;'\\<zxcvbnm,./",
        '~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"|>ZXCVBNM<>?',
    ),
    "uk": (
        "`1234567890-=qwertyuiop[]asdfghjkl;'#\\zxcvbnm,./",
        '¬!"£$%^&*()_+QWERTYUIOP{}ASDFGHJKL:@~|ZXCVBNM<>?',
    ),
    "fr": (
        "²&é\"'(-è_çà)=azertyuiop^$qsdfghjklmù*<wxcvbn,;:!",
        "~1234567890°+AZERTYUIOP¨£QSDFGHJKLM%µ>WXCVBN?./§",
    ),
    "be": (
        "²&é\"'(§è!çà)-azertyuiop^$qsdfghjklmùµ<wxcvbn,;:=",
        "³1234567890°_AZERTYUIOP¨*QSDFGHJKLM%£>WXCVBN?./+",
    ),
    "de": (
        "^1234567890ß´qwertzuiopü+asdfghjklöä#<yxcvbnm,.-",
        "°!\"§$%&/()=?`QWERTZUIOPÜ*ASDFGHJKLÖÄ'>YXCVBNM;:_",
    ),
    "fr-mac": (
        "@&é\"'(§è!çà)-azertyuiop^$qsdfghjklmù`<wxcvbn,;:=",
        "#1234567890°_AZERTYUIOP¨*QSDFGHJKLM%£>WXCVBN?./+",
    ),
    "fr-afnor": (
        "@àéèê()‘’«»'^azertyuiop-+qsdfghjklm/*<wxcvbn.,:;",
        '#1234567890"¨AZERTYUIOP–±QSDFGHJKLM\\½>WXCVBN?!…=',
    ),
    "bepo": (
        "$\"«»()@+-/*=%bépoè^vdljzwauie,ctsrnmçêàyx.k'qghf",
        "#1234567890°`BÉPOÈ!VDLJZWAUIE;CTSRNMÇÊÀYX:K?QGHF",
    ),
    "dvorak-fr": (
        "_=/-è\\^( )\"[]:'ég.hvcmkz¨oauebfstndw~à;q,iyxrlpj",
        "*1234567890+%?<>G!HVCMKZ&OAUEBFSTNDW#ç|Q@IYXRLPJ",
    ),
    "dvorak": (
        "`1234567890[]',.pyfgcrl/=aoeuidhtns-\\<;qjkxbmwvz",
        '~!@#$%^&*(){}"<>PYFGCRL?+AOEUIDHTNS_|>:QJKXBMWVZ',
    ),
    "colemak": (
        "`1234567890-=qwfpgjluy;[]arstdhneio'\\-zxcvbkm,./",
        '~!@#$%^&*()_+QWFPGJLUY:{}ARSTDHNEIO"|_ZXCVBKM<>?',
    ),
}
DEAD: dict[str, str] = {
    "fr": "^¨",
    "be": "^¨",
    "de": "^`´",
    "fr-mac": "^`¨",
    "fr-afnor": "^¨",
    "bepo": "^",
    "dvorak-fr": "^¨",
}
SOUND = ("us", "fr", "de", "uk", "be")
MOVED = ("bepo", "dvorak-fr", "dvorak", "colemak")
# Caps Lock turns letters only (Linux, macOS), or every key as Shift does (Windows in French and Belgian).
CAPS = ("off", "letters", "all")
_ACCENTS = {"´": "\u0301", "`": "\u0300", "^": "\u0302", "¨": "\u0308", "~": "\u0303"}


def keystrokes(layout: str, text: str) -> list[tuple[int, int]]:
    """The keys, each with 0 or 1 for Shift, by which a scanner set to `layout` types this text."""
    plain, shifted = ROWS[layout]
    return [(plain.index(one), 0) if one in plain else (shifted.index(one), 1) for one in text]


def typed(layout: str, keys: list[tuple[int, int]], caps: str = "off") -> str:
    """What a computer with `layout` makes of these keys."""
    text, dead = "", ""
    for key, shift in keys:
        alike = ROWS[layout][0][key].upper() == ROWS[layout][1][key]
        turned = caps == "all" or (caps == "letters" and alike and ROWS[layout][0][key].isalpha())
        one = ROWS[layout][shift ^ turned][key]
        if dead:
            one = unicodedata.normalize("NFC", one + _ACCENTS[dead])
            one, dead = (one if len(one) == 1 else dead + one[0]), ""
        elif one in DEAD.get(layout, ""):
            dead, one = one, ""
        text += one
    return text + dead


def table(scanner: str, computer: str, caps: str = "off") -> dict[int, str]:
    """For `str.translate`: each character of an address as it arrives (dead keys are left as their accents)."""
    made = {}
    for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:/.-":
        made[ord(one)] = typed(computer, keystrokes(scanner, one), caps)
    return made
