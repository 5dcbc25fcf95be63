"""What a scanner does, from what arrives of a sample that we know. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from tracker.devices import codes
from tracker.i18n import N_, Sentence
from tracker.scanning import rules

SAMPLE = "BCDFGHJX"
SLOW_MS = 60  # from one key to the next; most scanners need 2 to 15
# Two rows, without and with Shift, of the keys TLDE, AE01–AE12, AD01–AD12, AC01–AC11, BKSL, LSGT, AB01–AB10.
# From xkeyboard-config 2.35: symbols/us, gb, fr, be, de.
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
}
NAMES = {"us": "US", "uk": "UK", "fr": "FR (AZERTY)", "be": "BE (AZERTY)", "de": "DE (QWERTZ)"}
MANY = 3  # more layouts than this say nothing: the sample looks the same on all


@dataclass(frozen=True)
class Heard:
    """What arrived. `suffix`: `enter` · `tab` · `none`, `pace_ms`: from key to key, `caps`: None where no script saw it."""

    typed: str
    suffix: str | None = None
    pace_ms: int | None = None
    caps: bool | None = None


@dataclass(frozen=True)
class Finding:
    """One thing that was seen. `sign`: `good` · `info` · `wait` · `bad`, as a verdict's."""

    sign: str
    sentence: Sentence


@dataclass(frozen=True)
class Way:
    """A scanner's and a computer's layout that make of the sample what arrived, after `prefix`."""

    scanner: str
    computer: str
    caps: str
    prefix: str


def through(scanner: str, computer: str, text: str, caps: str = "off") -> str:
    """What a computer shows of a text from a scanner set otherwise. `caps`: `off`, `letters` or, as Windows in French,
    `all` keys turned. Dead keys are shown as their accents."""
    plain, shifted = ROWS[scanner]
    shown = ""
    for one in text:
        shift = one not in plain
        key = shifted.index(one) if shift else plain.index(one)
        rows = ROWS[computer]
        letter = rows[0][key].isalpha() and rows[0][key].upper() == rows[1][key]
        turned = caps == "all" or (caps == "letters" and letter)
        shown += rows[shift != turned][key]
    return shown


def ways(typed: str, sample: str) -> list[Way]:
    """Every pair of layouts that explains what arrived of the sample (an address or a code in upper case)."""
    plain, found = typed.strip(), []
    for scanner, computer, caps in product(ROWS, ROWS, ("off", "letters", "all")):
        for text in (sample, sample.lower()):
            seen = through(scanner, computer, text, caps)
            if plain.endswith(seen) and len(plain) - len(seen) <= 4:
                found.append(Way(scanner, computer, caps, plain[: len(plain) - len(seen)]))
    return found


def findings(heard: Heard, sample: str) -> list[Finding]:
    """What to say about this scanner, the verdict first; each says what to do where something is to be done."""
    read = codes.read(heard.typed)
    if isinstance(read, codes.Fault):
        return [Finding("bad", rules.misread(heard.typed, read)), *_habits(heard)]
    if read != SAMPLE:
        return [Finding("wait", Sentence(N_("This is another label: scan the sample on this page.")))]
    seen = ways(heard.typed, sample) or ways(heard.typed, SAMPLE)
    good = Finding("good", Sentence(N_("The code arrives whole: this scanner works here.")))
    return [good, *_layout(heard, sample, seen), *_case(heard), *_prefix(seen), *_habits(heard)]


def _layout(heard: Heard, sample: str, seen: list[Way]) -> list[Finding]:
    if not seen:
        return [
            Finding(
                "info",
                Sentence(
                    N_(
                        "The address arrives changed in a way that we do not know. The code is read all the same."
                    )
                ),
            )
        ]
    if len(heard.typed.strip()) <= codes.LENGTH + 4:
        return [
            Finding(
                "info",
                Sentence(
                    N_(
                        "Bars hold letters only: scan the QR code to see which keyboard the scanner is set to."
                    )
                ),
            )
        ]
    if any(way.scanner == way.computer for way in seen):
        return [Finding("good", Sentence(N_("Scanner and computer are set to the same keyboard.")))]
    values: Mapping[str, str] = {
        "scanner": _named({way.scanner for way in seen}),
        "computer": _named({way.computer for way in seen}),
    }
    return [
        Finding(
            "good",
            Sentence(
                N_(
                    "Scanner set to %(scanner)s, computer to %(computer)s: very well all the same. Nothing to change."
                ),
                values,
            ),
        )
    ]


def _named(layouts: set[str]) -> str:
    return " / ".join(NAMES[one] for one in ROWS if one in layouts)


def _case(heard: Heard) -> list[Finding]:
    letters = [one for one in heard.typed if one.isalpha()]
    if heard.caps or (letters and all(one.islower() for one in letters)):
        return [
            Finding(
                "info", Sentence(N_("Letters arrive in lower case, or Caps Lock is on: it does not matter."))
            )
        ]
    return []


def _prefix(seen: list[Way]) -> list[Finding]:
    before = min((way.prefix for way in seen), key=len, default="")
    if not before:
        return []
    return [
        Finding(
            "info",
            Sentence(
                N_(
                    "It sends “%(prefix)s” first: it does not matter. To be rid of it, look for “AIM ID” or “prefix” in its manual."
                ),
                {"prefix": before},
            ),
        )
    ]


def _habits(heard: Heard) -> list[Finding]:
    found = {
        "enter": Finding("good", Sentence(N_("It ends with Enter, as it should."))),
        "tab": Finding("good", Sentence(N_("It ends with Tab: the scan page takes that too."))),
        "none": Finding("wait", Sentence(N_("It sends nothing at the end: the page waits a moment after each scan. Better: look for “suffix” or “terminator” in its manual and scan the setting “CR” or “Enter”."))),
    }  # fmt: skip
    said = [found[heard.suffix]] if heard.suffix in found else []
    if heard.pace_ms is None:
        return said
    values = {"ms": heard.pace_ms}
    if heard.pace_ms > SLOW_MS:
        return [
            *said,
            Finding(
                "wait",
                Sentence(
                    N_(
                        "It types slowly: %(ms)s ms from letter to letter. Look for “inter-character delay” in its manual and set it to 0."
                    ),
                    values,
                ),
            ),
        ]
    return [
        *said,
        Finding("good", Sentence(N_("Its speed is right: %(ms)s ms from letter to letter."), values)),
    ]
